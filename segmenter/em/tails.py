"""How unlikely a sample is under a mixture, as a calibrated probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.mixture import GaussianMixture

N_DRAWS = 1 << 18
"""Samples drawn from the mixture; they resolve probabilities down to about 1e-5."""

_REFERENCE = 1e-3


def tail_probabilities(
    mixture: GaussianMixture, samples: ArrayLike, seed: int = 0
) -> NDArray[np.float64]:
    """Probability that a draw from the mixture has no more density than the sample.

    A p-value: among samples of the mixture itself, a share of t lies below t. Down to 1e-3 it is
    the rank among 262,144 draws. Below that, the tail of the Gaussian that falls off from there by
    the same log density (exact for one component).

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
    from scipy.stats import chi2  # slow to import, rarely needed

    drawn = np.sort(mixture.log_density(mixture.sample(N_DRAWS, seed)[0]))
    log_densities = mixture.log_density(samples)
    ranks = np.searchsorted(drawn, log_densities, side="right")
    probabilities: NDArray[np.float64] = (ranks + 1) / (N_DRAWS + 1)
    edge = drawn[int(_REFERENCE * N_DRAWS)]
    far = log_densities < edge
    distance = chi2.isf(_REFERENCE, mixture.n_features) + 2 * (edge - log_densities[far])
    probabilities[far] = chi2.sf(distance, mixture.n_features)
    return probabilities
