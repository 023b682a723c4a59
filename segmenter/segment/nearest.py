"""How far each place of a picture is from a set, and which of the set is nearest, on all cores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

Float = NDArray[np.float32]
Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]
N_BLOCKS = 16
SMALL = 1 << 16  # places; fewer are not worth another thread


def nearest_of(members: Mask) -> tuple[Float, Ints]:
    """Find the nearest member of a set for each place (Felzenszwalb & Huttenlocher 2012).

    Parameters
    ----------
    members : bool ndarray, shape (height, width)

    Returns
    -------
    distance : float32 ndarray, shape (height, width)
        Euclidean; infinite where there is no member.
    places : int32 ndarray, shape (height, width)
        The nearest member as an index of the flattened picture; 0 where there is none.
    """
    height, width = members.shape
    if members.size < SMALL:
        return nearest_in_kernel(members)
    rows = np.empty(members.shape, np.int32)
    distance = np.empty(members.shape, np.float32)
    places = np.empty(members.shape, np.int32)
    across = np.linspace(0, width, N_BLOCKS + 1).astype(int)
    down = np.linspace(0, height, N_BLOCKS + 1).astype(int)
    run_blocks(lambda n: _in_columns(members, across[n], across[n + 1], rows), N_BLOCKS)
    run_blocks(lambda n: _in_rows(rows, down[n], down[n + 1], distance, places), N_BLOCKS)
    return distance, places


@compiled
def nearest_in_kernel(members: Mask) -> tuple[Float, Ints]:
    """Do the same on one thread, for kernels and for small pictures."""
    height, width = members.shape
    rows, places = np.empty(members.shape, np.int32), np.empty(members.shape, np.int32)
    distance = np.empty(members.shape, np.float32)
    _in_columns(members, 0, width, rows)
    _in_rows(rows, 0, height, distance, places)
    return distance, places


@compiled
def _in_columns(members: Mask, first: int, last: int, rows: Ints) -> None:
    """Write the row of the nearest member in the same column; -1 where there is none."""
    height = members.shape[0]
    for j in range(first, last):
        rows[0, j] = 0 if members[0, j] else -1
    for i in range(1, height):
        for j in range(first, last):
            rows[i, j] = i if members[i, j] else rows[i - 1, j]
    for i in range(height - 2, -1, -1):
        for j in range(first, last):
            below = rows[i + 1, j]
            if below >= 0 and (rows[i, j] < 0 or below - i < i - rows[i, j]):
                rows[i, j] = below


@compiled
def _in_rows(rows: Ints, first: int, last: int, distance: Float, places: Ints) -> None:
    """Find the nearest of the members of all columns: the lowest of parabolas along each row."""
    width = rows.shape[1]
    columns, heights, starts = np.empty(width, np.int32), np.empty(width), np.empty(width)
    for i in range(first, last):
        top = -1
        for j in range(width):
            if rows[i, j] < 0:
                continue
            away = np.float64(i - rows[i, j])
            height = away * away + np.float64(j) * j
            start = -np.inf
            while top >= 0:
                start = (height - heights[top]) / (2.0 * (j - columns[top]))
                if start > starts[top]:
                    break
                top -= 1
                start = -np.inf
            top += 1
            columns[top], heights[top], starts[top] = j, height, start
        at = 0
        for j in range(width):
            if top < 0:
                distance[i, j], places[i, j] = np.inf, 0
                continue
            while at < top and starts[at + 1] < j:
                at += 1
            column = columns[at]
            row = rows[i, column]
            away, aside = np.float64(i - row), np.float64(j - column)
            distance[i, j] = np.sqrt(away * away + aside * aside)
            places[i, j] = row * width + column
