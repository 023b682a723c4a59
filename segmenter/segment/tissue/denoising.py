"""A little smoothing within tissues, as much as the scan is noisy, before anything is fitted.

Some steps of anisotropic diffusion (Perona & Malik, IEEE PAMI 1990): a voxel moves towards those
neighbors that differ from it by no more than the noise would make them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp
from segmenter.em.blocks import run_blocks_steps
from segmenter.work import Progress, Work, aside, portion

NOISE_A_STEP = 0.04
"""Deviation of the noise, over the brightness of white matter, that calls for one more step."""

MOST_STEPS = 4
"""More would round the cortex away."""

RATE = np.float32(0.12)
"""Share of the way to each neighbor in a step."""

TOLERANCE = 2.0
"""Deviations of the noise beyond which two voxels count as different."""

_LEAST_VOXELS = 100
_BRIGHT = 95.0  # percentile
_FEWER = 8  # of so many voxels one is enough for a percentile


def denoise_steps(
    volume: NDArray[np.float32], mask: NDArray[np.bool_], spacing: NDArray[np.float64]
) -> Work[tuple[NDArray[np.float32], float]]:
    """Diffuse intensities inside a mask; empty voxels give and take nothing.

    Parameters
    ----------
    volume : ndarray of float32, shape (x, y, z)
    mask : ndarray of bool, shape (x, y, z)
    spacing : ndarray of float64, shape (3,)
        Millimeters; near neighbors count more.

    Returns
    -------
    ndarray of float32, shape (x, y, z)
        A new one, or the volume itself where there is no noise.
    float
        Deviation of the noise that was there.
    """
    yield Progress("Denoising", 0.0)
    used = mask & (volume > 0)
    yield Progress("Denoising", 0.0)
    noise = yield from noise_level_steps(volume, used)
    if noise == 0:
        return volume, noise
    nearness = (RATE * (spacing.min() / spacing) ** 2).astype(np.float32)
    sharpness = np.float32(1 / (TOLERANCE * noise) ** 2)
    bright = yield from aside(lambda: _brightness_of(volume[used]), Progress("Denoising", 0.0))
    n_steps = steps_for(noise / bright)
    for number in range(n_steps):
        yield Progress("Denoising", number / n_steps)
        result = volume.copy()

        def diffuse_plane(i: int, before: Any = volume, after: Any = result) -> None:
            _diffuse(before, used, i, nearness, sharpness, after)

        diffusing = run_blocks_steps(diffuse_plane, volume.shape[0], "Denoising")
        yield from portion(diffusing, number / n_steps, (number + 1) / n_steps)
        volume = result
    return volume, noise


def steps_for(noise: float) -> int:
    """How many steps are best for a noise, relative to the brightness."""
    return int(np.clip(np.rint(noise / NOISE_A_STEP), 1, MOST_STEPS))


def noise_level_steps(volume: NDArray[np.float32], used: NDArray[np.bool_]) -> Work[float]:
    """Deviation of the noise, by how voxels differ from the mean of their six neighbors.

    The median of the absolute differences, which the edges between tissues hardly change.
    """
    differences = np.empty(volume.shape, np.float32)
    is_inner = np.zeros(volume.shape, np.bool_)
    yield from run_blocks_steps(
        lambda i: _compare(volume, used, i, differences, is_inner), volume.shape[0], "Denoising"
    )  # a plane a block
    inner = differences[is_inner]
    if inner.size < _LEAST_VOXELS:
        return 0.0
    middle = yield from aside(lambda: np.median(np.abs(inner)), Progress("Denoising", 0.0))
    return float(1.4826 * np.sqrt(6 / 7) * middle)


def _brightness_of(intensities: NDArray[np.float32]) -> float:
    return float(np.percentile(intensities[::_FEWER], _BRIGHT))


@compiled
def _diffuse(volume: Any, used: Any, i: Any, nearness: Any, sharpness: Any, result: Any) -> None:
    """Move the voxels of a plane one step."""
    for j in range(volume.shape[1]):
        for k in range(volume.shape[2]):
            if not used[i, j, k]:
                continue
            value = volume[i, j, k]
            moved = value
            for side in range(6):
                axis, step = side // 2, 2 * (side % 2) - 1
                a = i + (step if axis == 0 else 0)
                b = j + (step if axis == 1 else 0)
                c = k + (step if axis == 2 else 0)
                if _has(used, a, b, c):
                    apart = volume[a, b, c] - value
                    moved += nearness[axis] * apart * exp(-sharpness * apart * apart)
            result[i, j, k] = moved


@compiled
def _compare(volume: Any, used: Any, i: Any, differences: Any, is_inner: Any) -> None:
    """Fill the differences of a plane's voxels from the mean of their neighbors, if used too."""
    for j in range(volume.shape[1]):
        for k in range(volume.shape[2]):
            if not used[i, j, k]:
                continue
            total = np.float32(0)
            inner = True
            for side in range(6):
                axis, step = side // 2, 2 * (side % 2) - 1
                a = i + (step if axis == 0 else 0)
                b = j + (step if axis == 1 else 0)
                c = k + (step if axis == 2 else 0)
                if _has(used, a, b, c):
                    total += volume[a, b, c]
                else:
                    inner = False
            differences[i, j, k] = volume[i, j, k] - total / np.float32(6)
            is_inner[i, j, k] = inner


@compiled
def _has(used: Any, a: Any, b: Any, c: Any) -> Any:
    """Tell whether indices lie inside and are used."""
    return (
        0 <= a < used.shape[0]
        and 0 <= b < used.shape[1]
        and 0 <= c < used.shape[2]
        and used[a, b, c]
    )
