"""Finding the brain in a whole head: a surface first, then what the tissues and the atlas say."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import BrainError
from segmenter.segment.tissue.frame import Frame
from segmenter.segment.tissue.rim import mended_mask_steps
from segmenter.segment.tissue.surface import HeadLevels, brain_surface_steps, filled, sphere
from segmenter.work import Progress, Work, portion

T = TypeVar("T")

COARSE = 2.0
"""Millimeters of the voxels that the brain is looked for in."""

HEIGHT = 165.0
"""Millimeters below the top of the head that can hold brain; the neck is left out."""

_LEAST_SECTION = 2000.0  # mm² of head in the topmost slice that counts
_LEAST_HEAD = 0.05  # liters


def find_brain_steps(volume: NDArray[np.float32], frame: Frame) -> Work[NDArray[np.bool_]]:
    """Find the brain in a whole head.

    Parameters
    ----------
    volume : ndarray of float32, shape of the frame
        In canonical order; 0 where values are missing.
    frame : Frame
        Of the whole grid. Partial results are early label maps of it.

    Returns
    -------
    ndarray of bool, shape of the frame

    Raises
    ------
    BrainError
        There is nothing like a head.
    """
    yield Progress("Finding the brain's surface", 0.0)
    factors = np.maximum(1, np.floor(COARSE / frame.spacing + 0.25)).astype(int)
    coarse = _block_means(volume, factors)
    yield Progress("Finding the brain's surface", 0.0)
    coarse_frame = frame.coarsened(factors.tolist(), coarse.shape)
    levels = head_levels(coarse, coarse_frame.spacing)
    growing = brain_surface_steps(coarse, coarse_frame.spacing, levels)
    vertices = yield from portion(growing, 0.0, 0.3)
    mask = filled(vertices, sphere(4).triangles, coarse.shape, coarse_frame.spacing)
    mending = _on_grid_steps(mended_mask_steps(coarse, mask, coarse_frame), factors, frame)
    share = yield from portion(mending, 0.3, 1.0)
    return (yield from _refine_steps(share, factors, frame.shape))


def _on_grid_steps(work: Work[T], factors: NDArray[np.int64], frame: Frame) -> Work[T]:
    """Put the early label maps of coarse voxels onto the whole grid."""
    try:
        while True:
            progress = next(work)
            drafted = progress.partial
            if isinstance(drafted, np.ndarray):
                for axis, (factor, side) in enumerate(zip(factors, frame.shape, strict=True)):
                    drafted = drafted.repeat(factor, axis).take(range(side), axis)
                progress = replace(progress, partial=frame.give_back(drafted))
            yield progress
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


def head_levels(volume: NDArray[np.float32], spacing: NDArray[np.float64]) -> HeadLevels:
    """Measure the intensities and the size of a head, without its neck (Smith 2002)."""
    dark, bright = (float(level) for level in np.percentile(volume, [2, 98]))
    edge = dark + 0.1 * (bright - dark)
    head = volume > edge
    sections = head.sum(axis=(0, 1)) * spacing[0] * spacing[1]
    large = np.flatnonzero(sections > _LEAST_SECTION)
    if bright <= dark or not large.size:
        raise BrainError("There is nothing like a head in the volume; give a brain mask.")
    head[:, :, : max(0, int(large[-1] - HEIGHT / spacing[2]))] = False
    places = np.argwhere(head)
    liters = len(places) * float(np.prod(spacing)) / 1e6
    if liters < _LEAST_HEAD:
        raise BrainError("There is nothing like a head in the volume; give a brain mask.")
    values = volume[head]
    points = places * spacing
    center = np.average(points, axis=0, weights=np.minimum(values, bright))
    radius = float((3 * 1e6 * liters / (4 * np.pi)) ** (1 / 3))
    near = (np.linalg.norm(points - center, axis=1) < radius) & (values < bright)
    middle = float(np.median(values[near] if near.any() else values))
    return HeadLevels(dark, bright, edge, middle, center, radius)


def _block_means(volume: NDArray[np.float32], factors: NDArray[np.int64]) -> NDArray[np.float32]:
    """Means over blocks of whole voxels; the last block is filled up with copies of the edge."""
    if (factors == 1).all():
        return volume
    sides = np.array(volume.shape)
    short = -sides % factors
    padded = np.pad(volume, [(0, int(one)) for one in short], mode="edge")
    a, b, c = (sides + short) // factors
    i, j, k = factors
    means: NDArray[np.float32] = padded.reshape(a, i, b, j, c, k).mean(axis=(1, 3, 5))
    return means


def _refine_steps(
    share: NDArray[np.float32], factors: NDArray[np.int64], shape: tuple[int, int, int]
) -> Work[NDArray[np.bool_]]:
    """Read a share of brain between coarse voxels, and cut it at one half."""
    if (factors == 1).all():
        return share > 0.5
    for axis in range(3):
        yield Progress("Mending the brain's rim", 1.0)
        places = np.clip(
            (np.arange(shape[axis]) - 0.5 * (factors[axis] - 1)) / factors[axis],
            0,
            share.shape[axis] - 1,
        )
        low = np.minimum(places.astype(int), max(share.shape[axis] - 2, 0))
        high = np.minimum(low + 1, share.shape[axis] - 1)
        weight = (
            (places - low)
            .astype(np.float32)
            .reshape([-1 if other == axis else 1 for other in range(3)])
        )
        share = share.take(low, axis) * (1 - weight) + share.take(high, axis) * weight
    return share > 0.5
