"""Stored integers to the values they mean: slope and intercept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_TINY, _LARGE = 1e-30, 1e30  # between them float32 keeps its precision, also when squared


def scaled(stored: NDArray[Any], slope: float, intercept: float) -> NDArray[Any]:
    """Apply a slope and an intercept.

    Parameters
    ----------
    stored : ndarray
        As the file holds them, in the machine's byte order.
    slope, intercept : float
        Value = slope * stored + intercept.

    Returns
    -------
    ndarray
        The array itself for slope 1 and intercept 0, else of `scaled_dtype`.
    """
    dtype = scaled_dtype(stored.dtype, slope, intercept)
    if dtype == stored.dtype and (slope, intercept) == (1.0, 0.0):
        return stored
    values = stored.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        values *= slope
        values += intercept
        return values.astype(dtype)


def scaled_dtype(stored: np.dtype[Any], slope: float, intercept: float) -> np.dtype[Any]:
    """Say what `scaled` gives: the stored dtype, float32, or float64 where that is too narrow."""
    if (slope, intercept) == (1.0, 0.0):
        return stored
    largest = float(np.iinfo(stored).max) if stored.kind in "iu" else 1.0
    fits = abs(slope) > _TINY and abs(slope) * largest + abs(intercept) < _LARGE
    return np.dtype(np.float32 if fits else np.float64)
