"""Moments of a block under each component.

They are taken about the component's present mean, where nothing cancels, in float32 within a
block and in float64 beyond it. The arguments are those of :mod:`segmenter.em.block_densities`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled_in_order, compiled_part
from segmenter.em.block_densities import BLOCK, PAIR, TILE, four_of, rows_for_block, tuple_of
from segmenter.em.lanes import (
    LANES,
    add,
    add_product,
    load,
    multiply,
    spread,
    square_root,
    store,
    subtract,
    zeros_for,
)
from segmenter.em.shuffles import add_sums

_ZERO = np.float32(0)


@compiled_part
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
            seconds[c, index - i - 1 + j] += np.float64(sums[index + 1 + j])
        index += i + 2


@compiled_part
def room_for_distances(densities: Any, seconds: Any) -> Any:
    """Make room for the squared distances, from which second moments of spheres are taken."""
    if seconds.ndim == 1:
        return rows_for_block(len(densities))
    return None


@compiled_in_order
def weigh(
    densities: Any, distances: Any, shares: Any, totals: Any, counts: Any, seconds: Any
) -> None:
    """Turn relative densities into weighted responsibilities, and sum them.

    Those of spheres are also summed times the squared distances. ``totals`` (k,) take the sums of
    the block alone.
    """
    for c in range(len(counts)):
        sums = squares = spread(_ZERO), spread(_ZERO)  # one would wait for itself
        for b in range(0, BLOCK, len(sums) * LANES):
            for r in range(len(sums)):
                place = c, b + r * LANES
                weight = multiply(load(densities, place), load(shares, b + r * LANES))
                store(densities, place, weight)
                sums = tuple_setitem(sums, r, add(sums[r], weight))
                if distances is not None:
                    square = add_product(squares[r], weight, load(distances, place))
                    squares = tuple_setitem(squares, r, square)
        totals[c] = 0
        add_sums(totals, c, (add(sums[0], sums[1]),))
        counts[c] += totals[c]
        if distances is not None:
            add_sums(seconds, c, (add(squares[0], squares[1]),))


@compiled_in_order
def take_roots(rows: Any) -> None:
    """Replace weights by their square roots, by which both factors of a product are weighted."""
    for c in range(rows.shape[0]):
        for b in range(0, BLOCK, LANES):
            store(rows, (c, b), square_root(load(rows, (c, b))))


@compiled_in_order
def add_values(block: Any, center: Any, densities: Any, tile: Any, firsts: Any) -> None:
    """Add weighted sums of the features, by two components and a tile of features at a time.

    Past the last feature that one is done again, and past the last component that one, for nothing.
    """
    last_feature, last = len(center) - 1, len(densities) - 1
    for i in range(0, len(center), len(tile)):
        for c in range(0, len(densities), PAIR):
            other = min(c + 1, last)
            sums = other_sums = zeros_for(tile)
            for b in range(0, BLOCK, LANES):
                weight, other_weight = load(densities, (c, b)), load(densities, (other, b))
                for r in range(len(tile)):
                    value = load(block, (min(i + r, last_feature), b))
                    sums = tuple_setitem(sums, r, add_product(sums[r], weight, value))
                    product = add_product(other_sums[r], other_weight, value)
                    other_sums = tuple_setitem(other_sums, r, product)
            add_sums(firsts, (c, i), sums)
            if c < last:
                add_sums(firsts, (other, i), other_sums)


@compiled_in_order
def add_diagonal_moments(
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
                    weighted = multiply(weight, apart)
                    values = tuple_setitem(values, r, subtract(values[r], weighted))
                    squares = tuple_setitem(squares, r, add_product(squares[r], weighted, apart))
            add_sums(firsts, (c, i), values)
            add_sums(seconds, (c, i), squares)


@compiled_in_order
def add_tiled_moments(
    block: Any,
    center: Any,
    c: Any,
    means: Any,
    roots: Any,
    scratch: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add a component's moments about its mean, tile by tile of its second moments.

    ``roots`` are square roots of the weights. Past the last feature that one is done again.
    """
    last = len(center) - 1
    for i in range(0, len(center), TILE):
        values = four_of(_ZERO)
        for b in range(0, BLOCK, LANES):
            root = load(roots, (c, b))
            for r in range(TILE):
                feature = min(i + r, last)
                apart = subtract(load(block, (feature, b)), spread(means[c, feature]))
                weighted = multiply(root, apart)
                values = tuple_setitem(values, r, add_product(values[r], root, weighted))
                store(scratch, (i + r, b), weighted)
        add_sums(firsts, (c, i), values)
    add_tiles(scratch, center, c, None, seconds)


@compiled_in_order
def add_scatter(block: Any, center: Any, weights: Any, scratch: Any, seconds: Any) -> None:
    """Add second moments about zero of all samples, whichever component they belong to."""
    for b in range(0, BLOCK, LANES):
        root = square_root(load(weights, b))
        for i in range(len(center)):
            store(scratch, (i, b), multiply(root, load(block, (i, b))))
    add_tiles(scratch, center, 0, None, seconds)


@compiled_in_order
def add_tiles(weighted: Any, center: Any, c: Any, stop: Any, seconds: Any) -> None:
    """Add the sums of the products of weighted features, tile by tile, up to a sample or all.

    Of all samples, which None stands for, the compiler knows how many they are.
    """
    number = 0
    for i in range(0, len(center), TILE):
        for j in range(0, i, PAIR):
            _add_rectangle(weighted, i, j, c, stop, number, seconds)
            number += TILE * PAIR
        _add_triangle(weighted, i, c, stop, number, seconds)
        number += TILE * (TILE + 1) // 2


@compiled_part
def _end(stop: Any) -> Any:
    if stop is None:
        return BLOCK
    return stop


@compiled_in_order
def _add_rectangle(
    weighted: Any, i: Any, j: Any, c: Any, stop: Any, number: Any, seconds: Any
) -> None:
    """Add the sums of four times two weighted features."""
    left = right = four_of(_ZERO)
    for b in range(0, _end(stop), LANES):
        x, y = load(weighted, (j, b)), load(weighted, (j + 1, b))
        for r in range(TILE):
            value = load(weighted, (i + r, b))
            left = tuple_setitem(left, r, add_product(left[r], value, x))
            right = tuple_setitem(right, r, add_product(right[r], value, y))
    add_sums(seconds, (c, number), left + right)


@compiled_in_order
def _add_triangle(weighted: Any, i: Any, c: Any, stop: Any, number: Any, seconds: Any) -> None:
    """Add the sums of the products of four weighted features with each other."""
    first = four_of(_ZERO)
    second, third, fourth = first[1:], first[2:], first[3:]
    for b in range(0, _end(stop), LANES):
        x, y = load(weighted, (i, b)), load(weighted, (i + 1, b))
        z, w = load(weighted, (i + 2, b)), load(weighted, (i + 3, b))
        first = (
            add_product(first[0], x, x),
            add_product(first[1], x, y),
            add_product(first[2], x, z),
            add_product(first[3], x, w),
        )
        second = (
            add_product(second[0], y, y),
            add_product(second[1], y, z),
            add_product(second[2], y, w),
        )
        third = add_product(third[0], z, z), add_product(third[1], z, w)
        fourth = (add_product(fourth[0], w, w),)
    add_sums(seconds, (c, number), first + second + third[:1])
    add_sums(seconds, (c, number + len(first) + len(second) + 1), third[1:] + fourth)
