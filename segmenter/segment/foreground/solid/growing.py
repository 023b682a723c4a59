"""What a touch means: the connected region around it that is like it, up to the first edge.

The voxels that can be reached without meeting a color farther than a tolerance from the touch are
a region; with the tolerance it grows (a path in the component tree). As long as the tolerance is
below half of an edge, the mean step across the outline rises; there it stops rising, and that is
the region that is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
TOLERANCES = np.geomspace(0.02, 1.0, 96)  # in colors of 0..1
WINDOW = 10  # tolerances ahead, half as large again, over which the step must still rise
LEAST_RISE = 1.08
GRAINS = 3.0  # differences between neighbors that a tolerance exceeds, or noise would stop it
FEWEST = 20  # cells of a region
MOST_COLORS = 64  # that stand for those of a stroke


@dataclass(frozen=True, eq=False)
class Growth:
    """The regions around a touch, one in the other.

    Attributes
    ----------
    joined : int16 ndarray, shape grid
        The number of the tolerance at which each cell belongs to the region, or as many as there
        are tolerances for never.
    sizes : int64 ndarray, shape (n_tolerances,)
        Cells of each region.
    steps : float64 ndarray, shape (n_tolerances,)
        Mean difference of color across each region's outline.
    grain : float64 ndarray, shape (n_tolerances,)
        Mean difference of color between neighbors inside each region.
    """

    joined: NDArray[np.int16]
    sizes: NDArray[np.int64]
    steps: NDArray[np.float64]
    grain: NDArray[np.float64]

    @property
    def chosen(self) -> int:
        """The number of the first tolerance at which the outline is on an edge."""
        n = len(self.sizes) - WINDOW
        falls = self.steps[WINDOW:] <= LEAST_RISE * self.steps[:n]
        is_edge = falls & (self.sizes[:n] >= FEWEST) & (TOLERANCES[:n] >= GRAINS * self.grain[:n])
        return int((is_edge if is_edge.any() else self.steps[:n]).argmax())

    @property
    def region(self) -> Mask:
        """The region that is taken, shape grid."""
        region: Mask = self.joined <= self.chosen
        return region


def growth_of(colors: Float, touched: Mask, allowed: Mask) -> Growth:
    """Grow the regions around a touch.

    Parameters
    ----------
    colors : float32 ndarray, shape (*grid, n_colors)
    touched : bool ndarray, shape grid
        Where they begin; at least one cell.
    allowed : bool ndarray, shape grid
        Where they may grow.
    """
    n = len(TOLERANCES)
    levels = np.searchsorted(TOLERANCES, _unlikeness(colors, touched)).astype(np.int16)
    levels[~allowed] = n
    levels[touched] = 0
    walled = np.pad(levels, 1, constant_values=n)
    seeds = np.flatnonzero(np.pad(touched, 1)).astype(np.int64)
    strides = np.array([stride // walled.itemsize for stride in walled.strides], np.int64)
    flat = _join(walled.ravel(), seeds, np.concatenate([-strides, strides]), n)
    joined = flat.reshape(walled.shape)[1:-1, 1:-1, 1:-1]
    sizes = np.cumsum(np.bincount(joined.ravel(), minlength=n + 1)[:n])
    return Growth(joined, sizes, *_mean_steps(joined, colors, n))


def _unlikeness(colors: Float, touched: Mask) -> Float:
    """Distance of each cell's color to the nearest one of the touch, shape grid."""
    own = colors[touched]
    if len(own) == 1:
        apart: Float = np.linalg.norm(colors - own[0], axis=-1)
        return apart
    some = own[np.linspace(0, len(own) - 1, min(len(own), MOST_COLORS)).astype(np.intp)]
    nearest = cKDTree(some).query(colors.reshape(-1, colors.shape[-1]))[0]
    return np.asarray(nearest, np.float32).reshape(touched.shape)


def _mean_steps(
    joined: NDArray[np.int16], colors: Float, n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean difference of color over the faces on the outline, and over those inside.

    A face enters the outline with the one of its cells that joins first, and leaves it for the
    inside with the other.
    """
    reached, inside = np.zeros((2, n + 1)), np.zeros((2, n + 1))
    for axis in range(joined.ndim):
        here = np.moveaxis(joined, axis, 0)
        step = np.linalg.norm(np.diff(np.moveaxis(colors, axis, 0), axis=0), axis=-1).ravel()
        first, last = np.minimum(here[1:], here[:-1]), np.maximum(here[1:], here[:-1])
        for sums, ends in ((reached, first.ravel()), (inside, last.ravel())):
            sums += np.bincount(ends, step, n + 1), np.bincount(ends, minlength=n + 1)
    sums_reached, sums_inside = np.cumsum(reached, 1)[:, :n], np.cumsum(inside, 1)[:, :n]
    sums_outline = sums_reached - sums_inside
    on_outline: NDArray[np.float64] = sums_outline[0] / np.maximum(sums_outline[1], 1)
    within: NDArray[np.float64] = sums_inside[0] / np.maximum(sums_inside[1], 1)
    return on_outline, within


@compiled
def _join(
    levels: NDArray[np.int16], seeds: NDArray[np.int64], steps: NDArray[np.int64], n: int
) -> NDArray[np.int16]:
    """Find the least of the highest levels on the ways from the seeds to each place.

    A list for each level is linked through `after`; a place enters one list only.
    """
    joined = np.full(len(levels), n, np.int16)
    after = np.full(len(levels), -1, np.int64)
    first = np.full(n, -1, np.int64)
    for seed in seeds:
        joined[seed] = 0
        after[seed] = first[0]
        first[0] = seed
    level = 0
    while level < n:
        place = first[level]
        if place < 0:
            level += 1
            continue
        first[level] = after[place]
        for step in steps:
            beside = place + step
            if levels[beside] < n and joined[beside] == n:
                joined[beside] = max(level, levels[beside])
                after[beside] = first[joined[beside]]
                first[joined[beside]] = beside
    return joined
