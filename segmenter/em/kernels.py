"""The hot loops of EM, compiled once for each number of features up to 16, and once for all more.

Samples are taken in blocks of ``BLOCK``, laid out feature by feature so that every loop over them
is a vector loop over memory that stays in the first-level cache: see
:mod:`segmenter.em.block_densities`, :mod:`segmenter.em.block_moments` and, for samples that are
taken one by one, :mod:`segmenter.em.listed_moments`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segmenter.compiled import compiled, compiled_part
from segmenter.em.arithmetic import log2
from segmenter.em.block_densities import (
    BLOCK,
    TILE,
    add_priors,
    fill,
    load_block,
    load_weights,
    relate_to_top,
    rows_for_block,
    sum_log_densities,
    workspace,
    write_log_densities_of_block,
)
from segmenter.em.block_moments import (
    add_diagonal_moments,
    add_few_moments,
    add_scatter,
    add_tiled_moments,
    add_values,
    room_for_distances,
    take_roots,
    weigh,
)
from segmenter.em.counter import take_number, tell_done
from segmenter.em.listed_moments import (
    add_listed_diagonal_moments,
    add_listed_tiled_moments,
    has_short_lists,
    room_for_lists,
)

MOST_SUMS = 10
"""Moments of a component are summed in one pass while there are no more than this."""

_ZERO = np.float32(0)
_ONE = np.float32(1)
_SMALLEST_SHARE = np.float32(1e-37)


@compiled
def accumulate(
    counter: Any,
    most: Any,
    cuts: Any,
    values: Any,
    weights: Any,
    center: Any,
    scale: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    rotation: Any,
    no_sums: Any,
    most_listed: Any,
    shapes: Any,
    sums: Any,
    priors: Any = None,
) -> None:
    """Add the moments of all components over chunks of samples, each to the sums of its chunk.

    Parameters
    ----------
    counter : int64 (2,)
        Gives the numbers of the chunks that are left, and is told of those done: see
        :mod:`segmenter.em.counter`.
    most : int
        No more chunks than this are done.
    cuts : int64 (n_chunks + 1,)
        Chunk ``i`` holds the samples from ``cuts[i]`` to before ``cuts[i + 1]``.
    values : float32 (n, d)
    weights : float32 (n,), or (0,) for ones
    means, whitening, constants, rotation
        The components, and what samples are multiplied by to meet them; constants are the log2
        densities at the means.
    no_sums : tuple of float32 zeros, or None
        What is summed in one pass: a zero for each moment of a component if they are few, for each
        feature of a tile if features are independent. None sums matrices tile by tile.
    most_listed : int, or None
        Moments of a block are summed by lists of what each component has a share of, as long as
        these have no more samples in all; None makes no lists.
    shapes : tuple of tuples of int
        Those of the counts, firsts and seconds of a chunk; see :func:`moments_of`.
    sums : float64 (n_chunks, size)
        What is added to: for each chunk the weighted sum of the log2 densities, and the moments.
        Firsts are about the means, those of spheres about zero. With a rotation there is one
        matrix of seconds, about zero too.
    priors : tuple of float32 (n, n_groups) and int64 (k,), optional
        Log2 priors of groups of components at each sample, and the group of each component.
    """
    block, densities, top, total, shares = workspace(center, constants)
    distances = room_for_distances(densities, moments_of(sums[0], shapes)[2])
    scratch = rows_for_block(len(center) + TILE)
    room = densities, distances, top, shares, scratch, np.empty(len(constants))
    lists = room_for_lists(constants, most_listed)
    for _ in range(most):
        number = take_number(counter)
        if number >= len(sums):
            return
        log_likelihood, moments = sums[number, :1], moments_of(sums[number], shapes)
        for first in range(cuts[number], cuts[number + 1], BLOCK):
            n_taken = min(BLOCK, cuts[number + 1] - first)
            load_block(values, first, n_taken, center, scale, rotation, block)
            load_weights(weights, first, n_taken, shares)
            if rotation is not None:
                add_scatter(block, center, shares, scratch, moments[2])
            write_log_densities_of_block(
                block, center, means, whitening, constants, densities, distances
            )
            if priors is not None:
                add_priors(priors, first, n_taken, densities)
            relate_to_top(densities, top, total)
            log_likelihood[0] += np.float64(sum_log_densities(top, total, shares))
            for b in range(BLOCK):
                shares[b] /= total[b]
            samples = values, first, cuts[number + 1], center, scale
            _add_moments(samples, block, means, whitening, room, no_sums, lists, moments)
        tell_done(counter)


@compiled_part
def moments_of(sums: Any, shapes: Any) -> Any:
    """View the counts, firsts and seconds, which follow each other after the first of some sums."""
    of_counts, of_firsts, of_seconds = shapes
    start = 1 + of_counts[0]
    end = start + of_firsts[0] * of_firsts[1]
    return sums[1:start], sums[start:end].reshape(of_firsts), sums[end:].reshape(of_seconds)


@compiled_part
def _add_moments(
    samples: Any,
    block: Any,
    means: Any,
    whitening: Any,
    room: Any,
    no_sums: Any,
    lists: Any,
    moments: Any,
) -> None:
    """Add the moments of a block, in the way that suits its components."""
    _, first, end, center, _ = samples
    densities, distances, top, shares, scratch, totals = room
    counts, firsts, seconds = moments
    if whitening.ndim < 3 or no_sums is None:
        weigh(densities, distances, shares, totals, counts, seconds)
    if lists is not None:  # noqa: SIM102  the compiler drops what is below None alone
        if has_short_lists(first, end, densities, totals, top, lists):
            _add_listed_moments(samples, means, whitening, densities, lists, scratch, moments)
            return
    if whitening.ndim == 1:
        add_values(block, center, densities, no_sums, firsts)
    elif whitening.ndim == 2:
        add_diagonal_moments(block, center, means, densities, no_sums, firsts, seconds)
    elif no_sums is None:
        take_roots(densities)
        for c in range(len(means)):
            add_tiled_moments(block, center, c, means, densities, scratch, firsts, seconds)
    else:
        for c in range(len(means)):
            add_few_moments(
                block, center, c, means, densities, shares, no_sums, counts, firsts, seconds
            )


@compiled_part
def _add_listed_moments(
    samples: Any, means: Any, whitening: Any, weights: Any, lists: Any, scratch: Any, moments: Any
) -> None:
    """Add the moments of a block from the lists of its components."""
    values, first, _, center, scale = samples
    _, firsts, seconds = moments
    if whitening.ndim == 2:
        add_listed_diagonal_moments(
            values, first, center, scale, means, weights, lists, firsts, seconds
        )
    else:
        add_listed_tiled_moments(
            values, first, center, scale, means, weights, lists, scratch, firsts, seconds
        )


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
    rotation: Any,
    result: Any,
    priors: Any = None,
) -> None:
    """Write the responsibilities, float32 (n, k), of samples ``start`` to ``stop``.

    ``priors`` are those of :func:`accumulate`.
    """
    n_components = len(constants)
    block, densities, top, total, _ = workspace(center, constants)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, rotation, block)
        write_log_densities_of_block(block, center, means, whitening, constants, densities)
        if priors is not None:
            add_priors(priors, first, n_taken, densities)
        relate_to_top(densities, top, total)
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
    rotation: Any,
    result: Any,
) -> None:
    """Write the log2 densities, float32 (n,), of samples ``start`` to ``stop``."""
    block, densities, top, total, _ = workspace(center, constants)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, rotation, block)
        write_log_densities_of_block(block, center, means, whitening, constants, densities)
        relate_to_top(densities, top, total)
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
    rotation: Any,
    result: Any,
) -> None:
    """Write the index, int32 (n,), of the component with the largest responsibility.

    Responsibilities are compared as they are written by :func:`write_responsibilities`, so that
    ties are resolved alike: the first component wins.
    """
    n_components = len(constants)
    block, densities, top, total, _ = workspace(center, constants)
    labels = np.empty(BLOCK, np.int32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, rotation, block)
        write_log_densities_of_block(block, center, means, whitening, constants, densities)
        relate_to_top(densities, top, total)
        fill(top, -_ONE)
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
    rotation: Any,
) -> Any:
    """Sum the weighted entropies of the responsibilities of samples, in bits."""
    n_components = len(constants)
    block, densities, top, total, shares = workspace(center, constants)
    entropy = 0.0
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, rotation, block)
        load_weights(weights, first, n_taken, shares)
        write_log_densities_of_block(block, center, means, whitening, constants, densities)
        relate_to_top(densities, top, total)
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
