"""Components merged into clusters by entropy (Baudry, Raftery, Celeux, Lo & Gottardo, 2010)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_samples_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import prepare_steps
from segmenter.work import Progress, Work, finish

N_SAMPLES = 1 << 16
"""Entropies are measured on this many samples, drawn by weight, or on all if they are fewer."""


@dataclass(frozen=True, eq=False)
class Merging:
    """From every component by itself to all of them together, two clusters merged at a time.

    Attributes
    ----------
    clusterings : tuple of tuple of tuple of int
        The components of each cluster; ``clusterings[i]`` has ``k - i`` clusters.
    entropies : tuple of float
        Mean entropy per sample of each clustering, in nats. A bend in its course, where further
        merging gains little, is a sensible number of clusters.
    """

    clusterings: tuple[tuple[tuple[int, ...], ...], ...]
    entropies: tuple[float, ...]

    @property
    def n_clusters(self) -> int:
        """Number of clusters at the bend: the best fit of the entropies by two straight lines.

        With fewer than three components, their own number.
        """
        falls = np.array(self.entropies)
        k = len(falls)
        if k < 3 or falls[0] - falls[-1] <= 1e-6:
            return k
        errors = [_line_error(falls[: cut + 1]) + _line_error(falls[cut:]) for cut in range(1, k)]
        return k - 1 - int(np.argmin(errors))


def merge_by_entropy(
    mixture: GaussianMixture, samples: ArrayLike, sample_weight: ArrayLike | None = None
) -> Merging:
    """Merge the components of a mixture step by step, each time the pair that is least certain.

    Parameters
    ----------
    mixture : GaussianMixture
    samples : array_like, shape (n, d)
    sample_weight : array_like, shape (n,), optional

    Raises
    ------
    SamplesError
        The samples are none, not finite, or do not fit the mixture.
    """
    return finish(merge_by_entropy_steps(mixture, samples, sample_weight))


def merge_by_entropy_steps(
    mixture: GaussianMixture, samples: ArrayLike, sample_weight: ArrayLike | None = None
) -> Work[Merging]:
    """Do the same as a work."""
    array = yield from as_samples_steps(samples, mixture.n_features)
    prepared = yield from prepare_steps(array, sample_weight)
    pilot = prepared.draw(N_SAMPLES, seed=0)
    standardized = mixture.standardized(pilot.center, pilot.scale)
    shares = standardized.responsibilities(pilot.values)[:, : mixture.n_components]
    columns = [column.astype(np.float64) for column in shares.T]
    clusters: list[tuple[int, ...]] = [(index,) for index in range(mixture.n_components)]
    gains = yield from _pair_gains(columns)
    clusterings, entropies = [tuple(clusters)], [_mean_entropy(columns)]
    while len(clusters) > 1:
        first, second = divmod(int(gains.argmax()), len(clusters))
        columns[first] = columns[first] + columns.pop(second)
        clusters[first] = tuple(sorted(clusters[first] + clusters.pop(second)))
        clusterings.append(tuple(clusters))
        entropies.append(_mean_entropy(columns))
        gains = yield from _pair_gains(columns)
    return Merging(tuple(clusterings), tuple(entropies))


def _pair_gains(columns: list[NDArray[np.float64]]) -> Work[NDArray[np.float64]]:
    """Fall of the mean entropy when two columns become one, shape (k, k), above the diagonal."""
    own = [_entropy(column) for column in columns]
    gains = np.full((len(columns), len(columns)), -np.inf)
    for first in range(len(columns)):
        yield Progress("Merging components")
        for second in range(first + 1, len(columns)):
            together = _entropy(columns[first] + columns[second])
            gains[first, second] = own[first] + own[second] - together
    return gains


def _entropy(shares: NDArray[np.float64]) -> float:
    return float(-np.mean(shares * np.log(np.maximum(shares, 1e-300))))


def _mean_entropy(columns: list[NDArray[np.float64]]) -> float:
    return sum(_entropy(column) for column in columns)


def _line_error(values: NDArray[np.float64]) -> float:
    """Squared error of the best straight line through values at equal distances."""
    places = np.arange(len(values)) - (len(values) - 1) / 2
    centered = values - values.mean()
    spread = float(places @ places)
    slope = float(places @ centered) / spread if spread else 0.0
    return float(((centered - slope * places) ** 2).sum())
