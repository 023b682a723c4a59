"""Painting labels over a picture, as the window shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.export.outline import outline_layer

_STRIP = 1 << 17  # pixels painted at a time, so that what lies between stays in the cache


def overlay_picture(
    rgb: NDArray[np.uint8],
    label_map: NDArray[Any],
    colors: Sequence[tuple[int, int, int]] | NDArray[np.uint8],
    *,
    opacity: float = 0.45,
    outlines_only: bool = False,
    visible: Sequence[bool] | None = None,
) -> NDArray[np.uint8]:
    """Paint labels over a picture.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (height, width, 3)
        The picture.
    label_map : integer ndarray, shape (height, width)
        0 is never painted.
    colors : array-like, shape (n_labels, 3)
        sRGB, 0..255; the first is that of label 1.
    opacity : float
        Of the labels, 0..1. Outlines are opaque.
    outlines_only : bool
        Paint the labels' edges in place of their areas: see `outline_layer`.
    visible : sequence of bool, optional
        For each label whether it is painted; all of them if left out.

    Returns
    -------
    uint8 ndarray, shape (height, width, 3)
        A new picture.
    """
    table = np.zeros((len(colors) + 1, 4), np.uint8)
    table[1:, :3] = np.reshape(colors, (-1, 3))
    table[1:, 3] = 255 if visible is None else np.multiply(visible, 255)
    if outlines_only:
        return _composed(rgb, outline_layer(label_map, table))
    table[:, 3] = np.rint(table[:, 3] * opacity)
    return _blended(rgb, label_map, _packed(table))


def _composed(rgb: NDArray[np.uint8], layer: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay a layer, most of which is transparent, over a picture."""
    composed = rgb.copy()
    where = layer[..., 3] > 0
    above = layer[where].astype(np.float32)
    below = composed[where].astype(np.float32)
    composed[where] = np.rint(below + (above[:, :3] - below) * (above[:, 3:] / 255))
    return composed


def _packed(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Pack what each label adds, and the share of the picture it lets through, into 32 bits."""
    packed = np.empty_like(table)
    packed[:, :3] = np.rint(table[:, :3] * (table[:, 3:] / 255))
    packed[:, 3] = 255 - table[:, 3]
    return packed.view(np.uint32)[:, 0]


def _blended(
    rgb: NDArray[np.uint8], label_map: NDArray[Any], table: NDArray[np.uint32]
) -> NDArray[np.uint8]:
    """Look every label up and lay it over the picture, strip by strip."""
    blended = np.empty(rgb.shape, np.uint8)
    rows = max(1, _STRIP // max(1, rgb.shape[1]))
    for top in range(0, len(rgb), rows):
        strip = slice(top, top + rows)
        painted = table.take(label_map[strip]).view(np.uint8).reshape(*label_map[strip].shape, 4)
        through = painted[..., 3].astype(np.uint16)
        for channel in range(3):
            light = rgb[strip, :, channel] * through
            light += 128
            light += light >> 8  # divides by 255, to the nearest
            light >>= 8
            light += painted[..., channel]
            blended[strip, :, channel] = np.minimum(light, 255)
    return blended
