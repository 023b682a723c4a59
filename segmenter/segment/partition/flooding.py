"""Flooding a grid from seeds, lowest places first, in two or three dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
N_LEVELS = 1024  # heights are told apart by this many steps


def flooded(relief: Float, markers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Flood a relief from markers (Meyer 1991): every basin gets a number.

    Parameters
    ----------
    relief : float32 ndarray, shape grid
        Of one, two or three axes.
    markers : int32 ndarray, shape grid
        Numbers from 1 where water enters, 0 elsewhere, -1 where nothing is flooded.

    Returns
    -------
    int32 ndarray, shape grid
        The marker that reached each place; 0 where none can, and where nothing is flooded.
    """
    return flood(_levels(relief), markers, N_LEVELS, relief.size)[0]


def flood(
    levels: NDArray[np.int16], markers: NDArray[np.int32], n_levels: int, most: int
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Flood level by level, and tell when each place was reached.

    Parameters
    ----------
    levels : int16 ndarray, shape grid
        Heights, from 0 to `n_levels` - 1.
    markers : int32 ndarray, shape grid
        As for `flooded`.
    n_levels : int
    most : int
        Places; after the level at which as many are under water nothing more is flooded.

    Returns
    -------
    labels : int32 ndarray, shape grid
        As of `flooded`.
    reached : int16 ndarray, shape grid
        The least level of the water at which it gets there; `n_levels` where it never does.
    """
    walled = np.pad(markers, 1, constant_values=-1)
    inner = (slice(1, -1),) * markers.ndim
    heights = np.zeros(walled.shape, np.int16)
    heights[inner] = levels
    strides = np.array([s // walled.itemsize for s in walled.strides], np.int64)
    steps = np.concatenate([-strides, strides])
    reached = _flood(heights.ravel(), walled.ravel(), steps, n_levels, most)
    return np.maximum(walled[inner], 0), reached.reshape(walled.shape)[inner]


def _levels(relief: Float) -> NDArray[np.int16]:
    """Heights as whole numbers, finer where the relief is low: most of a gradient is."""
    root = np.sqrt(relief - relief.min())
    top = float(root.max())
    scale = (N_LEVELS - 1) / top if top > 0 else 0.0
    levels: NDArray[np.int16] = (root * np.float32(scale)).astype(np.int16)
    return levels


@compiled
def _flood(  # noqa: C901  the queues are arrays that every branch changes
    levels: NDArray[np.int16],
    labels: NDArray[np.int32],
    steps: NDArray[np.int64],
    n_levels: int,
    most: int,
) -> NDArray[np.int16]:
    """Take places in the order of their height, first come first served among equal ones.

    A queue for each height is a list linked through `after`; a place enters one queue only.
    """
    n = len(labels)
    after = np.full(n, -1, np.int32)
    first = np.full(n_levels, -1, np.int32)
    last = np.full(n_levels, -1, np.int32)
    reached = np.full(n, n_levels, np.int16)
    for place in range(n):
        if labels[place] > 0:
            reached[place] = levels[place]
            for step in steps:
                if labels[place + step] == 0:
                    _enter(place, levels[place], after, first, last)
                    break
    level, n_under = 0, 0
    while level < n_levels:
        place = first[level]
        if place < 0:
            if n_under >= most:
                break
            level += 1
            continue
        first[level] = after[place]
        n_under += 1
        for step in steps:
            beside = place + step
            if labels[beside] == 0:
                labels[beside] = labels[place]
                reached[beside] = max(level, levels[beside])
                _enter(beside, reached[beside], after, first, last)
    for place in range(n):
        if labels[place] > 0 and reached[place] > level:
            labels[place], reached[place] = 0, n_levels
    return reached


@compiled
def _enter(
    place: int,
    level: int,
    after: NDArray[np.int32],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None:
    """Put a place at the end of its queue."""
    after[place] = -1
    if first[level] < 0:
        first[level] = place
    else:
        after[last[level]] = place
    last[level] = place
