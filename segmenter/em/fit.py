"""Fit a Gaussian mixture by expectation maximization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from segmenter.em.checks import as_samples_steps
from segmenter.em.contest import find_start_steps
from segmenter.em.iteration import Course, FitStep, Population, iterate_steps
from segmenter.em.maximization import constrain
from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.reduction import reduce_if_it_pays_steps
from segmenter.em.samples import prepare_steps
from segmenter.em.settings import FitSettings, LeastVariance, check_n_components
from segmenter.em.start import PILOT_SIZE, with_noise
from segmenter.work import Work, finish, unmeasured

__all__ = ["Fit", "FitStep", "fit_mixture", "fit_mixture_steps", "fit_prepared_steps"]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted mixture, and how the fit went.

    Attributes
    ----------
    mixture : GaussianMixture
    log_likelihood : float
        Mean per unit weight of the samples under `mixture`, natural logarithm.
    n_iterations : int
        Those on all samples. Starts come near the end on up to 32,768 of them before, or a few
        more, which is not counted: it is often 1.
    converged : bool
        Whether the tolerance was reached before the last iteration allowed.
    history : tuple of float
        The log-likelihood of all samples before each iteration, and at last that of `mixture`.
        Starts are found on a part of the samples, which is not counted here.
    notes : tuple of str
        What the reader should know, in sentences; empty when nothing was out of the ordinary.
    """

    mixture: GaussianMixture
    log_likelihood: float
    n_iterations: int
    converged: bool
    history: tuple[float, ...]
    notes: tuple[str, ...] = ()


def fit_mixture(
    samples: ArrayLike,
    n_components: int,
    *,
    sample_weight: ArrayLike | None = None,
    covariance: Covariance = "full",
    seed: int = 0,
    tolerance: float = 1e-4,
    max_iterations: int = 200,
    n_starts: int = 1,
    n_moves: int = 0,
    least_variance: LeastVariance = 1e-8,
    noise: bool = False,
    start: GaussianMixture | ArrayLike | None = None,
) -> Fit:
    """Fit a Gaussian mixture to samples by expectation maximization (Dempster et al., 1977).

    The first fit ever of a kind of covariance takes some seconds, while its kernels are compiled
    and kept on disk: one for each number of features up to 16, and one for all that are more.

    Parameters
    ----------
    samples : array_like, shape (n, d) or (n,)
        Finite numbers. C-contiguous float32 is used without a copy; integers are reduced to
        their different values where that is a gain.
    n_components : int
        Number of Gaussians; fewer are returned, with a note, where the samples do not carry them.
    sample_weight : array_like, shape (n,), optional
        How often each sample counts; not negative.
    covariance : {"full", "tied", "diagonal", "spherical"}
        What the covariances may be; tied is one full matrix for all components.
    seed : int
        A whole number from 0. The same seed gives the same mixture, on any number of threads.
    tolerance : float
        Stop when an iteration changes the log-likelihood by less than this, relative to its size.
        Below 1e-5 the end is computed in float64, which takes some ten times as long an
        iteration, and the mixture must also be near where EM leads to: at 1e-6 to about a
        thousandth of the components' deviations.
    max_iterations : int
    n_starts : int
        Begin from this many starts, drop the less likely half of them every few iterations, and
        keep the last.
    n_moves : int
        Then try this many times to merge two components and split a third (Ueda et al., 2000).
    least_variance : float or sequence of d floats
        Floor of a component's variance in any direction, relative to that of the samples; a
        sequence has one for each feature, and a large one makes a feature count for little.
    noise : bool
        Add a uniform background over the box around the samples, for those that belong nowhere.
    start : GaussianMixture or array_like of shape (k, d), optional
        Continue from this mixture instead, or start from these means.

    Returns
    -------
    Fit

    Raises
    ------
    SamplesError
        The samples are none, not finite or of the wrong shape, or their weights are.
    ParameterError
        A parameter is out of its range.
    """
    return finish(
        fit_mixture_steps(
            samples,
            n_components,
            sample_weight=sample_weight,
            covariance=covariance,
            seed=seed,
            tolerance=tolerance,
            max_iterations=max_iterations,
            n_starts=n_starts,
            n_moves=n_moves,
            least_variance=least_variance,
            noise=noise,
            start=start,
        )
    )


def fit_mixture_steps(
    samples: ArrayLike,
    n_components: int,
    *,
    sample_weight: ArrayLike | None = None,
    covariance: Covariance = "full",
    seed: int = 0,
    tolerance: float = 1e-4,
    max_iterations: int = 200,
    n_starts: int = 1,
    n_moves: int = 0,
    least_variance: LeastVariance = 1e-8,
    noise: bool = False,
    start: GaussianMixture | ArrayLike | None = None,
) -> Work[Fit]:
    """Do the same as :func:`fit_mixture` as a work.

    Each iteration yields a progress whose `partial` is a :class:`FitStep`; long iterations yield
    more often, without one. No report has a fraction: nobody knows how many iterations there are.
    """
    settings = FitSettings(
        covariance, seed, tolerance, max_iterations, n_starts, n_moves, least_variance, noise
    )
    check_n_components(n_components)
    return (
        yield from unmeasured(_fit_steps(samples, n_components, sample_weight, settings, start))
    )


def _fit_steps(
    samples: ArrayLike,
    n_components: int,
    sample_weight: ArrayLike | None,
    settings: FitSettings,
    start: GaussianMixture | ArrayLike | None,
) -> Work[Fit]:
    """Reduce and check samples, and fit a mixture to them."""
    n_features = start.n_features if isinstance(start, GaussianMixture) else None
    samples, sample_weight = yield from reduce_if_it_pays_steps(samples, sample_weight)
    array = yield from as_samples_steps(samples, n_features)
    is_isotropic = settings.covariance == "spherical"
    prepared = yield from prepare_steps(array, sample_weight, isotropic=is_isotropic)
    return (yield from fit_prepared_steps(prepared, n_components, settings, start))


def fit_prepared_steps(
    samples: Population,
    n_components: int,
    settings: FitSettings,
    start: GaussianMixture | ArrayLike | None = None,
    rivals: Sequence[GaussianMixture] = (),
) -> Work[Fit]:
    """Fit a mixture to samples that are already standardized, from starts of its own and others.

    Parameters
    ----------
    samples : Population
    n_components : int
    settings : FitSettings
    start : GaussianMixture or array_like, optional
        As for :func:`fit_mixture`.
    rivals : sequence of GaussianMixture
        Standardized mixtures that compete with the other starts.
    """
    settings.check_features(len(samples.center))
    if isinstance(start, GaussianMixture):
        first = _adapted(start.standardized(samples.center, samples.scale), settings)
        if settings.noise:
            pilot = yield from samples.draw_steps(PILOT_SIZE, settings.seed)
            first = with_noise(first, pilot)
    else:
        first = yield from find_start_steps(samples, n_components, settings, start, rivals)
    course = yield from iterate_steps(samples, first, settings, settings.max_iterations)
    mixture = course.mixture.unstandardized(samples.center, samples.scale)
    n_iterations = len(course.history) - 1
    notes = _notes(n_components, mixture.n_components, course)
    return Fit(
        mixture, course.log_likelihood, n_iterations, course.converged, course.history, notes
    )


def _adapted(mixture: GaussianMixture, settings: FitSettings) -> GaussianMixture:
    """Make the covariances of a standardized mixture of the type that is fitted."""
    kind, least = settings.covariance, settings.least_variance
    covariances = constrain(mixture.covariances, mixture.weights, kind, least)
    return replace(mixture, covariances=covariances, covariance=kind)


def _notes(n_asked: int, n_fitted: int, course: Course) -> tuple[str, ...]:
    notes = []
    if n_fitted < n_asked:
        notes.append(
            f"{n_asked - n_fitted} of {n_asked} components were dropped: too few distinct "
            "samples belong to them."
        )
    if not course.converged:
        notes.append(
            f"EM stopped after {len(course.history) - 1} iterations, before the tolerance was met."
        )
    return tuple(notes)
