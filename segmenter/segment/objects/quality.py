"""How well each set is expected to overlap with one object, from its traits."""

from __future__ import annotations

import json
from dataclasses import dataclass
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

    def of(self, traits: Table) -> Table:
        """Expected overlap (intersection over union) of each row, 0..1."""
        inputs = with_products(traits.clip(self.lowest, self.highest))
        quality: Table = 1 / (1 + np.exp(-(inputs @ self.weights + self.bias)))
        return quality


def with_products(traits: Table) -> Table:
    """Traits, then the products of each two of them."""
    first, second = np.tril_indices(traits.shape[1])
    return np.concatenate([traits, traits[:, first] * traits[:, second]], axis=1)


@cache
def learned() -> tuple[Quality, Quality]:
    """The models that come with the program: without and with the relative size.

    ``learn_objects.py`` among the benchmarks makes them.
    """
    text = files(__package__).joinpath("quality.json").read_text("utf-8")
    return tuple(_quality(stored) for stored in json.loads(text)["models"])  # type: ignore[return-value]  # there are two


def _quality(stored: dict[str, list[float]]) -> Quality:
    weights, lowest, highest = (np.array(stored[key]) for key in ("weights", "lowest", "highest"))
    return Quality(float(stored["bias"][0]), weights, lowest, highest)
