"""The hot loops of EM, compiled once for each number of features.

Samples are taken in blocks of ``BLOCK``, laid out feature by feature so that every loop over them
is a vector loop over memory that stays in the first-level cache. The density of a component is
``2 ** (constant - |W (x - mean)|^2)``: its whitening matrix ``W`` carries the factor that turns
natural exponents into powers of two. The moments are taken about the component's present mean,
where nothing cancels, in float32 within a block and in float64 beyond it.

What the functions share: ``center`` and ``scale`` are tuples of d float32, whose length tells the
compiler the number of features, so that loops over features are unrolled inside loops over
samples. ``whitening`` is (k, d, d), with d filled up to whole tiles from ``TILE`` on, or (k, d)
for diagonal covariances, which have their own loops. ``densities`` is (k, BLOCK); ``top``,
``total`` and ``shares`` are (BLOCK,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2, log2, zero_matrix

BLOCK = 512
TILE = 4
MOST_SUMS = 10
"""Moments of a component are summed in one pass while there are no more than this."""

_MOST_UNROLLED = 5
_MOST_INTERLEAVED = 8
_ZERO = np.float32(0)
_ONE = np.float32(1)
_NO_ROW = (_ZERO,) * TILE
_NO_TILE_SUMS = (_ZERO,) * (TILE * TILE)
_LEAST = np.float32(-3e38)
_SMALLEST_SHARE = np.float32(1e-37)
_FARTHEST = np.float32(1e8)


@compiled
def accumulate(
    values: Any,
    weights: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    no_sums: Any,
    counts: Any,
    firsts: Any,
    seconds: Any,
) -> Any:
    """Add the moments of all components over samples ``start`` to ``stop``.

    Parameters
    ----------
    values : float32 (n, d)
    weights : float32 (n,), or (0,) for ones
    means, whitening, constants
        The components; constants are their log2 densities at the means.
    no_sums : tuple of float32 zeros, or None
        One for each moment of a component if they are few; None sums them tile by tile.
    counts, firsts, seconds : float64 (k,), (k, d) and the shape of whitening
        What is added to; of the seconds only lower triangles.

    Returns
    -------
    float64
        The weighted sum of the log2 densities.
    """
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    shares = np.empty(BLOCK, np.float32)
    log_likelihood = 0.0
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        _load_block(values, first, n_taken, center, scale, block)
        _load_weights(weights, first, n_taken, shares)
        _compare(block, center, means, whitening, constants, scratch, densities, top, total)
        log_likelihood += np.float64(_sum_log_densities(top, total, shares))
        for b in range(BLOCK):
            shares[b] /= total[b]
        for c in range(n_components):
            mean, density, count, sums = means[c], densities[c], counts[c : c + 1], firsts[c]
            if whitening.ndim == 2:
                _add_diagonal_moments(block, mean, density, shares, count, sums, seconds[c])
            elif no_sums is None:
                _add_tiled_moments(block, mean, density, shares, scratch, count, sums, seconds[c])
            else:
                _add_few_moments(
                    block, center, mean, density, shares, no_sums, count, sums, seconds[c]
                )
    return log_likelihood


@compiled
def write_responsibilities(
    values: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    result: Any,
) -> None:
    """Write the responsibilities, float32 (n, k), of samples ``start`` to ``stop``."""
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        _load_block(values, first, n_taken, center, scale, block)
        _compare(block, center, means, whitening, constants, scratch, densities, top, total)
        for b in range(BLOCK):
            total[b] = _ONE / total[b]
        written = result[first : first + n_taken].reshape(-1)
        for c in range(n_components):
            row = densities[c]
            for b in range(n_taken):
                written[b * n_components + c] = row[b] * total[b]


@compiled
def write_log_densities(
    values: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    result: Any,
) -> None:
    """Write the log2 densities, float32 (n,), of samples ``start`` to ``stop``."""
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        _load_block(values, first, n_taken, center, scale, block)
        _compare(block, center, means, whitening, constants, scratch, densities, top, total)
        for b in range(n_taken):
            result[first + b] = top[b] + log2(total[b])


@compiled
def write_labels(
    values: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    result: Any,
) -> None:
    """Write the index, int32 (n,), of the component with the largest responsibility.

    Responsibilities are compared as they are written by :func:`write_responsibilities`, so that
    ties are resolved alike: the first component wins.
    """
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    labels = np.empty(BLOCK, np.int32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        _load_block(values, first, n_taken, center, scale, block)
        _compare(block, center, means, whitening, constants, scratch, densities, top, total)
        _fill(top, -_ONE)
        for b in range(BLOCK):
            total[b] = _ONE / total[b]
        for c in range(n_components):
            row = densities[c]
            for b in range(BLOCK):
                share = row[b] * total[b]
                labels[b] = np.int32(c) if share > top[b] else labels[b]
                top[b] = max(top[b], share)
        for b in range(n_taken):
            result[first + b] = labels[b]


@compiled
def sum_entropies(
    values: Any,
    weights: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
) -> Any:
    """Sum the weighted entropies of the responsibilities of samples, in bits."""
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    shares = np.empty(BLOCK, np.float32)
    entropy = 0.0
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        _load_block(values, first, n_taken, center, scale, block)
        _load_weights(weights, first, n_taken, shares)
        _compare(block, center, means, whitening, constants, scratch, densities, top, total)
        for c in range(n_components):
            row = densities[c]
            block_entropy = _ZERO
            for b in range(BLOCK):
                share = row[b] / total[b]
                block_entropy -= shares[b] * share * log2(max(share, _SMALLEST_SHARE))
            entropy += np.float64(block_entropy)
    return entropy


@compiled
def has_only_finite(bits: Any, start: Any, stop: Any) -> Any:
    """Tell whether float32 values, given as their bits, are neither NaN nor infinite."""
    largest = np.int32(0)
    for index in range(start, stop):
        largest = max(largest, np.int32(bits[index] & np.int32(0x7FFFFFFF)))
    return largest < np.int32(0x7F800000)


@compiled
def add_feature_sums(
    values: Any, weights: Any, start: Any, stop: Any, shift: Any, sums: Any
) -> None:
    """Add up weights, weighted values and squares about a shift, feature by feature, in float64."""
    n_features = values.shape[1]
    for index in range(start, stop):
        weight = 1.0 if weights.size == 0 else np.float64(weights[index])
        sums[0] += weight
        for feature in range(n_features):
            value = np.float64(values[index, feature]) - shift[feature]
            sums[1 + feature] += weight * value
            sums[1 + n_features + feature] += weight * value * value


@compiled
def _fill(row: Any, value: Any) -> None:
    """Set all of a row; plain loops compile several times faster than slices."""
    for b in range(BLOCK):
        row[b] = value


@compiled
def _load_block(values: Any, start: Any, n_taken: Any, center: Any, scale: Any, block: Any) -> None:
    """Standardize a block of samples and lay it out feature by feature; the rest is 0."""
    # The compiler sees a fixed stride only where the number of features is a constant.
    flat = values[start : start + n_taken].reshape(-1)
    if len(center) <= _MOST_INTERLEAVED:
        for b in range(n_taken):
            for feature in range(len(center)):
                block[feature, b] = flat[b * len(center) + feature]
    else:
        for feature in range(len(center)):
            row = block[feature]
            for b in range(n_taken):
                row[b] = flat[b * len(center) + feature]
    for feature in range(len(center)):
        row, middle, factor = block[feature], center[feature], scale[feature]
        for b in range(n_taken):
            row[b] = max(min((row[b] - middle) * factor, _FARTHEST), -_FARTHEST)
        for b in range(n_taken, BLOCK):
            row[b] = _ZERO


@compiled
def _load_weights(weights: Any, start: Any, n_taken: Any, shares: Any) -> None:
    """Copy the weights of a block; no weights are ones, and past the end there are zeros."""
    for b in range(BLOCK):
        shares[b] = _ONE if b < n_taken else _ZERO
    if weights.size:
        for b in range(n_taken):
            shares[b] = weights[start + b]


@compiled
def _compare(
    block: Any,
    center: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    scratch: Any,
    densities: Any,
    top: Any,
    total: Any,
) -> None:
    """Fill densities relative to the largest, its log2 and their sum, for a block."""
    _fill(top, _LEAST)
    for c in range(means.shape[0]):
        mean, whitener, row = means[c], whitening[c], densities[c]
        if whitening.ndim == 2:
            _write_diagonal(block, mean, whitener, constants[c], row, top)
        elif len(center) <= _MOST_UNROLLED:
            _write_unrolled(block, center, mean, whitener, constants[c], row, top)
        else:
            _write_tiled(block, mean, whitener, constants[c], scratch, row, top)
    _fill(total, _ZERO)
    for c in range(means.shape[0]):
        _exponentiate(densities[c], top, total)


@compiled
def _write_diagonal(
    block: Any, mean: Any, whitening: Any, constant: Any, row: Any, top: Any
) -> None:
    """Write the log2 densities of a component whose features are independent."""
    _fill(row, constant)
    for i in range(mean.shape[0]):
        feature, center, scale = block[i], mean[i], whitening[i]
        for b in range(BLOCK):
            white = scale * (feature[b] - center)
            row[b] -= white * white
    for b in range(BLOCK):
        top[b] = max(top[b], row[b])


@compiled
def _write_unrolled(
    block: Any, center: Any, mean: Any, whitening: Any, constant: Any, row: Any, top: Any
) -> None:
    """Write the log2 densities of a component, in one pass over the block."""
    middle = _tuple_of(mean, center)
    matrix = _tuple_of_matrix(whitening, center)
    for b in range(BLOCK):
        log_density = constant
        for i in range(len(center)):
            white = _ZERO
            for j in range(len(center)):
                if j <= i:
                    white += matrix[i * len(center) + j] * (block[j, b] - middle[j])
            log_density -= white * white
        row[b] = log_density
        top[b] = max(top[b], log_density)


@compiled
def _tuple_of(array: Any, like: Any) -> Any:
    """Copy an array into a tuple, which no writing to another array can change.

    Otherwise the compiler checks for each number whether it may lie where results are written.
    """
    numbers = like
    for index in range(len(like)):
        numbers = tuple_setitem(numbers, index, array[index])
    return numbers


@compiled
def _tuple_of_matrix(matrix: Any, row: Any) -> Any:
    """Copy a square matrix with rows of such a length into a flat tuple."""
    numbers = zero_matrix(row)
    for i in range(len(row)):
        for j in range(len(row)):
            numbers = tuple_setitem(numbers, i * len(row) + j, matrix[i, j])
    return numbers


@compiled
def _write_tiled(
    block: Any, mean: Any, whitening: Any, constant: Any, scratch: Any, row: Any, top: Any
) -> None:
    """Write the log2 densities of a component, tile by tile of its whitening matrix."""
    centered, white = scratch[0], scratch[1]
    for i in range(mean.shape[0]):
        for b in range(BLOCK):
            centered[i, b] = block[i, b] - mean[i]
    _fill(row, constant)
    for i in range(0, mean.shape[0], TILE):
        for r in range(TILE):
            _fill(white[r], _ZERO)
        for j in range(0, i, TILE):
            _add_tile_product(whitening, i, j, centered, white)
        _subtract_squares(whitening, i, centered, white, row)
    for b in range(BLOCK):
        top[b] = max(top[b], row[b])


@compiled
def _add_tile_product(whitening: Any, i: Any, j: Any, centered: Any, white: Any) -> None:
    """Add a tile of the whitening matrix times four features to four white rows."""
    tile = _tuple_of_matrix(whitening[i : i + TILE, j : j + TILE], _NO_ROW)
    for b in range(BLOCK):
        x = (centered[j, b], centered[j + 1, b], centered[j + 2, b], centered[j + 3, b])
        y = (white[0, b], white[1, b], white[2, b], white[3, b])
        for row in range(TILE):
            for column in range(TILE):
                added = y[row] + tile[row * TILE + column] * x[column]
                y = tuple_setitem(y, row, added)
        white[0, b], white[1, b], white[2, b], white[3, b] = y


@compiled
def _subtract_squares(whitening: Any, i: Any, centered: Any, white: Any, row: Any) -> None:
    """Finish four white rows with the tile on the diagonal, and subtract their squares."""
    tile = _tuple_of_matrix(whitening[i : i + TILE, i : i + TILE], _NO_ROW)
    for b in range(BLOCK):
        x = (centered[i, b], centered[i + 1, b], centered[i + 2, b], centered[i + 3, b])
        y = (white[0, b], white[1, b], white[2, b], white[3, b])
        log_density = row[b]
        for r in range(TILE):
            finished = y[r]
            for column in range(TILE):
                if column <= r:
                    finished += tile[r * TILE + column] * x[column]
            log_density -= finished * finished
        row[b] = log_density


@compiled
def _exponentiate(row: Any, top: Any, total: Any) -> None:
    """Turn log2 densities of a component into relative densities, and add them to the total."""
    for b in range(BLOCK):
        density = exp2(row[b] - top[b])
        row[b] = density
        total[b] += density


@compiled
def _sum_log_densities(top: Any, total: Any, shares: Any) -> Any:
    """Sum the weighted log2 densities of a block."""
    log_likelihood = _ZERO
    for b in range(BLOCK):
        log_likelihood += shares[b] * (top[b] + log2(total[b]))
    return log_likelihood


@compiled
def _add_few_moments(
    block: Any,
    center: Any,
    mean: Any,
    density: Any,
    shares: Any,
    no_sums: Any,
    count: Any,
    first: Any,
    second: Any,
) -> None:
    """Add a component's moments about its mean, all of them in one pass over the block."""
    sums = no_sums
    middle = _tuple_of(mean, center)
    for b in range(BLOCK):
        weight = density[b] * shares[b]
        sums = tuple_setitem(sums, 0, sums[0] + weight)
        index = 1
        for i in range(len(center)):
            weighted = weight * (block[i, b] - middle[i])
            sums = tuple_setitem(sums, index, sums[index] + weighted)
            index += 1
            for j in range(len(center)):
                if j <= i:
                    product = weighted * (block[j, b] - middle[j])
                    sums = tuple_setitem(sums, index, sums[index] + product)
                    index += 1
    count[0] += np.float64(sums[0])
    index = 1
    for i in range(len(center)):
        first[i] += np.float64(sums[index])
        for j in range(i + 1):
            second[i, j] += np.float64(sums[index + 1 + j])
        index += i + 2


@compiled
def _add_diagonal_moments(
    block: Any, mean: Any, density: Any, shares: Any, count: Any, first: Any, second: Any
) -> None:
    """Add a component's moments about its mean where the features are independent."""
    count[0] += np.float64(_weigh(density, shares))
    for i in range(mean.shape[0]):
        feature, center = block[i], mean[i]
        sum_of_values = _ZERO
        sum_of_squares = _ZERO
        for b in range(BLOCK):
            centered = feature[b] - center
            weighted = density[b] * centered
            sum_of_values += weighted
            sum_of_squares += weighted * centered
        first[i] += np.float64(sum_of_values)
        second[i] += np.float64(sum_of_squares)


@compiled
def _add_tiled_moments(
    block: Any,
    mean: Any,
    density: Any,
    shares: Any,
    scratch: Any,
    count: Any,
    first: Any,
    second: Any,
) -> None:
    """Add a component's moments about its mean, tile by tile of its second moments."""
    centered, weighted = scratch[0], scratch[2]
    count[0] += np.float64(_weigh(density, shares))
    for i in range(mean.shape[0]):
        sum_of_values = _ZERO
        for b in range(BLOCK):
            value = block[i, b] - mean[i]
            centered[i, b] = value
            weighted[i, b] = density[b] * value
            sum_of_values += density[b] * value
        first[i] += np.float64(sum_of_values)
    for i in range(0, mean.shape[0], TILE):
        for j in range(0, i + 1, TILE):
            _add_tile_moments(weighted, centered, i, j, second)


@compiled
def _weigh(density: Any, shares: Any) -> Any:
    """Turn relative densities into weighted responsibilities, and sum them."""
    total = _ZERO
    for b in range(BLOCK):
        weight = density[b] * shares[b]
        density[b] = weight
        total += weight
    return total


@compiled
def _add_tile_moments(weighted: Any, centered: Any, i: Any, j: Any, second: Any) -> None:
    """Add the sums over a block of four weighted times four centered features."""
    sums = _NO_TILE_SUMS
    for b in range(BLOCK):
        for row in range(TILE):
            for column in range(TILE):
                index = row * TILE + column
                product = weighted[i + row, b] * centered[j + column, b]
                sums = tuple_setitem(sums, index, sums[index] + product)
    for row in range(TILE):
        for column in range(TILE):
            second[i + row, j + column] += np.float64(sums[row * TILE + column])
