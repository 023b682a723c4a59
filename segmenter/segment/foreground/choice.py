"""Which of the proposals a click most likely meant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import distance_to, proposals
from segmenter.segment.foreground.ranking import RANKING
from segmenter.segment.foreground.traits import TRAITS, traits

FALLBACK_RADIUS = 0.1  # of the disk that is proposed where nothing else holds the click


def best_proposal(draft: Draft, row: int, column: int) -> NDArray[np.bool_]:
    """Propose masks for a click, rank them, and return the first, shape (height, width)."""
    found = proposals(draft, row, column)
    if not len(found.masks):
        return distance_to(draft.view.grid, row, column) < FALLBACK_RADIUS
    scores = rank(traits(draft, found, row, column))
    best: NDArray[np.bool_] = found.masks[scores.argmax()].reshape(draft.view.grid)
    return best


def rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score proposals by their traits, (n, n_traits) to (n,): higher is better."""
    mean, deviation, weight = np.array([RANKING[trait] for trait in TRAITS]).T
    scores: NDArray[np.float64] = ((values - mean) / deviation) @ weight
    return scores
