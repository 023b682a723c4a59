"""Moments of a block from the samples that a component has a share of, where these are few.

Of many features most samples are close to one or two components and far from all others. What the
others have of them is too little for float32 sums to see, so that a list of the rest is enough:
its samples are taken one by one, all features of a sample at once, as they lie in memory.

The arguments are those of :mod:`segmenter.em.block_densities`; ``start`` is the first sample of the
block in ``values``. What :func:`room_for_lists` makes is ``places`` (k, ...), the numbers of the
samples in the block that each component has a share of; ``n_places`` (k,), how many there are;
``next_start`` (1,), the sample from which lists are tried again; and ``most_listed``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from segmenter.compiled import compiled_in_order, compiled_part
from segmenter.em.block_densities import BLOCK, TILE, four_of
from segmenter.em.block_moments import add_tiles
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
from segmenter.em.shuffles import (
    COLUMNS,
    add_numbers,
    add_sums,
    list_larger,
    load_columns,
    of_numbers,
    rows_at,
)

_ZERO = np.float32(0)
_NONE = (_ZERO,) * LANES
_ALL = (np.float32(1),) * LANES
_SPAN = (_ZERO,) * (16 // LANES)  # registers of features that are done at once
_LEAST_PART = np.float32(2.0**-48)
_FAR = np.float32(-1e5)  # log2 of a density: some 370 deviations
_BLOCKS_WITHOUT = 16  # to list and fail costs up to a third of a block: of as many, some 2 %


@compiled_part
def room_for_lists(constants: Any, most_listed: Any) -> Any:
    """Make room for the lists of a block, unless no length of them is given."""
    if most_listed is None:
        return None
    n_components = len(constants)
    places = np.empty((n_components, BLOCK + LANES), np.uint16)
    return places, np.empty(n_components, np.int64), np.zeros(1, np.int64), most_listed


@compiled_part
def has_short_lists(start: Any, end: Any, weights: Any, totals: Any, top: Any, lists: Any) -> Any:
    """List what components have a share of, and tell whether that has at most a given length.

    Where it is longer no lists are tried in the next blocks, up to the end of the chunk. Neither
    are they of samples far from all components: those may have been moved on the way into the
    block, and what is left out of their share would matter. Where there is noise it alone has a
    share of these.
    """
    places, n_places, next_start, most_listed = lists
    if start < next_start[0]:
        return False
    least_top = _ZERO
    for b in range(BLOCK):
        least_top = min(least_top, top[b])
    if least_top > _FAR and _list_samples(weights, totals, places, n_places) <= most_listed:
        return True
    next_start[0] = min(start + _BLOCKS_WITHOUT * BLOCK, end)
    return False


@compiled_in_order
def _list_samples(weights: Any, totals: Any, places: Any, n_places: Any) -> Any:
    """List the samples of a block that each component has a share of, given its sum of weights.

    Those of 2 ** -48 of the sum and less are left out, of 512 at most: this changes a second moment
    by less than 2 ** -39 of the square of their distance in deviations, of which there are less
    than 400, which is about what float32 loses.

    Returns
    -------
    int
        How many they are in all.
    """
    n_listed = 0
    for c in range(len(totals)):
        least, n = spread(np.float32(totals[c]) * _LEAST_PART), 0
        for b in range(0, BLOCK, LANES):
            n += list_larger(load(weights, (c, b)), least, b, places, (c, n))
        for index in range(n, n + LANES):
            places[c, index] = places[c, 0]  # up to a whole register, to be weighted by 0
        n_places[c] = n
        n_listed += n
    return n_listed


@compiled_in_order
def add_listed_diagonal_moments(
    values: Any,
    start: Any,
    center: Any,
    scale: Any,
    means: Any,
    weights: Any,
    lists: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add moments about the means where features are independent, each over its list."""
    places, n_places, _, _ = lists
    last = len(center) - LANES
    for i in range(0, len(center), len(_SPAN) * LANES):
        centers = scales = are_new = zeros_for(_SPAN)
        for r in range(len(_SPAN)):
            left = min(i + r * LANES, last)
            centers = tuple_setitem(centers, r, _numbers_from(center, left))
            scales = tuple_setitem(scales, r, _numbers_from(scale, left))
            are_new = tuple_setitem(are_new, r, _ones_from(i + r * LANES - left))
        for c in range(len(means)):
            values_of_c = squares = middle = zeros_for(_SPAN)
            for r in range(len(_SPAN)):
                middle = tuple_setitem(middle, r, load(means, (c, min(i + r * LANES, last))))
            for index in range(n_places[c]):
                place = np.int64(places[c, index])
                weight, row = spread(weights[c, place]), start + place
                for r in range(len(_SPAN)):
                    x = load(values, (row, min(i + r * LANES, last)))
                    apart = subtract(multiply(subtract(x, centers[r]), scales[r]), middle[r])
                    weighted = multiply(weight, apart)
                    values_of_c = tuple_setitem(values_of_c, r, add(values_of_c[r], weighted))
                    squares = tuple_setitem(squares, r, add_product(squares[r], weighted, apart))
            for r in range(len(_SPAN)):
                left = min(i + r * LANES, last)
                add_numbers(firsts, (c, left), multiply(values_of_c[r], are_new[r]))
                add_numbers(seconds, (c, left), multiply(squares[r], are_new[r]))


@compiled_in_order
def add_listed_tiled_moments(
    values: Any,
    start: Any,
    center: Any,
    scale: Any,
    means: Any,
    weights: Any,
    lists: Any,
    scratch: Any,
    firsts: Any,
    seconds: Any,
) -> None:
    """Add moments about the means, each over its list, whose samples are gathered first."""
    places, n_places, _, _ = lists
    roots = scratch[len(scratch) - 1]  # no feature is ever there
    for c in range(len(means)):
        _gather_roots(c, weights, places, n_places, roots)
        _gather_weighted(values, start, center, scale, c, means, places, n_places, roots, scratch)
        for i in range(0, len(center), TILE):
            sums = four_of(_ZERO)
            for index in range(0, n_places[c], LANES):
                root = load(roots, index)
                for r in range(TILE):
                    weighted = load(scratch, (i + r, index))
                    sums = tuple_setitem(sums, r, add_product(sums[r], root, weighted))
            add_sums(firsts, (c, i), sums)
        add_tiles(scratch, center, c, n_places[c], seconds)


@compiled_in_order
def _gather_roots(c: Any, weights: Any, places: Any, n_places: Any, roots: Any) -> None:
    """Gather the roots of the weights of a list, up to a whole register; the rest is 0."""
    for index in range(n_places[c]):
        roots[index] = weights[c, np.int64(places[c, index])]
    for index in range(n_places[c], n_places[c] + LANES):
        roots[index] = _ZERO
    for index in range(0, n_places[c], LANES):
        store(roots, index, square_root(load(roots, index)))


@compiled_in_order
def _gather_weighted(
    values: Any,
    start: Any,
    center: Any,
    scale: Any,
    c: Any,
    means: Any,
    places: Any,
    n_places: Any,
    roots: Any,
    scratch: Any,
) -> None:
    """Gather the samples of a list, less the mean and times the roots, feature by feature."""
    for i in range(0, len(center), COLUMNS):
        left = min(i, len(center) - COLUMNS)  # the last columns may be done twice
        for index in range(0, n_places[c], LANES):
            columns = load_columns(values, rows_at(places, (c, index), start), left)
            root = load(roots, index)
            for r in range(COLUMNS):
                middle, factor = spread(center[left + r]), spread(scale[left + r])
                value = multiply(subtract(columns[r], middle), factor)
                apart = subtract(value, spread(means[c, left + r]))
                store(scratch, (left + r, index), multiply(root, apart))


@compiled_part
def _ones_from(lane: Any) -> Any:
    """Fill a register with zeros, and with ones from a lane on."""
    numbers = _ALL
    for r in range(min(lane, LANES)):
        numbers = tuple_setitem(numbers, r, _ZERO)
    return of_numbers(numbers)


@compiled_part
def _numbers_from(numbers: Any, first: Any) -> Any:
    """Fill a register with the numbers of a tuple or an array from an index on."""
    taken = _NONE
    for r in range(LANES):
        taken = tuple_setitem(taken, r, numbers[first + r])
    return of_numbers(taken)
