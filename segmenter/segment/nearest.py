"""How far each place is from a set, and which of the set is nearest, on all cores.

Exact, axis by axis: along each line the lower envelope of the parabolas over what the axes before
it found (Felzenszwalb & Huttenlocher, "Distance transforms of sampled functions", 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

Float = NDArray[np.float32]
Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]

SMALL = 1 << 16
"""Places; fewer are not worth another thread."""

_N_BLOCKS = 16
_NONE = np.float32(-1)


def nearest_of(
    members: Mask, spacing: Sequence[float] | NDArray[np.float64] | None = None
) -> tuple[Float, Ints]:
    """Find the nearest member of a set for each place.

    Parameters
    ----------
    members : bool ndarray, a picture or a volume
    spacing : sequence of float, optional
        Distance of neighbors along each axis; 1 by default.

    Returns
    -------
    distance : float32 ndarray, shape of the set
        Euclidean; infinite where there is no member.
    places : int32 ndarray, shape of the set
        The nearest member as an index of the flattened array; 0 where there is none.
    """
    if members.ndim == 2 and members.size < SMALL and spacing is None:
        return nearest_in_kernel(members)
    if not members.any():
        return np.full(members.shape, np.inf, np.float32), np.zeros(members.shape, np.int32)
    steps = np.ones(members.ndim) if spacing is None else np.asarray(spacing, np.float64)
    squares, places = np.empty(members.shape, np.float32), np.empty(members.shape, np.int32)
    length = members.shape[0]
    inside, far, who = (array.reshape(length, -1) for array in (members, squares, places))
    cuts = _cuts(members.size // length)
    run_blocks(
        lambda n: _along_columns(inside, far, who, steps[0], cuts[n], cuts[n + 1]), len(cuts) - 1
    )
    for axis in range(1, members.ndim):
        _along_axis(squares, places, axis, steps[axis])
    return np.sqrt(squares, out=squares), places


@compiled
def nearest_in_kernel(members: Mask) -> tuple[Float, Ints]:
    """Do the same for a picture on one thread, for kernels and for small pictures."""
    height, width = members.shape
    squares, places = np.empty(members.shape, np.float32), np.empty(members.shape, np.int32)
    _along_columns(members, squares, places, 1.0, 0, width)
    lines = squares.reshape(height, width, 1), places.reshape(height, width, 1)
    _along_lines(lines[0], lines[1], 1.0, 0, height)
    for i in range(height):
        for j in range(width):
            squares[i, j] = np.sqrt(squares[i, j]) if squares[i, j] >= 0 else np.inf
    return squares, places


def distance_to(
    members: Mask, spacing: Sequence[float] | NDArray[np.float64] | None = None
) -> Float:
    """Find how far each place is from a set, as :func:`nearest_of` does."""
    return nearest_of(members, spacing)[0]


def _along_axis(squares: Float, places: Ints, axis: int, step: float) -> None:
    """Let what is known of each place know of its line along one more axis."""
    before, length = int(np.prod(squares.shape[:axis])), squares.shape[axis]
    far, who = (array.reshape(before, length, -1) for array in (squares, places))
    cuts = _cuts(squares.size // length)
    run_blocks(lambda n: _along_lines(far, who, step, cuts[n], cuts[n + 1]), len(cuts) - 1)


def _cuts(n_lines: int) -> NDArray[np.int64]:
    return np.linspace(0, n_lines, min(_N_BLOCKS, n_lines) + 1).astype(np.int64)


@compiled
def _along_columns(
    members: Any, squares: Any, places: Any, step: Any, first: Any, last: Any
) -> None:
    """Find the nearest member in the same column; squares are negative where there is none."""
    height = len(members)
    for j in range(first, last):
        places[0, j] = 0 if members[0, j] else -1
    for i in range(1, height):
        for j in range(first, last):
            places[i, j] = i if members[i, j] else places[i - 1, j]
    for i in range(height - 1, -1, -1):
        for j in range(first, last):
            if i + 1 < height:
                below = places[i + 1, j]
                if below >= 0 and (places[i, j] < 0 or below - i < i - places[i, j]):
                    places[i, j] = below
                _finish(squares, places, i + 1, j, step)
    for j in range(first, last):
        _finish(squares, places, 0, j, step)


@compiled
def _finish(squares: Any, places: Any, i: Any, j: Any, step: Any) -> None:
    """Turn the row of the nearest member into its square and its place."""
    row = places[i, j]
    away = step * (i - row)
    squares[i, j] = away * away if row >= 0 else _NONE
    places[i, j] = row * places.shape[1] + j if row >= 0 else 0


@compiled
def _along_lines(squares: Any, places: Any, step: Any, first: Any, last: Any) -> None:
    """Replace what is known of the places of each line by the lowest of all its parabolas."""
    length, n_within = squares.shape[1], squares.shape[2]
    at, floors, members = np.empty(length, np.int32), np.empty(length), np.empty(length, np.int32)
    starts = np.empty(length)
    for line in range(first, last):
        i, k = line // n_within, line % n_within
        top = -1
        for j in range(length):
            if squares[i, j, k] < 0:
                continue
            floor, start = np.float64(squares[i, j, k]), 0.0
            height = floor + (step * j) ** 2
            while top >= 0:
                before = floors[top] + (step * at[top]) ** 2
                start = (height - before) / (2.0 * step * step * (j - at[top]))
                if top == 0 or start > starts[top]:
                    break
                top -= 1
            top += 1
            at[top], floors[top], members[top], starts[top] = j, floor, places[i, j, k], start
        now = 0
        for j in range(length if top >= 0 else 0):
            while now < top and starts[now + 1] < j:
                now += 1
            away = step * (j - at[now])
            squares[i, j, k], places[i, j, k] = floors[now] + away * away, members[now]
