"""The atlas as the voxels of a volume see it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp, log
from segmenter.em.blocks import for_chunks, run_blocks, run_blocks_steps
from segmenter.segment.tissue.atlas import WM
from segmenter.segment.tissue.blocks import BlockGrid
from segmenter.segment.tissue.sampling import locate, value_at
from segmenter.work import Work

CORTICAL_TRUST = 0.5
"""Power of the prior odds of white matter in the cortex."""

LEAST_PRIOR = np.float32(0.06)
"""What is added to each tissue's share in the atlas: any may be anywhere."""


def overrated_white(
    log_priors: NDArray[np.float32], anatomy: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much an atlas overrates white matter, or the rest, where it cannot know the folds.

    Parameters
    ----------
    log_priors : ndarray of float32, shape (n, k)
        Natural logs of priors that sum to 1.
    anatomy : ndarray of float32, shape (n,)
        0 in the cortex, where the log odds of white matter count by `CORTICAL_TRUST`, to 1 where
        they count in full.

    Returns
    -------
    ndarray of float32, shape (n, k)
        What to subtract from the log priors.
    """
    overrated = np.empty_like(log_priors)
    distrust = np.float32(1 - CORTICAL_TRUST)

    def fill(_number: int, start: int, stop: int) -> None:
        _overrate(log_priors, anatomy, distrust, start, stop, overrated)

    run_blocks(*for_chunks(len(log_priors), fill))
    return overrated


@compiled
def _overrate(
    log_priors: Any, anatomy: Any, distrust: Any, start: Any, stop: Any, overrated: Any
) -> None:
    one = np.float32(1)
    for index in range(start, stop):
        log_white = log_priors[index, WM]
        less = distrust * (one - anatomy[index])
        log_others = log(one - exp(min(log_white, np.float32(-1e-6))))
        for tissue in range(log_priors.shape[1]):
            overrated[index, tissue] = less * (log_white if tissue == WM else log_others)


def log_priors_from(atlas: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn what an atlas says of three tissues into the log of priors that rule nothing out.

    Parameters
    ----------
    atlas : ndarray of float32, shape (n, c)
        The first three are taken.

    Returns
    -------
    ndarray of float32, shape (n, 3)
    """
    result = np.empty((len(atlas), 3), np.float32)

    def fill(_number: int, start: int, stop: int) -> None:
        _write_log_priors(atlas, LEAST_PRIOR, start, stop, result)

    run_blocks(*for_chunks(len(atlas), fill))
    return result


@compiled
def _write_log_priors(atlas: Any, least: Any, start: Any, stop: Any, result: Any) -> None:
    for index in range(start, stop):
        total = np.float32(3) * least
        for tissue in range(3):
            total += atlas[index, tissue]
        for tissue in range(3):
            result[index, tissue] = log((atlas[index, tissue] + least) / total)


def sample_atlas_steps(
    volume: NDArray[np.float32],
    places: NDArray[np.float32],
    blocks: BlockGrid,
    voxels: NDArray[np.int32],
) -> Work[NDArray[np.float32]]:
    """Read an atlas at voxels, between the known places of blocks.

    Parameters
    ----------
    volume : ndarray of float32, shape (x, y, z, c)
        Maps of the atlas; beyond its edge they go on as at the edge.
    places : ndarray of float32, shape (*blocks.shape, 3)
        Where the blocks' centers lie in the atlas, in its voxels.
    blocks : BlockGrid
    voxels : ndarray of int32, shape (n, 3)

    Returns
    -------
    ndarray of float32, shape (n, c)
    """
    result = np.empty((len(voxels), volume.shape[-1]), np.float32)

    def fill(_number: int, start: int, stop: int) -> None:
        _sample(volume, places, blocks.sides, blocks.margin, voxels, start, stop, result)

    yield from run_blocks_steps(*for_chunks(len(voxels), fill), "Reading the atlas")
    return result


@compiled
def _sample(
    volume: Any,
    places: Any,
    sides: Any,
    margin: Any,
    voxels: Any,
    start: Any,
    stop: Any,
    result: Any,
) -> None:
    corner = np.zeros(3, np.int64)
    share = np.zeros(3)
    block = np.zeros(3)
    at = np.zeros(3)
    for index in range(start, stop):
        for axis in range(3):
            block[axis] = (voxels[index, axis] - 0.5 * (sides[axis] - 1)) / sides[axis] + margin
        locate(block[0], block[1], block[2], places, corner, share)
        for axis in range(3):
            at[axis] = value_at(places, corner, share, axis)
        locate(at[0], at[1], at[2], volume, corner, share)
        for channel in range(volume.shape[3]):
            result[index, channel] = value_at(volume, corner, share, channel)
