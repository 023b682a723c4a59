"""A picture of Qt (from the clipboard, or dropped) as an image."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from segmenter.errors import ReadError
from segmenter.images.image import Image, Source


def image_of_picture(picture: QImage) -> Image:
    """Copy a picture's pixels into an image.

    Parameters
    ----------
    picture : QImage
        In any format.

    Raises
    ------
    ReadError
        If it is empty.
    """
    if picture.isNull():
        raise ReadError("The clipboard holds no image that can be read; copy it once more.")
    rgba = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    height, width = rgba.height(), rgba.width()
    rows = np.frombuffer(rgba.constBits(), np.uint8).reshape(height, rgba.bytesPerLine())
    pixels = rows[:, : 4 * width].reshape(height, width, 4)
    alpha = np.ascontiguousarray(pixels[..., 3]) if picture.hasAlphaChannel() else None
    return Image(np.ascontiguousarray(pixels[..., :3]), "rgb", alpha, source=Source("Clipboard"))
