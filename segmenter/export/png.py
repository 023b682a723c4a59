"""Results as PNG files: each is atomic, and read back by another library before it takes its name.

Same size and orientation as the image is shown; values are never interpolated. A text for each
entry of ``text`` goes into the file: where it comes from, the recipe, the table of labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.errors import ParameterError
from segmenter.export.verify import Text, write_verified
from segmenter.export.written import Written
from segmenter.images.display import display_rgb
from segmenter.images.image import Image

_DTYPES: dict[int, type[np.uint8] | type[np.uint16]] = {8: np.uint8, 16: np.uint16}
MAX_INDEXED = 255


def write_binary_mask(
    path: str | PathLike[str], mask: NDArray[np.bool_], *, text: Text | None = None
) -> Written:
    """Write a mask as 8-bit gray: 255 inside, 0 outside.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    mask : bool ndarray, shape (height, width)
        True inside.
    text : mapping, optional
        Texts to embed, by keyword.

    Raises
    ------
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    return write_verified(
        path, _quantized(mask.astype(bool), np.uint8), "255 inside, 0 outside", text
    )


def write_label_values(
    path: str | PathLike[str],
    label_map: NDArray[Any],
    *,
    bits: Literal[8, 16] = 8,
    text: Text | None = None,
) -> Written:
    """Write a label map as gray whose values are the labels; it looks dark, and is exact.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    label_map : integer ndarray, shape (height, width)
        0 is unlabeled.
    bits : {8, 16}
        8 hold 255 labels, 16 hold 65,535.
    text : mapping, optional
        Texts to embed, by keyword.

    Raises
    ------
    ParameterError
        If a label does not fit.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    dtype = _DTYPES[bits]
    _check_labels(label_map, int(np.iinfo(dtype).max))
    return write_verified(path, label_map.astype(dtype), "the label's number, 0 unlabeled", text)


def write_indexed_labels(
    path: str | PathLike[str],
    label_map: NDArray[Any],
    colors: Sequence[tuple[int, int, int]] | NDArray[np.uint8],
    *,
    text: Text | None = None,
) -> Written:
    """Write a label map with a palette: it shows the labels' colors, and its indices are labels.

    A reader that looks up the palette (OpenCV does so always) sees colors; one that does not sees
    the labels. Index 0 is black and transparent.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    label_map : integer ndarray, shape (height, width)
        0 is unlabeled.
    colors : array-like, shape (n_labels, 3)
        sRGB, 0..255; the first is that of label 1. At most 255.
    text : mapping, optional
        Texts to embed, by keyword.

    Raises
    ------
    ParameterError
        If a label has no color.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    palette = np.zeros((len(colors) + 1, 3), np.uint8)
    palette[1:] = colors
    _check_labels(label_map, min(len(colors), MAX_INDEXED))
    description = "the label's number as index, its color in the palette, 0 transparent"
    return write_verified(path, label_map.astype(np.uint8), description, text, palette)


def write_posterior(
    path: str | PathLike[str],
    posterior: NDArray[np.floating[Any]],
    *,
    bits: Literal[8, 16] = 8,
    text: Text | None = None,
    measure: str = "probability",
) -> Written:
    """Write probabilities as gray: ``round(p * 255)``, or ``round(p * 65535)`` with 16 bits.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    posterior : float ndarray, shape (height, width)
        0..1; what is outside or not a number is written as the nearest end, or 0.
    bits : {8, 16}
        Depth.
    text : mapping, optional
        Texts to embed, by keyword.
    measure : str
        What the values are, for the description.

    Raises
    ------
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    dtype = _DTYPES[bits]
    description = f"{measure} times {np.iinfo(dtype).max:,}"
    return write_verified(path, _quantized(posterior, dtype), description, text)


def write_cutout(
    path: str | PathLike[str],
    image: Image,
    opacity: NDArray[Any],
    *,
    text: Text | None = None,
) -> Written:
    """Write an image's pixels on transparency: RGBA with straight alpha.

    Alpha is `opacity` times the image's own, and 0 where values are missing. Gray and color of 16
    bits keep their values in 16 bits; every other image gives 8 bits as shown on the screen. Fully
    transparent pixels are black, so that nothing of what was cut away stays in the file.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    image : Image
        The image.
    opacity : bool or float ndarray, shape (height, width)
        A mask, or 0..1.
    text : mapping, optional
        Texts to embed, by keyword.

    Raises
    ------
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    colors = _colors(image)
    alpha = _quantized(_combined(image, opacity), colors.dtype.type)
    rgba = np.empty((*alpha.shape, 4), colors.dtype)
    rgba[..., :3] = colors
    rgba[..., 3] = alpha
    whole = rgba.view(f"u{rgba.shape[2] * rgba.itemsize}")[..., 0]
    whole[alpha == 0] = 0
    return write_verified(path, rgba, "the image's colors, straight alpha", text)


def write_overlay(
    path: str | PathLike[str], rgb: NDArray[np.uint8], *, text: Text | None = None
) -> Written:
    """Write a picture as it is shown.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    rgb : uint8 ndarray, shape (height, width, 3)
        From `overlay_picture`.
    text : mapping, optional
        Texts to embed, by keyword.

    Raises
    ------
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    return write_verified(path, rgb, "the image with its labels, as shown", text)


def _check_labels(label_map: NDArray[Any], largest: int) -> None:
    low, high = int(label_map.min(initial=0)), int(label_map.max(initial=0))
    if low < 0 or high > largest:
        raise ParameterError(
            f"Label {high if high > largest else low} does not fit into this kind of file, which "
            f"holds labels 0 to {largest:,}; write label values with 16 bits."
        )


def _quantized(share: NDArray[Any], dtype: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """Turn 0..1 into the full range of a dtype, to the nearest."""
    full = np.iinfo(dtype).max
    flat = np.ascontiguousarray(share).reshape(-1)
    quantized: NDArray[Any] = np.empty(flat.shape, dtype)
    if share.dtype == np.bool_:
        np.multiply(flat, dtype(full), out=quantized)
        return quantized.reshape(share.shape)

    def quantize(_number: int, start: int, stop: int) -> None:
        scaled = np.clip(flat[start:stop], 0, 1) * np.float32(full)
        np.rint(scaled, out=scaled)
        quantized[start:stop] = np.nan_to_num(scaled, copy=False)

    run_blocks(*for_chunks(len(flat), quantize))
    return quantized.reshape(share.shape)


def _colors(image: Image) -> NDArray[Any]:
    """Colors to cut out: 16-bit ones as they are, others as shown."""
    if image.pixels.dtype == np.uint16 and image.n_channels in (1, 3):
        return image.pixels
    return display_rgb(image)


def _combined(image: Image, opacity: NDArray[Any]) -> NDArray[Any]:
    """Multiply the opacity by the image's own; missing pixels have none."""
    if image.alpha is None and image.missing is None:
        return opacity
    combined = opacity.astype(np.float32)
    if image.alpha is not None:
        dtype = image.alpha.dtype
        full = np.iinfo(dtype).max if dtype.kind in "iu" else 1
        combined *= image.alpha.astype(np.float32) / np.float32(full)
    if image.missing is not None:
        combined[image.missing] = 0
    return combined
