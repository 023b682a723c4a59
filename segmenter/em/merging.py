"""Components merged into clusters by entropy (Baudry, Raftery, Celeux, Lo & Gottardo, 2010)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_samples_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import prepare_steps
from segmenter.errors import ParameterError
from segmenter.work import Progress, Work, finish

By = Literal["entropy", "confusion"]

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
    confusions : tuple of float
        Of each merge: how much of the choice between the two the samples leave open, 0 to 1. Two
        equal Gaussians whose sum has one peak leave more than a half of it.
    """

    clusterings: tuple[tuple[tuple[int, ...], ...], ...]
    entropies: tuple[float, ...]
    confusions: tuple[float, ...]

    def n_merges_above(self, confusion: float) -> int:
        """Merges from the first on of clusters that are confused so much at least."""
        return next(
            (i for i, each in enumerate(self.confusions) if each < confusion), len(self.confusions)
        )

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
    mixture: GaussianMixture,
    samples: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    by: By = "entropy",
) -> Merging:
    """Merge the components of a mixture step by step, each time the pair that is least certain.

    Parameters
    ----------
    mixture : GaussianMixture
    samples : array_like, shape (n, d)
    sample_weight : array_like, shape (n,), optional
    by : {"entropy", "confusion"}
        Which pair is least certain: that whose merging takes away most entropy, which large
        clusters have more of, or that which is confused most, whatever its size.

    Raises
    ------
    SamplesError
        The samples are none, not finite, or do not fit the mixture.
    ParameterError
        There is no such `by`.
    """
    return finish(merge_by_entropy_steps(mixture, samples, sample_weight, by=by))


def moments_of_groups(mixture: GaussianMixture, groups: Sequence[Sequence[int]]) -> GaussianMixture:
    """Mixture of one component for each group, with the weight, mean and covariance of the group.

    Parameters
    ----------
    mixture : GaussianMixture
    groups : sequence of sequence of int
        Components; each in one group.
    """
    weights, means, covariances = [], [], []
    for group in map(list, groups):
        weight = mixture.weights[group].sum()
        shares = mixture.weights[group] / weight
        mean = shares @ mixture.means[group]
        away = mixture.means[group] - mean
        spread = mixture.covariances[group] + away[:, :, None] * away[:, None, :]
        weights.append(weight)
        means.append(mean)
        covariances.append(np.tensordot(shares, spread, 1))
    return replace(
        mixture,
        weights=np.array(weights),
        means=np.array(means),
        covariances=np.array(covariances),
    )


def merge_by_entropy_steps(
    mixture: GaussianMixture,
    samples: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    by: By = "entropy",
) -> Work[Merging]:
    """Do the same as a work."""
    if by not in get_args(By):
        raise ParameterError(f"Components merge by entropy or by confusion, not by {by!r}.")
    array = yield from as_samples_steps(samples, mixture.n_features)
    prepared = yield from prepare_steps(array, sample_weight)
    pilot = yield from prepared.draw_steps(N_SAMPLES, seed=0)
    standardized = mixture.standardized(pilot.center, pilot.scale)
    shares = standardized.responsibilities(pilot.values)[:, : mixture.n_components]
    columns = [column.astype(np.float64) for column in shares.T]
    clusters: list[tuple[int, ...]] = [(index,) for index in range(mixture.n_components)]
    gains = np.full((len(clusters), len(clusters)), -np.inf)
    for first in range(len(clusters)):
        yield Progress("Merging components")
        _measure_pairs(columns, first, gains)
    clusterings, entropies, confusions = [tuple(clusters)], [_mean_entropy(columns)], []
    while len(clusters) > 1:
        yield Progress("Merging components")
        confused = gains / np.maximum(_largest_gains(columns), 1e-12)
        worth = gains if by == "entropy" else confused
        first, second = divmod(int(worth.argmax()), len(clusters))
        confusions.append(float(np.clip(confused[first, second], 0, 1)))
        columns[first] = columns[first] + columns.pop(second)
        clusters[first] = tuple(sorted(clusters[first] + clusters.pop(second)))
        clusterings.append(tuple(clusters))
        entropies.append(_mean_entropy(columns))
        gains = np.delete(np.delete(gains, second, 0), second, 1)
        _measure_pairs(columns, first, gains)
    return Merging(tuple(clusterings), tuple(entropies), tuple(confusions))


def _measure_pairs(
    columns: list[NDArray[np.float64]], changed: int, gains: NDArray[np.float64]
) -> None:
    """Write how the mean entropy falls when a column becomes one with each of the others.

    Gains stand above the diagonal; below it they stay as they are.
    """
    own = _entropy(columns[changed])
    for other in range(len(columns)):
        if other != changed:
            together = _entropy(columns[changed] + columns[other])
            pair = min(changed, other), max(changed, other)
            gains[pair] = own + _entropy(columns[other]) - together


def _largest_gains(columns: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The gain of each pair if samples said nothing about which of the two they are from."""
    shares = np.array([column.mean() for column in columns])
    alone = -shares * np.log(np.maximum(shares, 1e-300))
    both = shares[:, None] + shares
    largest: NDArray[np.float64] = alone[:, None] + alone + both * np.log(np.maximum(both, 1e-300))
    return largest


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
