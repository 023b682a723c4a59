"""Outlines of labels for the part of the image that is seen, at the screen's resolution.

Lines are as wide on screen at every zoom, so they are drawn anew whenever the view changes: for a
million screen pixels, whatever the size of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.export.outline import outline_layer
from segmenter.gui.canvas.levels import Level, Levels
from segmenter.work import Progress, Work

MARGIN = 0.15
"""Share of the seen part drawn beyond each edge, so that panning does not uncover bare ground."""


def outline_steps(
    label_map: NDArray[Any],
    table: Sequence[int] | NDArray[np.uint32],
    seen: tuple[float, float, float, float],
    zoom: float,
    lookup: NDArray[Any] | None = None,
    *,
    width: int = 1,
) -> Work[Levels]:
    """Draw the outlines of the labels in a part of the image.

    Parameters
    ----------
    label_map : integer ndarray, shape (height, width)
        0 is unlabeled.
    table : sequence of int
        A color 0xAARRGGBB for each value; labels of alpha 0 have no outline.
    seen : tuple of float
        Left, top, right and bottom of the part, in image pixels.
    zoom : float
        Screen pixels per image pixel.
    lookup : integer ndarray, optional
        The label of each value of `label_map`, where its values are not the labels themselves.
    width : int
        Screen pixels of a line: more where they are smaller.

    Returns
    -------
    Levels
        Of a single size, with the place of its corner in the image.
    """
    yield Progress("Drawing outlines")
    left, top, right, bottom = _widened(seen, label_map.shape)
    rows, columns = _places(top, bottom, zoom), _places(left, right, zoom)
    labels = label_map[rows[:, None], columns]
    if lookup is not None:
        labels = lookup.take(labels)
    yield Progress("Drawing outlines")
    picture = outline_layer(labels, _rgba(table), width)
    down, across = picture.shape[:2]
    level = Level(1 / zoom, across, down, picture)
    return Levels(across / zoom, down / zoom, (level,), left, top)


def _rgba(table: Sequence[int] | NDArray[np.uint32]) -> NDArray[np.uint8]:
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
