"""Moments in float64, for what a fine tolerance asks about and float32 cannot tell.

The kernels of :mod:`segmenter.em.kernels` know a mean log-likelihood to about 1e-6 of its size, and
round the components to float32. That is far below what ends most fits; where EM is slow, or stays
on a plateau, it is not. These take about ten times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled, compiled_part
from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.em.step import GroupPriors, Moments
from segmenter.em.whitening import LOG2_E
from segmenter.errors import ParameterError
from segmenter.work import Work

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.samples import Samples

_WORK_OF_CHUNK = 1 << 22  # products: some milliseconds
_MOST_CHUNKS = 64  # at once, each with sums of its own
_ROWS = 64
_FARTHEST = 1e8  # as far as float32 samples are followed


def accumulate_exactly_steps(
    samples: Samples,
    mixture: GaussianMixture,
    message: str = "Fitting the mixture",
    priors: GroupPriors | None = None,
) -> Work[Moments]:
    """Compute in float64 what :func:`segmenter.em.step.accumulate_steps` does in float32."""
    means, whitening, constants = _unpacked(mixture)
    (n_all, d), k = means.shape, mixture.n_components
    center = np.array(samples.kernel_center, np.float64)
    scale = np.array(samples.kernel_scale, np.float64)

    def add_chunk(number: int, start: int, stop: int) -> None:
        log_likelihoods[number] += _accumulate(
            samples.values, samples.weights, first + start, first + stop, center, scale, means,
            whitening, constants, priors, counts[number], firsts[number], seconds[number],
        )  # fmt: skip

    log_likelihoods = np.zeros(_MOST_CHUNKS)
    counts, firsts = np.zeros((_MOST_CHUNKS, n_all)), np.zeros((_MOST_CHUNKS, n_all, d))
    seconds = np.zeros((_MOST_CHUNKS, n_all, d, d))
    rows = max(_ROWS, _WORK_OF_CHUNK // (means.size * (d + 8)))
    for first in range(0, len(samples), rows * _MOST_CHUNKS):
        n_left = min(rows * _MOST_CHUNKS, len(samples) - first)
        yield from run_blocks_steps(*for_chunks(n_left, add_chunk, rows), message)
    count, lower = counts.sum(axis=0), seconds.sum(axis=0)[:k]
    second = lower + np.tril(lower, -1).transpose(0, 2, 1)
    if mixture.covariance == "tied":
        second = second.sum(axis=0, keepdims=True)
    return Moments(
        samples.total_weight,
        float(log_likelihoods.sum()),
        count[:k],
        firsts.sum(axis=0)[:k],
        second,
        float(count[k:].sum()),
    )


def _unpacked(mixture: GaussianMixture) -> tuple[NDArray[np.float64], ...]:
    """Means (k, d), whitening matrices (k, d, d) and natural log densities at the means.

    A sample's density under a component is ``exp(constant - |W (x - mean)|^2 / 2)``. Noise is the
    last of them, without whitening: its density is the same everywhere.
    """
    means, d = mixture.means, mixture.n_features
    try:
        whitening = np.linalg.inv(np.linalg.cholesky(mixture.covariances))
    except np.linalg.LinAlgError as error:
        raise ParameterError("A covariance of the mixture is not positive definite.") from error
    constants = np.log(np.maximum(mixture.weights, np.finfo(float).tiny))
    constants += np.log(np.diagonal(whitening, axis1=1, axis2=2)).sum(axis=1)
    constants -= 0.5 * d * np.log(2 * np.pi)
    if mixture.noise is not None:
        means = np.vstack([means, np.zeros((1, d))])
        whitening = np.concatenate([whitening, np.zeros((1, d, d))])
        constants = np.append(constants, mixture.noise.log_density)
    return means, whitening, constants


@compiled
def _accumulate(
    values: Any, weights: Any, start: Any, stop: Any, center: Any, scale: Any, means: Any,
    whitening: Any, constants: Any, priors: Any, counts: Any, firsts: Any, seconds: Any,
) -> Any:  # fmt: skip
    """Add the moments of samples ``start`` to ``stop``; return their weighted log densities."""
    k, d = means.shape
    block, white = np.empty((d, _ROWS)), np.empty(_ROWS)
    densities, totals, tops = np.empty((k, _ROWS)), np.empty(_ROWS), np.empty(_ROWS)
    log_likelihood = 0.0
    for first in range(start, stop, _ROWS):
        n = min(_ROWS, stop - first)
        for i in range(d):
            for b in range(n):
                value = (np.float64(values[first + b, i]) - center[i]) * scale[i]
                block[i, b] = max(min(value, _FARTHEST), -_FARTHEST)
        for c in range(k):
            _write_log_densities(block, n, c, means, whitening, constants, white, densities)
            if priors is not None:
                for b in range(n):
                    densities[c, b] += priors[0][first + b, priors[1][c]] / LOG2_E
        _share_out(densities, n, tops, totals)
        for b in range(n):
            weight = 1.0 if weights.size == 0 else np.float64(weights[first + b])
            log_likelihood += weight * (tops[b] + np.log(totals[b]))
            totals[b] = weight / totals[b]
        for c in range(k):
            for b in range(n):
                densities[c, b] *= totals[b]
            _add_moments(block, n, c, means, densities, white, counts, firsts, seconds)
    return log_likelihood


@compiled_part
def _share_out(densities: Any, n: Any, tops: Any, totals: Any) -> None:
    """Turn log densities into densities relative to the largest, and sum them."""
    for b in range(n):
        tops[b], totals[b] = densities[0, b], 0.0
    for c in range(1, len(densities)):
        for b in range(n):
            tops[b] = max(tops[b], densities[c, b])
    for c in range(len(densities)):
        for b in range(n):
            densities[c, b] = np.exp(densities[c, b] - tops[b])
            totals[b] += densities[c, b]


@compiled_part
def _write_log_densities(
    block: Any, n: Any, c: Any, means: Any, whitening: Any, constants: Any, white: Any, result: Any
) -> None:
    """Write the log densities of a component at a block."""
    for b in range(n):
        result[c, b] = constants[c]
    for i in range(len(block)):
        for b in range(n):
            white[b] = 0.0
        for j in range(i + 1):
            factor, mean = whitening[c, i, j], means[c, j]
            for b in range(n):
                white[b] += factor * (block[j, b] - mean)
        for b in range(n):
            result[c, b] -= 0.5 * white[b] * white[b]


@compiled_part
def _add_moments(
    block: Any, n: Any, c: Any, means: Any, shares: Any, white: Any,
    counts: Any, firsts: Any, seconds: Any,
) -> None:  # fmt: skip
    """Add the moments of a component about its mean; of the seconds the lower triangle."""
    for b in range(n):
        counts[c] += shares[c, b]
    for i in range(len(block)):
        mean, total = means[c, i], 0.0
        for b in range(n):
            white[b] = shares[c, b] * (block[i, b] - mean)
            total += white[b]
        firsts[c, i] += total
        for j in range(i + 1):
            other, total = means[c, j], 0.0
            for b in range(n):
                total += white[b] * (block[j, b] - other)
            seconds[c, i, j] += total
