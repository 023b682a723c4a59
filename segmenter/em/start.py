"""First mixtures: k-means++, quantiles, or given means; found on a part of the samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.cleaning import without_background
from segmenter.em.maximization import constrain
from segmenter.em.mixture import GaussianMixture, Noise
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.errors import ParameterError
from segmenter.work import Progress, Work

PILOT_SIZE = 32768
"""Starts are compared and brought near their end on this many samples, drawn by weight."""

_LEAST_CLUSTERED = 4096
_CLUSTERED_A_COMPONENT = 128
_LLOYD_STEPS = 8
_FIRST_NOISE = 0.05
_FEW = 8  # samples
_MESSAGE = "Finding a start"


def first_mixture_steps(
    pilot: Samples, n_components: int, settings: FitSettings, number: int
) -> Work[GaussianMixture]:
    """Make a start of its own for each number.

    The first start of samples with one feature are their quantiles; all others are clusters found
    by k-means++ (Arthur & Vassilvitskii, 2007) and a few Lloyd steps on 4096 samples,
    or 128 for each component.

    Parameters
    ----------
    pilot : Samples
        Standardized and unweighted.
    n_components : int
        Fewer are returned where there are fewer distinct samples.
    settings : FitSettings
    number : int
        Which start, from 0.

    Returns
    -------
    GaussianMixture
        Standardized.
    """
    random = np.random.default_rng([settings.seed, number])
    points = _points_to_cluster(pilot, n_components, settings, random)
    if number == 0 and points.shape[1] == 1:
        shares = (np.arange(n_components) + 0.5) / n_components
        centers = np.unique(np.quantile(points, shares, axis=0, method="nearest"), axis=0)
    else:
        centers = yield from _spread_centers_steps(points, n_components, random)
    return (yield from _clusters_steps(points, centers, settings))


def hinted_mixture_steps(
    pilot: Samples, n_components: int, settings: FitSettings, hints: ArrayLike
) -> Work[GaussianMixture]:
    """Make the mixture that EM starts from where its means are given.

    Parameters
    ----------
    pilot : Samples
        Standardized and unweighted.
    n_components : int
    settings : FitSettings
    hints : array_like, shape (n_components, d)
        Means, in the units of the samples.

    Returns
    -------
    GaussianMixture
        Standardized.

    Raises
    ------
    ParameterError
        They are of another shape, or not finite.
    """
    means = np.atleast_2d(np.asarray(hints, dtype=np.float64))
    if means.shape != (n_components, pilot.values.shape[1]) or not np.isfinite(means).all():
        raise ParameterError(
            f"A start must be a mixture or {n_components} finite means of "
            f"{pilot.values.shape[1]} features each."
        )
    centers = (means - pilot.center) * pilot.scale
    points = pilot.values.astype(np.float64)
    if settings.noise:
        random = np.random.default_rng(settings.seed)
        cleaned = _points_to_cluster(pilot, n_components, settings, random)
        points = np.vstack([cleaned, *(_around(points, center) for center in centers)])
    return (yield from _clusters_steps(points, centers, settings))


def _around(points: NDArray[np.float64], center: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the few points nearest to a mean that was given: they are no noise."""
    distances = np.square(points - center).sum(axis=1)
    return points[np.argsort(distances, kind="stable")[:_FEW]]


def with_noise(mixture: GaussianMixture, pilot: Samples) -> GaussianMixture:
    """Give a standardized mixture a background over the box around standardized samples."""
    if mixture.noise is not None:
        return mixture
    lowest = pilot.values.min(axis=0).astype(np.float64)
    highest = pilot.values.max(axis=0).astype(np.float64)
    flat = highest <= lowest
    noise = Noise(_FIRST_NOISE, lowest - 0.5 * flat, highest + 0.5 * flat)
    return replace(mixture, weights=mixture.weights * (1 - _FIRST_NOISE), noise=noise)


def _points_to_cluster(
    pilot: Samples, n_components: int, settings: FitSettings, random: np.random.Generator
) -> NDArray[np.float64]:
    """Take as many of the pilot samples as starts are found on, without those that look like noise.

    What looks like noise is left out only where noise is fitted.
    """
    points = pilot.values.astype(np.float64)
    n_clustered = max(_LEAST_CLUSTERED, _CLUSTERED_A_COMPONENT * n_components)
    if len(points) > n_clustered:
        points = points[random.choice(len(points), n_clustered, replace=False, shuffle=False)]
    return without_background(points) if settings.noise else points


def _clusters_steps(
    points: NDArray[np.float64], centers: NDArray[np.float64], settings: FitSettings
) -> Work[GaussianMixture]:
    """Move standardized centers by Lloyd's steps and describe each cluster by a Gaussian."""
    for _ in range(_LLOYD_STEPS):
        yield Progress(_MESSAGE)
        nearest = _nearest(points, centers)
        centers = _cluster_means(points, nearest, centers)
    k, d = centers.shape
    counts = np.bincount(nearest, minlength=k)
    scatters = np.empty((k, d, d))
    for index in range(k):
        centered = points[nearest == index] - centers[index]
        scatters[index] = centered.T @ centered / max(1, counts[index])
    weights = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
    covariances = constrain(scatters, weights, settings.covariance, settings.least_variance)
    return GaussianMixture(weights, centers, covariances, settings.covariance)


def _spread_centers_steps(
    points: NDArray[np.float64], n_centers: int, random: np.random.Generator
) -> Work[NDArray[np.float64]]:
    """Draw centers far from each other, each the best of a few; at most one for each value."""
    n_candidates = 2 + int(np.log(n_centers))
    centers = points[random.integers(len(points), size=1)]
    distances = _squared_distances(points, centers)[0]
    while len(centers) < n_centers and distances.max() > _SAME_POINT:
        yield Progress(_MESSAGE)
        cumulative = np.cumsum(distances)
        draws = random.random(n_candidates) * cumulative[-1]
        indices = np.minimum(np.searchsorted(cumulative, draws, side="right"), len(points) - 1)
        remaining = np.minimum(distances, _squared_distances(points, points[indices]))
        best = int(remaining.sum(axis=1).argmin())
        centers = np.vstack([centers, points[indices[best]]])
        distances = remaining[best]
    return centers


_SAME_POINT = 1e-13  # rounding of the squared distance between standardized points


def _squared_distances(
    points: NDArray[np.float64], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shape (k, n), feature by feature: exactly 0 for equal points."""
    distances = np.zeros((len(centers), len(points)))
    for column, middles in zip(points.T, centers.T, strict=True):
        apart = column - middles[:, np.newaxis]
        apart *= apart
        distances += apart
    return distances


def _nearest(points: NDArray[np.float64], centers: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index of the first nearest center, shape (n,); over few rows a loop beats argmin."""
    distances = _squared_distances(points, centers)
    least = distances[0]
    nearest = np.zeros(len(points), np.intp)
    for index in range(1, len(centers)):
        np.copyto(nearest, index, where=distances[index] < least)
        np.minimum(least, distances[index], out=least)
    return nearest


def _cluster_means(
    points: NDArray[np.float64], nearest: NDArray[np.intp], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of the clusters; an empty one keeps its center."""
    counts = np.bincount(nearest, minlength=len(centers))
    sums = np.stack([np.bincount(nearest, column, len(centers)) for column in points.T], axis=1)
    means: NDArray[np.float64] = sums / np.maximum(counts, 1)[:, np.newaxis]
    means[counts == 0] = centers[counts == 0]
    return means
