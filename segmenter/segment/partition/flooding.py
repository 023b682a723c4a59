"""Watershed by flooding: every basin of a relief gets a number, in two or three dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
N_LEVELS = 1024  # heights are told apart by this many steps


def flooded(relief: Float, markers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Flood a relief from markers (Meyer 1991), lowest places first.

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
    walled = np.pad(markers, 1, constant_values=-1)
    levels = np.zeros(walled.shape, np.int16)
    inner = (slice(1, -1),) * relief.ndim
    levels[inner] = _levels(relief)
    strides = np.array([s // walled.itemsize for s in walled.strides], np.int64)
    _flood(levels.ravel(), walled.ravel(), np.concatenate([-strides, strides]))
    return np.maximum(walled[inner], 0)


def _levels(relief: Float) -> NDArray[np.int16]:
    """Heights as whole numbers, finer where the relief is low: most of a gradient is."""
    root = np.sqrt(relief - relief.min())
    top = float(root.max())
    scale = (N_LEVELS - 1) / top if top > 0 else 0.0
    levels: NDArray[np.int16] = (root * np.float32(scale)).astype(np.int16)
    return levels


@compiled
def _flood(levels: NDArray[np.int16], labels: NDArray[np.int32], steps: NDArray[np.int64]) -> None:
    """Take places in the order of their height, first come first served among equal ones.

    A queue for each height is a list linked through `after`; a place enters one queue only.
    """
    n = len(labels)
    after = np.full(n, -1, np.int32)
    first = np.full(N_LEVELS, -1, np.int32)
    last = np.full(N_LEVELS, -1, np.int32)
    queued = np.zeros(n, np.bool_)
    for place in range(n):
        if labels[place] > 0:
            for step in steps:
                if labels[place + step] == 0:
                    _enter(place, levels[place], after, first, last)
                    break
    level = 0
    while level < N_LEVELS:
        place = first[level]
        if place < 0:
            level += 1
            continue
        first[level] = after[place]
        for step in steps:
            beside = place + step
            if labels[beside] == 0 and not queued[beside]:
                queued[beside] = True
                labels[beside] = labels[place]
                _enter(beside, max(level, levels[beside]), after, first, last)


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
