"""Mixtures whose components form groups, with a prior for each group at every sample.

The density of sample i is ``sum_g prior[i, g] * sum_(c in g) weight[c | g] * N(x_i; c)``: where a
sample lies says how probable each group is, and the groups' own shares play no part. A tissue of
the brain is such a group, an atlas such a prior (Ashburner & Friston, NeuroImage 2005).
The E step adds the priors to the densities of the plain mixture; the M step is that of the plain
mixture, whose weights within a group are those of the group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.blocks import for_chunks, run_blocks, run_blocks_steps
from segmenter.em.checks import NO_WEIGHTS, as_samples, as_samples_steps
from segmenter.em.exact import accumulate_exactly_steps
from segmenter.em.grouped_kernels import write_group_log_densities
from segmenter.em.iteration import LEAST_SHARE, iterate_steps
from segmenter.em.kernels import write_responsibilities
from segmenter.em.mixture import GaussianMixture
from segmenter.em.packing import PackedMixture, pack
from segmenter.em.samples import Samples, prepare_steps, standardize
from segmenter.em.settings import FitSettings
from segmenter.em.step import Moments, accumulate_steps
from segmenter.em.whitening import LOG2_E
from segmenter.errors import ParameterError, SamplesError
from segmenter.work import Work, finish


@dataclass(frozen=True, eq=False)
class GroupedMixture:
    """A mixture, and which group each of its components belongs to.

    Attributes
    ----------
    mixture : GaussianMixture
        Without noise. Its weights are the shares of all samples.
    groups : ndarray of int64, shape (k,)
        From 0; every group up to the largest has a component.
    """

    mixture: GaussianMixture
    groups: NDArray[np.int64]

    def __post_init__(self) -> None:
        groups = np.array(self.groups, np.int64)
        groups.flags.writeable = False
        object.__setattr__(self, "groups", groups)
        if groups.shape != (self.mixture.n_components,) or self.mixture.noise is not None:
            raise ParameterError(
                "A grouped mixture needs a group for each component, and no noise."
            )
        if set(groups.tolist()) != set(range(self.n_groups)):
            raise ParameterError("Every group of a mixture needs a component.")

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.groups.max()) + 1

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the samples in each group, shape (n_groups,)."""
        return np.bincount(self.groups, self.mixture.weights, self.n_groups).astype(np.float64)

    def group(self, index: int) -> GaussianMixture:
        """Return the components of one group as a mixture of their own, with weights of sum 1."""
        chosen = self.groups == index
        weights = self.mixture.weights[chosen]
        return replace(
            self.mixture,
            weights=weights / weights.sum(),
            means=self.mixture.means[chosen],
            covariances=self.mixture.covariances[chosen],
        )

    def log_densities(self, samples: ArrayLike) -> NDArray[np.float32]:
        """Natural log density of each group alone at each sample, shape (n, n_groups)."""
        array = as_samples(samples, self.mixture.n_features)
        result = np.empty((len(array), self.n_groups), np.float32)
        prepared, packed = self._prepared(array)

        def fill(_number: int, start: int, stop: int) -> None:
            write_group_log_densities(
                prepared.values,
                start,
                stop,
                prepared.kernel_center,
                prepared.kernel_scale,
                self.groups,
                *packed,
                result,
            )

        run_blocks(*for_chunks(len(array), fill))
        result *= np.float32(1 / LOG2_E)
        result += np.float32(prepared.log_scale)
        return result

    def responsibilities(
        self, samples: ArrayLike, log_priors: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Probability of each component given the sample and its priors, shape (n, k).

        Parameters
        ----------
        samples : array_like, shape (n, d)
        log_priors : ndarray of float32, shape (n, n_groups)
            Natural logarithms of each group's prior at each sample.
        """
        array = as_samples(samples, self.mixture.n_features)
        log2_priors = finish(_as_log2_steps(log_priors, len(array), self.n_groups))
        result = np.empty((len(array), self.mixture.n_components), np.float32)
        prepared, packed = self._prepared(array)

        def fill(_number: int, start: int, stop: int) -> None:
            write_responsibilities(
                prepared.values,
                start,
                stop,
                prepared.kernel_center,
                prepared.kernel_scale,
                *packed,
                result,
                (log2_priors, self.groups),
            )

        run_blocks(*for_chunks(len(array), fill))
        return result

    def _prepared(self, array: NDArray[Any]) -> tuple[Samples, PackedMixture]:
        """Samples and components standardized by the moments of the mixture."""
        mixture = self.mixture
        weights = mixture.weights / mixture.weights.sum()
        center = weights @ mixture.means
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        scale = 1 / np.sqrt(weights @ (variances + (mixture.means - center) ** 2))
        prepared = standardize(array, NO_WEIGHTS, center, scale)
        within = _within_groups(mixture, self.groups)
        return prepared, pack(within.standardized(prepared.center, prepared.scale))


@dataclass(frozen=True, eq=False)
class GroupedFit:
    """A fitted grouped mixture.

    Attributes
    ----------
    mixture : GroupedMixture
    log_likelihood : float
        Mean log density of the samples given their priors, natural logarithm.
    history : tuple of float
        It before each iteration and at the end; it never falls.
    """

    mixture: GroupedMixture
    log_likelihood: float
    history: tuple[float, ...]


def fit_grouped(
    samples: ArrayLike,
    log_priors: NDArray[np.float32],
    start: GroupedMixture,
    *,
    sample_weight: ArrayLike | None = None,
    tolerance: float = 1e-5,
    max_iterations: int = 100,
    least_variance: float = 1e-6,
) -> GroupedFit:
    """Fit a grouped mixture to samples with priors, from a given start.

    Parameters
    ----------
    samples : array_like, shape (n, d)
    log_priors : ndarray of float32, shape (n, n_groups)
        Natural logarithms of each group's prior at each sample, finite.
    start : GroupedMixture
    sample_weight : array_like, shape (n,), optional
    tolerance, max_iterations, least_variance
        As for :func:`segmenter.em.fit.fit_mixture`.

    Raises
    ------
    SamplesError
        Samples or priors are not finite or of the wrong shape.
    """
    return finish(
        fit_grouped_steps(
            samples,
            log_priors,
            start,
            sample_weight=sample_weight,
            tolerance=tolerance,
            max_iterations=max_iterations,
            least_variance=least_variance,
        )
    )


def fit_grouped_steps(
    samples: ArrayLike,
    log_priors: NDArray[np.float32],
    start: GroupedMixture,
    *,
    sample_weight: ArrayLike | None = None,
    tolerance: float = 1e-5,
    max_iterations: int = 100,
    least_variance: float = 1e-6,
) -> Work[GroupedFit]:
    """Do the same as :func:`fit_grouped` as a work."""
    array = yield from as_samples_steps(samples, start.mixture.n_features)
    log2_priors = yield from _as_log2_steps(log_priors, len(array), start.n_groups)
    prepared = yield from prepare_steps(array, sample_weight)
    population = _InformedSamples(prepared, log2_priors, start.groups)
    first = start.mixture.standardized(prepared.center, prepared.scale)
    settings = FitSettings(
        first.covariance,
        tolerance=tolerance,
        max_iterations=max_iterations,
        least_variance=least_variance,
    )
    settings.check_features(first.n_features)
    course = yield from iterate_steps(population, first, settings, max_iterations)
    mixture = course.mixture.unstandardized(prepared.center, prepared.scale)
    return GroupedFit(GroupedMixture(mixture, start.groups), course.log_likelihood, course.history)


@dataclass(frozen=True, eq=False)
class _InformedSamples:
    """Samples that know the priors of the groups, for the loop of EM."""

    samples: Samples
    log2_priors: NDArray[np.float32]
    groups: NDArray[np.int64]

    @property
    def center(self) -> NDArray[np.float64]:
        return self.samples.center

    @property
    def scale(self) -> NDArray[np.float64]:
        return self.samples.scale

    @property
    def log_scale(self) -> float:
        return self.samples.log_scale

    def moments_steps(
        self, mixture: GaussianMixture, message: str, exactly: bool = False
    ) -> Work[Moments]:
        within = _within_groups(mixture, self.groups)
        priors = self.log2_priors, self.groups
        accumulate = accumulate_exactly_steps if exactly else accumulate_steps
        moments = yield from accumulate(self.samples, within, message, priors)
        # A component without samples stays: its group would otherwise lose its number.
        return replace(moments, counts=np.maximum(moments.counts, LEAST_SHARE * moments.total))

    def draw_steps(self, size: int, seed: int) -> Work[Samples]:
        return self.samples.draw_steps(size, seed)


def _within_groups(mixture: GaussianMixture, groups: NDArray[np.int64]) -> GaussianMixture:
    """Give each component its share of its group instead of its share of all samples."""
    shares = np.bincount(groups, mixture.weights)
    return replace(mixture, weights=mixture.weights / shares[groups])


def _as_log2_steps(
    log_priors: NDArray[np.float32], n: int, n_groups: int
) -> Work[NDArray[np.float32]]:
    def convert(number: int, start: int, stop: int) -> None:
        part = log_priors[start:stop]
        is_finite[number] = np.isfinite(part).all()
        np.multiply(part, LOG2_E, log2_priors[start:stop], dtype=np.float32)

    wrong = f"The log priors must be finite and have the shape {(n, n_groups)}."
    if log_priors.shape != (n, n_groups):
        raise SamplesError(wrong)
    run_chunk, n_chunks = for_chunks(n, convert)
    is_finite, log2_priors = np.empty(n_chunks, bool), np.empty((n, n_groups), np.float32)
    yield from run_blocks_steps(run_chunk, n_chunks, "Reading the samples")
    if not is_finite.all():
        raise SamplesError(wrong)
    return log2_priors
