"""Equal rows of a small table of any type become one weighted row: found by sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def collect_equal(
    samples: NDArray[Any], sample_weight: ArrayLike | None
) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
    """Sort a few samples of any type, and let equal ones be one with the sum of their weights.

    A fit of them is the same, bit for bit, for weights and for repetitions, in any order of the
    samples, and whether samples of weight 0 are there or not.

    Parameters
    ----------
    samples : ndarray, shape (n, d)
    sample_weight : array_like, shape (n,), optional
        Finite and not negative.

    Returns
    -------
    samples : ndarray, shape (m, d)
    sample_weight : ndarray of float64, shape (m,), or None
        None where all are equal.
    """
    ranks, first = rank_rows(samples)
    values = samples[first]
    given = None if sample_weight is None else np.asarray(sample_weight, np.float64)
    weights = np.bincount(ranks, given).astype(np.float64)
    if given is not None and not np.isfinite(weights).all():  # too large to add up
        weights = np.bincount(ranks, given / len(given)).astype(np.float64)
    values, weights = values[weights > 0], weights[weights > 0]
    return values, None if weights.min() == weights.max() else weights


def rank_rows(table: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rank rows by their first column, among equals by the second, and so on.

    It gives what :func:`numpy.unique` does, without comparing whole rows: that takes seconds where
    there are many columns, in one piece that Ctrl+C waits for.

    Parameters
    ----------
    table : ndarray, shape (n, d)
        At least one row.

    Returns
    -------
    ranks : ndarray of int, shape (n,)
        From 0; equal rows have the same.
    first : ndarray of int, shape (m,)
        Index of the first row of each rank.
    """
    ranks = np.zeros(len(table), np.intp)
    order = ranks
    is_new = np.ones(len(table), np.bool_)
    for column in table.T:
        order = np.lexsort((column, ranks))
        sorted_ranks, values = ranks[order], column[order]
        is_new[1:] = (sorted_ranks[1:] != sorted_ranks[:-1]) | (values[1:] != values[:-1])
        ranks[order] = np.cumsum(is_new) - 1
        if is_new.all():
            break
    return ranks, order[is_new]
