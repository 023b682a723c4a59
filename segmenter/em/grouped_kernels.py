"""The hot loops of mixtures whose components form groups with a prior at every sample.

They are those of :mod:`segmenter.em.kernels` with one step between: the log2 prior of a
component's group at the sample is added to the component's log2 density. ``groups`` is int64 (k,),
the group of each component; ``log_priors`` is float32 (n, n_groups).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2, log2
from segmenter.em.block_densities import (
    BLOCK,
    fill,
    load_block,
    load_weights,
    relate_to_top,
    sum_log_densities,
    write_log_densities_of_block,
)
from segmenter.em.block_moments import add_diagonal_moments, add_few_moments, add_tiled_moments

_ZERO = np.float32(0)
_ONE = np.float32(1)
_LEAST = np.float32(-3e38)


@compiled
def accumulate_grouped(
    values: Any,
    weights: Any,
    log_priors: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    groups: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    no_sums: Any,
    counts: Any,
    firsts: Any,
    seconds: Any,
) -> Any:
    """Add the moments of all components, as :func:`segmenter.em.kernels.accumulate` does."""
    n_components, n_features = means.shape
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    priors = np.zeros((log_priors.shape[1], BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    shares = np.empty(BLOCK, np.float32)
    log_likelihood = 0.0
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, block)
        load_weights(weights, first, n_taken, shares)
        write_log_densities_of_block(
            block, center, means, whitening, constants, scratch, densities, top
        )
        _add_priors(log_priors, first, n_taken, groups, priors, densities, top)
        relate_to_top(densities, top, total)
        log_likelihood += np.float64(sum_log_densities(top, total, shares))
        for b in range(BLOCK):
            shares[b] /= total[b]
        for c in range(n_components):
            if whitening.ndim == 2:
                add_diagonal_moments(block, c, means, densities, shares, counts, firsts, seconds)
            elif no_sums is None:
                add_tiled_moments(
                    block, c, means, densities, shares, scratch, counts, firsts, seconds
                )
            else:
                add_few_moments(
                    block, center, c, means, densities, shares, no_sums, counts, firsts, seconds
                )
    return log_likelihood


@compiled
def write_grouped_responsibilities(
    values: Any,
    log_priors: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    groups: Any,
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
    priors = np.zeros((log_priors.shape[1], BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, block)
        write_log_densities_of_block(
            block, center, means, whitening, constants, scratch, densities, top
        )
        _add_priors(log_priors, first, n_taken, groups, priors, densities, top)
        relate_to_top(densities, top, total)
        for b in range(BLOCK):
            total[b] = _ONE / total[b]
        for c in range(n_components):
            for b in range(n_taken):
                result[first + b, c] = densities[c, b] * total[b]


@compiled
def write_group_log_densities(
    values: Any,
    start: Any,
    stop: Any,
    center: Any,
    scale: Any,
    groups: Any,
    means: Any,
    whitening: Any,
    constants: Any,
    result: Any,
) -> None:
    """Write the log2 density of each group, float32 (n, n_groups), at ``start`` to ``stop``."""
    n_components, n_features = means.shape
    n_groups = result.shape[1]
    block = np.zeros((n_features, BLOCK), np.float32)
    scratch = np.zeros((3, whitening.shape[1], BLOCK), np.float32)
    densities = np.empty((n_components, BLOCK), np.float32)
    top = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, block)
        write_log_densities_of_block(
            block, center, means, whitening, constants, scratch, densities, top
        )
        for group in range(n_groups):
            fill(top, _LEAST)
            fill(total, _ZERO)
            for c in range(n_components):
                if groups[c] == group:
                    for b in range(BLOCK):
                        top[b] = max(top[b], densities[c, b])
            for c in range(n_components):
                if groups[c] == group:
                    for b in range(BLOCK):
                        total[b] += exp2(densities[c, b] - top[b])
            for b in range(n_taken):
                result[first + b, group] = top[b] + log2(total[b])


@compiled
def _add_priors(
    log_priors: Any, first: Any, n_taken: Any, groups: Any, priors: Any, densities: Any, top: Any
) -> None:
    """Add to each log2 density that of its group's prior, and find the largest sum."""
    for b in range(n_taken):
        for group in range(priors.shape[0]):
            priors[group, b] = log_priors[first + b, group]
    fill(top, _LEAST)
    for c in range(densities.shape[0]):
        group = groups[c]
        for b in range(BLOCK):
            densities[c, b] += priors[group, b]
            top[b] = max(top[b], densities[c, b])
