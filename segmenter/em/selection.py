"""How many components: the same fit for several numbers, compared by an information criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from segmenter.em.fit import Fit, fit_mixture_steps
from segmenter.em.mixture import Covariance
from segmenter.errors import ParameterError
from segmenter.work import Progress, Work, finish

Criterion = Literal["bic", "aic", "icl"]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fit with one number of components, and its criteria; smaller is better.

    Attributes
    ----------
    n_components : int
        The number asked for.
    fit : Fit
    bic, aic, icl : float
        Schwarz (1978), Akaike (1974), and Biernacki et al. (2000).
    """

    n_components: int
    fit: Fit
    bic: float
    aic: float
    icl: float


@dataclass(frozen=True, eq=False)
class Selection:
    """Candidates in the order of their number of components."""

    candidates: tuple[Candidate, ...]
    criterion: Criterion

    @property
    def best(self) -> Candidate:
        """The candidate with the smallest criterion."""
        return min(self.candidates, key=lambda candidate: getattr(candidate, self.criterion))


def select_components(
    samples: ArrayLike,
    candidates: Iterable[int] = range(1, 13),
    *,
    criterion: Criterion = "bic",
    effective_size: float | None = None,
    sample_weight: ArrayLike | None = None,
    covariance: Covariance = "full",
    seed: int = 0,
    tolerance: float = 1e-4,
    max_iterations: int = 200,
) -> Selection:
    """Fit mixtures of several numbers of components and compare them.

    Parameters
    ----------
    samples, sample_weight, covariance, seed, tolerance, max_iterations
        As for :func:`segmenter.em.fit.fit_mixture`.
    candidates : iterable of int
        Numbers of components.
    criterion : {"bic", "aic", "icl"}
        What decides.
    effective_size : float, optional
        The number of independent samples that these are worth, instead of their total weight.
        Neighboring pixels are alike: a few percent of their number is closer to the truth.

    Returns
    -------
    Selection

    Raises
    ------
    SamplesError, ParameterError
        As for :func:`segmenter.em.fit.fit_mixture`.
    """
    return finish(
        select_components_steps(
            samples,
            candidates,
            criterion=criterion,
            effective_size=effective_size,
            sample_weight=sample_weight,
            covariance=covariance,
            seed=seed,
            tolerance=tolerance,
            max_iterations=max_iterations,
        )
    )


def select_components_steps(
    samples: ArrayLike,
    candidates: Iterable[int] = range(1, 13),
    *,
    criterion: Criterion = "bic",
    effective_size: float | None = None,
    sample_weight: ArrayLike | None = None,
    covariance: Covariance = "full",
    seed: int = 0,
    tolerance: float = 1e-4,
    max_iterations: int = 200,
) -> Work[Selection]:
    """Do the same as a work; `partial` is the tuple of candidates so far."""
    numbers = sorted(set(candidates))
    if not numbers or criterion not in ("bic", "aic", "icl"):
        raise ParameterError("Choosing needs candidates and one of the criteria bic, aic and icl.")
    total = _total_weight(samples, sample_weight)
    size = total if effective_size is None else effective_size
    if not size > 0:
        raise ParameterError(f"The effective number of samples must be positive, not {size}.")
    found: tuple[Candidate, ...] = ()
    for position, number in enumerate(numbers):
        work = fit_mixture_steps(
            samples,
            number,
            sample_weight=sample_weight,
            covariance=covariance,
            seed=seed,
            tolerance=tolerance,
            max_iterations=max_iterations,
        )
        message = f"Fitting {number} components"
        fit = yield from _announce(work, message, position / len(numbers), found)
        entropy = _mean_entropy(fit, samples, sample_weight)
        found = (*found, _candidate(number, fit, size, entropy))
        yield Progress(message, (position + 1) / len(numbers), found)
    return Selection(found, criterion)


def _announce(
    work: Work[Fit], message: str, fraction: float, found: tuple[Candidate, ...]
) -> Work[Fit]:
    """Drive one fit under the selection's own reports."""
    try:
        while True:
            next(work)
            yield Progress(message, fraction, found)
    except StopIteration as stop:
        fit: Fit = stop.value
        return fit
    finally:
        work.close()


def _candidate(number: int, fit: Fit, size: float, entropy: float) -> Candidate:
    deviance = -2 * size * fit.log_likelihood
    n_parameters = fit.mixture.n_parameters
    bic = deviance + n_parameters * float(np.log(size))
    return Candidate(number, fit, bic, deviance + 2 * n_parameters, bic + 2 * size * entropy)


def _mean_entropy(fit: Fit, samples: ArrayLike, sample_weight: ArrayLike | None) -> float:
    """Mean entropy of the responsibilities, in nats."""
    shares = fit.mixture.responsibilities(samples)
    terms = -(shares * np.log(np.maximum(shares, np.finfo(np.float32).tiny))).sum(axis=1)
    return float(np.average(terms, weights=sample_weight))


def _total_weight(samples: ArrayLike, sample_weight: ArrayLike | None) -> float:
    if sample_weight is None:
        return float(len(np.asarray(samples)))
    return float(np.sum(np.asarray(sample_weight, dtype=np.float64)))
