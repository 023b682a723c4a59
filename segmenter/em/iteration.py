"""The loop of EM: E and M steps in turn until the log-likelihood settles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segmenter.em.acceleration import extrapolate
from segmenter.em.maximization import maximize
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.em.step import Moments
from segmenter.work import Progress, Work

LEAST_SHARE = 1e-10
"""A component responsible for a smaller share of the samples than this is dropped."""

_ROUNDING = 1e-6


class Population(Protocol):
    """Samples as EM sees them, wherever they are kept."""

    @property
    def center(self) -> NDArray[np.float64]:
        """What is subtracted from the samples to standardize them, shape (d,)."""

    @property
    def scale(self) -> NDArray[np.float64]:
        """What they are then multiplied by, shape (d,)."""

    @property
    def log_scale(self) -> float:
        """Log density of a sample less that of the standardized sample."""

    def moments_steps(self, mixture: GaussianMixture, message: str) -> Work[Moments]:
        """Compute their moments under a standardized mixture."""

    def draw(self, size: int, seed: int) -> Samples:
        """Draw unweighted standardized samples in proportion to their weights."""


@dataclass(frozen=True, eq=False)
class FitStep:
    """What can be shown while a fit runs.

    Attributes
    ----------
    mixture : GaussianMixture
        The present mixture, in the units of the samples.
    log_likelihood : float
        Its mean log-likelihood per unit weight, natural logarithm.
    iteration : int
        Iterations so far.
    """

    mixture: GaussianMixture
    log_likelihood: float
    iteration: int


@dataclass(frozen=True, eq=False)
class Course:
    """A run of EM iterations on standardized samples.

    Attributes
    ----------
    mixture : GaussianMixture
        Standardized; the last one whose likelihood is known.
    history : tuple of float
        Log-likelihoods, the first before the first iteration and the last that of `mixture`.
    converged : bool
    n_dropped : int
        Components that were left without samples.
    """

    mixture: GaussianMixture
    history: tuple[float, ...]
    converged: bool
    n_dropped: int

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood of the mixture."""
        return self.history[-1]


def iterate_steps(
    samples: Population, mixture: GaussianMixture, settings: FitSettings, max_iterations: int
) -> Work[Course]:
    """Run EM from a standardized mixture.

    Two plain steps are followed by a leap along their path. A leap that lowers the likelihood is
    taken back, and only plain steps may end the run: the likelihood never falls, and what is
    converged to is what EM converges to. A plain step lowers it only where a component is flat to
    the last digits of float32; such a step is taken back and ends the run.

    Parameters
    ----------
    samples : Population
    mixture : GaussianMixture
        Standardized.
    settings : FitSettings
        Tolerance and least variance.
    max_iterations : int

    Returns
    -------
    Course
        Its partial results are :class:`FitStep`.
    """
    present = yield from _evaluate(samples, mixture, 0)
    path, history, converged = [present], [present.log_likelihood], False
    while not converged and len(history) <= max_iterations:
        point, has_leapt = yield from _advance(samples, path, settings, len(history))
        is_same_size = point.mixture.n_components == path[-1].mixture.n_components
        if is_same_size and history[-1] - point.log_likelihood > _rounding(history[-1]):
            point = path[-1]
        change = abs(point.log_likelihood - history[-1])
        history.append(point.log_likelihood)
        converged = (
            is_same_size
            and not has_leapt
            and change <= settings.tolerance * max(1.0, abs(history[-1]))
        )
        starts_anew = has_leapt or len(path) == 2 or not is_same_size
        path = [point] if starts_anew else [path[-1], point]
    n_dropped = mixture.n_components - path[-1].mixture.n_components
    return Course(path[-1].mixture, tuple(history), converged, n_dropped)


def _rounding(log_likelihood: float) -> float:
    """Changes of a log-likelihood that the kernels cannot tell from none."""
    return _ROUNDING * max(1.0, abs(log_likelihood))


@dataclass(frozen=True, eq=False)
class _Point:
    """A standardized mixture on the path of EM, with what its E step found."""

    mixture: GaussianMixture
    moments: Moments
    log_likelihood: float


def _advance(
    samples: Population, path: list[_Point], settings: FitSettings, iteration: int
) -> Work[tuple[_Point, bool]]:
    """Take one EM step from the end of the path, or a leap, and say whether it was one."""
    stepped = maximize(path[-1].moments, path[-1].mixture, settings.least_variance)
    if len(path) == 2:
        leap = extrapolate(path[0].mixture, path[1].mixture, stepped)
        if leap is not None:
            point = yield from _evaluate(samples, leap, iteration)
            if point.log_likelihood > path[-1].log_likelihood:
                return point, True
    kept = path[-1].moments.counts >= LEAST_SHARE * path[-1].moments.total
    return (yield from _evaluate(samples, stepped.with_components(kept), iteration)), False


def _evaluate(samples: Population, mixture: GaussianMixture, iteration: int) -> Work[_Point]:
    message = f"EM iteration {iteration}"
    moments = yield from samples.moments_steps(mixture, message)
    log_likelihood = moments.log_likelihood / moments.total + samples.log_scale
    shown = mixture.unstandardized(samples.center, samples.scale)
    yield Progress(message, None, FitStep(shown, log_likelihood, iteration))
    return _Point(mixture, moments, log_likelihood)
