"""How far cells are from others, looked for only where it matters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.segment.posteriors import Window, widened

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
FEW = 12  # cells, to each of which the distance is computed by itself
FIRST_MARGIN = 8  # cells around a touch, where the nearest outline is looked for at first


def away_from(touched: Mask, cells: Sequence[float]) -> Float:
    """Distance of each cell to the nearest one of a mask, in smallest cells."""
    places = np.argwhere(touched)
    if len(places) > FEW:
        return ndimage.distance_transform_edt(~touched, sampling=cells).astype(np.float32)
    away = np.full(touched.shape, np.inf, np.float32)
    for place in places:
        squares = (
            np.square((np.arange(side) - at) * cell, dtype=np.float32)
            for side, at, cell in zip(touched.shape, place, cells, strict=True)
        )
        np.minimum(away, sum(np.ix_(*squares)), out=away)
    return np.sqrt(away)


def depth_of(mask: Mask, touched: Mask, cells: Sequence[float]) -> float:
    """Distance to the nearest outside of a mask from the deepest of some cells, in smallest cells.

    Beyond the grid is neither in nor out.
    """
    margin = FIRST_MARGIN
    while True:
        window = window_of(touched, margin)
        inside, is_whole = mask[window], mask[window].shape == mask.shape
        if not inside.all():
            depth = _depths(inside, cells)[touched[window]].max()
            if depth <= margin or is_whole:
                return float(depth)
        elif is_whole:
            return float(np.inf)
        margin *= 2


def near(mask: Mask, cells: Sequence[float], width: float) -> Mask:
    """Return a mask and what is at most so many smallest cells away from it."""
    window = window_of(mask, int(np.ceil(width)) + 1)
    found = np.zeros(mask.shape, bool)
    found[window] = _depths(~mask[window], cells) <= width
    return found


def near_outline(mask: Mask, cells: Sequence[float], width: float) -> Mask:
    """Return the cells on both sides of a mask's outline, up to so many smallest cells away."""
    window = window_of(mask, int(np.ceil(width)) + 1)
    found = near(mask, cells, width)
    found[window] &= _depths(mask[window], cells) <= width
    return found


def window_of(mask: Mask, margin: int) -> Window:
    """Return the smallest window that holds all of a mask and a margin in the grid."""
    lines: list[Mask] = [
        np.logical_or.reduce(mask, axis=tuple({*range(mask.ndim)} - {axis}))
        for axis in range(mask.ndim)
    ]
    return tuple(widened(_bounds(line), len(line), margin)[0] for line in lines)


def _bounds(line: Mask) -> slice:
    """Return where a line of cells is True, from first to last; all of it if it is nowhere."""
    if not line.any():
        return slice(0, len(line))
    return slice(int(line.argmax()), len(line) - int(line[::-1].argmax()))


def _depths(mask: Mask, cells: Sequence[float]) -> Float:
    """Distance of each cell of a mask to the nearest outside of it, in smallest cells."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    depths: Float = ndimage.distance_transform_edt(mask, sampling=cells).astype(np.float32)
    return depths
