"""First mixtures: k-means++, quantiles, or given means; found on a part of the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.maximization import constrain
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.work import Progress, Work

PILOT_SIZE = 32768
"""Starts are compared and brought near their end on this many samples, drawn by weight."""

_CLUSTERED = 8192
_LLOYD_STEPS = 8
_MESSAGE = "Finding a start"


def first_mixture_steps(
    pilot: Samples, n_components: int, settings: FitSettings, number: int
) -> Work[GaussianMixture]:
    """Make a start of its own for each number.

    The first start of samples with one feature are their quantiles; all others are clusters found
    by k-means++ (Arthur & Vassilvitskii, 2007) and a few Lloyd steps on 8192 samples.

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
    points = pilot.values.astype(np.float64)
    if len(points) > _CLUSTERED:
        points = points[random.permutation(len(points))[:_CLUSTERED]]
    if number == 0 and points.shape[1] == 1:
        shares = (np.arange(n_components) + 0.5) / n_components
        centers = np.unique(np.quantile(points, shares, axis=0, method="nearest"), axis=0)
    else:
        centers = yield from _spread_centers_steps(points, n_components, random)
    return (yield from clusters_steps(points, centers, settings))


def clusters_steps(
    points: NDArray[np.float64], centers: NDArray[np.float64], settings: FitSettings
) -> Work[GaussianMixture]:
    """Move standardized centers by Lloyd's steps and describe each cluster by a Gaussian."""
    for _ in range(_LLOYD_STEPS):
        yield Progress(_MESSAGE)
        nearest = _squared_distances(points, centers).argmin(axis=1)
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
    distances = _squared_distances(points, centers)[:, 0]
    while len(centers) < n_centers and distances.max() > _SAME_POINT:
        yield Progress(_MESSAGE)
        cumulative = np.cumsum(distances)
        draws = random.random(n_candidates) * cumulative[-1]
        indices = np.minimum(np.searchsorted(cumulative, draws, side="right"), len(points) - 1)
        remaining = np.minimum(
            distances[:, np.newaxis], _squared_distances(points, points[indices])
        )
        best = int(remaining.sum(axis=0).argmin())
        centers = np.vstack([centers, points[indices[best]]])
        distances = remaining[:, best]
    return centers


_SAME_POINT = 1e-13  # rounding of the squared distance between standardized points


def _squared_distances(
    points: NDArray[np.float64], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shape (n, k), feature by feature: exactly 0 for equal points."""
    distances = np.zeros((len(points), len(centers)))
    for feature in range(points.shape[1]):
        distances += (points[:, feature, np.newaxis] - centers[:, feature]) ** 2
    return distances


def _cluster_means(
    points: NDArray[np.float64], nearest: NDArray[np.intp], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of the clusters; an empty one keeps its center."""
    counts = np.bincount(nearest, minlength=len(centers))
    sums = np.stack([np.bincount(nearest, column, len(centers)) for column in points.T], axis=1)
    means: NDArray[np.float64] = sums / np.maximum(counts, 1)[:, np.newaxis]
    means[counts == 0] = centers[counts == 0]
    return means
