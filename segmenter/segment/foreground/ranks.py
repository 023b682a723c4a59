"""Each value's place in the order of all: what makes distances of several kinds comparable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Keys = NDArray[np.uint32]
N_BITS = 11  # of a key that one pass sorts by
N_PASSES = 3
SIGN = np.uint32(1 << 31)


def ranks(values: Float) -> Float:
    """Each value's place in the order of all, from 0 to below 1; equal values keep their order."""
    keys = (np.ascontiguousarray(values, np.float32) + np.float32(0)).ravel().view(np.uint32)
    found = np.empty(values.shape, np.float32)
    _rank(keys ^ np.where(keys & SIGN, np.uint32(0xFFFFFFFF), SIGN), found.ravel())
    return found


@compiled
def _rank(keys: Keys, found: Float) -> None:
    """Sort by the lowest bits first, in as many passes as there are digits."""
    n, mask = len(keys), (1 << N_BITS) - 1
    order, sorted_ = np.arange(n), np.empty(n, np.intp)
    for number in range(N_PASSES):
        shift = number * N_BITS
        starts = np.zeros(mask + 2, np.intp)
        for i in range(n):
            starts[((keys[i] >> shift) & mask) + 1] += 1
        starts = np.cumsum(starts)
        for i in range(n):
            digit = (keys[order[i]] >> shift) & mask
            sorted_[starts[digit]] = order[i]
            starts[digit] += 1
        order, sorted_ = sorted_, order
    for i in range(n):
        found[order[i]] = np.float32(i) / np.float32(n)
