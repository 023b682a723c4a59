"""The hot loops of EM, compiled once for each number of features.

Samples are taken in blocks of ``BLOCK``, laid out feature by feature so that every loop over them
is a vector loop over memory that stays in the first-level cache. The density of a component is
``2 ** (constant - |W (x - mean)|^2)``: its whitening matrix ``W`` carries the factor that turns
natural exponents into powers of two. The moments are taken about the component's present mean,
where nothing cancels, in float32 within a block and in float64 beyond it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numba import types
from numba.cpython.unsafe.tuple import tuple_setitem
from numba.extending import intrinsic

from segmenter.compiled import compiled

BLOCK = 512
Shape = Literal["full", "diagonal"]
Kernel = Callable[..., Any]

_TILE = 4
_ZERO = np.float32(0)
_ONE = np.float32(1)
_NO_TILE_SUMS = (_ZERO,) * (_TILE * _TILE)
_HALF = np.float32(0.5)
_FARTHEST = np.float32(1e8)
_LEAST_EXPONENT = np.float32(-126)
_MANTISSA_START = np.int32(0x3F400000)  # the bits of 0.75
_E1, _E2, _E3, _E4, _E5 = (
    np.float32(value) for value in (0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647)
)
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7 = (
    np.float32(value)
    for value in (
        *(1.44269578, -0.72135204, 0.48080861, -0.36026732),
        *(0.29070789, -0.25180713, 0.20166429, -0.09150316),
    )
)


class Kernels(NamedTuple):
    """The compiled loops for one number of features and one shape of the covariances."""

    accumulate: Kernel
    responsibilities: Kernel
    log_density: Kernel


@intrinsic
def _float_of_bits(_context: Any, _bits: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:
        from llvmlite import ir

        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), generate


@intrinsic
def _bits_of_float(_context: Any, _value: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:
        from llvmlite import ir

        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), generate


@compiled
def _exp2(exponent: Any) -> Any:
    """``2 ** exponent`` to 1e-7 of it, for exponents from -126 (lower ones count as that) to 0.

    A minimax polynomial on [-1/2, 1/2]; the whole part is added to the bits of the exponent.
    """
    exponent = max(exponent, _LEAST_EXPONENT)
    whole = np.int32(exponent - _HALF)
    x = exponent - np.float32(whole)
    power = _ONE + x * (_E1 + x * (_E2 + x * (_E3 + x * (_E4 + x * _E5))))
    return _float_of_bits(np.int32(_bits_of_float(power) + np.int32(whole << np.int32(23))))


@compiled
def _log2(value: Any) -> Any:
    """Logarithm to base 2 of a normal positive float32, to 5e-8.

    A minimax polynomial of the mantissa, taken from [3/4, 3/2).
    """
    bits = _bits_of_float(value)
    whole = np.int32(np.int32(bits - _MANTISSA_START) >> np.int32(23))
    x = _float_of_bits(np.int32(bits - np.int32(whole << np.int32(23)))) - _ONE
    series = _L4 + x * (_L5 + x * (_L6 + x * _L7))
    series = _L0 + x * (_L1 + x * (_L2 + x * (_L3 + x * series)))
    return np.float32(whole) + x * series


@compiled
def _exponentiate(log_densities: Any, top: Any, total: Any) -> None:
    """Turn log densities (k, BLOCK) into densities relative to the largest, and sum them."""
    total[:] = _ZERO
    for component in range(log_densities.shape[0]):
        row = log_densities[component]
        for b in range(BLOCK):
            density = _exp2(row[b] - top[b])
            row[b] = density
            total[b] += density


@compiled
def _load_weights(weights: Any, start: Any, n_taken: Any, block_weights: Any) -> None:
    """Copy the weights of a block; no weights are ones, and past the end there are zeros."""
    if weights.size == 0:
        block_weights[:n_taken] = _ONE
    else:
        block_weights[:n_taken] = weights[start : start + n_taken]
    block_weights[n_taken:] = _ZERO


@compiled
def _sum_log_likelihood(top: Any, total: Any, block_weights: Any) -> Any:
    """Sum the weighted log2 densities of a block."""
    log_likelihood = _ZERO
    for b in range(BLOCK):
        log_likelihood += block_weights[b] * (top[b] + _log2(total[b]))
    return log_likelihood


@compiled
def _cross_moments(weighted: Any, centered: Any, i: Any, j: Any, moments: Any) -> None:
    """Add the sums of ``weighted[i..] * centered[j..]`` over a block, a tile of features at once."""
    sums = _NO_TILE_SUMS
    for b in range(BLOCK):
        for row in range(_TILE):
            for column in range(_TILE):
                product = weighted[i + row, b] * centered[j + column, b]
                index = row * _TILE + column
                sums = tuple_setitem(sums, index, sums[index] + product)
    for row in range(_TILE):
        for column in range(_TILE):
            moments[i + row, j + column] += np.float64(sums[row * _TILE + column])


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


def padded_features(n_features: int) -> int:
    """Return the side that full second moments need: tiles must be whole."""
    return n_features if n_features < _TILE else -(-n_features // _TILE) * _TILE


@cache
def kernels(n_features: int, shape: Shape) -> Kernels:
    """Return the loops for a number of features; they are compiled, or loaded, at their first call.

    Parameters
    ----------
    n_features : int
        Known when compiling, so that loops over features are unrolled inside loops over samples.
    shape : {"full", "diagonal"}
        Whether whitening matrices and second moments are lower triangles or diagonals.
    """
    is_diagonal = shape == "diagonal"
    is_tiled = not is_diagonal and n_features >= _TILE
    padded = padded_features(n_features)
    n_sums = 1 + n_features + (n_features if is_diagonal else n_features * (n_features + 1) // 2)
    no_sums = (_ZERO,) * (1 if is_tiled else n_sums)

    @compiled
    def load_block(
        values: Any, start: Any, n_taken: Any, center: Any, scale: Any, block: Any
    ) -> None:
        """Standardize a block of samples and lay it out feature by feature; the rest is 0."""
        for b in range(n_taken):
            for feature in range(n_features):
                value = (values[start + b, feature] - center[feature]) * scale[feature]
                block[feature, b] = max(min(value, _FARTHEST), -_FARTHEST)
        for feature in range(n_features):
            block[feature, n_taken:] = _ZERO

    @compiled
    def log_densities_of(block: Any, mean: Any, whitening: Any, constant: Any, row: Any) -> None:
        """Write the log2 densities of one component for a block."""
        for b in range(BLOCK):
            log_density = constant
            for i in range(n_features):
                if is_diagonal:
                    white = whitening[i, i] * (block[i, b] - mean[i])
                else:
                    white = _ZERO
                    for j in range(n_features):
                        if j <= i:
                            white += whitening[i, j] * (block[j, b] - mean[j])
                log_density -= white * white
            row[b] = log_density

    @compiled
    def compare_components(
        block: Any, means: Any, whitening: Any, constants: Any, densities: Any, top: Any, total: Any
    ) -> None:
        """Fill relative densities (k, BLOCK), the largest log2 density and the sum of a block."""
        for component in range(means.shape[0]):
            row = densities[component]
            log_densities_of(
                block, means[component], whitening[component], constants[component], row
            )
            for b in range(BLOCK):
                top[b] = row[b] if component == 0 else max(top[b], row[b])
        _exponentiate(densities, top, total)

    @compiled
    def add_small_moments(
        block: Any, mean: Any, densities: Any, shares: Any, count: Any, first: Any, second: Any
    ) -> None:
        """Add a component's moments about its mean, all of them in one pass over the block."""
        sums = no_sums
        for b in range(BLOCK):
            weight = densities[b] * shares[b]
            sums = tuple_setitem(sums, 0, sums[0] + weight)
            index = 1
            for i in range(n_features):
                centered = block[i, b] - mean[i]
                weighted = weight * centered
                sums = tuple_setitem(sums, index, sums[index] + weighted)
                index += 1
                for j in range(n_features):
                    if (j == i) if is_diagonal else (j <= i):
                        product = weighted * (block[j, b] - mean[j])
                        sums = tuple_setitem(sums, index, sums[index] + product)
                        index += 1
        count[0] += np.float64(sums[0])
        index = 1
        for i in range(n_features):
            first[i] += np.float64(sums[index])
            index += 1
            for j in range(n_features):
                if (j == i) if is_diagonal else (j <= i):
                    second[i, j] += np.float64(sums[index])
                    index += 1

    @compiled
    def add_tiled_moments(
        block: Any,
        mean: Any,
        densities: Any,
        shares: Any,
        centered: Any,
        weighted: Any,
        count: Any,
        first: Any,
        second: Any,
    ) -> None:
        """Add a component's moments about its mean, tile by tile."""
        sum_of_weights = _ZERO
        for b in range(BLOCK):
            densities[b] *= shares[b]
            sum_of_weights += densities[b]
        count[0] += np.float64(sum_of_weights)
        for i in range(n_features):
            sum_of_weighted = _ZERO
            for b in range(BLOCK):
                centered[i, b] = block[i, b] - mean[i]
                weighted[i, b] = densities[b] * centered[i, b]
                sum_of_weighted += weighted[i, b]
            first[i] += np.float64(sum_of_weighted)
        for i in range(0, n_features, _TILE):
            for j in range(0, i + 1, _TILE):
                _cross_moments(weighted, centered, i, j, second)

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
        counts: Any,
        firsts: Any,
        seconds: Any,
    ) -> Any:
        """Add up the moments of all components over samples ``start`` to ``stop``.

        Returns the weighted sum of the log2 densities.
        """
        k = means.shape[0]
        block = np.zeros((n_features, BLOCK), np.float32)
        centered = np.zeros((padded, BLOCK), np.float32)
        weighted = np.zeros((padded, BLOCK), np.float32)
        densities = np.empty((k, BLOCK), np.float32)
        top = np.empty(BLOCK, np.float32)
        total = np.empty(BLOCK, np.float32)
        block_weights = np.empty(BLOCK, np.float32)
        log_likelihood = 0.0
        for first in range(start, stop, BLOCK):
            n_taken = min(BLOCK, stop - first)
            load_block(values, first, n_taken, center, scale, block)
            _load_weights(weights, first, n_taken, block_weights)
            compare_components(block, means, whitening, constants, densities, top, total)
            log_likelihood += np.float64(_sum_log_likelihood(top, total, block_weights))
            for b in range(BLOCK):
                block_weights[b] /= total[b]
            for c in range(k):
                if is_tiled:
                    add_tiled_moments(
                        block,
                        means[c],
                        densities[c],
                        block_weights,
                        centered,
                        weighted,
                        counts[c : c + 1],
                        firsts[c],
                        seconds[c],
                    )
                else:
                    add_small_moments(
                        block,
                        means[c],
                        densities[c],
                        block_weights,
                        counts[c : c + 1],
                        firsts[c],
                        seconds[c],
                    )
        return log_likelihood

    @compiled
    def responsibilities(
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
        """Write the responsibilities (n, k) of samples ``start`` to ``stop``."""
        k = means.shape[0]
        block = np.zeros((n_features, BLOCK), np.float32)
        densities = np.empty((k, BLOCK), np.float32)
        top = np.empty(BLOCK, np.float32)
        total = np.empty(BLOCK, np.float32)
        for first in range(start, stop, BLOCK):
            n_taken = min(BLOCK, stop - first)
            load_block(values, first, n_taken, center, scale, block)
            compare_components(block, means, whitening, constants, densities, top, total)
            for b in range(n_taken):
                share = _ONE / total[b]
                for c in range(k):
                    result[first + b, c] = densities[c, b] * share

    @compiled
    def log_density(
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
        """Write the log2 density (n,) of samples ``start`` to ``stop``."""
        block = np.zeros((n_features, BLOCK), np.float32)
        densities = np.empty((means.shape[0], BLOCK), np.float32)
        top = np.empty(BLOCK, np.float32)
        total = np.empty(BLOCK, np.float32)
        for first in range(start, stop, BLOCK):
            n_taken = min(BLOCK, stop - first)
            load_block(values, first, n_taken, center, scale, block)
            compare_components(block, means, whitening, constants, densities, top, total)
            for b in range(n_taken):
                result[first + b] = top[b] + _log2(total[b])

    return Kernels(accumulate, responsibilities, log_density)
