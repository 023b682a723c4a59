"""Finding the brain in a whole head: a surface first, then what the tissues and the atlas say."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import BrainError
from segmenter.segment.tissue.frame import Frame
from segmenter.segment.tissue.rim import mended_mask_steps
from segmenter.segment.tissue.surface import HeadLevels, brain_surface_steps, filled, sphere
from segmenter.work import Progress, Work, aside, changed, portion

T = TypeVar("T")

COARSE = 2.0
"""Millimeters of the voxels that the brain is looked for in."""

HEIGHT = 165.0
"""Millimeters below the top of the head that can hold brain; the neck is left out."""

_LEAST_SECTION = 2000.0  # mm² of head in the topmost slice that counts
_LEAST_HEAD = 0.05  # liters
_SLAB = 16  # planes between two reports


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
    begun = Progress("Finding the brain's surface", 0.0)
    factors = np.maximum(1, np.floor(COARSE / frame.spacing + 0.25)).astype(int)
    coarse = yield from _block_means_steps(volume, factors)
    coarse_frame = frame.coarsened(factors.tolist(), coarse.shape)
    levels = yield from aside(lambda: head_levels(coarse, coarse_frame.spacing), begun)
    growing = brain_surface_steps(coarse, coarse_frame.spacing, levels)
    vertices = yield from portion(growing, 0.0, 0.3)
    yield replace(begun, fraction=0.3)
    mask = filled(vertices, sphere(4).triangles, coarse.shape, coarse_frame.spacing)
    mending = _on_grid_steps(mended_mask_steps(coarse, mask, coarse_frame), factors, frame)
    share = yield from portion(mending, 0.3, 1.0)
    return (yield from _refine_steps(share, factors, frame.shape))


def _on_grid_steps(work: Work[T], factors: NDArray[np.int64], frame: Frame) -> Work[T]:
    """Put the early label maps of coarse voxels onto the whole grid."""

    def on_grid(progress: Progress) -> Progress:
        drafted = progress.partial
        if not isinstance(drafted, np.ndarray):
            return progress
        for axis, (factor, side) in enumerate(zip(factors, frame.shape, strict=True)):
            drafted = drafted.repeat(factor, axis).take(range(side), axis)
        return replace(progress, partial=frame.give_back(drafted))

    return changed(work, on_grid)


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
    # The surface lives in a space whose axes are at right angles, and so does this volume.
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


def _block_means_steps(
    volume: NDArray[np.float32], factors: NDArray[np.int64]
) -> Work[NDArray[np.float32]]:
    """Means over blocks of whole voxels; the last block is filled up with copies of the edge."""
    if (factors == 1).all():
        return volume
    short = -np.array(volume.shape) % factors
    if short.any():
        volume = np.pad(volume, [(0, int(one)) for one in short], mode="edge")
    a, b, c = (int(factor) for factor in factors)
    total = np.zeros(
        [side // n for side, n in zip(volume.shape, (a, b, c), strict=True)], np.float32
    )
    for i, j, k in product(range(a), range(b), range(c)):
        yield Progress("Finding the brain's surface", 0.0)
        total += volume[i::a, j::b, k::c]
    total /= a * b * c
    return total


def _refine_steps(
    share: NDArray[np.float32], factors: NDArray[np.int64], shape: tuple[int, int, int]
) -> Work[NDArray[np.bool_]]:
    """Read a share of brain between coarse voxels, and cut it at one half, slab by slab."""
    if (factors == 1).all():
        return share > 0.5
    brain = np.empty(shape, np.bool_)
    for start in range(0, shape[0], _SLAB):
        yield Progress("Mending the brain's rim", 1.0)
        places = [np.arange(side) for side in shape]
        places[0] = places[0][start : start + _SLAB]
        part = share
        for axis in (0, 1, 2):
            part = _between(part, axis, (places[axis] - 0.5 * (factors[axis] - 1)) / factors[axis])
        brain[start : start + _SLAB] = part > 0.5
    return brain


def _between(
    volume: NDArray[np.float32], axis: int, places: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Interpolate along an axis; beyond its ends it goes on as it is there."""
    last = volume.shape[axis] - 1
    places = np.clip(places, 0, last)
    low = np.minimum(places.astype(int), max(last - 1, 0))
    weight = (places - low).astype(np.float32)
    weight = weight.reshape([-1 if other == axis else 1 for other in range(3)])
    between: NDArray[np.float32] = volume.take(low, axis) * (1 - weight)
    between += volume.take(np.minimum(low + 1, last), axis) * weight
    return between
