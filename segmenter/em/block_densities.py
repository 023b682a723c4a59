"""Samples of a block, and the densities of the components at them.

The density of a component is ``2 ** (constant - |W (x - mean)|^2)``: its whitening matrix ``W``
carries the factor that turns natural exponents into powers of two.

What the functions share: ``center`` and ``scale`` are tuples of d float32, whose length tells the
compiler the number of features. ``whitening`` is (k, d, d), lower triangles, or (k, d) for diagonal
covariances, which have their own loops; ``means`` is (k, d). ``rotation`` is (d, d), a lower
triangle, or None: tied covariances have one whitening matrix, by which samples are multiplied on
the way in, so that all components are spheres. ``densities`` is (k, BLOCK) and some padding;
``top``, ``total`` and ``shares`` are such rows. ``c`` is a component: passing its number and not
its row of each array saves the counting of references.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled_in_order, compiled_part
from segmenter.em.arithmetic import exp2_of_lanes, log2
from segmenter.em.lanes import (
    LANES,
    add,
    add_product,
    larger,
    load,
    multiply,
    prefetch,
    smaller,
    spread,
    store,
    subtract,
    subtract_product,
)
from segmenter.em.shuffles import COLUMNS, load_columns, rows_from

BLOCK = 512
"""Samples in a block. After changing it remove ``__pycache__``: see arithmetic.py."""

PADDING = 16
"""Numbers after each row: rows a power of two apart would push each other out of the cache."""

TILE = 4
"""Features that are done at once."""

MANY = 8
"""Features from which on it pays to read some columns at once, and to make lists of samples."""

PAIR = 2
"""Rows of matrices, or components, that are done at once."""

_LINE = 16  # numbers that come from memory at once
_REGISTERS = 4  # done in step: two rows of as many sums, and what they add, fill those of AVX2
_ZERO = np.float32(0)
_ONE = np.float32(1)
_FARTHEST = np.float32(1e8)


@compiled_part
def workspace(center: Any, constants: Any) -> Any:
    """Make room for a block, and for the densities, their top, total and shares at it."""
    of_samples = rows_for_block(3)
    return (
        rows_for_block(len(center)),
        rows_for_block(len(constants)),
        of_samples[0],
        of_samples[1],
        of_samples[2],
    )


@compiled_part
def rows_for_block(n: Any) -> Any:
    """Make room for some rows of numbers of a block, each from the beginning of a line on.

    Registers that lie in two lines of the cache take twice as long to come.
    """
    width = BLOCK + PADDING
    numbers = np.zeros(n * width + _LINE, np.float32)
    first = -(numbers.ctypes.data // numbers.itemsize) % _LINE
    return numbers[first : first + n * width].reshape((n, width))


@compiled_part
def load_block(
    values: Any,
    start: Any,
    n_taken: Any,
    center: Any,
    scale: Any,
    rotation: Any,
    block: Any,
) -> None:
    """Standardize a block of samples and lay it out feature by feature; the rest is 0.

    Standardized samples are then multiplied by the rotation, unless that is None.
    """
    if len(center) < MANY:
        _load_few(values, start, n_taken, center, scale, block)
    else:
        _load_many(values, start, n_taken, center, scale, block)
    for feature in range(len(center)):
        for b in range(n_taken, BLOCK):
            block[feature, b] = _ZERO
    if rotation is not None:
        _rotate(block, center, rotation)


@compiled_part
def _load_few(values: Any, start: Any, n_taken: Any, center: Any, scale: Any, block: Any) -> None:
    """Load samples of few features, one after the other."""
    # The compiler sees a fixed stride only where the number of features is a constant.
    flat = values[start : start + n_taken].reshape(-1)
    for b in range(n_taken):
        for feature in range(len(center)):
            block[feature, b] = flat[b * len(center) + feature]
    for feature in range(len(center)):
        row, middle, factor = block[feature], center[feature], scale[feature]
        for b in range(n_taken):
            row[b] = max(min((row[b] - middle) * factor, _FARTHEST), -_FARTHEST)


@compiled_in_order
def _load_many(values: Any, start: Any, n_taken: Any, center: Any, scale: Any, block: Any) -> None:
    """Load samples of many features, some features of some samples at a time."""
    farthest, nearest = spread(_FARTHEST), spread(-_FARTHEST)
    n_whole = n_taken // LANES * LANES
    for b in range(0, n_whole, LANES):
        first = start + b
        for i in range(0, len(center), _LINE):
            for r in range(LANES):
                prefetch(values, (first + BLOCK + r, i))
        rows = rows_from(first)
        for i in range(0, len(center), COLUMNS):
            left = min(i, len(center) - COLUMNS)  # the last columns may be done twice
            columns = load_columns(values, rows, left)
            for r in range(COLUMNS):
                middle, factor = spread(center[left + r]), spread(scale[left + r])
                value = multiply(subtract(columns[r], middle), factor)
                store(block, (left + r, b), larger(smaller(value, farthest), nearest))
    for feature in range(len(center)):
        for b in range(n_whole, n_taken):
            value = (values[start + b, feature] - center[feature]) * scale[feature]
            block[feature, b] = max(min(value, _FARTHEST), -_FARTHEST)


@compiled_in_order
def _rotate(block: Any, center: Any, rotation: Any) -> None:
    """Multiply a block by a lower triangle, in place: from the last rows to the first."""
    for b in range(0, BLOCK, _REGISTERS * LANES):
        for i in range(len(center) - PAIR, -1, -PAIR):
            upper = lower = four_of(_ZERO)
            for j in range(i + PAIR):
                factor, other = spread(rotation[i, j]), spread(rotation[i + 1, j])
                for r in range(_REGISTERS):
                    x = load(block, (j, b + r * LANES))
                    upper = tuple_setitem(upper, r, add_product(upper[r], factor, x))
                    lower = tuple_setitem(lower, r, add_product(lower[r], other, x))
            for r in range(_REGISTERS):
                store(block, (i, b + r * LANES), upper[r])
                store(block, (i + 1, b + r * LANES), lower[r])
        if len(center) % PAIR:
            factor = spread(rotation[0, 0])
            for r in range(_REGISTERS):
                x = load(block, (0, b + r * LANES))
                store(block, (0, b + r * LANES), multiply(factor, x))


@compiled_part
def load_weights(weights: Any, start: Any, n_taken: Any, shares: Any) -> None:
    """Copy the weights of a block; no weights are ones, and past the end there are zeros."""
    for b in range(BLOCK):
        shares[b] = _ONE if b < n_taken else _ZERO
    if weights.size:
        for b in range(n_taken):
            shares[b] = weights[start + b]


@compiled_part
def write_log_densities_of_block(
    block: Any,
    center: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    densities: Any,
    distances: Any = None,
) -> None:
    """Fill the log2 densities of all components, for a block, and the distances of spheres."""
    if whitening.ndim < 3:
        _write_independent(block, center, means, whitening, constants, densities, distances)
    else:
        for c in range(len(constants)):
            _write_full(block, center, c, means, whitening, constants, densities)


@compiled_part
def add_priors(priors: Any, first: Any, n_taken: Any, densities: Any) -> None:
    """Add to each log2 density of a block that of its group's prior at the samples."""
    log_priors, groups = priors
    flat = log_priors[first : first + n_taken].reshape(-1)
    n_groups = log_priors.shape[1]
    for c in range(len(groups)):
        group = groups[c]
        for b in range(n_taken):
            densities[c, b] += flat[b * n_groups + group]


@compiled_in_order
def relate_to_top(densities: Any, top: Any, total: Any) -> None:
    """Turn log2 densities into densities relative to the largest, and sum them.

    Those of less than 1e-30 of the largest are 0.
    """
    for b in range(0, BLOCK, _REGISTERS * LANES):
        largest = in_all = four_of(_ZERO)
        for r in range(_REGISTERS):
            largest = tuple_setitem(largest, r, load(densities, (0, b + r * LANES)))
        for c in range(1, densities.shape[0]):
            for r in range(_REGISTERS):
                density = load(densities, (c, b + r * LANES))
                largest = tuple_setitem(largest, r, larger(largest[r], density))
        for c in range(densities.shape[0]):
            relative = largest
            for r in range(_REGISTERS):
                below = subtract(load(densities, (c, b + r * LANES)), largest[r])
                relative = tuple_setitem(relative, r, below)
            relative = exp2_of_lanes(relative)
            for r in range(_REGISTERS):
                store(densities, (c, b + r * LANES), relative[r])
                in_all = tuple_setitem(in_all, r, add(in_all[r], relative[r]))
        for r in range(_REGISTERS):
            store(top, b + r * LANES, largest[r])
            store(total, b + r * LANES, in_all[r])


@compiled_in_order
def _write_independent(
    block: Any,
    center: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    densities: Any,
    distances: Any,
) -> None:
    """Write the log2 densities of components whose features are independent."""
    for b in range(0, BLOCK, 2 * _REGISTERS * LANES):
        for c in range(len(constants)):
            squares = four_of(_ZERO) + four_of(_ZERO)
            for i in range(len(center)):
                mean = spread(means[c, i])
                for r in range(2 * _REGISTERS):
                    white = subtract(mean, load(block, (i, b + r * LANES)))
                    if whitening.ndim == 2:
                        white = multiply(spread(whitening[c, i]), white)
                    squares = tuple_setitem(squares, r, add_product(squares[r], white, white))
            constant = spread(constants[c])
            factor = spread(whitening[c] if whitening.ndim == 1 else _ONE)
            for r in range(2 * _REGISTERS):
                log_density = subtract_product(constant, factor, squares[r])
                store(densities, (c, b + r * LANES), log_density)
                if distances is not None:
                    store(distances, (c, b + r * LANES), squares[r])


@compiled_in_order
def _write_full(
    block: Any,
    center: Any,
    c: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    densities: Any,
) -> None:
    """Write the log2 densities of a component, by two rows of its whitening matrix at a time."""
    for b in range(0, BLOCK, _REGISTERS * LANES):
        log_density = four_of(constants[c])
        if len(center) % PAIR:
            scale, mean = spread(whitening[c, 0, 0]), spread(means[c, 0])
            for r in range(_REGISTERS):
                white = multiply(scale, subtract(load(block, (0, b + r * LANES)), mean))
                finished = subtract_product(log_density[r], white, white)
                log_density = tuple_setitem(log_density, r, finished)
        for i in range(len(center) % PAIR, len(center), PAIR):
            upper = lower = four_of(_ZERO)
            for j in range(i + PAIR):
                mean = spread(means[c, j])
                factor, other = spread(whitening[c, i, j]), spread(whitening[c, i + 1, j])
                for r in range(_REGISTERS):
                    # Centered first: large products of small differences would not cancel.
                    x = subtract(load(block, (j, b + r * LANES)), mean)
                    upper = tuple_setitem(upper, r, add_product(upper[r], factor, x))
                    lower = tuple_setitem(lower, r, add_product(lower[r], other, x))
            for r in range(_REGISTERS):
                half = subtract_product(log_density[r], upper[r], upper[r])
                finished = subtract_product(half, lower[r], lower[r])
                log_density = tuple_setitem(log_density, r, finished)
        for r in range(_REGISTERS):
            store(densities, (c, b + r * LANES), log_density[r])


@compiled_part
def tuple_of(rows: Any, c: Any, like: Any) -> Any:
    """Copy a row of an array into a tuple, which no writing to another array can change.

    Otherwise the compiler checks for each number whether it may lie where results are written.
    """
    numbers = like
    for index in range(len(like)):
        numbers = tuple_setitem(numbers, index, rows[c, index])
    return numbers


@compiled_part
def four_of(number: Any) -> Any:
    """Fill four registers with a number."""
    lanes = spread(number)
    return lanes, lanes, lanes, lanes


@compiled_part
def fill(row: Any, value: Any) -> None:
    """Set all of a row; plain loops compile several times faster than slices."""
    for b in range(BLOCK):
        row[b] = value


@compiled_part
def sum_log_densities(top: Any, total: Any, shares: Any) -> Any:
    """Sum the weighted log2 densities of a block."""
    log_likelihood = _ZERO
    for b in range(BLOCK):
        log_likelihood += shares[b] * (top[b] + log2(total[b]))
    return log_likelihood
