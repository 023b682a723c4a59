"""Outlines of labels for the part of the image that is seen, at the screen's resolution.

Lines are as wide on screen at every zoom, so they are drawn anew whenever the view changes: for a
million screen pixels, whatever the size of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from segmenter.gui.canvas.levels import Level, Levels
from segmenter.work import Progress, Work

CASING = 140
"""Opacity of the dark line around outlines, 0..255; seen on any ground."""

MARGIN = 0.15
"""Share of the seen part drawn beyond each edge, so that panning does not uncover bare ground."""


def outline_steps(
    label_map: NDArray[np.uint8],
    table: Sequence[int],
    seen: tuple[float, float, float, float],
    zoom: float,
) -> Work[Levels]:
    """Draw the outlines of the labels in a part of the image.

    Parameters
    ----------
    label_map : ndarray of uint8, shape (height, width)
        0 is unlabeled.
    table : sequence of int
        256 colors 0xAARRGGBB; labels of alpha 0 have no outline.
    seen : tuple of float
        Left, top, right and bottom of the part, in image pixels.
    zoom : float
        Screen pixels per image pixel.

    Returns
    -------
    Levels
        Of a single size, with the place of its corner in the image.
    """
    yield Progress("Drawing outlines")
    left, top, right, bottom = _widened(seen, label_map.shape)
    rows, columns = _places(top, bottom, zoom), _places(left, right, zoom)
    labels = label_map[rows[:, None], columns]
    yield Progress("Drawing outlines")
    picture = outlined(labels, table)
    height, width = picture.shape[:2]
    level = Level(1 / zoom, width, height, picture)
    return Levels(width / zoom, height / zoom, (level,), left, top)


def outlined(labels: NDArray[np.uint8], table: Sequence[int]) -> NDArray[np.uint8]:
    """Draw outlines, a pixel inside each label and a dark casing around, shape (h, w, 4) RGBA."""
    colors = _rgba(table)
    shown = np.where(colors[:, 3] > 0, np.arange(256), 0).astype(np.uint8)[labels]
    edge = _edges(shown)
    casing = _grown(edge) & ~edge
    picture = colors[shown]
    picture[~edge] = 0
    picture[casing] = (0, 0, 0, CASING)
    return picture


def _edges(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find labeled pixels beside a pixel of another label."""
    edge = np.zeros(labels.shape, bool)
    down = labels[1:] != labels[:-1]
    across = labels[:, 1:] != labels[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    return edge & (labels > 0)


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Widen a mask by a pixel in the four directions."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown


def _rgba(table: Sequence[int]) -> NDArray[np.uint8]:
    argb = np.array(table, np.uint32)
    return np.stack([argb >> 16, argb >> 8, argb, argb >> 24], axis=-1).astype(np.uint8)


def _widened(
    seen: tuple[float, float, float, float], shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Widen the part by the margin, to whole pixels inside the image."""
    left, top, right, bottom = seen
    across, down = MARGIN * (right - left), MARGIN * (bottom - top)
    return (
        max(0, floor(left - across)),
        max(0, floor(top - down)),
        min(shape[1], ceil(right + across)),
        min(shape[0], ceil(bottom + down)),
    )


def _places(start: int, stop: int, zoom: float) -> NDArray[np.intp]:
    """Return the image row or column under each screen pixel from start to stop."""
    places = start + ((np.arange(max(1, (stop - start) * zoom)) + 0.5) / zoom).astype(np.intp)
    return np.minimum(places, stop - 1)
