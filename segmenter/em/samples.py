"""Samples as the kernels take them: checked, float32, centered and scaled against cancellation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.em.kernels import add_feature_sums, has_only_finite
from segmenter.em.step import Moments, accumulate_steps
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture

_MESSAGE = "Reading the samples"
NO_WEIGHTS = np.empty(0, np.float32)
_LEAST_DEVIATION = 1e-140  # below and above, squares would leave float64
_LARGEST = 1e140
_COMFORTABLE = (1e-12, 1e12)  # deviations whose squares float32 holds with room to spare


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
    kernel_center, kernel_scale : tuple of d float32
        The same for `values`, which may already be standardized.
    """

    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    total_weight: float
    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    kernel_center: tuple[np.float32, ...]
    kernel_scale: tuple[np.float32, ...]

    def moments_steps(self, mixture: GaussianMixture, message: str) -> Work[Moments]:
        """Compute the moments of the samples under a standardized mixture."""
        return accumulate_steps(self, mixture, message)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def log_scale(self) -> float:
        """Log density of a sample less that of the standardized sample."""
        return float(np.log(self.scale).sum())

    def draw(self, size: int, seed: int) -> Samples:
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
            cumulative = np.cumsum(self.weights, dtype=np.float64)
            draws = (np.arange(size) + random.random(size)) * (cumulative[-1] / size)
            indices = np.minimum(np.searchsorted(cumulative, draws, side="right"), n - 1)
        else:
            indices = random.integers(n, size=size) if n > size else np.arange(n)
        values = self.values[indices] - np.array(self.kernel_center)
        values *= np.array(self.kernel_scale)
        return Samples(values, NO_WEIGHTS, len(values), self.center, self.scale, *_as_they_are(d))


def as_samples(samples: ArrayLike, n_features: int | None = None) -> NDArray[Any]:
    """Check samples and return them as a float32 or float64 array (n, d), a copy only if needed.

    Parameters
    ----------
    samples : array_like, shape (n, d) or (n,)
        One-dimensional samples have one feature.
    n_features : int, optional
        How many features they must have.

    Raises
    ------
    SamplesError
        They are not numbers, not finite, or of another shape.
    """
    return finish(as_samples_steps(samples, n_features))


def as_samples_steps(samples: ArrayLike, n_features: int | None = None) -> Work[NDArray[Any]]:
    """Do the same as a work."""
    array = np.asarray(samples)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] == 0:
        raise SamplesError(f"Samples must form an (n, d) array, not one of shape {array.shape}.")
    if array.dtype.kind not in "fiub":
        raise SamplesError(f"Samples must be real numbers, not {array.dtype}.")
    if n_features is not None and array.shape[1] != n_features:
        raise SamplesError(
            f"The samples have {array.shape[1]} features, but the mixture has {n_features}."
        )
    exact_in_float32 = array.dtype == np.float32 or array.dtype.itemsize <= 2
    array = np.ascontiguousarray(array, np.float32 if exact_in_float32 else np.float64)
    if not (yield from _is_usable_steps(array)):
        n_bad = int(np.count_nonzero(~np.isfinite(array).all(axis=1)))
        if n_bad:
            raise SamplesError(
                f"{n_bad} samples have a NaN or infinite feature; leave them out first."
            )
        raise SamplesError(f"Samples must not be larger than {_LARGEST}; use another unit.")
    return array


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
    return finish(_standardize_steps(array, weights, center, scale))


def _standardize_steps(
    array: NDArray[Any],
    weights: NDArray[np.float32],
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> Work[Samples]:
    total = float(weights.sum(dtype=np.float64)) if weights.size else float(len(array))
    if array.dtype == np.float32 and _is_comfortable(scale):
        center, scale = rounded(center, scale)
        kernel_center, kernel_scale = center.astype(np.float32), scale.astype(np.float32)
        return Samples(
            array, weights, total, center, scale, tuple(kernel_center), tuple(kernel_scale)
        )
    limit = float(np.finfo(np.float32).max)

    def fill(_number: int, start: int, stop: int) -> None:
        values[start:stop] = np.clip((array[start:stop] - center) * scale, -limit, limit)

    values = np.empty(array.shape, np.float32)
    yield from run_blocks_steps(*for_chunks(len(array), fill), _MESSAGE)
    return Samples(values, weights, total, center, scale, *_as_they_are(array.shape[1]))


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


def _as_they_are(d: int) -> tuple[tuple[np.float32, ...], tuple[np.float32, ...]]:
    """Center and scale for the kernels that leave samples as they are."""
    return (np.float32(0),) * d, (np.float32(1),) * d


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
    weights, _ = relative_weights(sample_weight, len(array))
    moments = yield from measure_steps(array, weights)
    center, scale = moments.standardization(isotropic, array.dtype)
    return (yield from _standardize_steps(array, weights, center, scale))


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
    yield from run_blocks_steps(run_chunk, n_chunks, _MESSAGE)
    total, *moments = sums.sum(axis=0)
    first, second = np.array(moments).reshape(2, d)
    scatter = np.maximum(second - first**2 / total, 0)
    return FeatureMoments(float(total), shift + first / total, scatter)


def relative_weights(sample_weight: ArrayLike | None, n: int) -> tuple[NDArray[np.float32], float]:
    """Check weights and divide them by their mean, which is returned too; none are an empty array.

    Raises
    ------
    SamplesError
        They are negative, not finite, all zero, or not n.
    """
    if sample_weight is None:
        return NO_WEIGHTS, 1.0
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n,):
        raise SamplesError(f"{n} samples need as many weights, not an array {weights.shape}.")
    if not np.isfinite(weights).all() or weights.min() < 0:
        raise SamplesError("Sample weights must be finite and not negative.")
    largest = float(weights.max())
    if largest == 0:
        raise SamplesError("At least one sample must have a weight above zero.")
    relative = weights / largest
    mean = float(relative.mean())
    return (relative / mean).astype(np.float32), mean * largest


def _is_usable_steps(array: NDArray[Any]) -> Work[bool]:
    """Tell whether all features are finite, and their squares too."""
    flat = array.reshape(-1)

    def check(number: int, start: int, stop: int) -> None:
        if flat.dtype == np.float32:
            usable[number] = has_only_finite(flat.view(np.int32), start, stop)
        else:
            usable[number] = np.abs(flat[start:stop]).max() <= _LARGEST

    run_chunk, n_chunks = for_chunks(len(flat), check)
    usable = np.ones(n_chunks, dtype=bool)
    yield from run_blocks_steps(run_chunk, n_chunks, _MESSAGE)
    return bool(usable.all())
