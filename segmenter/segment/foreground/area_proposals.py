"""Guesses at the object in an area: many masks, cheap enough to compare.

What is outside of the area is background. Inside, hypotheses are made as for a click (see
`proposals`): from how far each pixel is from the outside, refined by the shared palettes with the
surroundings of the area as background.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks
from segmenter.segment.foreground.area import Area
from segmenter.segment.foreground.cut import minimum_cut
from segmenter.segment.foreground.distances import barrier_distance, geodesic_distance
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import (
    CERTAIN,
    MESSAGE,
    N_ITERATIONS,
    SMOOTHNESS,
    Proposals,
)
from segmenter.segment.foreground.ranks import ranks
from segmenter.segment.foreground.views import View
from segmenter.work import Progress, Work

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SHARES = (0.25, 0.4, 0.55, 0.7, 0.85)  # of the area, where a hypothesis begins


def area_proposals(draft: Draft, area: Area) -> Work[Proposals]:
    """Guess masks of an object that fills an area."""
    starts = _starts(draft, area)
    yield Progress(MESSAGE, 0.3)
    once = _refined(draft, area, starts, 1)
    yield Progress(MESSAGE, 0.6)
    twice = _refined(draft, area, once, 2)
    masks = np.concatenate([starts, once, twice]) > 0.5
    kept = masks.sum(1) > 20
    return Proposals(masks[kept], np.repeat([0, 1, 2], len(starts))[kept])


def _maps(draft: Draft, area: Area) -> Float:
    """How surely each pixel of the area is object, in several senses, as ranks within the area."""
    view = draft.view
    members = (area.inside / (1 + np.exp(-area.prior))).astype(np.float32).reshape(1, -1)
    around = (area.nearby & ~area.inside).astype(np.float32).reshape(1, -1)
    maps = [
        barrier_distance(~area.inside, view.colors),
        geodesic_distance(~area.inside, view.colors),
        draft.colors.ratio(members, around).reshape(view.grid),
    ]
    ranked = [_ranks_within(values, area.inside) for values in maps]
    return np.stack([*ranked, np.mean(ranked, axis=0, dtype=np.float32)])


def _ranks_within(values: Float, inside: Mask) -> Float:
    ranked = np.zeros(inside.shape, np.float32)
    ranked[inside] = ranks(values[inside])
    return ranked


def _starts(draft: Draft, area: Area) -> Float:
    maps = _maps(draft, area)
    starts = np.empty((len(maps) * len(SHARES), area.inside.size), np.float32)

    def start(number: int) -> None:
        share = SHARES[number % len(SHARES)]
        odds = 6 * (maps[number // len(SHARES)] - np.float32(1 - share)) + 0.5 * area.prior
        starts[number] = _cut_within(draft.view, area, odds, 2.0)

    run_blocks(start, len(starts))
    return starts


def _refined(draft: Draft, area: Area, starts: Float, n_palettes: int) -> Float:
    """Cut again, each mask by its own colors against those around it."""
    around = (1 - starts) * area.nearby.ravel()
    palettes = (draft.colors, draft.places)[:n_palettes]
    evidence = np.mean([palette.ratio(starts, around) for palette in palettes], axis=0)
    odds = CERTAIN * np.tanh(evidence / CERTAIN)
    refined = np.empty_like(starts)

    def refine(number: int) -> None:
        own = odds[number].reshape(area.inside.shape) + area.prior
        refined[number] = _cut_within(draft.view, area, own, SMOOTHNESS)

    run_blocks(refine, len(starts))
    return refined


def _cut_within(view: View, area: Area, odds: Float, smoothness: float) -> Float:
    unary = np.where(area.inside, -odds, np.float32(50)).astype(np.float32)
    edges = np.float32(smoothness) * view.edges
    cut = minimum_cut(unary, edges, n_iterations=N_ITERATIONS)
    return np.where(area.inside, cut, np.float32(0)).ravel()
