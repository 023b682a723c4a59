"""First mixtures: k-means++ on a part of the samples, or given means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.maximization import constrain
from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.samples import Samples

SAMPLE_SIZE = 8192
"""k-means++ looks at this many samples, drawn in proportion to their weights."""

N_LLOYD_STEPS = 8


def kmeans_start(
    samples: Samples, n_components: int, covariance: Covariance, least_variance: float, seed: int
) -> GaussianMixture:
    """Start from clusters found by k-means++ and a few Lloyd steps (Arthur & Vassilvitskii, 2007).

    Parameters
    ----------
    samples : Samples
    n_components : int
    covariance : Covariance
    least_variance : float
        Floor of the variances, relative to those of the samples.
    seed : int

    Returns
    -------
    GaussianMixture
        Standardized.
    """
    random = np.random.default_rng(seed)
    points = draw_points(samples, random)
    centers = _spread_centers(points, n_components, random)
    return mixture_of_clusters(points, centers, covariance, least_variance)


def draw_points(samples: Samples, random: np.random.Generator) -> NDArray[np.float64]:
    """Standardized samples, shape (m, d): all if they are few and unweighted, or a random draw."""
    n = len(samples)
    if samples.weights.size:
        cumulative = np.cumsum(samples.weights, dtype=np.float64)
        draws = random.random(SAMPLE_SIZE) * cumulative[-1]
        indices = np.minimum(np.searchsorted(cumulative, draws, side="right"), n - 1)
    elif n > SAMPLE_SIZE:
        indices = random.integers(n, size=SAMPLE_SIZE)
    else:
        indices = np.arange(n)
    values = samples.values[indices].astype(np.float64)
    points: NDArray[np.float64] = (values - np.array(samples.kernel_center, float)) * np.array(
        samples.kernel_scale, float
    )
    return points


def mixture_of_clusters(
    points: NDArray[np.float64],
    centers: NDArray[np.float64],
    covariance: Covariance,
    least_variance: float,
) -> GaussianMixture:
    """Move centers by Lloyd's steps and describe each cluster by a Gaussian."""
    for _ in range(N_LLOYD_STEPS):
        nearest = _squared_distances(points, centers).argmin(axis=1)
        centers = _cluster_means(points, nearest, centers)
    k, d = centers.shape
    counts = np.bincount(nearest, minlength=k)
    scatters = np.empty((k, d, d))
    for index in range(k):
        centered = points[nearest == index] - centers[index]
        scatters[index] = centered.T @ centered / max(1, counts[index])
    weights = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
    covariances = constrain(scatters, weights, covariance, least_variance)
    return GaussianMixture(weights, centers, covariances, covariance)


def _spread_centers(
    points: NDArray[np.float64], n_centers: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Draw centers far from each other, each the best of a few candidates."""
    n_candidates = 2 + int(np.log(n_centers))
    centers = points[random.integers(len(points), size=1)]
    distances = _squared_distances(points, centers)[:, 0]
    while len(centers) < n_centers:
        cumulative = np.cumsum(distances)
        draws = random.random(n_candidates) * cumulative[-1]
        indices = np.minimum(np.searchsorted(cumulative, draws), len(points) - 1)
        remaining = np.minimum(
            distances[:, np.newaxis], _squared_distances(points, points[indices])
        )
        best = int(remaining.sum(axis=0).argmin())
        centers = np.vstack([centers, points[indices[best]]])
        distances = remaining[:, best]
    return centers


def _squared_distances(
    points: NDArray[np.float64], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    distances: NDArray[np.float64] = -2 * points @ centers.T
    distances += (centers**2).sum(axis=1)
    distances += (points**2).sum(axis=1)[:, np.newaxis]
    return np.maximum(distances, 0, out=distances)


def _cluster_means(
    points: NDArray[np.float64], nearest: NDArray[np.intp], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of the clusters; an empty one keeps its center."""
    counts = np.bincount(nearest, minlength=len(centers))
    sums = np.stack([np.bincount(nearest, column, len(centers)) for column in points.T], axis=1)
    means: NDArray[np.float64] = sums / np.maximum(counts, 1)[:, np.newaxis]
    means[counts == 0] = centers[counts == 0]
    return means
