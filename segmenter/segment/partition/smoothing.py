"""Gaussian smoothing of planes over a grid of two or three axes, on all cores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

Float = NDArray[np.float32]
TRUNCATE = 3.0  # standard deviations; less than three in a thousand of the weight is outside


def smoothed(planes: Float, sigmas: Sequence[float]) -> Float:
    """Smooth each plane by a Gaussian; beyond the border the nearest value goes on.

    Parameters
    ----------
    planes : float32 ndarray, shape (n_planes, *grid), contiguous
    sigmas : sequence of float
        Standard deviation along each axis of the grid, in its cells; 0 leaves an axis alone.

    Returns
    -------
    float32 ndarray, shape (n_planes, *grid)
    """
    for axis, sigma in enumerate(sigmas, 1):
        if sigma > 0 and planes.shape[axis] > 1:
            planes = _along(planes, axis, _taps(sigma))
    return planes


def _taps(sigma: float) -> Float:
    radius = max(1, int(TRUNCATE * sigma + 0.5))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights: Float = (taps / taps.sum()).astype(np.float32)
    return weights


def _along(planes: Float, axis: int, taps: Float) -> Float:
    """Convolve along one axis; the others are taken as what is outside and inside of it."""
    shape = planes.shape
    inner = int(np.prod(shape[axis + 1 :]))
    outside = np.ascontiguousarray(planes).reshape(-1, shape[axis], inner)
    result = np.empty_like(outside)
    if inner == 1:
        outside, result = outside.reshape(1, -1, shape[axis]), result.reshape(1, -1, shape[axis])
        kernel, length = _rows, outside.shape[1]
    else:
        kernel, length = _columns, shape[axis]
    parts = -(-length * result.shape[2] // (1 << 16))
    bounds = np.linspace(0, length, parts + 1).astype(int)

    def smooth_part(number: int) -> None:
        one, part = divmod(number, parts)
        kernel(outside[one], taps, result[one], bounds[part], bounds[part + 1])

    run_blocks(smooth_part, len(result) * parts)
    return result.reshape(shape)


@compiled
def _columns(values: Float, taps: Float, result: Float, first: int, last: int) -> None:
    """Convolve along the first axis of (n, inner): whole rows are added, which is vectorized."""
    n, inner = values.shape
    radius = len(taps) // 2
    for i in range(first, last):
        row = result[i]
        for x in range(inner):
            row[x] = taps[radius] * values[i, x]
        for t in range(1, radius + 1):
            above, below = values[max(0, i - t)], values[min(n - 1, i + t)]
            weight = taps[radius + t]
            for x in range(inner):
                row[x] += weight * (above[x] + below[x])


@compiled
def _rows(values: Float, taps: Float, result: Float, first: int, last: int) -> None:
    """Convolve along the second axis of (n, length), each row widened by its ends."""
    length = values.shape[1]
    radius = len(taps) // 2
    wide = np.empty(length + 2 * radius, np.float32)
    for i in range(first, last):
        wide[:radius] = values[i, 0]
        wide[radius + length :] = values[i, length - 1]
        row = result[i]
        for x in range(length):
            wide[radius + x] = values[i, x]
            row[x] = taps[radius] * values[i, x]
        for t in range(1, radius + 1):
            weight = taps[radius + t]
            left = wide[radius - t : radius - t + length]  # sums of indices are not vectorized
            right = wide[radius + t : radius + t + length]
            for x in range(length):
                row[x] += weight * (left[x] + right[x])
