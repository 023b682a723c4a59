"""Moments of a block under each component.

They are taken about the component's present mean, where nothing cancels, in float32 within a
block and in float64 beyond it. The arguments are those of :mod:`segmenter.em.block_densities`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled
from segmenter.em.block_densities import BLOCK, TILE, four_of, tuple_of
from segmenter.em.lanes import (
    LANES,
    add,
    add_product,
    load,
    multiply,
    spread,
    store,
    subtract,
    sum_lanes,
)

_ZERO = np.float32(0)
_PAIR = 2


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
    center: Any,
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
    last = len(center) - 1
    for i in range(0, len(center), TILE):
        # Past the last feature that one is done again, for nothing.
        values = squares = four_of(_ZERO)
        for b in range(0, BLOCK, LANES):
            weight = load(densities, (c, b))
            for r in range(TILE):
                feature = min(i + r, last)
                centered = subtract(load(block, (feature, b)), spread(means[c, feature]))
                weighted = multiply(weight, centered)
                values = tuple_setitem(values, r, add(values[r], weighted))
                squares = tuple_setitem(squares, r, add_product(squares[r], weighted, centered))
        for r in range(min(TILE, len(center) - i)):
            firsts[c, i + r] += np.float64(sum_lanes(values[r]))
            seconds[c, i + r] += np.float64(sum_lanes(squares[r]))


@compiled
def add_tiled_moments(
    block: Any,
    center: Any,
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
    counts[c] += np.float64(_weigh(densities, c, shares))
    centered, weighted = scratch[0], scratch[1]
    for i in range(len(center)):
        sum_of_values, mean = spread(_ZERO), spread(means[c, i])
        for b in range(0, BLOCK, LANES):
            value = subtract(load(block, (i, b)), mean)
            product = multiply(load(densities, (c, b)), value)
            sum_of_values = add(sum_of_values, product)
            store(centered, (i, b), value)
            store(weighted, (i, b), product)
        firsts[c, i] += np.float64(sum_lanes(sum_of_values))
    for i in range(0, len(center), TILE):
        for j in range(0, min(i + TILE, len(center)), _PAIR):
            _add_tile_moments(weighted, centered, i, j, c, seconds)


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
def _add_tile_moments(weighted: Any, centered: Any, i: Any, j: Any, c: Any, seconds: Any) -> None:
    """Add the sums over a block of four weighted times two centered features."""
    left = right = four_of(_ZERO)
    for b in range(0, BLOCK, LANES):
        x, y = load(centered, (j, b)), load(centered, (j + 1, b))
        for r in range(TILE):
            weight = load(weighted, (i + r, b))
            left = tuple_setitem(left, r, add_product(left[r], weight, x))
            right = tuple_setitem(right, r, add_product(right[r], weight, y))
    for r in range(TILE):
        seconds[c, i + r, j] += np.float64(sum_lanes(left[r]))
        seconds[c, i + r, j + 1] += np.float64(sum_lanes(right[r]))
