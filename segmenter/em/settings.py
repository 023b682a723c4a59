"""What a fit may be told besides its samples, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import COVARIANCES, Covariance
from segmenter.errors import ParameterError

LeastVariance = float | Sequence[float]
"""One floor for all features, or one for each."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to fit; see :func:`segmenter.em.fit.fit_mixture`.

    Raises
    ------
    ParameterError
        A value is out of its range.
    """

    covariance: Covariance = "full"
    seed: int = 0
    tolerance: float = 1e-4
    max_iterations: int = 200
    n_starts: int = 1
    n_moves: int = 0
    least_variance: LeastVariance = 1e-8
    noise: bool = False

    def __post_init__(self) -> None:
        if self.covariance not in COVARIANCES:
            known = ", ".join(COVARIANCES)
            raise ParameterError(
                f"The covariance type must be one of {known}, not {self.covariance!r}."
            )
        for name in ("seed", "max_iterations", "n_starts", "n_moves"):
            _check_whole(name, getattr(self, name))
        if self.seed < 0:
            raise ParameterError(f"The seed must not be negative, but is {self.seed}.")
        if not (isinstance(self.tolerance, Real) and self.tolerance >= 0):
            raise ParameterError(f"The tolerance must not be negative, but is {self.tolerance!r}.")
        if self.max_iterations < 1 or self.n_starts < 1 or self.n_moves < 0:
            raise ParameterError(
                "A fit needs at least 1 iteration, 1 start, and no negative number of moves."
            )
        least = _as_numbers(self.least_variance)
        if not (least.ndim < 2 and np.all((least >= 1e-10) & (least <= 1))):
            raise ParameterError(
                f"The least variance must be from 1e-10 to 1, not {self.least_variance!r}."
            )

    def check_features(self, n_features: int) -> None:
        """Raise a ParameterError unless there is a least variance for each feature, or one."""
        shape = np.shape(self.least_variance)
        if shape not in ((), (1,), (n_features,)):
            raise ParameterError(
                f"{n_features} features need one least variance, or as many, not {shape[0]}."
            )


def _check_whole(name: str, value: object) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise ParameterError(f"{name} must be a whole number, not {value!r}.")


def _as_numbers(values: object) -> NDArray[np.float64]:
    """Turn what should be numbers into an array; what is not becomes NaN."""
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return np.array(np.nan)


def check_n_components(n_components: int) -> None:
    """Raise a ParameterError unless a mixture can have so many components."""
    _check_whole("n_components", n_components)
    if n_components < 1:
        raise ParameterError(f"A mixture needs at least 1 component, not {n_components}.")
