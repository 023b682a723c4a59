"""A little smoothing within tissues, as much as the scan is noisy, before anything is fitted.

Some steps of anisotropic diffusion (Perona & Malik, IEEE PAMI 1990): a voxel moves towards those
neighbors that differ from it by no more than the noise would make them. How much they differ is
seen in a slightly blurred volume (Catté et al., SIAM J. Numer. Anal. 1992), in which there is less
noise: so a voxel far off by noise alone is mended, and an edge between tissues shows more.
"""

from __future__ import annotations

from itertools import product
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

RATE = np.float32(0.08)
"""Share of the way to each neighbor beside a face in a step; half as much beside an edge."""

TOLERANCE = 2.0
"""Deviations of the noise beyond which two voxels of the blurred volume count as different."""

BLUR = 0.2
"""Weight of each of the six nearest voxels beside that of the voxel itself."""

_NEIGHBORS = np.array(
    [step for step in product((-1, 0, 1), repeat=3) if 1 <= np.count_nonzero(step) <= 2], np.int32
)

_FACES = np.array([[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]], np.int32)
_UNLIKE = np.float32(-30)  # log of a likeness that is as good as none; less would be slow
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
    rates = (RATE * spacing.min() ** 2 / ((_NEIGHBORS * spacing) ** 2).sum(axis=1)).astype(
        np.float32
    )
    blur = (BLUR * (spacing.min() / spacing) ** 2).astype(np.float32).repeat(2)
    sharpness = np.float32(1 / (TOLERANCE * noise * _noise_left(blur)) ** 2)
    bright = yield from aside(lambda: _brightness_of(volume[used]), Progress("Denoising", 0.0))
    n_steps = steps_for(noise / bright)
    padded, inside = yield from aside(
        lambda: (np.pad(volume, 1), np.pad(used, 1).astype(np.float32)), Progress("Denoising", 0.0)
    )
    for number in range(n_steps):
        step = _step(padded, inside, rates, blur, sharpness)
        padded = yield from portion(step, number / n_steps, (number + 1) / n_steps)
    return np.ascontiguousarray(padded[1:-1, 1:-1, 1:-1]), noise


def _step(
    volume: NDArray[np.float32],
    inside: NDArray[np.float32],
    rates: NDArray[np.float32],
    blur: NDArray[np.float32],
    sharpness: np.float32,
) -> Work[NDArray[np.float32]]:
    """Diffuse a volume with a border of one voxel once; 1 inside the mask, else 0."""
    blurred, result = np.zeros_like(volume), np.zeros_like(volume)

    def blur_plane(number: int) -> None:
        _blur(volume, inside, number + 1, _FACES, blur, blurred)

    def diffuse_plane(number: int) -> None:
        _diffuse(volume, blurred, inside, number + 1, _NEIGHBORS, rates, sharpness, result)

    n_planes = len(volume) - 2
    yield from portion(run_blocks_steps(blur_plane, n_planes, "Denoising"), 0.0, 0.3)
    yield from portion(run_blocks_steps(diffuse_plane, n_planes, "Denoising"), 0.3, 1.0)
    return result


def _noise_left(blur: NDArray[np.float32]) -> float:
    """Deviation of independent noise after blurring, over that before."""
    return float(np.sqrt(1 + (blur**2).sum()) / (1 + blur.sum()))


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
def _blur(volume: Any, inside: Any, i: Any, faces: Any, weights: Any, result: Any) -> None:
    """Weigh the voxels of a plane with those beside their faces."""
    length = volume.shape[2] - 2
    total = np.empty(length, np.float32)
    for j in range(1, volume.shape[1] - 1):
        here, blurred = volume[i, j, 1 : 1 + length], result[i, j, 1 : 1 + length]
        for k in range(length):
            total[k] = 1
            blurred[k] = here[k]
        for n in range(len(faces)):
            a, b, c = i + faces[n, 0], j + faces[n, 1], 1 + faces[n, 2]
            there, used = volume[a, b, c : c + length], inside[a, b, c : c + length]
            for k in range(length):
                weight = weights[n] * used[k]
                total[k] += weight
                blurred[k] += weight * there[k]
        for k in range(length):
            blurred[k] /= total[k]


@compiled
def _diffuse(
    volume: Any,
    blurred: Any,
    inside: Any,
    i: Any,
    neighbors: Any,
    rates: Any,
    sharpness: Any,
    result: Any,
) -> None:
    """Move the voxels of a plane one step, a row and a neighbor at a time: in vector code."""
    length = volume.shape[2] - 2
    for j in range(1, volume.shape[1] - 1):
        here, seen = volume[i, j, 1 : 1 + length], blurred[i, j, 1 : 1 + length]
        within, moved = inside[i, j, 1 : 1 + length], result[i, j, 1 : 1 + length]
        for k in range(length):
            moved[k] = here[k]
        for n in range(len(neighbors)):
            a, b, c = i + neighbors[n, 0], j + neighbors[n, 1], 1 + neighbors[n, 2]
            there, used = volume[a, b, c : c + length], inside[a, b, c : c + length]
            seen_there = blurred[a, b, c : c + length]
            for k in range(length):
                apart = seen_there[k] - seen[k]
                likeness = exp(max(-sharpness * apart * apart, _UNLIKE))
                moved[k] += rates[n] * within[k] * used[k] * likeness * (there[k] - here[k])


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
