"""Superpixels at the image's own resolution: edges found small are followed in the full image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks, run_blocks_steps
from segmenter.images.image import Image
from segmenter.segment.partition.islands import join_islands
from segmenter.work import Work

Float = NDArray[np.float32]
Middles = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]
"""Of each axis: the pixel in the middle of each cell."""

ROWS = 64  # of a block
TRUST = 4.0  # the most that color says against the place, in log odds
_SHARP = 1e9
"""Scale of colors where superpixels are of one color each: the least step is an edge."""


def native_leaves(basins: NDArray[np.int32], image: Image) -> Work[NDArray[np.int32]]:
    """Bring superpixels to the grid of the image.

    A pixel takes the superpixel of its working cell; where cells around it belong to several,
    the one of them whose color it has, unless it lies far from it. A line between the middles of
    two neighboring cells changes from the one to the other once, so that superpixels stay connected
    and neighbors stay neighbors; what is cut off from these lines joins what is around it. In
    volumes, where such lines would be half of all voxels, only islands are joined.

    Parameters
    ----------
    basins : int32 ndarray, shape of the working grid
        Numbers from 0, -1 where cells take no part.
    image : Image

    Returns
    -------
    int32 ndarray, shape image.grid
        Numbers from 1, 0 where pixels take no part.
    """
    if basins.shape == image.grid:
        leaves = basins + 1
    else:
        leaves = yield from _followed(basins, image)
    if image.valid is not None:
        leaves *= image.valid
    return leaves


def _followed(basins: NDArray[np.int32], image: Image) -> Work[NDArray[np.int32]]:
    """Follow edges; a picture is a volume of one slice."""
    grid = image.grid if image.is_volume else (1, *image.grid)
    pixels = np.ascontiguousarray(image.pixels).reshape(*grid, -1)
    cells = basins if image.is_volume else basins[None]
    means, spread = _native_colors(cells, pixels)
    inside = _inside(basins).reshape(cells.shape)
    leaves = np.empty(grid, np.int32)
    settled = np.empty(grid, np.bool_)
    slices, rows, columns = map(_nearest_back, cells.shape, grid)
    middles = slices, rows, columns
    scale = np.float32(np.sqrt(0.5 / spread) if spread > 0 else _SHARP)
    per_slice = -(-grid[1] // ROWS)

    def follow(block: int) -> None:
        k, part = divmod(block, per_slice)
        last = min((part + 1) * ROWS, grid[1])
        _follow(pixels, cells, inside, means, scale, middles, k, part * ROWS, last, leaves, settled)

    yield from run_blocks_steps(follow, grid[0] * per_slice, "Following edges")
    if not image.is_volume:
        _divide_lines(pixels[0], basins, means, scale, middles[1:], leaves[0])
    join_islands(leaves, settled)
    return leaves.reshape(image.grid)


def _native_colors(basins: NDArray[np.int32], pixels: NDArray[Any]) -> tuple[Float, float]:
    """Mean values of each superpixel, and the mean variance inside, from a pixel of each cell."""
    places = map(_nearest_back, basins.shape, pixels.shape[:-1])
    values = pixels[np.ix_(*places)].reshape(basins.size, -1).astype(np.float64)
    flat = basins.ravel()
    taken = flat >= 0
    values, flat = values[taken], flat[taken]
    n = int(basins.max()) + 1
    counts = np.maximum(np.bincount(flat, minlength=n), 1)
    means = np.stack([np.bincount(flat, v, n) / counts for v in values.T], axis=1)
    inner = values - means[flat]
    return means.astype(np.float32), float(np.mean(inner * inner))


def _nearest_back(size: int, target: int) -> NDArray[np.intp]:
    """The pixel in the middle of each cell."""
    return ((np.arange(size) + 0.5) * target / size).astype(np.intp)


def _inside(basins: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Cells all of whose neighbors belong to the same superpixel."""
    from scipy import ndimage  # here: it loads slowly

    highest = ndimage.maximum_filter(basins, 3, mode="nearest")
    inside: NDArray[np.bool_] = highest == ndimage.minimum_filter(basins, 3, mode="nearest")
    return inside


@compiled
def _follow(
    pixels: NDArray[Any],
    basins: NDArray[np.int32],
    inside: NDArray[np.bool_],
    means: Float,
    scale: np.float32,
    middles: Middles,
    k: int,
    first: int,
    last: int,
    leaves: NDArray[np.int32],
    settled: NDArray[np.bool_],
) -> None:
    """Decide rows `first` to `last` of slice `k` by place and color together."""
    depth, height, width = leaves.shape
    near = np.empty(27, np.int32)
    place = np.empty(27, np.float32)
    w = (k + 0.5) * basins.shape[0] / depth
    for y in range(first, last):
        v = (y + 0.5) * basins.shape[1] / height
        for x in range(width):
            u = (x + 0.5) * basins.shape[2] / width
            if inside[int(w), int(v), int(u)]:
                leaves[k, y, x] = basins[int(w), int(v), int(u)] + 1
                settled[k, y, x] = True
                continue
            aside = int(k != middles[0][int(w)]) + int(y != middles[1][int(v)])
            aside += int(x != middles[2][int(u)])
            settled[k, y, x] = aside <= 1 and depth == 1
            if settled[k, y, x]:
                leaves[k, y, x] = basins[int(w), int(v), int(u)] + 1  # until lines are divided
                continue
            n_near = _find_near(basins, w, v, u, near, place)
            best, chosen = np.float32(-1e30), near[0]
            for slot in range(n_near):
                score = np.log(place[slot] + np.float32(1e-6))
                score -= _unlikeness(pixels[k, y, x], near[slot], means, scale)
                if score > best:
                    best, chosen = score, near[slot]
            leaves[k, y, x] = chosen + 1
            settled[k, y, x] = aside == 0 and chosen == basins[int(w), int(v), int(u)]


@compiled
def _unlikeness(pixel: NDArray[Any], basin: int, means: Float, scale: np.float32) -> np.float32:
    """How much the color of a pixel says against a superpixel, in log odds."""
    if basin < 0:
        return np.float32(0.0)
    apart = np.float32(0.0)
    for c in range(len(pixel)):
        step = (np.float32(pixel[c]) - means[basin, c]) * scale
        apart += step * step
    return min(apart, np.float32(TRUST))


@compiled
def _divide_lines(
    pixels: NDArray[Any],
    basins: NDArray[np.int32],
    means: Float,
    scale: np.float32,
    middles: tuple[NDArray[np.intp], NDArray[np.intp]],
    leaves: NDArray[np.int32],
) -> None:
    """Divide each line between the middles of neighbors of two superpixels at the best place."""
    rows, columns = basins.shape
    for i in range(rows):
        for j in range(columns):
            here = basins[i, j]
            y, x = middles[0][i], middles[1][j]
            if j + 1 < columns and basins[i, j + 1] != here:
                part = slice(x + 1, middles[1][j + 1])
                _divide(leaves[y, part], pixels[y, part], here, basins[i, j + 1], means, scale)
            if i + 1 < rows and basins[i + 1, j] != here:
                part = slice(y + 1, middles[0][i + 1])
                _divide(leaves[part, x], pixels[part, x], here, basins[i + 1, j], means, scale)


@compiled
def _divide(
    line: NDArray[np.int32],
    colors: NDArray[Any],
    first: int,
    second: int,
    means: Float,
    scale: np.float32,
) -> None:
    """Give the beginning of a line to one superpixel and the rest to another."""
    n = len(line)
    total, best, cut = np.float32(0.0), np.float32(0.0), 0
    for at in range(n):
        total += np.log(np.float32(n - at) / np.float32(at + 1))
        total += _unlikeness(colors[at], second, means, scale)
        total -= _unlikeness(colors[at], first, means, scale)
        if total > best:
            best, cut = total, at + 1
    line[:cut] = first + 1
    line[cut:] = second + 1


@compiled
def _find_near(
    basins: NDArray[np.int32],
    w: float,
    v: float,
    u: float,
    near: NDArray[np.int32],
    place: Float,
) -> int:
    """List the superpixels of the cells around a place, and how much each has of a spline."""
    slices, rows, columns = basins.shape
    k, i, j = int(w), int(v), int(u)
    beyond = 0 if slices == 1 else 1
    n_near = 0
    for c in range(-beyond, beyond + 1):
        slice_weight = _spline(np.float32(w - k), c)
        for a in range(-1, 2):
            row_weight = slice_weight * _spline(np.float32(v - i), a)
            for b in range(-1, 2):
                label = basins[
                    min(max(k + c, 0), slices - 1),
                    min(max(i + a, 0), rows - 1),
                    min(max(j + b, 0), columns - 1),
                ]
                slot = 0
                while slot < n_near and near[slot] != label:
                    slot += 1
                if slot == n_near:
                    near[slot] = label
                    place[slot] = np.float32(0.0)
                    n_near += 1
                place[slot] += row_weight * _spline(np.float32(u - j), b)
    return n_near


@compiled
def _spline(at: np.float32, cell: int) -> np.float32:
    """Weight of the cell before (-1), at (0) or after (1) one, at a place 0..1 of that one."""
    if cell == 0:
        return np.float32(0.75) - (at - np.float32(0.5)) ** 2
    away = np.float32(1.0) - at if cell < 0 else at
    return np.float32(0.5) * away * away


def gathered_labels(leaves: NDArray[np.int32], lookup: NDArray[Any]) -> NDArray[Any]:
    """Look up the label of every pixel's leaf, on all cores.

    Parameters
    ----------
    leaves : int32 ndarray, any shape, contiguous
    lookup : ndarray, shape (n_leaves + 1,)

    Returns
    -------
    ndarray of the lookup's dtype, shape of `leaves`
    """
    labels = np.empty(leaves.shape, lookup.dtype)
    flat, result = leaves.reshape(-1), labels.reshape(-1)
    size = 1 << 18

    def gather(block: int) -> None:
        _gather(flat, lookup, block * size, min(flat.size, (block + 1) * size), result)

    run_blocks(gather, -(-flat.size // size))
    return labels


@compiled
def _gather(
    leaves: NDArray[np.int32], lookup: NDArray[Any], first: int, last: int, labels: NDArray[Any]
) -> None:
    for place in range(first, last):
        labels[place] = lookup[leaves[place]]
