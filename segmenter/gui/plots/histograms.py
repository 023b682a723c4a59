"""Histograms of features, and the curves of a mixture over them. Arrays only, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.images.features import PixelFeatures

N_BINS = 96
_COUNTED_SAMPLES = 300_000
_TAIL = 0.001
"""Share of the pixels left out at each end, so that a few outliers do not squeeze the plot."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """How the pixels spread over one feature.

    Attributes
    ----------
    name : str
        Of the feature, for the user.
    edges : ndarray, shape (N_BINS + 1,)
        Of the bins, in the feature's own units.
    density : ndarray, shape (N_BINS,)
        Share of the pixels per unit.
    """

    name: str
    edges: NDArray[np.float64]
    density: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curves:
    """Densities of a mixture along one feature: `places` (n,), `components` (k, n), weighted."""

    places: NDArray[np.float64]
    components: NDArray[np.float64]


def feature_histograms(features: PixelFeatures) -> tuple[Histogram, ...]:
    """Count the pixels over each feature; of very many an evenly spaced part."""
    stride = max(1, len(features.samples) // _COUNTED_SAMPLES)
    samples = features.samples[::stride]
    weight = (
        np.ones(len(samples))
        if features.sample_weight is None
        else features.sample_weight[::stride]
    )
    return tuple(
        _histogram(name, samples[:, column].astype(np.float64), weight)
        for column, name in enumerate(features.names)
    )


def feature_curves(
    mixture: GaussianMixture, feature: int, histogram: Histogram, n_places: int = 160
) -> Curves:
    """Evaluate the mixture's components along one feature.

    Parameters
    ----------
    mixture : GaussianMixture
        The mixture over all features.
    feature : int
        Which one; the others are integrated out, which for Gaussians is to leave them out.
    histogram : Histogram
        Over whose range.
    n_places : int
        How many points a curve has.
    """
    places = np.linspace(histogram.edges[0], histogram.edges[-1], n_places)
    means = mixture.means[:, feature, None]
    variances = mixture.covariances[:, feature, feature, None]
    heights = mixture.weights[:, None] / np.sqrt(2 * np.pi * variances)
    return Curves(places, heights * np.exp(-0.5 * (places - means) ** 2 / variances))


def _histogram(name: str, values: NDArray[np.float64], weight: NDArray[np.float64]) -> Histogram:
    low, high = _range(values, weight)
    counts, edges = np.histogram(values, bins=N_BINS, range=(low, high), weights=weight)
    width = edges[1] - edges[0]
    return Histogram(name, edges, counts / max(weight.sum() * width, np.finfo(float).tiny))


def _range(values: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    order = np.argsort(values)
    share = np.cumsum(weight[order])
    share /= max(share[-1], np.finfo(float).tiny)
    first, last = np.searchsorted(share, (_TAIL, 1 - _TAIL))
    low, high = float(values[order[first]]), float(values[order[min(last, len(order) - 1)]])
    margin = 0.02 * (high - low) or 0.5
    return low - margin, high + margin
