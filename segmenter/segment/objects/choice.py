"""The choice of sets that do not overlap and together promise most (Arteta et al. 2012)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

WORTH = 0.4  # a set that is expected to overlap less with an object is not taken


def chosen_sets(
    parents: NDArray[np.int32], quality: NDArray[np.float64], allowed: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], float]:
    """Choose by dynamic programming over the tree.

    Parameters
    ----------
    parents : int32 ndarray, shape (n_nodes,)
        A node comes after its parent.
    quality : float64 ndarray, shape (n_nodes,)
        Expected overlap with one object.
    allowed : bool ndarray, shape (n_nodes,)

    Returns
    -------
    labels : int32 ndarray, shape (n_nodes,)
        The object, from 1, that each set lies in; 0 for none.
    worth : float
        Sum over the chosen sets of what they promise beyond the least.
    """
    return _choose(parents, np.where(allowed, quality - WORTH, -1.0))


@compiled
def _choose(
    parents: NDArray[np.int32], gains: NDArray[np.float64]
) -> tuple[NDArray[np.int32], float]:
    n = len(parents)
    below = np.zeros(n)
    taken = np.zeros(n, np.bool_)
    total = 0.0
    for node in range(n - 1, -1, -1):
        taken[node] = gains[node] > max(below[node], 0.0)
        best = gains[node] if taken[node] else below[node]
        if node > 0:
            below[parents[node]] += best
        else:
            total = best
    labels = np.zeros(n, np.int32)
    count = 0
    for node in range(n):
        if node > 0 and labels[parents[node]] > 0:
            labels[node] = labels[parents[node]]
        elif taken[node]:
            count += 1
            labels[node] = count
    return labels, total
