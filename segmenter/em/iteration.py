"""The loop of EM: E and M steps in turn until the log-likelihood settles."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

FINEST_FAST_TOLERANCE = 1e-5
"""A finer tolerance is met in float64."""

_FAST_ROUNDING, _EXACT_ROUNDING = 1e-6, 1e-13
_CALM_STEPS = 5  # in a row: by then the slow directions alone are left, after a leap too
_DISTANCE = 0.3  # of the root of the tolerance
_LEAST_SHRINKING = 1e-4


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

    def moments_steps(
        self, mixture: GaussianMixture, message: str, exactly: bool = False
    ) -> Work[Moments]:
        """Compute their moments under a standardized mixture, in float64 if exactly."""

    def draw_steps(self, size: int, seed: int) -> Work[Samples]:
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
    the last digits; such a step is taken back and ends the run.

    Float32 tells likelihoods apart down to :data:`FINEST_FAST_TOLERANCE`. A finer tolerance asks
    for the very end of EM's own path: plain steps lead as far as float32 sees, and the rest is done
    in float64. The likelihood is flat there, so that the mixture must be near its end as well.

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
    if settings.tolerance >= FINEST_FAST_TOLERANCE:
        return (yield from _Run(samples, settings).steps(mixture, 0, max_iterations))
    coarse = replace(settings, tolerance=FINEST_FAST_TOLERANCE)
    course = yield from _Run(samples, coarse, leaps=False).steps(mixture, 0, max_iterations)
    if not course.converged:
        return course
    n_done = len(course.history) - 1
    exact = _Run(samples, settings, exactly=True)
    end = yield from exact.steps(course.mixture, n_done, max_iterations)
    n_dropped = course.n_dropped + end.n_dropped
    return replace(end, history=course.history[:-1] + end.history, n_dropped=n_dropped)


@dataclass(frozen=True, eq=False)
class _Point:
    """A standardized mixture on the path of EM, with what its E step found."""

    mixture: GaussianMixture
    moments: Moments
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class _Run:
    """Iterations of one kind."""

    samples: Population
    settings: FitSettings
    leaps: bool = True
    exactly: bool = False

    def steps(self, mixture: GaussianMixture, n_done: int, max_iterations: int) -> Work[Course]:
        """Iterate until the tolerance is met, or there are `max_iterations` with those done."""
        present = yield from self._evaluate(mixture, n_done)
        path, history, n_calm = [present], [present.log_likelihood], 0
        n_needed = _CALM_STEPS if self.exactly else 1
        while n_calm < n_needed and n_done + len(history) <= max_iterations:
            may_leap = self.leaps and not n_calm
            point, has_leapt = yield from self._advance(path, n_done + len(history), may_leap)
            is_same_size = point.mixture.n_components == path[-1].mixture.n_components
            if is_same_size and self._is_lower(point, path[-1]):
                point, n_calm = path[-1], n_needed
            elif is_same_size and not has_leapt and self._is_calm(path[-1], point):
                n_calm += 1
            else:
                n_calm = 0
            history.append(point.log_likelihood)
            starts_anew = has_leapt or not is_same_size or (len(path) == 2 and not n_calm)
            path = [point] if starts_anew else [path[-1], point]
        n_dropped = mixture.n_components - path[-1].mixture.n_components
        return Course(path[-1].mixture, tuple(history), n_calm >= n_needed, n_dropped)

    def _advance(
        self, path: list[_Point], iteration: int, may_leap: bool
    ) -> Work[tuple[_Point, bool]]:
        """Take one EM step from the end of the path, or a leap, and say whether it was one."""
        stepped = maximize(path[-1].moments, path[-1].mixture, self.settings.least_variance)
        if len(path) == 2 and may_leap:
            leap = extrapolate(path[0].mixture, path[1].mixture, stepped)
            if leap is not None:
                point = yield from self._evaluate(leap, iteration)
                if point.log_likelihood > path[-1].log_likelihood:
                    return point, True
        kept = path[-1].moments.counts >= LEAST_SHARE * path[-1].moments.total
        return (yield from self._evaluate(stepped.with_components(kept), iteration)), False

    def _evaluate(self, mixture: GaussianMixture, iteration: int) -> Work[_Point]:
        samples, message = self.samples, f"EM iteration {iteration}"
        moments = yield from samples.moments_steps(mixture, message, self.exactly)
        log_likelihood = moments.log_likelihood / moments.total + samples.log_scale
        shown = mixture.unstandardized(samples.center, samples.scale)
        yield Progress(message, None, FitStep(shown, log_likelihood, iteration))
        return _Point(mixture, moments, log_likelihood)

    def _is_lower(self, point: _Point, before: _Point) -> bool:
        """Tell whether a likelihood fell by more than rounding."""
        rounding = _EXACT_ROUNDING if self.exactly else _FAST_ROUNDING
        fall = before.log_likelihood - point.log_likelihood
        return fall > rounding * max(1.0, abs(before.log_likelihood))

    def _is_calm(self, before: _Point, point: _Point) -> bool:
        """Tell whether a step changed as little as the tolerance asks."""
        tolerance = self.settings.tolerance
        change = abs(point.log_likelihood - before.log_likelihood)
        if change > tolerance * max(1.0, abs(point.log_likelihood)):
            return False
        if not self.exactly:
            return True
        following = maximize(point.moments, point.mixture, self.settings.least_variance)
        distance = _distance_left(before.mixture, point.mixture, following)
        return distance <= _DISTANCE * float(np.sqrt(tolerance))


def _distance_left(
    before: GaussianMixture, middle: GaussianMixture, after: GaussianMixture
) -> float:
    """Estimate how far `middle` is from the end of EM, in deviations, from a step to it and on.

    The steps still to come shrink as this one does: they are a geometric series.
    """
    length = float(np.linalg.norm(_step(before, middle)))
    following = float(np.linalg.norm(_step(middle, after)))
    shrinking = 1 - following / max(length, 1e-300)
    return following / max(shrinking, _LEAST_SHRINKING)


def _step(before: GaussianMixture, after: GaussianMixture) -> NDArray[np.float64]:
    """Change of the weights, and of means and covariances relative to the deviations."""
    deviations = np.sqrt(np.diagonal(after.covariances, axis1=1, axis2=2))
    units = deviations[:, :, np.newaxis] * deviations[:, np.newaxis, :]
    means = (after.means - before.means) / deviations
    covariances = (after.covariances - before.covariances) / units
    return np.concatenate([after.weights - before.weights, means.ravel(), covariances.ravel()])
