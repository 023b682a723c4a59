"""Fit a Gaussian mixture by expectation maximization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.maximization import maximize
from segmenter.em.mixture import COVARIANCES, Covariance, GaussianMixture
from segmenter.em.samples import Samples, as_samples, measure_features, standardize
from segmenter.em.start import kmeans_start
from segmenter.em.step import accumulate_steps
from segmenter.errors import ParameterError, SamplesError
from segmenter.work import Progress, Work, finish

LEAST_VARIANCE = 1e-6
"""Floor of a component's variance in any direction, relative to the variance of the samples."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted mixture, and how the fit went.

    Attributes
    ----------
    mixture : GaussianMixture
    log_likelihood : float
        Mean per unit weight of the samples under `mixture`, natural logarithm.
    n_iterations : int
    converged : bool
        Whether the tolerance was reached before the last iteration allowed.
    history : tuple of float
        The log-likelihood before each iteration, and at last that of `mixture`.
    notes : tuple of str
        What the reader should know, in sentences; empty when nothing was out of the ordinary.
    """

    mixture: GaussianMixture
    log_likelihood: float
    n_iterations: int
    converged: bool
    history: tuple[float, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FitStep:
    """What can be shown while a fit runs: the mixture that an iteration starts from."""

    mixture: GaussianMixture
    log_likelihood: float
    iteration: int


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
    start: GaussianMixture | None = None,
) -> Fit:
    """Fit a Gaussian mixture to samples by expectation maximization (Dempster et al., 1977).

    Parameters
    ----------
    samples : array_like, shape (n, d) or (n,)
        Finite numbers. C-contiguous float32 is used without a copy.
    n_components : int
        Number of Gaussians; fewer are returned, with a note, where the samples do not carry them.
    sample_weight : array_like, shape (n,), optional
        How often each sample counts; not negative.
    covariance : {"full", "tied", "diagonal", "spherical"}
        What the covariances may be; tied is one full matrix for all components.
    seed : int
        The same seed gives the same mixture, on any number of threads.
    tolerance : float
        Stop when an iteration changes the log-likelihood by less than this, relative to its size.
    max_iterations : int
    n_starts : int
        Fit from this many starts and keep the most likely mixture.
    start : GaussianMixture, optional
        Continue from this mixture instead.

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
    start: GaussianMixture | None = None,
) -> Work[Fit]:
    """Do the same as :func:`fit_mixture` as a work.

    Each iteration yields a progress whose `partial` is a :class:`FitStep`; long iterations yield
    more often, with the last step again.
    """
    _check_parameters(n_components, covariance, tolerance, max_iterations, n_starts)
    array = as_samples(samples, None if start is None else start.n_features)
    prepared = prepare(array, sample_weight, covariance)
    best: Fit | None = None
    for number in range(n_starts if start is None else 1):
        first = (
            kmeans_start(prepared, n_components, covariance, LEAST_VARIANCE, seed + number)
            if start is None
            else start.standardized(prepared.center, prepared.scale)
        )
        fit = yield from _iterate(prepared, first, tolerance, max_iterations)
        if best is None or fit.log_likelihood > best.log_likelihood:
            best = fit
    assert best is not None
    return best


def prepare(array: NDArray[np.floating], weight: ArrayLike | None, kind: Covariance) -> Samples:
    """Check the weights and standardize checked samples for a fit."""
    weights = _relative_weights(weight, len(array))
    if len(array) == 0:
        raise SamplesError("There are no samples to fit a mixture to.")
    center, deviation = measure_features(array, weights)
    if kind == "spherical":
        deviation = np.full_like(deviation, np.sqrt(np.mean(deviation**2)))
    magnitude = np.maximum(np.abs(center) * np.finfo(np.float32).eps, np.finfo(np.float32).tiny)
    varies = deviation > magnitude
    return standardize(array, weights, center, 1 / np.where(varies, deviation, 1.0))


def _iterate(
    samples: Samples, mixture: GaussianMixture, tolerance: float, max_iterations: int
) -> Work[Fit]:
    """Alternate E and M steps until the log-likelihood settles."""
    offset = float(np.log(samples.scale).sum())
    history: list[float] = []
    converged = False
    while True:
        moments = yield from accumulate_steps(samples, mixture)
        history.append(moments.log_likelihood + offset)
        shown = mixture.unstandardized(samples.center, samples.scale)
        step = FitStep(shown, history[-1], len(history) - 1)
        yield Progress(f"EM iteration {len(history) - 1}", None, step)
        if len(history) > 1:
            change = abs(history[-1] - history[-2])
            converged = change <= tolerance * max(1.0, abs(history[-1]))
        if converged or len(history) > max_iterations:
            return Fit(shown, history[-1], len(history) - 1, converged, tuple(history))
        mixture = maximize(moments, mixture, LEAST_VARIANCE)


def _check_parameters(
    n_components: int, covariance: str, tolerance: float, max_iterations: int, n_starts: int
) -> None:
    if n_components < 1:
        raise ParameterError(f"A mixture needs at least 1 component, not {n_components}.")
    if covariance not in COVARIANCES:
        raise ParameterError(
            f"The covariance type must be one of {', '.join(COVARIANCES)}, not {covariance!r}."
        )
    if not tolerance >= 0:
        raise ParameterError(f"The tolerance must not be negative, but is {tolerance}.")
    if max_iterations < 1 or n_starts < 1:
        raise ParameterError("At least one iteration and one start are needed.")


def _relative_weights(weight: ArrayLike | None, n: int) -> NDArray[np.float32]:
    """Weights relative to their mean as float32; empty when they are all the same."""
    if weight is None:
        return np.empty(0, np.float32)
    weights = np.asarray(weight, dtype=np.float64)
    if weights.shape != (n,):
        raise SamplesError(f"{n} samples need as many weights, not an array {weights.shape}.")
    if not np.isfinite(weights).all() or weights.min(initial=0) < 0:
        raise SamplesError("Sample weights must be finite and not negative.")
    largest = weights.max(initial=0)
    if largest == 0:
        raise SamplesError("At least one sample must have a weight above zero.")
    relative = weights / largest
    return (relative / relative.mean()).astype(np.float32)
