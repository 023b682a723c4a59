"""Distances that follow the image: how hard it is to walk from the seeds to each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import share_out

Float = NDArray[np.float32]
FAR = np.float32(1e9)
STEP_COST = np.float32(
    0.004
)  # of one pixel of way beside one unit of color, so that flat areas count


def geodesic_distance(seeds: NDArray[np.bool_], colors: Float, *, n_sweeps: int = 3) -> Float:
    """Length of the shortest path to a seed, where a change of color counts as way.

    By raster scans forth and back (Toivanen, Pattern Recognition Letters 17, 1996).

    Parameters
    ----------
    seeds : bool ndarray, shape (height, width)
    colors : float32 ndarray, shape (height, width, n_channels)
    n_sweeps : int
        Pairs of scans; winding paths need more.
    """
    distance = np.where(seeds, np.float32(0), FAR)
    _walk(distance, distance[::-1, ::-1], colors, colors[::-1, ::-1], STEP_COST, n_sweeps)
    return distance


def barrier_distance(seeds: NDArray[np.bool_], colors: Float, *, n_sweeps: int = 3) -> Float:
    """Smallest range of values met on a path to a seed, added up over the channels.

    The minimum barrier distance (Strand et al., CVIU 117, 2013) by raster scans (Zhang et al., ICCV
    2015): noise along the way costs nothing, one strong edge costs all of its height.
    """
    total = np.zeros(seeds.shape, np.float32)
    for channel in range(colors.shape[-1]):
        values = np.ascontiguousarray(colors[..., channel])
        distance = np.where(seeds, np.float32(0), FAR)
        fields = distance, values, values.copy(), values.copy()  # the last: highest and lowest met
        _cross(fields, tuple(field[::-1, ::-1] for field in fields), n_sweeps)
        total += distance
    return total


def depths(masks: NDArray[np.bool_]) -> Float:
    """Distance of each pixel to the outside of its mask; beyond the edge of the image is outside.

    Chamfer distances (Borgefors, CVGIP 34, 1986), within 8 % of the true ones and far quicker.

    Parameters
    ----------
    masks : bool ndarray, shape (n, height, width)
    """
    found = np.empty(masks.shape, np.float32)
    share_out(lambda first, last: _measure(masks, first, last, found), len(masks))
    return found


@compiled
def _measure(masks: NDArray[np.bool_], first: int, last: int, found: Float) -> None:
    for number in range(first, last):
        _chamfer(masks[number], found[number])


@compiled
def _chamfer(mask: NDArray[np.bool_], depth: Float) -> None:
    """From above and the left, then from below and the right."""
    height, width = mask.shape
    straight, slanted = np.float32(0.9552), np.float32(1.3693)
    for i in range(height):
        for j in range(width):
            best = np.float32(0.0)
            if mask[i, j]:
                best = straight
                if i > 0 and j > 0 and j < width - 1:
                    best = min(depth[i, j - 1], depth[i - 1, j]) + straight
                    best = min(best, min(depth[i - 1, j - 1], depth[i - 1, j + 1]) + slanted)
            depth[i, j] = best
    for i in range(height - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            if mask[i, j]:
                best = straight
                if i < height - 1 and j > 0 and j < width - 1:
                    best = min(depth[i, j + 1], depth[i + 1, j]) + straight
                    best = min(best, min(depth[i + 1, j - 1], depth[i + 1, j + 1]) + slanted)
                depth[i, j] = min(depth[i, j], best)


@compiled
def _walk(
    distance: Float, distance_back: Float, colors: Float, colors_back: Float,
    step_cost: np.float32, n_sweeps: int,
) -> None:  # fmt: skip
    """Sweep forth and back, so many times; the second fields are the first ones turned."""
    for _ in range(n_sweeps):
        _sweep(distance, colors, step_cost)
        _sweep(distance_back, colors_back, step_cost)


@compiled
def _cross(forth: tuple[Float, ...], back: tuple[Float, ...], n_sweeps: int) -> None:
    for _ in range(n_sweeps):
        _barrier_sweep(*forth)
        _barrier_sweep(*back)


@compiled
def _sweep(distance: Float, colors: Float, step_cost: np.float32) -> None:
    """Relax every pixel from the four neighbors that a raster scan has already met."""
    height, width = distance.shape
    for i in range(height):
        for j in range(width):
            best = distance[i, j]
            for k in range(4):
                a = i if k == 0 else i - 1
                b = j - 1 if k == 0 else j + k - 2
                if a < 0 or b < 0 or b >= width:
                    continue
                change = np.float32(0.0)
                for channel in range(colors.shape[2]):
                    change += abs(colors[i, j, channel] - colors[a, b, channel])
                way = np.float32(1.0) if k % 2 == 0 else np.float32(1.41421356)
                best = min(best, distance[a, b] + step_cost * way + change)
            distance[i, j] = best


@compiled
def _barrier_sweep(distance: Float, values: Float, highest: Float, lowest: Float) -> None:
    """Take over the path of the neighbor above or at the left where it makes the range smaller."""
    height, width = values.shape
    for i in range(height):
        for j in range(width):
            for k in range(2):
                a, b = (i - 1, j) if k == 0 else (i, j - 1)
                if a < 0 or b < 0 or distance[a, b] >= np.float32(1e8):
                    continue
                high = max(highest[a, b], values[i, j])
                low = min(lowest[a, b], values[i, j])
                if high - low < distance[i, j]:
                    distance[i, j] = high - low
                    highest[i, j] = high
                    lowest[i, j] = low
