"""The M step: the mixture that the moments of the samples make most likely."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.settings import LeastVariance
from segmenter.em.step import Moments

_LEAST_COUNT = float(np.finfo(float).tiny)


def maximize(
    moments: Moments, mixture: GaussianMixture, least_variance: LeastVariance
) -> GaussianMixture:
    """Return the most likely mixture whose covariances are not smaller than a floor.

    Raising the eigenvalues below the floor to it is the exact maximum under that bound, so that
    the likelihood cannot fall.

    Parameters
    ----------
    moments : Moments
        Taken about the means of `mixture`.
    mixture : GaussianMixture
        The present, standardized mixture.
    least_variance : float or sequence of d floats
        Floor of the variance in every direction, or for each feature, relative to that of the
        samples.
    """
    counts = np.maximum(moments.counts, _LEAST_COUNT)
    shifts = moments.firsts / counts[:, np.newaxis]
    if moments.seconds.ndim == 2:
        scatters = moments.seconds / counts[:, np.newaxis] - shifts**2
    elif mixture.covariance == "tied":
        scatters = (moments.seconds - moments.firsts.T @ shifts) / counts.sum()
    else:
        scatters = moments.seconds / counts[:, np.newaxis, np.newaxis]
        scatters -= shifts[:, :, np.newaxis] * shifts[:, np.newaxis, :]
    total = moments.counts.sum() + moments.noise
    weights = moments.counts / total
    covariances = constrain(scatters, weights, mixture.covariance, least_variance)
    noise = mixture.noise and replace(mixture.noise, weight=moments.noise / total)
    means = mixture.means + shifts
    return GaussianMixture(weights, means, covariances, mixture.covariance, noise)


def constrain(
    scatters: NDArray[np.float64],
    weights: NDArray[np.float64],
    covariance: Covariance,
    least_variance: LeastVariance,
) -> NDArray[np.float64]:
    """Covariances (k, d, d) of one type from scatter matrices (k, d, d) or their diagonals.

    Tied ones may be given as one scatter matrix (1, d, d), the mean over all components.
    """
    k, d = len(weights), scatters.shape[1]
    least = np.asarray(least_variance, np.float64)
    if covariance == "full":
        return _raise_eigenvalues(scatters, np.full(d, least))
    if covariance == "tied":
        if len(scatters) > 1:
            scatters = np.tensordot(weights / weights.sum(), scatters, axes=1)[np.newaxis]
        return np.repeat(_raise_eigenvalues(scatters, np.full(d, least)), k, axis=0)
    variances = scatters if scatters.ndim == 2 else np.diagonal(scatters, axis1=1, axis2=2)
    if covariance == "spherical":
        variances = variances.sum(axis=1, keepdims=True) / d
        least = least.max()
    covariances = np.zeros((k, d, d))
    covariances.reshape(k, d * d)[:, :: d + 1] = np.maximum(variances, least)
    return covariances


def _raise_eigenvalues(
    matrices: NDArray[np.float64], least: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Raise each matrix until taking ``diag(least)`` away leaves no negative eigenvalue."""
    with suppress(np.linalg.LinAlgError):
        np.linalg.cholesky(matrices - np.diag(least))  # far faster than finding that none is low
        return matrices
    unit = np.sqrt(np.outer(least, least))
    values, vectors = np.linalg.eigh(matrices / unit)
    raised = np.maximum(values, 1)
    result: NDArray[np.float64] = (vectors * raised[:, np.newaxis, :]) @ vectors.transpose(0, 2, 1)
    return result * unit
