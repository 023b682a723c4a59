"""How many components: the same fit for several numbers, compared by an information criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from segmenter.em.checks import as_samples_steps
from segmenter.em.fit import Fit, fit_prepared_steps
from segmenter.em.mixture import Covariance
from segmenter.em.moves import split_widest
from segmenter.em.reduction import reduce_if_it_pays_steps
from segmenter.em.samples import Samples, prepare_steps
from segmenter.em.settings import FitSettings, LeastVariance, check_n_components
from segmenter.em.step import mean_entropy_steps
from segmenter.errors import ParameterError
from segmenter.work import Progress, Work, finish, reported_as, unmeasured

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
    least_variance: LeastVariance = 1e-8,
) -> Selection:
    """Fit mixtures of several numbers of components and compare them.

    Parameters
    ----------
    samples, sample_weight, covariance, seed, tolerance, max_iterations, least_variance
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
            least_variance=least_variance,
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
    least_variance: LeastVariance = 1e-8,
) -> Work[Selection]:
    """Do the same as a work; `partial` is the tuple of candidates so far."""
    if not isinstance(candidates, Iterable):
        raise ParameterError(
            f"Candidates are numbers of components, such as range(1, 9), not {candidates!r}."
        )
    candidates = list(candidates)
    for number in candidates:
        check_n_components(number)
    numbers = sorted(set(candidates))
    if not numbers or criterion not in ("bic", "aic", "icl"):
        raise ParameterError("Choosing needs candidates and one of the criteria bic, aic and icl.")
    settings = FitSettings(
        covariance, seed, tolerance, max_iterations, least_variance=least_variance
    )
    samples, sample_weight = yield from unmeasured(reduce_if_it_pays_steps(samples, sample_weight))
    array = yield from unmeasured(as_samples_steps(samples))
    is_isotropic = covariance == "spherical"
    prepared = yield from unmeasured(prepare_steps(array, sample_weight, isotropic=is_isotropic))
    size = _checked_size(effective_size, len(array), sample_weight)
    found: tuple[Candidate, ...] = ()
    for number in numbers:
        work = _candidate_steps(prepared, number, settings, size, found)
        message = f"Fitting {number} component" + "s" * (number > 1)
        begun = Progress(message, len(found) / len(numbers), found)
        candidate = yield from reported_as(work, begun)
        found = (*found, candidate)
        yield Progress(message, len(found) / len(numbers), found)
    return Selection(found, criterion)


def _candidate_steps(
    samples: Samples,
    number: int,
    settings: FitSettings,
    size: float,
    found: tuple[Candidate, ...],
) -> Work[Candidate]:
    """Fit one number of components, also from the fit before it with a component split."""
    rivals = []
    if found and found[-1].fit.mixture.n_components < number:
        previous = found[-1].fit.mixture.standardized(samples.center, samples.scale)
        rivals.append(split_widest(previous, number))
    fit = yield from fit_prepared_steps(samples, number, settings, rivals=rivals)
    standardized = fit.mixture.standardized(samples.center, samples.scale)
    entropy = yield from mean_entropy_steps(samples, standardized)
    deviance = -2 * size * fit.log_likelihood
    n_parameters = fit.mixture.n_parameters
    bic = deviance + n_parameters * float(np.log(size))
    return Candidate(number, fit, bic, deviance + 2 * n_parameters, bic + 2 * size * entropy)


def _checked_size(
    effective_size: float | None, n_samples: int, sample_weight: ArrayLike | None
) -> float:
    """Return how many independent samples the criteria count."""
    if effective_size is not None:
        if not 0 < effective_size < np.inf:
            raise ParameterError(
                f"The effective number of samples must be positive, not {effective_size}."
            )
        return float(effective_size)
    if sample_weight is None:
        return float(n_samples)
    return float(np.sum(np.asarray(sample_weight, dtype=np.float64)))
