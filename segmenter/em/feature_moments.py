"""Mean and deviation of each feature, by which samples are standardized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.em.kernels import add_feature_sums
from segmenter.work import Work

_LEAST_DEVIATION = 1e-140  # squares of less would leave float64


@dataclass(frozen=True, eq=False)
class FeatureMoments:
    """Weight, mean and scatter of each feature; those of two sets of samples add up.

    Attributes
    ----------
    total : float
    mean : ndarray of float64, shape (d,)
    scatter : ndarray of float64, shape (d,)
        Weighted sum of the squared differences from the mean.
    """

    total: float
    mean: NDArray[np.float64]
    scatter: NDArray[np.float64]

    def __add__(self, other: FeatureMoments) -> FeatureMoments:
        total = self.total + other.total
        share = other.total / total
        apart = other.mean - self.mean
        scatter = self.scatter + other.scatter + apart**2 * (self.total * share)
        return FeatureMoments(total, self.mean + apart * share, scatter)

    def standardization(
        self, isotropic: bool, dtype: np.dtype[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Center and scale, shape (d,) each; constant features keep their unit.

        Parameters
        ----------
        isotropic : bool
            Scale all features alike.
        dtype : dtype
            Of the samples; variation within its rounding is none.
        """
        deviation = np.sqrt(self.scatter / self.total)
        if isotropic:
            deviation = np.full_like(deviation, np.sqrt(np.mean(deviation**2)))
        resolved = np.abs(self.mean) * np.finfo(dtype).eps
        varies = deviation > np.maximum(resolved, _LEAST_DEVIATION)
        return self.mean, 1 / np.where(varies, deviation, 1.0)


def measure_steps(array: NDArray[Any], weights: NDArray[np.float32]) -> Work[FeatureMoments]:
    """Measure checked samples (n, d) with relative weights."""
    d = array.shape[1]
    shift = array[0].astype(np.float64)

    def add_chunk(number: int, start: int, stop: int) -> None:
        add_feature_sums(array, weights, start, stop, shift, sums[number])

    run_chunk, n_chunks = for_chunks(len(array), add_chunk)
    sums = np.zeros((n_chunks, 1 + 2 * d))
    yield from run_blocks_steps(run_chunk, n_chunks, "Reading the samples")
    total, *moments = sums.sum(axis=0)
    first, second = np.array(moments).reshape(2, d)
    scatter = np.maximum(second - first**2 / total, 0)
    return FeatureMoments(float(total), shift + first / total, scatter)
