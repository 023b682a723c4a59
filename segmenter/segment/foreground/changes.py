"""What a further touch may have meant: many changes of the present mask, cheap enough to compare.

A touch says that one pixel is on the wrong side, and leaves open how far the mistake goes. A person
who touches near an outline may mean all that lies beyond it. So the radius is treated as unknown:
disks of several radii and the nested regions that hold the touch each become a hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.blocks import run_blocks
from segmenter.segment.foreground.cut import minimum_cut
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import CERTAIN as MOST
from segmenter.segment.foreground.proposals import N_ITERATIONS, SMOOTHNESS
from segmenter.segment.foreground.touches import (
    CERTAIN,
    CLAIM,
    CORE,
    STRENGTH,
    WIDTH,
    Evidence,
    Touch,
    disk_away,
    reach_of,
)

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SCALES = (0.3, 0.5, 0.75, 1.0, 1.4, 2.0)  # of the distance to the outline: reaches to try
LEAST_REACH = 1.5  # pixels of the draft
REGION_AWAY = np.float32(0.7)  # distance, in reaches, at which a touch has its whole region
GROWTH = 1.6  # each nested region tried is larger by this factor
N_REGIONS = 7
LARGEST_REGION = 0.5  # of the image
TRUST = np.float32(1.0)  # log odds that the mask before is worth away from touches


@dataclass(frozen=True, eq=False)
class Changes:
    """Masks after a touch, each by another reading of it.

    Attributes
    ----------
    masks : bool ndarray, shape (n, height * width)
        On the grid of the draft.
    away : float32 ndarray, shape (n, height * width)
        Distance from the touch in reaches, as in `Touch`.
    scale : float64 ndarray, shape (n,)
        Logarithm of the radius beside the distance to the outline.
    is_region : bool ndarray, shape (n,)
        True for a nested region, False for a disk.
    """

    masks: Mask
    away: Float
    scale: NDArray[np.float64]
    is_region: Mask

    def one(self, number: int) -> Change:
        """One of the changes."""
        return Change(self.masks[number], self.away[number])


@dataclass(frozen=True, eq=False)
class Change:
    """One reading of a touch: the mask after it, and the distance from it in reaches."""

    mask: Mask
    away: Float


@dataclass(frozen=True, eq=False)
class Present:
    """What there is before the touch, on the grid of the draft.

    Attributes
    ----------
    inside : float32 ndarray, shape (height, width)
    models, prior : float32 ndarray, shape (height, width)
        Log odds for the object, as in `Cut`.
    said : Evidence
        By the touches before.
    touches : sequence of Touch
        The touches before.
    """

    inside: Float
    models: Float
    prior: Float
    said: Evidence
    touches: Sequence[Touch]


def changes(draft: Draft, present: Present, touch: Touch) -> Changes:
    """List what a touch of pixels of the draft may have meant."""
    mask = present.inside > 0.5
    disks = [disk_away(touch.rows, touch.columns, mask.shape) / reach for reach in
             _reaches(mask, present.touches, touch)]  # fmt: skip
    regions = _regions(draft, mask, present.touches, touch)
    away = np.stack([*disks, *regions]).astype(np.float32)
    masks = _cut(draft, present, touch, away)
    for number in range(len(masks)):
        masks[number] = here(mask, masks[number].reshape(mask.shape), touch).ravel()
    scale = np.concatenate([np.log(SCALES), np.zeros(len(regions))])
    is_region = np.repeat([False, True], [len(disks), len(regions)])
    return Changes(masks, away.reshape(len(away), -1), scale, is_region)


def _reaches(mask: Mask, others: Sequence[Touch], touch: Touch) -> list[float]:
    most = reach_of(touch.rows, touch.columns, touch.sign, mask, ())
    limit = reach_of(touch.rows, touch.columns, touch.sign, mask, others, least=0.5)
    limit = max(limit, LEAST_REACH)
    return [max(LEAST_REACH, min(most * scale, 1.4 * limit)) for scale in SCALES]


def _regions(draft: Draft, mask: Mask, others: Sequence[Touch], touch: Touch) -> list[Float]:
    """Distances that are the same all over a nested region; none that holds an opposite touch."""
    row, column = touch.rows[len(touch.rows) // 2], touch.columns[len(touch.rows) // 2]
    levels = draft.hierarchy.levels_from(int(row), int(column))
    opposite = [levels[o.rows, o.columns].min() for o in others if o.sign != touch.sign]
    limit = min(opposite, default=np.inf)
    wrong = ~mask if touch.sign > 0 else mask
    found: list[Float] = []
    size = 0
    for level in np.unique(levels):
        region = (levels <= level) & wrong
        area = int(np.count_nonzero(region))
        if level >= limit or area > LARGEST_REGION * mask.size or len(found) == N_REGIONS:
            break
        if area > max(8.0, GROWTH * size):
            size = area
            out = ndimage.distance_transform_edt(~region) / max(2.0, 0.25 * np.sqrt(area))
            found.append((REGION_AWAY + out).astype(np.float32))
    return found


def _cut(draft: Draft, present: Present, touch: Touch, away: Float) -> Mask:
    """Cut each hypothesis by the colors of its own start."""
    sign = np.float32(touch.sign)
    flat = away.reshape(len(away), -1)
    before = present.inside.ravel()
    starts = np.where(flat < 1, np.float32(touch.sign > 0), before > 0.5).astype(np.float32)
    evidence = draft.colors.evidence(starts) + draft.places.evidence(starts)
    evidence = 0.25 * evidence + 0.5 * present.models.ravel()
    said = present.said.log_odds.ravel() + sign * STRENGTH * np.exp(-np.square(flat / WIDTH))
    nearby = np.maximum(present.said.nearby.ravel(), np.exp(-np.square(flat / CLAIM)))
    trust = TRUST * np.where(before > 0.5, 1, -1) * (1 - nearby)
    odds = MOST * np.tanh(evidence / MOST) + present.prior.ravel() + said + trust
    known = np.abs(present.said.log_odds.ravel()) >= CERTAIN
    odds = np.where(known, present.said.log_odds.ravel(), odds)
    odds = np.where(flat <= CORE, sign * CERTAIN, odds)
    pixels = touch.rows * draft.view.grid[1] + touch.columns
    odds[:, pixels] = sign * CERTAIN
    unary = np.where(draft.view.valid.ravel(), -odds, CERTAIN).astype(np.float32)
    edges = np.float32(SMOOTHNESS) * draft.view.edges
    masks = np.empty(flat.shape, bool)

    def solve(number: int) -> None:
        one = minimum_cut(unary[number].reshape(edges.shape), edges, n_iterations=N_ITERATIONS)
        masks[number] = one.ravel() > 0.5

    run_blocks(solve, len(masks))
    return masks


def here(mask: Mask, after: Mask, touch: Touch) -> Mask:
    """Take over only what changed to the touch's side in one piece with it."""
    changed = after & ~mask if touch.sign > 0 else mask & ~after
    labels, n = ndimage.label(changed)
    here = np.zeros(n + 1, bool)
    here[labels[touch.rows, touch.columns]] = True
    here[0] = False
    return mask ^ here[labels]
