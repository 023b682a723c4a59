"""What a fit may be told besides its samples, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
        if not self.tolerance >= 0:
            raise ParameterError(f"The tolerance must not be negative, but is {self.tolerance}.")
        if self.max_iterations < 1 or self.n_starts < 1 or self.n_moves < 0:
            raise ParameterError(
                "A fit needs at least 1 iteration, 1 start, and no negative number of moves."
            )
        least = np.asarray(self.least_variance, np.float64)
        if not np.all((least >= 1e-10) & (least <= 1)):
            raise ParameterError(
                f"The least variance must be from 1e-10 to 1, not {self.least_variance}."
            )


def check_n_components(n_components: int) -> None:
    """Raise a ParameterError unless a mixture can have so many components."""
    if n_components < 1:
        raise ParameterError(f"A mixture needs at least 1 component, not {n_components}.")
