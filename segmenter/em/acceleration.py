"""Squared extrapolation of EM (SQUAREM; Varadhan & Roland, Scand. J. Statist. 2008)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import GaussianMixture

_SHORTEST_LEAP = 2.0  # the steps shrink to half each time: nothing to gain
_LONGEST_LEAP = 1e6


def extrapolate(
    before: GaussianMixture, middle: GaussianMixture, after: GaussianMixture
) -> GaussianMixture | None:
    """Leap along the path of two EM steps.

    The caller must check that the likelihood did not fall, and step from `after` if it did.

    Parameters
    ----------
    before, middle, after : GaussianMixture
        A mixture and the results of one and two EM steps from it.

    Returns
    -------
    GaussianMixture or None
        None where EM is fast by itself, where there is noise, or where the leap would leave the
        valid mixtures.
    """
    if before.noise is not None:
        return None
    start, first, second = (_as_vector(mixture) for mixture in (before, middle, after))
    step = first - start
    bend = second - first - step
    length = float(np.linalg.norm(step)) / max(float(np.linalg.norm(bend)), 1e-300)
    if not _SHORTEST_LEAP < length < _LONGEST_LEAP:
        return None
    return _as_mixture(start + 2 * length * step + length**2 * bend, before)


def _as_vector(mixture: GaussianMixture) -> NDArray[np.float64]:
    return np.concatenate([mixture.weights, mixture.means.ravel(), mixture.covariances.ravel()])


def _as_mixture(vector: NDArray[np.float64], like: GaussianMixture) -> GaussianMixture | None:
    k, d = like.means.shape
    weights, means, covariances = np.split(vector, [k, k + k * d])
    covariances = covariances.reshape(k, d, d)
    if weights.min() <= 0 or np.linalg.eigvalsh(covariances).min() <= 0:
        return None
    return replace(
        like,
        weights=weights / weights.sum(),
        means=means.reshape(k, d),
        covariances=covariances,
    )
