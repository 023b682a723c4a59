"""Islands: places that are cut off from the rest of their label, given to what is around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Ints = NDArray[np.int32]


def join_islands(labels: Ints, settled: NDArray[np.bool_]) -> None:
    """Make labels connected, in place.

    Parameters
    ----------
    labels : int32 ndarray, shape (depth, height, width), contiguous
    settled : bool ndarray, same shape, contiguous
        Places that keep their label, and are connected among those of their label. Others keep
        theirs where they are connected with these, else they take that of a neighbor. All are
        settled in the end.
    """
    flat, known = labels.reshape(-1), settled.reshape(-1)
    _, height, width = labels.shape
    _settle_connected(flat, known, height, width)
    _settle_others(flat, known, height, width)


@compiled
def _settle_connected(labels: Ints, settled: NDArray[np.bool_], height: int, width: int) -> None:
    """Settle the places that are connected with settled ones of their label."""
    n = len(labels)
    waiting = np.empty(n - settled.sum(), np.int64)
    beside = np.empty(6, np.int64)
    for start in range(n):
        if settled[start]:
            continue
        count = _list_neighbors(start, n, height, width, beside)
        if _settled_among(beside[:count], labels, settled, labels[start]) < 0:
            continue
        settled[start] = True
        waiting[0], n_waiting = start, 1
        while n_waiting > 0:
            n_waiting -= 1
            here = waiting[n_waiting]
            for side in range(_list_neighbors(here, n, height, width, beside)):
                there = beside[side]
                if not settled[there] and labels[there] == labels[here]:
                    settled[there] = True
                    waiting[n_waiting] = there
                    n_waiting += 1


@compiled
def _settle_others(labels: Ints, settled: NDArray[np.bool_], height: int, width: int) -> None:
    """Give the others, from their borders inwards, the label of a settled neighbor."""
    waiting = np.nonzero(~settled)[0]
    beside = np.empty(6, np.int64)
    n_waiting, n_before = len(waiting), -1
    while n_waiting != n_before:
        n_before, n_waiting = n_waiting, 0
        for index in range(n_before):
            place = waiting[index]
            count = _list_neighbors(place, len(labels), height, width, beside)
            near = _settled_among(beside[:count], labels, settled, -1)
            if near < 0:
                waiting[n_waiting] = place
                n_waiting += 1
            else:
                labels[place] = labels[near]
                settled[place] = True


@compiled
def _settled_among(
    places: NDArray[np.int64], labels: Ints, settled: NDArray[np.bool_], label: int
) -> int:
    """The first place that is settled, of a label or, where that is -1, of any; -1 for none."""
    for place in places:
        if settled[place] and (label < 0 or labels[place] == label):
            return int(place)
    return -1


@compiled
def _list_neighbors(place: int, n: int, height: int, width: int, beside: NDArray[np.int64]) -> int:
    """Write the places that share a face with one, and return how many they are."""
    x = place % width
    y = place // width % height
    count = 0
    for step, is_inside in (
        (-1, x > 0),
        (1, x < width - 1),
        (-width, y > 0),
        (width, y < height - 1),
        (-width * height, place >= width * height),
        (width * height, place < n - width * height),
    ):
        if is_inside:
            beside[count] = place + step
            count += 1
    return count
