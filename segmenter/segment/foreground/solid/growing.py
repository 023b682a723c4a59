"""What a touch means: the connected region around it that is like it, where it stands out most.

The cells that can be reached without meeting a color farther than a tolerance from the touch are
a region; with the tolerance it grows (a path in the component tree). The colors on both sides of
its outline are told apart by Fisher's criterion: the squared distance of their means over the sum
of their variances. Where a region is an object the criterion has a peak: a smaller one has its own
colors outside, a larger one has others inside. The first distinct peak is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmenter.compiled import compiled
from segmenter.segment.foreground.model_kernels import COLOR_NOISE
from segmenter.segment.foreground.models import FEWEST
from segmenter.segment.partition.flooding import flood

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SMALLEST, LARGEST, N_TOLERANCES = 0.02, 1.0, 96  # tolerances in colors of 0..1, a geometric series
WINDOW = 10  # tolerances ahead, half as large again, of which a peak is the highest
LEAST_RISE = 1.1  # by which a larger region must stand out more to be no part of the same plateau
DISTINCT = 2.5  # Fisher's criterion at a peak that is one beyond doubt
GRAIN = 2000  # cells, a ball of 8 cells' radius; smaller parts may be grains of one another
LARGEST_GRAIN = 1 / 16  # of the volume
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
    contrasts : float64 ndarray, shape (n_tolerances,)
        Fisher's criterion between each region and the cells around it.
    most : int
        Cells of the largest region that is taken.
    least : int
        Cells of the smallest one.
    """

    joined: NDArray[np.int16]
    sizes: NDArray[np.int64]
    contrasts: NDArray[np.float64]
    most: int
    least: int = 0

    @property
    def chosen(self) -> int:
        """The number of the tolerance whose region is taken: the first at a distinct peak."""
        is_distinct = self._is_peak & (self.contrasts >= DISTINCT)
        small = min(GRAIN, self.joined.size * LARGEST_GRAIN)
        is_small = is_distinct & (self.sizes <= small)
        if is_small.any():
            return int(np.where(is_small, self.contrasts, 0).argmax())
        return int((is_distinct if is_distinct.any() else self._is_peak).argmax())

    @property
    def contrast(self) -> float:
        """How much the region that is taken stands out."""
        return float(self.contrasts[self.chosen])

    @property
    def is_distinct(self) -> bool:
        """Whether the region that is taken stands out beyond doubt."""
        return self.contrast >= DISTINCT and bool(self._is_peak[self.chosen])

    @property
    def region(self) -> Mask:
        """The region that is taken, shape grid."""
        region: Mask = self.joined <= self.chosen
        return region

    @property
    def _is_peak(self) -> Mask:
        """Whether no region of the next tolerances stands out clearly more."""
        is_allowed = (self.sizes >= max(FEWEST, self.least)) & (self.sizes <= self.most)
        contrasts = np.where(is_allowed, self.contrasts, 0)
        ahead = sliding_window_view(np.pad(contrasts, (0, WINDOW - 1)), WINDOW).max(axis=1)
        is_peak: Mask = is_allowed & (LEAST_RISE * contrasts >= ahead)
        return is_peak

    def between(self, held: Mask, kept_out: Mask) -> Growth:
        """Return the regions that hold all cells of one mask and none of another."""
        n = len(self.sizes)
        first = int(self.joined[held].max(initial=0))
        last = int(self.joined[kept_out].min(initial=n)) - 1
        least = int(self.sizes[first]) if first < n else self.most + 1
        most = min(self.most, int(self.sizes[last])) if last >= 0 else 0
        return replace(self, least=least, most=most)


def growth_of(
    colors: Float, touched: Mask, allowed: Mask, cells: Sequence[float], most: int
) -> Growth:
    """Grow the regions around a touch.

    Parameters
    ----------
    colors : float32 ndarray, shape (*grid, n_colors)
    touched : bool ndarray, shape grid
        Where they begin; at least one cell.
    allowed : bool ndarray, shape grid
        Where they may grow.
    cells : sequence of float
        Size of a cell along each axis.
    most : int
        Cells of the largest region that can be taken.
    """
    levels = _levels(_unlikeness(colors, touched))
    markers = np.where(allowed & (levels < N_TOLERANCES), np.int32(0), np.int32(-1))
    levels[touched], markers[touched] = 0, 1
    _, joined = flood(levels, markers, N_TOLERANCES, most + 1)
    faces = np.prod(cells) / np.array(cells)
    sizes, inner, outer = _moments(np.ascontiguousarray(joined), colors, faces, N_TOLERANCES)
    return Growth(joined, sizes, _fisher(inner, outer), most)


def _levels(unlikeness: Float) -> NDArray[np.int16]:
    """Number of the least tolerance that a difference does not exceed."""
    per_factor = (N_TOLERANCES - 1) / np.log(LARGEST / SMALLEST)
    places = np.log(np.maximum(unlikeness, np.float32(SMALLEST)) / np.float32(SMALLEST))
    levels: NDArray[np.int16] = np.ceil(places * np.float32(per_factor)).astype(np.int16)
    return np.minimum(levels, np.int16(N_TOLERANCES))


def _unlikeness(colors: Float, touched: Mask) -> Float:
    """Distance of each cell's color to the nearest one of the touch, shape grid."""
    own = colors[touched]
    if len(own) == 1:
        apart: Float = np.sqrt(np.square(colors - own[0]).sum(axis=-1))
        return apart
    some = own[np.linspace(0, len(own) - 1, min(len(own), MOST_COLORS)).astype(np.intp)]
    nearest = cKDTree(some).query(colors.reshape(-1, colors.shape[-1]))[0]
    return np.asarray(nearest, np.float32).reshape(touched.shape)


def _fisher(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fisher's criterion of two sets of colors by their sums (n, 1 + 2 * n_colors)."""
    means, variances = zip(*(_mean_and_variance(sums) for sums in (inner, outer)), strict=True)
    apart = np.square(means[0] - means[1]).sum(axis=1)
    noise = COLOR_NOISE * means[0].shape[1]
    has_outline = outer[:, 0] > 1e-6
    contrast: NDArray[np.float64] = has_outline * apart / (variances[0] + variances[1] + noise)
    return contrast


def _mean_and_variance(
    sums: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of each color, and the variances of all of them together."""
    n_colors = (sums.shape[1] - 1) // 2
    per_weight = sums[:, 1:] / np.maximum(sums[:, :1], 1e-12)
    means, squares = per_weight[:, :n_colors], per_weight[:, n_colors:]
    return means, np.maximum(squares - np.square(means), 0).sum(axis=1)


@compiled
def _moments(  # noqa: C901  one pass over all faces, which a call for each would slow
    joined: NDArray[np.int16], colors: Float, faces: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Sizes of regions, and sums of colors inside of each and across its outline.

    A face is on the outlines from the region that one of its cells joins first to that which the
    other joins; the color of the latter is across. Rows of sums are weight, colors, squares.
    """
    side_i, side_j, side_k, n_colors = colors.shape
    sizes = np.zeros(n + 1, np.int64)
    inner = np.zeros((n + 1, 1 + 2 * n_colors))
    outer = np.zeros((n + 1, 1 + 2 * n_colors))
    for i in range(side_i):
        for j in range(side_j):
            for k in range(side_k):
                own = joined[i, j, k]
                if own < n:
                    sizes[own] += 1
                    inner[own, 0] += 1.0
                    for color in range(n_colors):
                        value = colors[i, j, k, color]
                        inner[own, 1 + color] += value
                        inner[own, 1 + n_colors + color] += value * value
                for axis in range(3):
                    a, b, c = i + (axis == 0), j + (axis == 1), k + (axis == 2)
                    if a == side_i or b == side_j or c == side_k:
                        continue
                    other = joined[a, b, c]
                    if own == other:
                        continue
                    if own < other:
                        first, last, x, y, z = own, other, a, b, c
                    else:
                        first, last, x, y, z = other, own, i, j, k
                    outer[first, 0] += faces[axis]
                    outer[last, 0] -= faces[axis]
                    for color in range(n_colors):
                        value = colors[x, y, z, color]
                        outer[first, 1 + color] += faces[axis] * value
                        outer[last, 1 + color] -= faces[axis] * value
                        square = faces[axis] * value * value
                        outer[first, 1 + n_colors + color] += square
                        outer[last, 1 + n_colors + color] -= square
    for level in range(1, n + 1):
        sizes[level] += sizes[level - 1]
        for column in range(inner.shape[1]):
            inner[level, column] += inner[level - 1, column]
            outer[level, column] += outer[level - 1, column]
    return sizes[:n], inner[:n], outer[:n]
