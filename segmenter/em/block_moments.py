"""Moments of a block under each component.

They are taken about the component's present mean, where nothing cancels, in float32 within a
block and in float64 beyond it. The arguments are those of :mod:`segmenter.em.block_densities`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled, compiled_in_order
from segmenter.em.block_densities import BLOCK, PAIR, TILE, four_of, tuple_of
from segmenter.em.lanes import (
    LANES,
    add,
    add_product,
    add_sums,
    load,
    multiply,
    spread,
    store,
    subtract,
    subtract_product,
    zeros_for,
)

SPAN = BLOCK // 2
"""Samples whose moments are summed before the next."""

_ZERO = np.float32(0)


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
def room_for_distances(densities: Any, seconds: Any) -> Any:
    """Make room for the squared distances, from which second moments of spheres are taken."""
    if seconds.ndim == 1:
        return np.empty_like(densities)
    return None


@compiled_in_order
def weigh(densities: Any, distances: Any, shares: Any, counts: Any, seconds: Any) -> None:
    """Turn relative densities into weighted responsibilities, and sum them.

    Those of spheres are also summed times the squared distances.
    """
    for c in range(len(counts)):
        count = second = spread(_ZERO)
        for b in range(0, BLOCK, LANES):
            weight = multiply(load(densities, (c, b)), load(shares, b))
            store(densities, (c, b), weight)
            count = add(count, weight)
            if distances is not None:
                second = add_product(second, weight, load(distances, (c, b)))
        add_sums(counts, c, (count,))
        if distances is not None:
            add_sums(seconds, c, (second,))


@compiled_in_order
def add_independent_moments(
    block: Any,
    center: Any,
    means: Any,
    densities: Any,
    tile: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add moments about the means where features are independent, by tiles of features.

    Past the last feature that one is done again, for nothing.
    """
    last = len(center) - 1
    for i in range(0, len(center), len(tile)):
        for c in range(len(means)):
            values = squares = zeros_for(tile)
            for b in range(0, BLOCK, LANES):
                weight = load(densities, (c, b))
                for r in range(len(tile)):
                    feature = min(i + r, last)
                    apart = subtract(spread(means[c, feature]), load(block, (feature, b)))
                    if seconds.ndim == 2:
                        weighted = multiply(weight, apart)
                        values = tuple_setitem(values, r, subtract(values[r], weighted))
                        square = add_product(squares[r], weighted, apart)
                        squares = tuple_setitem(squares, r, square)
                    else:
                        value = subtract_product(values[r], weight, apart)
                        values = tuple_setitem(values, r, value)
            add_sums(firsts, (c, i), values)
            if seconds.ndim == 2:
                add_sums(seconds, (c, i), squares)


@compiled_in_order
def add_tiled_moments(
    block: Any,
    center: Any,
    c: Any,
    means: Any,
    densities: Any,
    scratch: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add a component's moments about its mean, tile by tile of its second moments.

    A span of the block at a time, which stays in the first-level cache for all tiles.
    """
    centered, weighted = scratch[0], scratch[1]
    for start in range(0, BLOCK, SPAN):
        for i in range(len(center)):
            sum_of_values, mean = spread(_ZERO), spread(means[c, i])
            for b in range(0, SPAN, LANES):
                value = subtract(load(block, (i, start + b)), mean)
                product = multiply(load(densities, (c, start + b)), value)
                sum_of_values = add(sum_of_values, product)
                store(centered, (i, b), value)
                store(weighted, (i, b), product)
            add_sums(firsts, (c, i), (sum_of_values,))
        number = 0
        for i in range(0, len(center), TILE):
            for j in range(0, min(i + TILE, len(center)), PAIR):
                _add_tile_moments(weighted, centered, i, j, c, number, seconds)
                number += 1


@compiled_in_order
def _add_tile_moments(
    weighted: Any, centered: Any, i: Any, j: Any, c: Any, number: Any, seconds: Any
) -> None:
    """Add the sums over a span of four weighted times two centered features."""
    left = right = four_of(_ZERO)
    for b in range(0, SPAN, LANES):
        x, y = load(centered, (j, b)), load(centered, (j + 1, b))
        for r in range(TILE):
            weight = load(weighted, (i + r, b))
            left = tuple_setitem(left, r, add_product(left[r], weight, x))
            right = tuple_setitem(right, r, add_product(right[r], weight, y))
    add_sums(seconds, (c, number, 0), left + right)
