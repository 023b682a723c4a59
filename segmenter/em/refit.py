"""Adapt a mixture to other samples by a few steps of EM, where each millisecond counts."""

from __future__ import annotations

from numpy.typing import ArrayLike

from segmenter.em.checks import as_samples
from segmenter.em.iteration import LEAST_SHARE
from segmenter.em.maximization import maximize
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import prepare_steps
from segmenter.em.settings import FitSettings
from segmenter.work import finish


def refit_mixture(
    mixture: GaussianMixture,
    samples: ArrayLike,
    n_steps: int,
    *,
    sample_weight: ArrayLike | None = None,
) -> GaussianMixture:
    """Take some plain steps of EM from a mixture; nobody asks how likely it is then.

    Parameters
    ----------
    mixture : GaussianMixture
    samples : array_like, shape (n, d)
    n_steps : int
        Each raises the likelihood; `fit_mixture` also leaps, and ends when they change little.
    sample_weight : array_like, shape (n,), optional
        How often each sample counts; not negative.

    Raises
    ------
    SamplesError
        The samples are none, not finite or of the wrong shape, or their weights are.
    """
    array = as_samples(samples, mixture.n_features)
    standard = finish(prepare_steps(array, sample_weight))
    present = mixture.standardized(standard.center, standard.scale)
    least_variance = FitSettings().least_variance  # as `fit_mixture` has it by default
    for _ in range(n_steps):
        moments = finish(standard.moments_steps(present, "Adapting the mixture"))
        stepped = maximize(moments, present, least_variance)
        present = stepped.with_components(moments.counts >= LEAST_SHARE * moments.total)
    return present.unstandardized(standard.center, standard.scale)
