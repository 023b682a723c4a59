"""Outlines of labels, seen on any ground: lines in the labels' colors with a dark casing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CASING = 140
"""Opacity of the black beside a line, 0..255."""


def outline_layer(
    label_map: NDArray[Any], colors: NDArray[np.uint8], width: int = 1
) -> NDArray[np.uint8]:
    """Draw the labels' edges on transparency.

    Inside each label runs a line of a pixel in its color and half a pixel more, over the casing;
    outside, where there is no label, a pixel of casing. Wider lines have pixels more in color.

    Parameters
    ----------
    label_map : integer ndarray, shape (height, width)
        0 is unlabeled.
    colors : uint8 ndarray, shape (n_labels + 1, 4)
        RGBA of each value, from 0 on. One whose alpha is 0 is like unlabeled.
    width : int
        Pixels in color.

    Returns
    -------
    uint8 ndarray, shape (height, width, 4)
        RGBA with straight alpha.
    """
    visible = np.where(colors[:, 3] > 0, np.arange(len(colors)), 0)
    shown = visible.astype(label_map.dtype).take(label_map)
    edge = _beside_another(shown)
    for _ in range(width - 1):
        edge = _grown(edge)
    edge &= shown > 0
    ring = _grown(edge)
    ring &= ~edge
    layer = np.zeros((*label_map.shape, 4), np.uint8)
    layer[edge] = colors.take(shown[edge], axis=0)
    layer[ring] = _half_cased(colors).take(shown[ring], axis=0)
    return layer


def _half_cased(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay each color, half opaque, over the casing; the casing alone for value 0."""
    cased = CASING / 255
    alpha = 0.5 + 0.5 * cased
    half = np.empty_like(colors)
    half[:, :3] = np.rint(colors[:, :3] * (0.5 / alpha))
    half[:, 3] = round(255 * alpha)
    half[0] = (0, 0, 0, CASING)
    return half


def _beside_another(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Find the pixels with another label above, below, left or right of them."""
    found = np.zeros(labels.shape, bool)
    down = labels[1:] != labels[:-1]
    found[1:] |= down
    found[:-1] |= down
    across = labels[:, 1:] != labels[:, :-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    return found


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add the pixels above, below, left and right of a mask."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown
