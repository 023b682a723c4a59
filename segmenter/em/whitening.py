"""What samples are multiplied by to meet the components: inverse factors of their covariances.

With them come the log2 densities at the means, less the part of the samples' own standardization.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segmenter.compiled import compiled, compiled_part
from segmenter.em.small_matrices import factor, invert

LOG2_E = float(np.log2(np.e))
TO_POWERS_OF_TWO = float(np.sqrt(0.5 * LOG2_E))
"""Whitened samples are multiplied by it, so that half their square is an exponent of two."""

_HALF_LOG2_2PI = 0.5 * np.log2(2 * np.pi)
_LEAST_WEIGHT = 1e-300
_IMPOSSIBLE = np.float32(-1e30)


@compiled
def write_whitening(weights: Any, covariances: Any, whitening: Any, constants: Any) -> Any:
    """Write the whitening matrices of full covariances; False where one cannot be factored.

    Parameters
    ----------
    weights : float64 (k,)
    covariances : float64 (k, d, d), or (1, d, d) that all components have
    whitening : float32 (k, d, d)
        Its lower triangles are written.
    constants : float32 (k,)
    """
    d = covariances.shape[1]
    lower, inverse = np.zeros((d, d)), np.zeros((d, d))
    for c in range(len(weights)):
        if c < len(covariances):
            if not factor(covariances[c], lower):
                return False
            invert(lower, inverse)
        log2_scale = 0.0
        for i in range(d):
            log2_scale += np.log2(inverse[i, i])
            for j in range(i + 1):
                whitening[c, i, j] = np.float32(TO_POWERS_OF_TWO * inverse[i, j])
        constants[c] = _constant(weights[c], log2_scale, d)
    return True


@compiled
def write_scales(weights: Any, covariances: Any, scales: Any, constants: Any) -> Any:
    """Do the same where only the diagonals count; `scales` is float32 (k, d)."""
    d = covariances.shape[1]
    for c in range(len(weights)):
        log2_scale = 0.0
        for i in range(d):
            variance = covariances[c, i, i]
            if not variance > 0:
                return False
            scales[c, i] = np.float32(TO_POWERS_OF_TWO / np.sqrt(variance))
            log2_scale -= 0.5 * np.log2(variance)
        constants[c] = _constant(weights[c], log2_scale, d)
    return True


@compiled_part
def _constant(weight: Any, log2_scale: Any, d: Any) -> Any:
    """Log2 density at a mean; a component without weight can have no sample."""
    if weight <= 0:
        return _IMPOSSIBLE
    return np.float32(np.log2(max(weight, _LEAST_WEIGHT)) + log2_scale - d * _HALF_LOG2_2PI)
