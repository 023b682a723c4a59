"""Factors of small matrices inside of kernels, where to call LAPACK takes longer than the work."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmenter.compiled import compiled_part


@compiled_part
def factor(matrix: Any, lower: Any) -> Any:
    """Write the Cholesky factor of a symmetric matrix; False where it is not positive definite.

    Parameters
    ----------
    matrix : float64 (d, d)
    lower : float64 (d, d)
        Written up to its diagonal.
    """
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i > j:
                lower[i, j] = rest / lower[j, j]
            elif rest > 0:
                lower[i, i] = np.sqrt(rest)
            else:
                return False
    return True


@compiled_part
def invert(lower: Any, inverse: Any) -> None:
    """Write the inverse of a lower triangle, float64 (d, d), up to its diagonal."""
    for j in range(len(lower)):
        inverse[j, j] = 1 / lower[j, j]
        for i in range(j + 1, len(lower)):
            rest = 0.0
            for k in range(j, i):
                rest -= lower[i, k] * inverse[k, j]
            inverse[i, j] = rest / lower[i, i]
