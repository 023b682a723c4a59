"""Samples and weights as users give them: checked, and as arrays the kernels take."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.em.kernels import has_only_finite
from segmenter.em.loading import load_numba_steps
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

ArrayT = TypeVar("ArrayT", bound=np.ndarray[Any, Any])


def read_only(array: ArrayT) -> ArrayT:
    """View an array so that it cannot be written.

    Kernels are compiled anew for arrays that can: they are given only such that cannot.
    """
    view = array.view()
    view.flags.writeable = False
    return view


NO_WEIGHTS = read_only(np.empty(0, np.float32))
_LARGEST = 1e140  # squares of more would leave float64
_MESSAGE = "Reading the samples"
_LEAST_CHUNK = 1 << 18  # numbers; to look at fewer takes less time than to wake a thread


def as_samples(samples: ArrayLike, n_features: int | None = None) -> NDArray[Any]:
    """Check samples and return them as a float32 or float64 array (n, d), a copy only if needed.

    They come as a view that cannot be written.

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
    yield from load_numba_steps()
    array = as_array(samples)
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
    dtype = np.float32 if exact_in_float32 else np.float64
    array = read_only((yield from contiguous_steps(array, np.dtype(dtype))))
    if not (yield from _is_usable_steps(array)):
        n_bad = int(np.count_nonzero(~np.isfinite(array).all(axis=1)))
        if n_bad:
            words, them = (f"{n_bad} samples have", "them") if n_bad > 1 else ("1 sample has", "it")
            raise SamplesError(
                f"{words} a missing, NaN or infinite feature; leave {them} out first."
            )
        raise SamplesError(f"Samples must not be larger than {_LARGEST}; use another unit.")
    return array


def contiguous_steps(array: NDArray[Any], dtype: np.dtype[Any]) -> Work[NDArray[Any]]:
    """Return an array of a type that is C-contiguous: the same, or a copy made in chunks."""
    if array.dtype == dtype and array.flags.c_contiguous:
        return array

    def copy(_number: int, start: int, stop: int) -> None:
        result[start:stop] = array[start:stop]

    result = np.empty(array.shape, dtype)
    yield from run_blocks_steps(*for_chunks(len(array), copy, _LEAST_CHUNK), _MESSAGE)
    return result


def as_array(numbers: ArrayLike) -> NDArray[Any]:
    """Return an array of what was given, in which what is masked or missing is NaN.

    Raises
    ------
    SamplesError
        It is a list of rows of different lengths.
    """
    if isinstance(numbers, np.ma.MaskedArray):
        if not np.ma.is_masked(numbers):
            return np.asarray(numbers.data)
        return np.where(np.ma.getmaskarray(numbers), np.nan, numbers.data)
    try:
        array = np.asarray(numbers)
    except ValueError as error:
        raise SamplesError("Samples must have the same number of features each.") from error
    return _without_objects(array) if array.dtype.kind == "O" else array


def _without_objects(array: NDArray[Any]) -> NDArray[Any]:
    """Turn numbers that are Python objects into float64, if all of them are numbers or missing."""
    numbers = [math.nan if _is_missing(item) else item for item in array.flat]
    if not all(isinstance(number, Real) for number in numbers):
        return array
    return np.array(numbers, np.float64).reshape(array.shape)


def _is_missing(item: object) -> bool:
    return item is None or type(item).__name__ in ("NAType", "NaTType")  # those of pandas


def relative_weights(sample_weight: ArrayLike | None, n: int) -> tuple[NDArray[np.float32], float]:
    """Check weights and divide them by their mean, which is returned too; none are an empty array.

    Raises
    ------
    SamplesError
        They are negative, not finite, all zero, or not n.
    """
    return finish(relative_weights_steps(sample_weight, n))


def relative_weights_steps(
    sample_weight: ArrayLike | None, n: int
) -> Work[tuple[NDArray[np.float32], float]]:
    """Do the same as a work."""
    if sample_weight is None:
        return NO_WEIGHTS, 1.0
    weights = as_array(sample_weight)
    if weights.dtype.kind not in "fiub":
        raise SamplesError(f"Sample weights must be real numbers, not {weights.dtype}.")
    if weights.shape != (n,):
        raise SamplesError(f"{n} samples need as many weights, not an array {weights.shape}.")

    def find_range(number: int, start: int, stop: int) -> None:
        lowest[number], highest[number] = weights[start:stop].min(), weights[start:stop].max()

    def divide_by_largest(number: int, start: int, stop: int) -> None:
        part = np.divide(weights[start:stop], largest, relative[start:stop], dtype=np.float64)
        sums[number] = part.sum()

    def divide_by_mean(_number: int, start: int, stop: int) -> None:
        result[start:stop] = relative[start:stop] / mean

    n_chunks = for_chunks(n, find_range, _LEAST_CHUNK)[1]
    lowest, highest, sums = np.empty(n_chunks), np.empty(n_chunks), np.empty(n_chunks)
    yield from run_blocks_steps(*for_chunks(n, find_range, _LEAST_CHUNK), _MESSAGE)
    if not (lowest.min() >= 0 and highest.max() < np.inf):
        raise SamplesError("Sample weights must be finite and not negative.")
    largest = float(highest.max())
    if largest == 0:
        raise SamplesError("At least one sample must have a weight above zero.")
    relative, result = np.empty(n), np.empty(n, np.float32)
    yield from run_blocks_steps(*for_chunks(n, divide_by_largest, _LEAST_CHUNK), _MESSAGE)
    mean = float(sums.sum()) / n
    yield from run_blocks_steps(*for_chunks(n, divide_by_mean, _LEAST_CHUNK), _MESSAGE)
    return read_only(result), mean * largest


def _is_usable_steps(array: NDArray[Any]) -> Work[bool]:
    """Tell whether all features are finite, and their squares too."""
    flat = array.reshape(-1)

    def check(number: int, start: int, stop: int) -> None:
        if flat.dtype == np.float32:
            usable[number] = has_only_finite(flat.view(np.int32), start, stop)
        else:
            usable[number] = np.abs(flat[start:stop]).max() <= _LARGEST

    run_chunk, n_chunks = for_chunks(len(flat), check, _LEAST_CHUNK)
    usable = np.ones(n_chunks, dtype=bool)
    yield from run_blocks_steps(run_chunk, n_chunks, _MESSAGE)
    return bool(usable.all())
