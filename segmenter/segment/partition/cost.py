"""What it costs to merge two regions: how likely people would keep them apart, as log odds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

CUES = (
    "color difference beside the spread of color",
    "color difference",
    "difference of the mean posteriors (Hellinger)",
    "texture difference",
    "fine boundary",
    "coarse boundary",
    "boundary of the posteriors",
    "size of the smaller",
    "size of the larger",
    "enclosure: common boundary beside the shorter perimeter",
    "fine boundary beside the image's mean",
    "mean fine boundary of the image",
    "mean coarse boundary of the image",
    "mean boundary of the posteriors of the image",
)


@dataclass(frozen=True, eq=False)
class MergeCost:
    """A logistic model of the cues.

    Attributes
    ----------
    bias : float
    linear : float64 ndarray, shape (n_cues,)
    quadratic : float64 ndarray, shape (n_cues, n_cues)
        Lower triangle: the weight of the product of two cues.
    lowest, highest : float64 ndarray, shape (n_cues,)
        Where the cues were when the weights were learned; those beyond count as the limit.
    """

    bias: float
    linear: NDArray[np.float64]
    quadratic: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned from people's regions.

    Attributes
    ----------
    cost : MergeCost
    automatic : float
        The cost at which merging stops when nobody says otherwise.
    """

    cost: MergeCost
    automatic: float


@cache
def learned() -> Learned:
    """Read the weights that come with the program.

    ``learn_merging.py`` among the benchmarks makes them.
    """
    text = files(__package__).joinpath("merge_cost.json").read_text("utf-8")
    stored = json.loads(text)
    n = len(CUES)
    quadratic = np.zeros((n, n))
    quadratic[np.tril_indices(n)] = stored["quadratic"]
    linear, lowest, highest = np.array([stored["cues"][cue] for cue in CUES], np.float64).T.copy()
    cost = MergeCost(stored["bias"], linear, quadratic, lowest, highest)
    return Learned(cost, stored["automatic"])
