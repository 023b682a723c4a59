"""A layer of numbers painted through a table of any length: the leaves of a merge tree.

Another cut of the tree is another table; the numbers stay. Only what is exposed is looked up, at
the size that fits the screen: a few milliseconds whatever the size of the image.
"""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from segmenter.gui.canvas.layer import Layer
from segmenter.gui.canvas.levels import Level, Levels


class RegionLayer(Layer):
    """Numbers painted through a table of colors."""

    def __init__(self) -> None:
        super().__init__()
        self._table = np.zeros(1, np.uint32)

    def show_regions(self, levels: Levels | None, table: NDArray[np.uint32]) -> None:
        """Show other numbers or other colors.

        Parameters
        ----------
        levels : Levels or None
            The numbers, int32; None shows nothing.
        table : uint32 ndarray
            The color of each number, 0xAARRGGBB, premultiplied.
        """
        self._table = table
        if levels is not self._levels:
            self._set_levels(levels)
        else:
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _: QWidget | None = None
    ) -> None:
        """Look up what is exposed, and paint it."""
        if self._levels is None:
            return
        scale = painter.deviceTransform().m11()
        level = self._levels.at(scale)
        place = _whole_pixels(self._source(self._exposed(option), level), level)
        left, top, right, bottom = place
        if right <= left or bottom <= top:
            return
        colors = self._table.take(level.pixels[top:bottom, left:right])
        image = QImage(
            colors.data,
            right - left,
            bottom - top,
            colors.strides[0],
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        painter.setClipRect(self.boundingRect())  # the last pixels of a level may reach beyond
        smooth = scale * level.factor < 1.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(_in_image(place, level.factor), image)

    def _exposed(self, option: QStyleOptionGraphicsItem) -> QRectF:
        return option.exposedRect.intersected(self.boundingRect())


def _whole_pixels(source: QRectF, level: Level) -> tuple[int, int, int, int]:
    """Widen a part of a level to whole pixels, with one more around for smoothing."""
    return (
        max(0, floor(source.left()) - 1),
        max(0, floor(source.top()) - 1),
        min(level.width, ceil(source.right()) + 1),
        min(level.height, ceil(source.bottom()) + 1),
    )


def _in_image(place: tuple[int, int, int, int], factor: float) -> QRectF:
    left, top, right, bottom = place
    return QRectF(left * factor, top * factor, (right - left) * factor, (bottom - top) * factor)
