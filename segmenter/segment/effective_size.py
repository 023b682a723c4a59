"""How many independent pixels an image is worth.

Neighboring pixels repeat each other, so that a criterion that takes all of them for independent
finds far too many components. The count is divided by the integrated autocorrelation of lightness
along each axis (Geyer 1992, "Practical Markov chain Monte Carlo", section 3.3), which does not
change when the same picture is given with more pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LINES = 256
"""Rows and columns looked at, at most."""


def effective_size(light: NDArray[np.float32]) -> float:
    """Count the independent pixels of a plane.

    Parameters
    ----------
    light : ndarray of float32, shape (h, w)
        Lightness.

    Returns
    -------
    float
        Between 1 and the number of pixels.
    """
    lengths = [_correlation_length(lines) for lines in (light, light.T)]
    return max(1.0, light.size / (lengths[0] * lengths[1]))


def _correlation_length(lines: NDArray[np.float32]) -> float:
    """Pixels along each line (n, length) that count as one, summed to the first zero crossing."""
    some = lines[:: max(1, len(lines) // _LINES)].astype(np.float64)
    some = some - some.mean()
    length = some.shape[1]
    spectrum = np.abs(np.fft.rfft(some, 2 * length, axis=1)) ** 2
    covariance = np.fft.irfft(spectrum.sum(axis=0))[:length]
    if covariance[0] <= 0:
        return float(length)
    correlation = covariance[1:] / covariance[0]
    negative = np.flatnonzero(correlation <= 0)
    end = negative[0] if len(negative) else len(correlation)
    return float(1 + 2 * correlation[:end].sum())
