"""Nested regions: small patches of one color, merged two at a time into the whole image.

What a person clicks is often one node of this tree, or close to one. Patches come from a watershed
of the color gradient; two neighbors merge when their colors are alike and the border between them
is weak, small ones first (as in Arbelaez et al., TPAMI 33, 2011, with simpler cues).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

from segmenter.compiled import compiled
from segmenter.segment.foreground.views import View

N_PATCHES = 500  # at most; merging takes time with its square
Float = NDArray[np.float32]
Table = NDArray[np.float64]
Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A merge tree over patches.

    Attributes
    ----------
    patches : intp ndarray, shape (height, width)
        Patch of each pixel, from 0.
    merges : intp ndarray, shape (n_patches - 1, 2)
        The nodes merged, in order; merge i makes node n_patches + i.
    heights : float32 ndarray, shape (n_patches - 1,)
        Difference at which each merge was made, never falling.
    """

    patches: NDArray[np.intp]
    merges: NDArray[np.intp]
    heights: Float

    def levels_from(self, row: int, column: int) -> Float:
        """Height at which each pixel joins the region of the given one, shape (height, width)."""
        level = _join_heights(self.merges, self.heights, int(self.patches[row, column]))
        return level[self.patches]


def hierarchy_of(view: View) -> Hierarchy:
    """Cut a view into patches and merge them."""
    steep = _steepness(view.colors)
    patches = _patches(steep)
    n = int(patches.max()) + 1
    sizes = np.bincount(patches.ravel(), minlength=n).astype(np.float64)
    means = np.stack(
        [
            np.bincount(patches.ravel(), weights=channel.ravel(), minlength=n) / sizes
            for channel in np.moveaxis(view.colors, -1, 0)
        ],
        axis=1,
    )
    lengths, strengths = _borders(patches, steep, n)
    merges, heights = _merge(sizes, np.ascontiguousarray(means), lengths, strengths)
    return Hierarchy(patches, merges, np.maximum.accumulate(heights).astype(np.float32))


def _steepness(colors: Float) -> Float:
    """Length of the color gradient."""
    square = np.zeros(colors.shape[:2], np.float32)
    for axis, size in enumerate(colors.shape[:2]):
        if size > 1:
            square += np.square(np.gradient(colors, axis=axis)).sum(-1)
    return np.sqrt(square)


def _patches(steep: Float) -> NDArray[np.intp]:
    """Watershed from the flattest place of each cell of a grid."""
    cell = max(2, int(np.sqrt(steep.size / N_PATCHES)) + 1)
    rows, columns = -(-steep.shape[0] // cell), -(-steep.shape[1] // cell)
    padded = np.pad(
        steep,
        ((0, rows * cell - steep.shape[0]), (0, columns * cell - steep.shape[1])),
        constant_values=np.inf,
    )
    cells = padded.reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3).reshape(-1, cell * cell)
    flattest = cells.argmin(1)
    seeds = np.zeros(steep.shape, np.int32)
    index = np.arange(rows * columns)
    y = index // columns * cell + flattest // cell
    x = index % columns * cell + flattest % cell
    seeds[y, x] = index + 1
    flooded: NDArray[np.intp] = watershed(ndimage.gaussian_filter(steep, 0.5), seeds) - 1
    return flooded.astype(np.intp)


@compiled
def _borders(patches: Labels, steep: Float, n: int) -> tuple[Table, Table]:
    """Length of the border between each two patches, and the sum of steepness along it."""
    lengths, strengths = np.zeros((n, n)), np.zeros((n, n))
    height, width = patches.shape
    for i in range(height):
        for j in range(width):
            for k in range(2):
                a, b = (i + 1, j) if k == 0 else (i, j + 1)
                if a >= height or b >= width or patches[a, b] == patches[i, j]:
                    continue
                p, q = patches[i, j], patches[a, b]
                strength = max(steep[i, j], steep[a, b])
                lengths[p, q] += 1
                lengths[q, p] += 1
                strengths[p, q] += strength
                strengths[q, p] += strength
    return lengths, strengths


@compiled
def _difference(
    p: int, q: int, sizes: Table, total: float, means: Table, lengths: Table, strengths: Table
) -> float:
    """How unlike two neighbors are: their mean colors, the border between them, their size."""
    color = 0.0
    for channel in range(means.shape[1]):
        color += (means[p, channel] - means[q, channel]) ** 2
    small = min(sizes[p], sizes[q]) / total
    border = strengths[p, q] / lengths[p, q]
    difference: float = (np.sqrt(color) + 2.0 * border) * small**0.25
    return difference


@compiled
def _nearest(
    p: int,
    active: NDArray[np.bool_],
    sizes: Table,
    total: float,
    means: Table,
    lengths: Table,
    strengths: Table,
) -> tuple[int, float]:
    """The most alike neighbor of a region and the difference to it."""
    best, least = -1, 1e30
    for q in range(len(active)):
        if q != p and active[q] and lengths[p, q] > 0:
            difference = _difference(p, q, sizes, total, means, lengths, strengths)
            if difference < least:
                best, least = q, difference
    return best, least


@compiled
def _merge(sizes: Table, means: Table, lengths: Table, strengths: Table) -> tuple[Labels, Table]:
    """Merge the two most alike neighbors until one region is left; changes its arguments."""
    n, total = len(sizes), sizes.sum()
    node, active = np.arange(n), np.ones(n, np.bool_)
    nearest, least = np.empty(n, np.int64), np.empty(n)
    for p in range(n):
        nearest[p], least[p] = _nearest(p, active, sizes, total, means, lengths, strengths)
    merges, heights = np.empty((n - 1, 2), np.int64), np.empty(n - 1)
    for step in range(n - 1):
        p = int(np.argmin(least))
        q = nearest[p]
        merges[step, 0], merges[step, 1], heights[step] = node[p], node[q], least[p]
        whole = sizes[p] + sizes[q]
        for channel in range(means.shape[1]):
            mean = means[p, channel] * sizes[p] + means[q, channel] * sizes[q]
            means[p, channel] = mean / whole
        sizes[p] = whole
        node[p], active[q], least[q] = n + step, False, 1e30
        for r in range(n):
            lengths[p, r] += lengths[q, r]
            lengths[r, p] = lengths[p, r]
            strengths[p, r] += strengths[q, r]
            strengths[r, p] = strengths[p, r]
        for r in range(n):
            if active[r] and (r == p or lengths[p, r] > 0 or nearest[r] == q):
                nearest[r], least[r] = _nearest(r, active, sizes, total, means, lengths, strengths)
    return merges, heights


@compiled
def _join_heights(merges: Labels, heights: Float, start: int) -> Float:
    """Height at which each patch joins the node that holds the patch `start`."""
    n = len(heights) + 1
    level = np.full(2 * n - 1, np.float32(-1.0))
    current = start
    level[current] = np.float32(0.0)
    for step in range(n - 1):
        a, b = merges[step, 0], merges[step, 1]
        if a == current or b == current:
            level[b if a == current else a] = heights[step]
            current = n + step
            level[current] = heights[step]
    for step in range(n - 2, -1, -1):
        for side in range(2):
            child = merges[step, side]
            if level[child] < 0:
                level[child] = level[n + step]
    return level[:n]
