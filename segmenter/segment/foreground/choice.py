"""Which of the proposals was most likely meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.area import Area
from segmenter.segment.foreground.area_proposals import area_proposals
from segmenter.segment.foreground.change_traits import CHANGE_TRAITS, change_traits
from segmenter.segment.foreground.changes import Change, changes
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import MESSAGE, distance_to, proposals
from segmenter.segment.foreground.ranking import (
    AREA_RANKING,
    CHANGE_RANKING,
    CLICK_RANKING,
    Ranking,
)
from segmenter.segment.foreground.reading import Present
from segmenter.segment.foreground.touches import Touch
from segmenter.segment.foreground.traits import (
    AREA_TRAITS,
    CLICK_TRAITS,
    area_traits,
    click_traits,
    overlaps,
)
from segmenter.work import Progress, Work, portion

FALLBACK_RADIUS = 0.1  # of the disk that is proposed where nothing else holds the click
CLICK_TEMPERATURE, CHANGE_TEMPERATURE = 0.5, 1.0  # of scores, as log probabilities
LEAST_CHANGE = 0.2  # of the smallest disk tried: nobody touches far from an outline for less
N_AVERAGED = 3  # of the best proposals for an area, whose mean is taken


def best_proposal(draft: Draft, row: int, column: int) -> Work[NDArray[np.bool_]]:
    """Propose masks for a click, rank them, and return the first, shape (height, width)."""
    found = yield from portion(proposals(draft, row, column), 0.0, 0.7)
    if not len(found.masks):
        return distance_to(draft.view.grid, row, column) < FALLBACK_RADIUS
    yield Progress(MESSAGE, 0.7)
    scores = scored(click_traits(draft, found, row, column), CLICK_TRAITS, CLICK_RANKING)
    best = _likely_overlap(found.masks, scores, CLICK_TEMPERATURE).argmax()
    mask: NDArray[np.bool_] = found.masks[best].reshape(draft.view.grid)
    return mask


def _likely_overlap(
    masks: NDArray[np.bool_], scores: NDArray[np.float64], temperature: float
) -> NDArray[np.float64]:
    """Expected overlap of each mask with what was meant, if scores are log probabilities."""
    chances = np.exp((scores - scores.max()) / temperature)
    expected: NDArray[np.float64] = overlaps(masks) @ chances / chances.sum()
    return expected


def best_in_area(draft: Draft, area: Area) -> Work[NDArray[np.float32]]:
    """Propose objects in an area, rank them, and return the mean of the first few."""
    found = yield from portion(area_proposals(draft, area), 0.0, 0.7)
    if not len(found.masks):
        return area.inside.astype(np.float32)
    yield Progress(MESSAGE, 0.7)
    scores = scored(area_traits(draft, area, found), AREA_TRAITS, AREA_RANKING)
    best = found.masks[np.argsort(-scores)[:N_AVERAGED]].mean(0, dtype=np.float32)
    mean: NDArray[np.float32] = best.reshape(draft.view.grid)
    return mean


def best_change(draft: Draft, present: Present, touch: Touch) -> Change:
    """List what a further touch may have meant, rank that, and return the first."""
    found = changes(draft, present, touch)
    scores = scored(change_traits(draft, present, touch, found), CHANGE_TRAITS, CHANGE_RANKING)
    changed = (found.masks != (present.inside > 0.5).ravel()).sum(1)
    least = LEAST_CHANGE * np.count_nonzero(found.away[0] < 1)
    scores[changed < min(least, changed.max())] = -np.inf
    likely = _likely_overlap(found.masks, scores, CHANGE_TEMPERATURE)
    likely[scores == -np.inf] = -np.inf
    return found.one(int(likely.argmax()))


def scored(
    values: NDArray[np.float64], traits: Sequence[str], ranking: Ranking
) -> NDArray[np.float64]:
    """Score proposals by their traits, (n, n_traits) to (n,): higher is better."""
    mean, deviation, weight = np.array([ranking[trait] for trait in traits]).T
    scores: NDArray[np.float64] = ((values - mean) / deviation) @ weight
    return scores
