"""How likely a set is one object, and a pixel part of one, from their traits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

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
        """Expected overlap (intersection over union) of each row, or its probability, 0..1."""
        n = traits.shape[1]
        pairs = np.zeros((n, n))
        pairs[np.tril_indices(n)] = self.weights[n:]
        clipped = traits.clip(self.lowest, self.highest)
        odds = clipped @ self.weights[:n] + ((clipped @ pairs) * clipped).sum(1) + self.bias
        quality: Table = 1 / (1 + np.exp(-odds))
        return quality


@dataclass(frozen=True, eq=False)
class Membership:
    """A model of pixels, whose bias depends on the kind of image.

    Attributes
    ----------
    pixels : Quality
    kind : float64 ndarray
        Weights of the traits of the image.
    lowest, highest : float64 ndarray
        Limits to which these are clipped.
    """

    pixels: Quality
    kind: Table
    lowest: Table
    highest: Table

    def of_kind(self, kind: Table) -> Quality:
        """The model of the pixels of an image."""
        shift = float(self.kind @ kind.clip(self.lowest, self.highest))
        return replace(self.pixels, bias=self.pixels.bias + shift)


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
        Membership(_quality(stored["pixels"]), kind["weights"], kind["lowest"], kind["highest"]),
    )


def _quality(stored: dict[str, list[float]]) -> Quality:
    weights, lowest, highest = (np.array(stored[key]) for key in ("weights", "lowest", "highest"))
    return Quality(float(stored["bias"][0]), weights, lowest, highest)
