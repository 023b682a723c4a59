"""The log densities of groups of components."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2, log2
from segmenter.em.block_densities import (
    BLOCK,
    fill,
    load_block,
    workspace,
    write_log_densities_of_block,
)

_ZERO = np.float32(0)
_LEAST = np.float32(-3e38)


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
    rotation: Any,
    result: Any,
) -> None:
    """Write the log2 density of each group, float32 (n, n_groups), at ``start`` to ``stop``.

    ``groups`` is int64 (k,), the group of each component; the others are those of
    :func:`segmenter.em.kernels.write_log_densities`.
    """
    n_components, n_groups = len(constants), result.shape[1]
    block, densities, top, total, _ = workspace(center, constants)
    for first in range(start, stop, BLOCK):
        n_taken = min(BLOCK, stop - first)
        load_block(values, first, n_taken, center, scale, rotation, block)
        write_log_densities_of_block(block, center, means, whitening, constants, densities)
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
