"""Reading a volume between its voxels: trilinear values and slopes, inside kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

_SMOOTHED_AT_ONCE, _TILE = 1 << 15, 1 << 11  # numbers of a block, and that the first cache holds


@compiled
def locate(x: Any, y: Any, z: Any, volume: Any, corner: Any, share: Any) -> Any:
    """Find the cell of a volume (x, y, z, channels) around a point, held inside the volume.

    Parameters
    ----------
    corner : int64 (3,), filled with the cell's lower corner
    share : float64 (3,), filled with the point's place in it, 0..1

    Returns
    -------
    bool
        Whether the point lies within the volume.
    """
    inside = True
    for axis in range(3):
        at = x if axis == 0 else (y if axis == 1 else z)
        last = volume.shape[axis] - 1
        if at < 0 or at > last:
            inside = False
        at = min(max(at, 0.0), float(last))
        low = min(int(at), max(last - 1, 0))
        corner[axis] = low
        share[axis] = at - low
    return inside


@compiled
def value_at(volume: Any, corner: Any, share: Any, channel: Any) -> Any:
    """Trilinear value of a channel at a located point."""
    i, j, k = corner[0], corner[1], corner[2]
    a, b, c = share[0], share[1], share[2]
    i1 = min(i + 1, volume.shape[0] - 1)
    j1 = min(j + 1, volume.shape[1] - 1)
    k1 = min(k + 1, volume.shape[2] - 1)
    low = (1 - c) * volume[i, j, k, channel] + c * volume[i, j, k1, channel]
    high = (1 - c) * volume[i, j1, k, channel] + c * volume[i, j1, k1, channel]
    near = (1 - b) * low + b * high
    low = (1 - c) * volume[i1, j, k, channel] + c * volume[i1, j, k1, channel]
    high = (1 - c) * volume[i1, j1, k, channel] + c * volume[i1, j1, k1, channel]
    return (1 - a) * near + a * ((1 - b) * low + b * high)


@compiled
def slope_at(volume: Any, corner: Any, share: Any, channel: Any, slope: Any) -> Any:
    """Fill the slope, float64 (3,), of a channel at a located point; return its value."""
    i, j, k = corner[0], corner[1], corner[2]
    a, b, c = share[0], share[1], share[2]
    i1 = min(i + 1, volume.shape[0] - 1)
    j1 = min(j + 1, volume.shape[1] - 1)
    k1 = min(k + 1, volume.shape[2] - 1)
    v000, v001 = volume[i, j, k, channel], volume[i, j, k1, channel]
    v010, v011 = volume[i, j1, k, channel], volume[i, j1, k1, channel]
    v100, v101 = volume[i1, j, k, channel], volume[i1, j, k1, channel]
    v110, v111 = volume[i1, j1, k, channel], volume[i1, j1, k1, channel]
    near_low, near_high = v000 + c * (v001 - v000), v010 + c * (v011 - v010)
    far_low, far_high = v100 + c * (v101 - v100), v110 + c * (v111 - v110)
    near, far = near_low + b * (near_high - near_low), far_low + b * (far_high - far_low)
    slope[0] = far - near
    slope[1] = (1 - a) * (near_high - near_low) + a * (far_high - far_low)
    low_slope = (1 - b) * (v001 - v000) + b * (v011 - v010)
    high_slope = (1 - b) * (v101 - v100) + b * (v111 - v110)
    slope[2] = (1 - a) * low_slope + a * high_slope
    return near + a * (far - near)


def smoothed(volume: NDArray[np.float32], deviation: float) -> NDArray[np.float32]:
    """Smooth a volume (x, y, z, channels) by a Gaussian of a deviation in voxels; edges repeat."""
    reach = max(1, int(np.ceil(3 * deviation)))
    taps = np.exp(-0.5 * (np.arange(reach + 1) / deviation) ** 2)
    taps = (taps / (2 * taps.sum() - taps[0])).astype(np.float32)
    for axis in range(3):
        before = int(np.prod(volume.shape[:axis]))
        lines = volume.reshape(before, volume.shape[axis], -1)
        result = np.empty_like(lines)
        n_rows = before * volume.shape[axis]
        per_block = max(1, _SMOOTHED_AT_ONCE // lines.shape[2])

        def smooth(number: int, lines: Any = lines, result: Any = result, n: int = n_rows,
                   size: int = per_block) -> None:  # fmt: skip
            _smooth_rows(lines, taps, number * size, min(n, (number + 1) * size), result)

        run_blocks(smooth, -(-n_rows // per_block))
        volume = result.reshape(volume.shape)
    return volume


@compiled
def _smooth_rows(lines: Any, taps: Any, first: Any, stop: Any, result: Any) -> None:
    """Smooth rows along the middle axis with symmetric taps, from the middle outwards.

    Rows are counted over the first two axes. Those away from both ends of their line are done as
    one, which keeps the inner loop long where there are few channels.
    """
    length, width = lines.shape[1], lines.shape[2]
    reach = len(taps) - 1
    most = max(1, _TILE // width)
    while first < stop:
        i, j = first // length, first % length
        line, smooth = lines[i].reshape(-1), result[i].reshape(-1)
        if j < reach or length - reach <= j:
            here = 1
            for k in range(width):
                smooth[j * width + k] = taps[0] * line[j * width + k]
            for far in range(1, reach + 1):
                low, high = max(j - far, 0) * width, min(j + far, length - 1) * width
                for k in range(width):
                    smooth[j * width + k] += taps[far] * (line[low + k] + line[high + k])
        else:
            here = min(stop - first, length - reach - j, most)
            start, size = j * width, here * width
            target, middle = smooth[start : start + size], line[start : start + size]
            for k in range(size):
                target[k] = taps[0] * middle[k]
            for far in range(1, reach + 1):
                low = line[start - far * width : start - far * width + size]
                high = line[start + far * width : start + far * width + size]
                weight = taps[far]
                for k in range(size):
                    target[k] += weight * (low[k] + high[k])
        first += here
