"""Samples as the kernels take them: float32, centered and scaled against cancellation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.em.checks import NO_WEIGHTS, read_only, relative_weights_steps
from segmenter.em.exact import accumulate_exactly_steps
from segmenter.em.feature_moments import measure_steps
from segmenter.em.step import Moments, accumulate_steps
from segmenter.errors import SamplesError
from segmenter.work import Progress, Work, aside, finish

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture

_MESSAGE = "Reading the samples"
_SUMMED_AT_ONCE = 1 << 20
_COMFORTABLE = (1e-12, 1e12)  # deviations whose squares float32 holds with room to spare


MOST_UNROLLED = 16
"""Kernels are made for each number of features up to this; one is for all that have more.

They take longer to compile the more features there are, and gain less by it.
"""

PerFeature = tuple[np.float32, ...] | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Samples:
    """Checked samples with the standardization that the kernels apply on the way in.

    Attributes
    ----------
    values : ndarray of float32, shape (n, d), C-contiguous
    weights : ndarray of float32, shape (n,) or (0,)
        Relative to their mean; empty when all of them are 1.
    total_weight : float
        Sum of the relative weights.
    center, scale : ndarray of float64, shape (d,)
        Standardized samples are ``(samples - center) * scale``.
    kernel_center, kernel_scale : tuple of d float32, or ndarray of float32, shape (d,)
        The same for `values`, which may already be standardized.
    """

    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    total_weight: float
    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    kernel_center: PerFeature
    kernel_scale: PerFeature

    def moments_steps(
        self,
        mixture: GaussianMixture,
        message: str = "Fitting the mixture",
        exactly: bool = False,
    ) -> Work[Moments]:
        """Compute the moments of the samples under a standardized mixture."""
        if exactly:
            return accumulate_exactly_steps(self, mixture, message)
        return accumulate_steps(self, mixture, message)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def log_scale(self) -> float:
        """Log density of a sample less that of the standardized sample."""
        return float(np.log(self.scale).sum())

    def draw_steps(self, size: int, seed: int) -> Work[Samples]:
        """Draw unweighted samples, already standardized, in proportion to the weights of these.

        Parameters
        ----------
        size : int
            How many; all samples are taken, once, if there are no more and no weights.
        seed : int
        """
        n, d = self.values.shape
        random = np.random.default_rng(seed)
        if self.weights.size:
            cumulative = yield from _cumulative_steps(self.weights)
            draws = (np.arange(size) + random.random(size)) * (cumulative[-1] / size)
            indices = np.minimum(np.searchsorted(cumulative, draws, side="right"), n - 1)
        else:
            indices = random.integers(n, size=size) if n > size else np.arange(n)
        values = self.values[indices] - np.array(self.kernel_center)
        values *= np.array(self.kernel_scale)
        return replace(
            self,
            values=read_only(values),
            weights=NO_WEIGHTS,
            total_weight=len(values),
            kernel_center=_as_they_are(d)[0],
            kernel_scale=_as_they_are(d)[1],
        )

    def every(self, step: int) -> Samples:
        """Take every so many of unweighted samples; none are left out for a step below 2."""
        if step < 2:
            return self
        values = read_only(np.ascontiguousarray(self.values[::step]))
        return replace(self, values=values, total_weight=len(values))


def _sum_steps(weights: NDArray[np.float32]) -> Work[float]:
    """Sum of weights; in parts, many would add up to another number in the last digits."""
    if len(weights) <= _SUMMED_AT_ONCE:
        return float(weights.sum(dtype=np.float64))
    return (yield from aside(lambda: float(weights.sum(dtype=np.float64)), Progress(_MESSAGE)))


def _cumulative_steps(weights: NDArray[np.float32]) -> Work[NDArray[np.float64]]:
    """Running sums of weights, shape (n,)."""
    sums = np.empty(len(weights))
    before = 0.0
    for start in range(0, len(weights), _SUMMED_AT_ONCE):
        part = sums[start : start + _SUMMED_AT_ONCE]
        np.cumsum(weights[start : start + _SUMMED_AT_ONCE], dtype=np.float64, out=part)
        part += before
        before = float(part[-1])
        yield Progress(_MESSAGE)
    return sums


def standardize(
    array: NDArray[Any],
    weights: NDArray[np.float32],
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> Samples:
    """Attach a standardization to checked samples; float32 samples are hardly ever copied.

    Parameters
    ----------
    array : ndarray of float32 or float64, shape (n, d)
    weights : ndarray of float32, shape (n,) or (0,)
    center, scale : ndarray of float64, shape (d,)
    """
    return finish(standardize_steps(array, weights, center, scale))


def standardize_steps(
    array: NDArray[Any],
    weights: NDArray[np.float32],
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> Work[Samples]:
    """Do the same as a work."""
    total = float(len(array))
    if weights.size:
        total = yield from _sum_steps(weights)
    if array.dtype == np.float32 and _is_comfortable(scale):
        center, scale = rounded(center, scale)
        kernel_center, kernel_scale = center.astype(np.float32), scale.astype(np.float32)
        standardization = _for_kernels(kernel_center), _for_kernels(kernel_scale)
        return Samples(array, weights, total, center, scale, *standardization)
    limit = float(np.finfo(np.float32).max)

    def fill(_number: int, start: int, stop: int) -> None:
        values[start:stop] = np.clip((array[start:stop] - center) * scale, -limit, limit)

    values = np.empty(array.shape, np.float32)
    yield from run_blocks_steps(*for_chunks(len(array), fill), _MESSAGE)
    return Samples(read_only(values), weights, total, center, scale, *_as_they_are(array.shape[1]))


def rounded(
    center: NDArray[np.float64], scale: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Round a standardization to what float32 samples are standardized by."""
    if not _is_comfortable(scale):
        return center, scale
    return (
        center.astype(np.float32).astype(np.float64),
        scale.astype(np.float32).astype(np.float64),
    )


def _is_comfortable(scale: NDArray[np.float64]) -> bool:
    least, most = _COMFORTABLE
    return bool(np.all((scale > least) & (scale < most)))


def _for_kernels(numbers: NDArray[np.float32]) -> PerFeature:
    """Hand over a number for each feature.

    Of a tuple the compiler knows how many features there are, and makes a kernel for these alone;
    of an array it does not.
    """
    return tuple(numbers) if len(numbers) <= MOST_UNROLLED else read_only(numbers)


def _as_they_are(d: int) -> tuple[PerFeature, PerFeature]:
    """Center and scale for the kernels that leave samples as they are."""
    return _for_kernels(np.zeros(d, np.float32)), _for_kernels(np.ones(d, np.float32))


def prepare_steps(
    array: NDArray[Any], sample_weight: ArrayLike | None, *, isotropic: bool = False
) -> Work[Samples]:
    """Check the weights of checked samples, and standardize the samples by their own moments.

    Parameters
    ----------
    array : ndarray of float32 or float64, shape (n, d)
    sample_weight : array_like, shape (n,), optional
    isotropic : bool
        Scale all features alike, as spherical covariances need it.

    Raises
    ------
    SamplesError
        There are no samples, or their weights are negative, not finite, all zero or too few.
    """
    if len(array) == 0:
        raise SamplesError("There are no samples to fit a mixture to.")
    weights, _ = yield from relative_weights_steps(sample_weight, len(array))
    moments = yield from measure_steps(array, weights)
    center, scale = moments.standardization(isotropic, array.dtype)
    return (yield from standardize_steps(array, weights, center, scale))
