"""Samples of a block, and the densities of the components at them.

The density of a component is ``2 ** (constant - |W (x - mean)|^2)``: its whitening matrix ``W``
carries the factor that turns natural exponents into powers of two.

What the functions share: ``center`` and ``scale`` are tuples of d float32, whose length tells the
compiler the number of features, so that loops over features are unrolled inside loops over
samples. ``whitening`` is (k, d, d), with d filled up to whole tiles from ``TILE`` on, or (k, d)
for diagonal covariances, which have their own loops. ``densities`` is (k, BLOCK); ``top``,
``total`` and ``shares`` are (BLOCK,). ``c`` is a component: passing its number and not its row of
each array saves the counting of references.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2, log2, zero_matrix

BLOCK = 512
"""Samples in a block. After changing it remove ``__pycache__``: see arithmetic.py."""

TILE = 4
"""Rows and columns of the small matrices that stay in registers."""

_MOST_UNROLLED = 5
_MOST_INTERLEAVED = 8
_ZERO = np.float32(0)
_ONE = np.float32(1)
_NO_ROW = (_ZERO,) * TILE
_LEAST = np.float32(-3e38)
_FARTHEST = np.float32(1e8)
_FAINTEST = np.float32(-100)  # products of fainter densities would be denormal, and slow


@compiled
def load_block(values: Any, start: Any, n_taken: Any, center: Any, scale: Any, block: Any) -> None:
    """Standardize a block of samples and lay it out feature by feature; the rest is 0."""
    # The compiler sees a fixed stride only where the number of features is a constant.
    flat = values[start : start + n_taken].reshape(-1)
    if len(center) <= _MOST_INTERLEAVED:
        for b in range(n_taken):
            for feature in range(len(center)):
                block[feature, b] = flat[b * len(center) + feature]
    else:
        for first in range(0, len(center), TILE):
            left = min(first, len(center) - TILE)  # the last tile may overlap the one before it
            for b in range(n_taken):
                for feature in range(TILE):
                    block[left + feature, b] = flat[b * len(center) + left + feature]
    for feature in range(len(center)):
        row, middle, factor = block[feature], center[feature], scale[feature]
        for b in range(n_taken):
            row[b] = max(min((row[b] - middle) * factor, _FARTHEST), -_FARTHEST)
        for b in range(n_taken, BLOCK):
            row[b] = _ZERO


@compiled
def load_weights(weights: Any, start: Any, n_taken: Any, shares: Any) -> None:
    """Copy the weights of a block; no weights are ones, and past the end there are zeros."""
    for b in range(BLOCK):
        shares[b] = _ONE if b < n_taken else _ZERO
    if weights.size:
        for b in range(n_taken):
            shares[b] = weights[start + b]


@compiled
def compare_components(
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
    write_log_densities_of_block(
        block, center, means, whitening, constants, scratch, densities, top
    )
    relate_to_top(densities, top, total)


@compiled
def write_log_densities_of_block(
    block: Any,
    center: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    scratch: Any,
    densities: Any,
    top: Any,
) -> None:
    """Fill the log2 densities of all components and the largest of them, for a block."""
    fill(top, _LEAST)
    for c in range(means.shape[0]):
        if whitening.ndim == 2:
            _write_diagonal(block, c, means, whitening, constants, densities, top)
        elif len(center) <= _MOST_UNROLLED:
            _write_unrolled(block, center, c, means, whitening, constants, densities, top)
        else:
            _write_tiled(block, c, means, whitening, constants, scratch, densities, top)


@compiled
def relate_to_top(densities: Any, top: Any, total: Any) -> None:
    """Turn log2 densities into densities relative to the largest, and sum them.

    Those of less than 1e-30 of the largest are 0.
    """
    fill(total, _ZERO)
    for c in range(densities.shape[0]):
        _exponentiate(densities, c, top, total)


@compiled
def _write_diagonal(
    block: Any, c: Any, means: Any, whitening: Any, constants: Any, densities: Any, top: Any
) -> None:
    """Write the log2 densities of a component whose features are independent."""
    for b in range(BLOCK):
        densities[c, b] = constants[c]
    n_tiled = means.shape[1] // TILE * TILE
    for i in range(0, n_tiled, TILE):
        _subtract_four_squares(block, c, i, means, whitening, densities)
    for i in range(n_tiled, means.shape[1]):
        center, scale = means[c, i], whitening[c, i]
        for b in range(BLOCK):
            white = scale * (block[i, b] - center)
            densities[c, b] -= white * white
    for b in range(BLOCK):
        top[b] = max(top[b], densities[c, b])


@compiled
def _subtract_four_squares(
    block: Any, c: Any, i: Any, means: Any, whitening: Any, densities: Any
) -> None:
    """Subtract the squares of four independent features in one pass over the densities."""
    scale = (whitening[c, i], whitening[c, i + 1], whitening[c, i + 2], whitening[c, i + 3])
    middle = (
        scale[0] * means[c, i],
        scale[1] * means[c, i + 1],
        scale[2] * means[c, i + 2],
        scale[3] * means[c, i + 3],
    )
    for b in range(BLOCK):
        log_density = densities[c, b]
        for r in range(TILE):
            white = scale[r] * block[i + r, b] - middle[r]  # one instruction
            log_density -= white * white
        densities[c, b] = log_density


@compiled
def _write_unrolled(
    block: Any,
    center: Any,
    c: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    densities: Any,
    top: Any,
) -> None:
    """Write the log2 densities of a component, in one pass over the block."""
    middle = tuple_of(means, c, center)
    matrix = tuple_of_matrix(whitening, c, 0, 0, center)
    for b in range(BLOCK):
        log_density = constants[c]
        for i in range(len(center)):
            white = _ZERO
            for j in range(len(center)):
                if j <= i:
                    white += matrix[i * len(center) + j] * (block[j, b] - middle[j])
            log_density -= white * white
        densities[c, b] = log_density
        top[b] = max(top[b], log_density)


@compiled
def _write_tiled(
    block: Any,
    c: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    scratch: Any,
    densities: Any,
    top: Any,
) -> None:
    """Write the log2 densities of a component, tile by tile of its whitening matrix."""
    centered, white = scratch[0], scratch[1]
    for i in range(means.shape[1]):
        for b in range(BLOCK):
            centered[i, b] = block[i, b] - means[c, i]
    for b in range(BLOCK):
        densities[c, b] = constants[c]
    for i in range(0, means.shape[1], TILE):
        for r in range(TILE):
            fill(white[r], _ZERO)
        for j in range(0, i, TILE):
            _add_tile_product(whitening, c, i, j, centered, white)
        _subtract_squares(whitening, c, i, centered, white, densities)
    for b in range(BLOCK):
        top[b] = max(top[b], densities[c, b])


@compiled
def _add_tile_product(whitening: Any, c: Any, i: Any, j: Any, centered: Any, white: Any) -> None:
    """Add a tile of the whitening matrix times four features to four white rows."""
    tile = tuple_of_matrix(whitening, c, i, j, _NO_ROW)
    for b in range(BLOCK):
        x = (centered[j, b], centered[j + 1, b], centered[j + 2, b], centered[j + 3, b])
        y = (white[0, b], white[1, b], white[2, b], white[3, b])
        for row in range(TILE):
            for column in range(TILE):
                added = y[row] + tile[row * TILE + column] * x[column]
                y = tuple_setitem(y, row, added)
        white[0, b], white[1, b], white[2, b], white[3, b] = y


@compiled
def _subtract_squares(
    whitening: Any, c: Any, i: Any, centered: Any, white: Any, densities: Any
) -> None:
    """Finish four white rows with the tile on the diagonal, and subtract their squares."""
    tile = tuple_of_matrix(whitening, c, i, i, _NO_ROW)
    for b in range(BLOCK):
        x = (centered[i, b], centered[i + 1, b], centered[i + 2, b], centered[i + 3, b])
        y = (white[0, b], white[1, b], white[2, b], white[3, b])
        log_density = densities[c, b]
        for r in range(TILE):
            finished = y[r]
            for column in range(TILE):
                if column <= r:
                    finished += tile[r * TILE + column] * x[column]
            log_density -= finished * finished
        densities[c, b] = log_density


@compiled
def _exponentiate(densities: Any, c: Any, top: Any, total: Any) -> None:
    """Turn log2 densities of a component into relative densities, and add them to the total."""
    for b in range(BLOCK):
        exponent = densities[c, b] - top[b]
        density = exp2(exponent) if exponent > _FAINTEST else _ZERO
        densities[c, b] = density
        total[b] += density


@compiled
def tuple_of(rows: Any, c: Any, like: Any) -> Any:
    """Copy a row of an array into a tuple, which no writing to another array can change.

    Otherwise the compiler checks for each number whether it may lie where results are written.
    """
    numbers = like
    for index in range(len(like)):
        numbers = tuple_setitem(numbers, index, rows[c, index])
    return numbers


@compiled
def tuple_of_matrix(matrices: Any, c: Any, top: Any, left: Any, row: Any) -> Any:
    """Copy the part of a matrix that has rows like a given one into a flat tuple."""
    numbers = zero_matrix(row)
    for i in range(len(row)):
        for j in range(len(row)):
            numbers = tuple_setitem(numbers, i * len(row) + j, matrices[c, top + i, left + j])
    return numbers


@compiled
def fill(row: Any, value: Any) -> None:
    """Set all of a row; plain loops compile several times faster than slices."""
    for b in range(BLOCK):
        row[b] = value


@compiled
def sum_log_densities(top: Any, total: Any, shares: Any) -> Any:
    """Sum the weighted log2 densities of a block."""
    log_likelihood = _ZERO
    for b in range(BLOCK):
        log_likelihood += shares[b] * (top[b] + log2(total[b]))
    return log_likelihood
