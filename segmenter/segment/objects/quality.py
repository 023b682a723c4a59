"""How likely a set is one object, and a pixel part of one, from their traits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.objects.trees import NEVER, Trees

Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Quality:
    """A logistic model of traits and their products.

    Attributes
    ----------
    bias : float
    weights : float64 ndarray
        Of the traits, then of their products, row by row of the lower triangle.
    lowest, highest : float64 ndarray, shape (n_traits,)
        Limits to which the traits are clipped.
    """

    bias: float
    weights: Table
    lowest: Table
    highest: Table

    def of(self, traits: NDArray[np.floating]) -> Table:
        """Expected overlap (intersection over union) of each row, 0..1."""
        quality: Table = 1 / (1 + np.exp(-self.odds(traits)))
        return quality

    def odds(self, traits: NDArray[np.floating]) -> Table:
        """Logarithms of the odds of each row."""
        n = traits.shape[1]
        pairs = np.zeros((n, n))
        pairs[np.tril_indices(n)] = self.weights[n:]
        clipped = traits.clip(self.lowest, self.highest)
        odds: Table = clipped @ self.weights[:n] + ((clipped @ pairs) * clipped).sum(1) + self.bias
        return odds


@dataclass(frozen=True, eq=False)
class Membership:
    """Two models of pixels that err differently, and are averaged.

    Attributes
    ----------
    smooth : Quality
        A logistic model of the traits of pixels,
    kind : float64 ndarray
        to whose bias the traits of the image add, with these weights,
    lowest, highest : float64 ndarray
        clipped to these limits.
    trees : Trees
        Of the traits of pixels, then of those of the image. Each step that they found is one: they
        follow what is not a parabola, and what images of one kind have in common.
    """

    smooth: Quality
    kind: Table
    lowest: Table
    highest: Table
    trees: Trees

    def of(self, pixels: NDArray[np.float32], kind: Table) -> Table:
        """The probability of each row, of an image of a kind, that it is of an object."""
        shift = float(self.kind @ kind.clip(self.lowest, self.highest))
        smooth = self.smooth.odds(pixels) + shift
        probability: Table = 1 / (1 + np.exp(-(smooth + self.trees.odds(pixels, kind)) / 2))
        return probability


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned from objects that people drew.

    Attributes
    ----------
    first : Quality
        Of sets, when nothing is known of the image's objects.
    second : Quality
        Of sets, when it is known how large they mostly are.
    pixels : Membership
        Of pixels, once objects are found.
    """

    first: Quality
    second: Quality
    pixels: Membership


def with_products(traits: Table) -> Table:
    """Traits, then the products of each two of them."""
    first, second = np.tril_indices(traits.shape[1])
    return np.concatenate([traits, traits[:, first] * traits[:, second]], axis=1)


@cache
def learned() -> Learned:
    """Read the models that come with the program.

    ``learn_objects.py`` among the benchmarks makes them.
    """
    stored = json.loads(files(__package__).joinpath("quality.json").read_text("utf-8"))
    kind = {key: np.array(value) for key, value in stored["kind"].items()}
    return Learned(
        _quality(stored["first"]),
        _quality(stored["second"]),
        Membership(
            _quality(stored["pixels"]),
            kind["weights"],
            kind["lowest"],
            kind["highest"],
            _trees(stored["trees"]),
        ),
    )


def _quality(stored: dict[str, list[float]]) -> Quality:
    weights, lowest, highest = (np.array(stored[key]) for key in ("weights", "lowest", "highest"))
    return Quality(float(stored["bias"][0]), weights, lowest, highest)


def _trees(stored: dict[str, Any]) -> Trees:
    traits, thresholds, values = (stored[key] for key in ("traits", "thresholds", "values"))
    return Trees(
        stored["bias"],
        np.array(traits, np.int32),
        np.array([[NEVER if at is None else at for at in row] for row in thresholds], np.float32),
        np.array(values, np.float32),
    )
