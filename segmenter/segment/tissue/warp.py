"""The soft part of the registration: small shifts that bring the tissues onto the atlas's.

Each block is pushed along the slopes of the maps where they differ from it (Thirion, Medical Image
Analysis 1998, with the forces of Vercauteren et al., NeuroImage 2009), and the pushes are smoothed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks
from segmenter.segment.tissue.sampling import locate, slope_at, smoothed
from segmenter.work import Progress, Work

N_ROUNDS = 10
FLUID = 1.0
"""Blocks over which each round's pushes are smoothed."""

ELASTIC = 1.2
"""Blocks over which the shifts are smoothed after each round."""

_FARTHEST = 1.0  # atlas voxels in one round
_CAUTION = 0.3


def warp_steps(
    shares: NDArray[np.float32], places: NDArray[np.float32], maps: NDArray[np.float32]
) -> Work[NDArray[np.float32]]:
    """Shift the places of blocks in an atlas so that the maps there are like the blocks' shares.

    Parameters
    ----------
    shares : ndarray of float32, shape (x, y, z, c)
        Shares of the tissues in each block.
    places : ndarray of float32, shape (x, y, z, 3)
        Where the blocks' centers lie in the atlas, in its voxels.
    maps : ndarray of float32, shape (a, b, c, c)
        The atlas.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 3)
    """
    shifts = np.zeros_like(places)
    for number in range(N_ROUNDS):
        yield Progress("Fitting the atlas to the tissues", number / N_ROUNDS)
        pushes = np.zeros_like(places)

        def push_slab(number: int, shifts: Any = shifts, pushes: Any = pushes) -> None:
            _push(shares, places, shifts, maps, number, pushes)

        run_blocks(push_slab, len(shares))
        shifts = smoothed(shifts + smoothed(pushes, FLUID), ELASTIC)
    return places + shifts


@compiled
def _push(shares: Any, places: Any, shifts: Any, maps: Any, i: Any, pushes: Any) -> None:
    corner = np.zeros(3, np.int64)
    share = np.zeros(3)
    slope = np.zeros(3)
    push = np.zeros(3)
    for j in range(shares.shape[1]):
        for k in range(shares.shape[2]):
            inside = locate(
                places[i, j, k, 0] + shifts[i, j, k, 0],
                places[i, j, k, 1] + shifts[i, j, k, 1],
                places[i, j, k, 2] + shifts[i, j, k, 2],
                maps,
                corner,
                share,
            )
            if not inside:
                continue
            push[:] = 0.0
            steepness = 1e-4
            for channel in range(shares.shape[3]):
                value = slope_at(maps, corner, share, channel, slope)
                rest = shares[i, j, k, channel] - value
                for axis in range(3):
                    push[axis] += rest * slope[axis]
                    steepness += slope[axis] * slope[axis]
                steepness += _CAUTION * _CAUTION * rest * rest
            length = 0.0
            for axis in range(3):
                push[axis] /= steepness
                length += push[axis] * push[axis]
            length = max(np.sqrt(length) / _FARTHEST, 1.0)
            for axis in range(3):
                pushes[i, j, k, axis] = push[axis] / length
