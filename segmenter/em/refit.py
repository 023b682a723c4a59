"""Adapt a mixture to other samples by a few steps of EM, where each millisecond counts."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem
from numpy.typing import ArrayLike, NDArray

from segmenter.compiled import compiled, compiled_part
from segmenter.em.checks import as_samples
from segmenter.em.iteration import LEAST_SHARE
from segmenter.em.kernels import accumulate, add_feature_sums, moments_of
from segmenter.em.maximization import maximize
from segmenter.em.mixture import GaussianMixture
from segmenter.em.packing import PackedMixture
from segmenter.em.samples import MOST_UNROLLED, prepare_steps
from segmenter.em.settings import FitSettings
from segmenter.em.small_matrices import factor
from segmenter.em.whitening import write_whitening
from segmenter.work import finish

MOST_WEIGHT = 1e100  # that is taken as it is; others are checked on the slower way
MOST_SCALE = 1e12  # as `prepare_steps` takes it
FLOAT_ROUNDING = float(np.finfo(np.float32).eps)


def refit_mixture(
    mixture: GaussianMixture,
    samples: ArrayLike,
    n_steps: int,
    *,
    sample_weight: ArrayLike | None = None,
) -> GaussianMixture:
    """Take some plain steps of EM from a mixture; nobody asks how likely it is then.

    Parameters
    ----------
    mixture : GaussianMixture
    samples : array_like, shape (n, d)
    n_steps : int
        Each raises the likelihood; `fit_mixture` also leaps, and ends when they change little.
    sample_weight : array_like, shape (n,), optional
        How often each sample counts; not negative.

    Raises
    ------
    SamplesError
        The samples are none, not finite or of the wrong shape, or their weights are.
    """
    array = as_samples(samples, mixture.n_features)
    is_plain = mixture.covariance == "full" and mixture.noise is None and array.dtype == np.float32
    is_plain = is_plain and mixture.n_features <= MOST_UNROLLED
    refitted = _in_one_kernel(mixture, array, n_steps, sample_weight) if is_plain else None
    return refitted or _step_by_step(mixture, array, n_steps, sample_weight)


def _step_by_step(
    mixture: GaussianMixture, array: NDArray[Any], n_steps: int, sample_weight: ArrayLike | None
) -> GaussianMixture:
    """Take the steps as any fit does."""
    standard = finish(prepare_steps(array, sample_weight))
    present = mixture.standardized(standard.center, standard.scale)
    least_variance = FitSettings().least_variance  # as `fit_mixture` has it by default
    for _ in range(n_steps):
        moments = finish(standard.moments_steps(present, "Adapting the mixture"))
        stepped = maximize(moments, present, least_variance)
        present = stepped.with_components(moments.counts >= LEAST_SHARE * moments.total)
    return present.unstandardized(standard.center, standard.scale)


def _in_one_kernel(
    mixture: GaussianMixture, array: NDArray[Any], n_steps: int, sample_weight: ArrayLike | None
) -> GaussianMixture | None:
    """Take the steps on this thread, without Python between them: that holds up other threads.

    None where that does not do: for odd weights, scales or covariances.
    """
    given = np.ones(len(array)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if given.shape != (len(array),) or not len(array):
        return None
    if not (given.min() >= 0 and 0 < given.max() < MOST_WEIGHT):
        return None
    weights, means = mixture.weights.copy(), mixture.means.copy()
    covariances = mixture.covariances.copy()
    least = float(np.max(FitSettings().least_variance))
    sums = _sums_for(mixture.n_features)
    n = _refit(array, given, weights, means, covariances, n_steps, least, *sums)
    return GaussianMixture(weights[:n], means[:n], covariances[:n]) if n else None


class _Sums(NamedTuple):
    """Room for the features, and what is summed of full covariances; see `PackedMixture`."""

    zeros: tuple[np.float32, ...]
    no_sums: tuple[np.float32, ...] | None
    side: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


@cache
def _sums_for(n_features: int) -> _Sums:
    d = n_features
    means, whitening = np.zeros((1, d), np.float32), np.zeros((1, d, d), np.float32)
    packed = PackedMixture(means, whitening, np.zeros(1, np.float32), None)
    side = packed.shapes()[1][1]
    return _Sums((np.float32(0),) * d, packed.no_sums(), side, *packed.pairs())


@compiled
def _refit(
    values: Any, given: Any, weights: Any, means: Any, covariances: Any,
    n_steps: Any, least: Any, zeros: Any, no_sums: Any, side: Any, rows: Any, columns: Any,
) -> Any:  # fmt: skip
    """Change a mixture; return how many components it has then, 0 where this kernel cannot."""
    d = means.shape[1]
    relative = np.empty(len(values), np.float32)
    _make_relative(given, relative)
    center, scale = np.empty(d), np.empty(d)
    if not _standardize(values, relative, center, scale):
        return 0
    _rescale(means, covariances, center, scale)
    kernel_center, kernel_scale = zeros, zeros
    for i in range(d):
        kernel_center = tuple_setitem(kernel_center, i, np.float32(center[i]))
        kernel_scale = tuple_setitem(kernel_scale, i, np.float32(scale[i]))
    data = values, relative, kernel_center, kernel_scale
    sums = no_sums, side, rows, columns
    n = _take_steps(data, weights, means, covariances, n_steps, least, sums)
    _rescale(means, covariances, -center * scale, 1 / scale)
    return n


@compiled_part
def _make_relative(given: Any, relative: Any) -> None:
    """Divide weights by their mean."""
    largest, total = given.max(), 0.0
    for i in range(len(given)):
        total += given[i] / largest
    for i in range(len(given)):
        relative[i] = np.float32(given[i] / largest / (total / len(given)))


@compiled_part
def _standardize(values: Any, weights: Any, center: Any, scale: Any) -> Any:
    """Write what standardizes float32 samples, as float32 holds it; False where it cannot."""
    d = len(center)
    sums, shift = np.zeros(1 + 2 * d), np.empty(d)
    for i in range(d):
        shift[i] = values[0, i]
    add_feature_sums(values, weights, 0, len(values), shift, sums)
    for i in range(d):
        first, second = sums[1 + i], sums[1 + d + i]
        mean = shift[i] + first / sums[0]
        deviation = np.sqrt(max(second - first * first / sums[0], 0.0) / sums[0])
        varies = deviation > abs(mean) * FLOAT_ROUNDING
        factor = 1 / deviation if varies else 1.0
        if not 1 / MOST_SCALE < factor < MOST_SCALE:
            return False
        center[i], scale[i] = np.float32(mean), np.float32(factor)
    return True


@compiled_part
def _rescale(means: Any, covariances: Any, center: Any, scale: Any) -> None:
    """Turn a mixture of samples into that of ``(samples - center) * scale``."""
    for c in range(len(means)):
        for i in range(len(center)):
            means[c, i] = (means[c, i] - center[i]) * scale[i]
            for j in range(len(center)):
                covariances[c, i, j] *= scale[i] * scale[j]


@compiled_part
def _take_steps(
    data: Any, weights: Any, means: Any, covariances: Any, n_steps: Any, least: Any, sums: Any
) -> Any:
    """Change a standardized mixture; return how many components it has then, or 0."""
    n, d = means.shape
    values, sample_weights, center, scale = data
    no_sums, side, rows, columns = sums
    whitening, constants = np.zeros((n, d, d), np.float32), np.empty(n, np.float32)
    cuts = np.array([0, len(values)])
    for _ in range(n_steps):
        parts = means[:n].astype(np.float32), whitening[:n], constants[:n]
        if not write_whitening(weights[:n], covariances, parts[1], parts[2]):
            return 0
        shapes = (n,), (n, side), (n, len(rows))
        totals = np.zeros((1, 1 + n * (1 + side + len(rows))))
        accumulate(
            np.zeros(2, np.int64), 1, cuts, values, sample_weights, center, scale, *parts,
            None, no_sums, None, shapes, totals,
        )  # fmt: skip
        moments = moments_of(totals[0], shapes)
        n = _maximize(moments, rows, columns, weights, means, covariances, least)
        if n == 0:
            return 0
    return n


@compiled_part
def _maximize(
    moments: Any, rows: Any, columns: Any, weights: Any, means: Any, covariances: Any, least: Any
) -> Any:
    """Write the mixture that some moments make most likely, less the components that have none.

    Returns how many are left, 0 where a covariance is below the floor.
    """
    counts, firsts, seconds = moments
    d, total, n_kept = means.shape[1], counts.sum(), 0
    floored, lower = np.empty((d, d)), np.zeros((d, d))
    for c in range(len(counts)):
        if counts[c] < LEAST_SHARE * total:
            continue
        for pair in range(len(rows)):
            i, j = rows[pair], columns[pair]
            if i < d and j < d:
                scatter = seconds[c, pair] - firsts[c, i] * firsts[c, j] / counts[c]
                covariances[n_kept, i, j] = covariances[n_kept, j, i] = scatter / counts[c]
        floored[:] = covariances[n_kept]
        for i in range(d):
            floored[i, i] -= least
            means[n_kept, i] = means[c, i] + firsts[c, i] / counts[c]
        if not factor(floored, lower):
            return 0
        weights[n_kept] = counts[c] / total
        n_kept += 1
    return n_kept
