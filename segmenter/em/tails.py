"""How unlikely a sample is under a mixture, as a calibrated probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.mixture import GaussianMixture

N_DRAWS = 1 << 18
"""Samples drawn from a mixture of several features; they resolve probabilities to about 1e-5."""

_LEAST_DRAWN, _LEAST_SUMMED = 1e-3, 1e-9  # probabilities that are found so; smaller ones are not
_WIDEST, _N_EDGES = 8.0, 1024  # deviations around a component, and the intervals they are cut into

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Log densities that rise, and the probability that a draw has no more than each of them."""


def tail_probabilities(
    mixture: GaussianMixture, samples: ArrayLike, seed: int = 0
) -> NDArray[np.float64]:
    """Probability that a draw from the mixture has no more density than the sample.

    A p-value: among samples of the mixture itself, a share of t lies below t. Of one feature it is
    summed over small intervals, down to 1e-9; of several it is the rank among 262,144 draws, down
    to 1e-3. Below that, the tail of the Gaussian that falls off from there by the same log density
    (exact for one component).

    Parameters
    ----------
    mixture : GaussianMixture
    samples : array_like, shape (n, d)
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of float64, shape (n,)
        Above 0 as far as float64 allows, at most 1.

    Raises
    ------
    SamplesError
        The samples are not finite or have another number of features.
    """
    from scipy.special import chdtrc, chdtri  # the tail of chi squared, and where it has a size

    is_summed = mixture.n_features == 1 and mixture.noise is None
    levels, below = _summed(mixture) if is_summed else _drawn(mixture, seed)
    least = _LEAST_SUMMED if is_summed else _LEAST_DRAWN
    log_densities = mixture.log_density(samples)
    probabilities: NDArray[np.float64] = np.interp(log_densities, levels, below)
    edge = int(np.searchsorted(below, least))
    far = log_densities < levels[edge]
    distance = chdtri(mixture.n_features, below[edge]) + 2 * (levels[edge] - log_densities[far])
    probabilities[far] = chdtrc(mixture.n_features, distance)
    return probabilities


def _drawn(mixture: GaussianMixture, seed: int) -> Curve:
    levels = np.sort(mixture.log_density(mixture.sample(N_DRAWS, seed)[0]))
    return levels, (np.arange(N_DRAWS) + 1) / N_DRAWS


def _summed(mixture: GaussianMixture) -> Curve:
    """Cut the line into intervals that are small beside every component, and sort them."""
    from scipy.special import ndtr

    means, deviations = mixture.means[:, 0], np.sqrt(mixture.covariances[:, 0, 0])
    steps = np.linspace(-_WIDEST, _WIDEST, _N_EDGES)
    edges = np.unique(means + deviations * steps[:, np.newaxis])
    below = ndtr((edges[:, np.newaxis] - means) / deviations) @ mixture.weights
    levels = mixture.log_density((edges[1:, np.newaxis] + edges[:-1, np.newaxis]) / 2)
    order = np.argsort(levels)
    masses = np.diff(below)[order]
    return levels[order], np.cumsum(masses) - masses / 2
