"""Moments of a block under each component.

They are taken about the component's present mean, where nothing cancels, in float32 within a
block and in float64 beyond it. The arguments are those of :mod:`segmenter.em.block_densities`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled
from segmenter.em.block_densities import BLOCK, TILE, tuple_of

_ZERO = np.float32(0)
_NO_ROW = (_ZERO,) * TILE
_NO_TILE_SUMS = (_ZERO,) * (TILE * TILE)


@compiled
def add_few_moments(
    block: Any,
    center: Any,
    c: Any,
    means: Any,
    densities: Any,
    shares: Any,
    no_sums: Any,
    counts: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add a component's moments about its mean, all of them in one pass over the block."""
    sums = no_sums
    middle = tuple_of(means, c, center)
    for b in range(BLOCK):
        weight = densities[c, b] * shares[b]
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
    counts[c] += np.float64(sums[0])
    index = 1
    for i in range(len(center)):
        firsts[c, i] += np.float64(sums[index])
        for j in range(i + 1):
            seconds[c, i, j] += np.float64(sums[index + 1 + j])
        index += i + 2


@compiled
def add_diagonal_moments(
    block: Any,
    c: Any,
    means: Any,
    densities: Any,
    shares: Any,
    counts: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add a component's moments about its mean where the features are independent."""
    counts[c] += np.float64(_weigh(densities, c, shares))
    n_tiled = means.shape[1] // TILE * TILE
    for i in range(0, n_tiled, TILE):
        _add_four_moments(block, c, i, means, densities, firsts, seconds)
    for i in range(n_tiled, means.shape[1]):
        center = means[c, i]
        sum_of_values = _ZERO
        sum_of_squares = _ZERO
        for b in range(BLOCK):
            centered = block[i, b] - center
            weighted = densities[c, b] * centered
            sum_of_values += weighted
            sum_of_squares += weighted * centered
        firsts[c, i] += np.float64(sum_of_values)
        seconds[c, i] += np.float64(sum_of_squares)


@compiled
def _add_four_moments(
    block: Any, c: Any, i: Any, means: Any, densities: Any, firsts: Any, seconds: Any
) -> None:
    """Add the moments of four independent features in one pass over the weights."""
    center = (means[c, i], means[c, i + 1], means[c, i + 2], means[c, i + 3])
    values = squares = _NO_ROW
    for b in range(BLOCK):
        weight = densities[c, b]
        for r in range(TILE):
            centered = block[i + r, b] - center[r]
            weighted = weight * centered
            values = tuple_setitem(values, r, values[r] + weighted)
            squares = tuple_setitem(squares, r, squares[r] + weighted * centered)
    for r in range(TILE):
        firsts[c, i + r] += np.float64(values[r])
        seconds[c, i + r] += np.float64(squares[r])


@compiled
def add_tiled_moments(
    block: Any,
    c: Any,
    means: Any,
    densities: Any,
    shares: Any,
    scratch: Any,
    counts: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add a component's moments about its mean, tile by tile of its second moments."""
    centered, weighted = scratch[0], scratch[2]
    counts[c] += np.float64(_weigh(densities, c, shares))
    for i in range(means.shape[1]):
        sum_of_values = _ZERO
        for b in range(BLOCK):
            value = block[i, b] - means[c, i]
            centered[i, b] = value
            weighted[i, b] = densities[c, b] * value
            sum_of_values += densities[c, b] * value
        firsts[c, i] += np.float64(sum_of_values)
    for i in range(0, means.shape[1], TILE):
        for j in range(0, i + 1, TILE):
            _add_tile_moments(weighted, centered, i, j, seconds, c)


@compiled
def _weigh(densities: Any, c: Any, shares: Any) -> Any:
    """Turn relative densities into weighted responsibilities, and sum them."""
    total = _ZERO
    for b in range(BLOCK):
        weight = densities[c, b] * shares[b]
        densities[c, b] = weight
        total += weight
    return total


@compiled
def _add_tile_moments(weighted: Any, centered: Any, i: Any, j: Any, seconds: Any, c: Any) -> None:
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
            seconds[c, i + row, j + column] += np.float64(sums[row * TILE + column])
