"""Regions that are found again in another result, so that names never shuffle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COUNTED_PIXELS = 250_000
"""Overlap is counted on at most about this many pixels: enough to tell which region is which."""


def followed_values(
    values: Iterable[int], before: NDArray[Any], after: NDArray[Any]
) -> dict[int, int]:
    """Tell which values regions have in another label map of the same image.

    A region is found again when more than half of the union of both is common to them
    (an intersection over union above 0.5, which no two regions can share).

    Parameters
    ----------
    values : iterable of int
        Of regions in `before`.
    before, after : integer ndarray, same shape
        The label maps; 0 is unlabeled.

    Returns
    -------
    dict of int to int
        The value in `after` of each region that is there.
    """
    common = _overlaps(before, after)
    sizes_before, sizes_after = common.sum(axis=1), common.sum(axis=0)
    found = {}
    for value in values:
        if value >= len(common):  # it had no pixel
            continue
        union = sizes_before[value] + sizes_after - common[value]
        share = common[value] / np.maximum(union, 1)
        share[0] = 0.0
        best = int(share.argmax())
        if share[best] > 0.5:
            found[value] = best
    return found


def _overlaps(before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.int64]:
    """Count pixels for each pair of values, shape (values before, values after)."""
    stride = max(1, round((before.size / _COUNTED_PIXELS) ** (1 / before.ndim)))
    sparse = (slice(None, None, stride),) * before.ndim
    shape = int(before.max(initial=0)) + 1, int(after.max(initial=0)) + 1
    pairs = before[sparse].astype(np.int64) * shape[1] + after[sparse]
    return np.bincount(pairs.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
