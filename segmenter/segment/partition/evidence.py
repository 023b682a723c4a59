"""What is known of each cell of the working grid: colors, texture, posteriors, boundaries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.fit import Fit, fit_mixture_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.partition.smoothing import smoothed
from segmenter.segment.partition.working import WorkingImage
from segmenter.work import Progress, Work

Float = NDArray[np.float32]
N_COMPONENTS = 16
STRIDE = 5  # odd, so that the sampled cells of a turned image are the same ones
MOST_SAMPLES = 30_000
SOFTNESS = 1.5  # log densities are divided by it: cells near each other are not independent
LEAST_SPREAD = 2.0  # least standard deviation of a component, in units of the features
FINE, COARSE = 1.2, 3.0  # scales of the boundaries in cells
N_AXES = 6
"""Of the space of posteriors, whose changes are looked at; the others hold little."""
TEXTURE_SCALES = ((0.0, 2.5, 3.0), (1.5, 6.0, 6.0))
"""Texture is the energy of lightness between two scales, averaged over the third."""
TEXTURE_GAIN, TEXTURE_KNEE = 12.0, 3.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measurements of each cell of a working image.

    Attributes
    ----------
    planes : float32 ndarray, shape (n_planes, *grid)
        Colors as they are, then textures.
    n_colors : int
        How many of the planes are colors.
    posteriors : float32 ndarray, shape (n_cells, n_components)
        Softened, in grid order.
    boundaries : float32 ndarray, shape (n_boundaries, *grid)
        How strong a boundary through the cell would be: fine, coarse, of the posteriors.
    fit : Fit
        The mixture of colors and textures.
    """

    planes: Float
    n_colors: int
    posteriors: Float
    boundaries: Float
    fit: Fit


def evidence_of(working: WorkingImage, seed: int = 0) -> Work[Evidence]:
    """Measure a working image."""
    yield Progress("Measuring color and texture", 0.0)
    colors = working.planes
    cells = np.array(working.cells)
    blurred = smoothed(colors, tuple(1.0 / cells))
    textures = _textures(colors, cells)
    features = np.concatenate([blurred, textures])
    yield Progress("Finding the main colors", 0.3)
    fit = yield from _fit(features, working.valid, seed)
    soft = softened(fit.mixture)
    flat = np.ascontiguousarray(features.reshape(len(features), -1).T)
    posteriors = soft.responsibilities(flat)
    yield Progress("Finding boundaries", 0.7)
    boundaries = _boundaries(blurred, posteriors, working.grid, cells)
    planes = np.concatenate([colors, textures])
    return Evidence(planes, len(colors), posteriors, boundaries, fit)


def _textures(colors: Float, cells: NDArray[np.float64]) -> Float:
    """Energy of lightness in bands of scale, on a logarithmic scale, shape (n_bands, *grid)."""
    light = colors[:1] / np.float32(0.8)
    textures = []
    for low, high, window in TEXTURE_SCALES:
        band = smoothed(light, tuple(low / cells)) - smoothed(light, tuple(high / cells))
        energy = smoothed(band * band, tuple(window / cells))
        deviation = np.sqrt(np.maximum(energy, 0))
        textures.append(TEXTURE_GAIN * np.log1p(deviation / np.float32(TEXTURE_KNEE)))
    return np.concatenate(textures).astype(np.float32)


def _fit(features: Float, valid: NDArray[np.bool_] | None, seed: int) -> Work[Fit]:
    """Fit the mixture to evenly spaced cells, sorted: a turned image has the same ones."""
    stride = STRIDE
    while features[0].size / stride ** (features.ndim - 1) > 2 * MOST_SAMPLES:
        stride += 2
    places = tuple(_evenly(size, stride) for size in features.shape[1:])
    at = np.ix_(*places)
    samples = np.stack([plane[at].ravel() for plane in features], axis=1)
    if valid is not None and (taken := valid[at].ravel()).any():
        samples = samples[taken]
    samples = np.ascontiguousarray(samples[np.lexsort(samples.T[::-1])])
    variances = np.maximum(samples.var(axis=0, dtype=np.float64), 1e-6)
    floors = np.minimum(LEAST_SPREAD**2 / variances, 1.0)
    return (
        yield from fit_mixture_steps(
            samples,
            N_COMPONENTS,
            seed=seed,
            tolerance=1e-3,
            max_iterations=30,
            least_variance=tuple(floors),
        )
    )


def _evenly(size: int, stride: int) -> NDArray[np.intp]:
    """Places with the same room at both ends."""
    stride = min(stride, size)
    first = next((f for f in range(stride) if (size - 1 - 2 * f) % stride == 0), stride // 2)
    return np.arange(first, size, stride)


def softened(mixture: GaussianMixture, softness: float = SOFTNESS) -> GaussianMixture:
    """Mixture whose log densities are those of another divided by a number, but for a constant."""
    logs = np.linalg.slogdet(mixture.covariances)[1]
    weights = mixture.weights ** (1 / softness) * np.exp(
        (logs - logs.mean()) * (0.5 - 0.5 / softness)
    )
    covariances = mixture.covariances * softness
    return GaussianMixture(weights / weights.sum(), mixture.means, covariances)


def _boundaries(
    blurred: Float, posteriors: Float, grid: tuple[int, ...], cells: NDArray[np.float64]
) -> Float:
    fine = steepness(smoothed(blurred, tuple(np.sqrt(FINE**2 - 1) / cells)), cells)
    coarse = steepness(smoothed(blurred, tuple(np.sqrt(COARSE**2 - 1) / cells)), cells)
    roots = _main_axes(np.sqrt(posteriors)).reshape(-1, *grid)
    change = steepness(smoothed(roots, tuple(COARSE / cells)), cells)
    unit = np.float32(20.0)
    return np.stack([fine * FINE / unit, coarse * COARSE / unit, change * COARSE]).astype(
        np.float32
    )


def _main_axes(roots: Float) -> Float:
    """Project rows (n, k) on the axes in which they differ most, shape (at most N_AXES, n)."""
    some = roots[:: max(1, len(roots) // MOST_SAMPLES) | 1]
    centered = some.astype(np.float64) - some.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centered.T @ centered)
    return np.ascontiguousarray(axes[:, -N_AXES:].T.astype(np.float32) @ roots.T)


def steepness(planes: Float, cells: NDArray[np.float64]) -> Float:
    """Length of the gradient over all planes, a unit of length being the smallest cell."""
    square = np.zeros(planes.shape[1:], np.float32)
    for axis, cell in enumerate(cells, 1):
        if planes.shape[axis] > 1:
            inner = int(np.prod(planes.shape[axis + 1 :]))
            outside = planes.reshape(len(planes), -1, planes.shape[axis], inner)
            add_squared_slope(outside, np.float32(0.5 / cell), square.reshape(outside.shape[1:]))
    return np.sqrt(square)


@compiled
def add_squared_slope(planes: Float, half: np.float32, square: Float) -> None:
    """Add the squared central difference along the third axis of (planes, outer, n, inner)."""
    n_planes, outer, n, inner = planes.shape
    for p in range(n_planes):
        for o in range(outer):
            for i in range(n):
                above, below = planes[p, o, max(0, i - 1)], planes[p, o, min(n - 1, i + 1)]
                row = square[o, i]
                for x in range(inner):
                    slope = (below[x] - above[x]) * half
                    row[x] += slope * slope
