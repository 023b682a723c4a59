"""What a further touch may have meant: many changes of the present mask, cheap enough to compare.

A touch says that one pixel is on the wrong side, and leaves open how far the mistake goes. A person
who touches near an outline may mean all that lies beyond it. So the radius is treated as unknown:
disks of several radii, the nested regions that hold the touch, and what the touch would find if it
were the first each become a hypothesis.
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
from segmenter.segment.foreground.proposals import (
    N_ITERATIONS,
    SMOOTHNESS,
    close_maps,
    distance_to,
    near_prior,
    part_at,
)
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
N_REGIONS = 7
LEAST_REGION, LARGEST_REGION = 8, 0.5  # pixels of the draft; share of the image
SHARES = (0.03, 0.08, 0.16, 0.3, 0.45)  # of the image, that are closest to the touch
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
    depth : float
        Distance from the touch to the present outline.
    """

    masks: Mask
    away: Float
    depth: float

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
    regions = [_claimed(region) for region in _regions(draft, mask, present.touches, touch)]
    objects = [_claimed(found) for found in _objects(draft, mask, touch)]
    away = np.stack([*disks, *regions, *objects]).astype(np.float32)
    alone = np.arange(len(away)) >= len(away) - len(objects)
    masks = _cut(draft, present, touch, away, alone)
    for number in range(len(masks)):
        masks[number] = here(mask, masks[number].reshape(mask.shape), touch).ravel()
    depth = reach_of(touch.rows, touch.columns, touch.sign, mask, ())
    return Changes(masks, away.reshape(len(away), -1), depth)


def _reaches(mask: Mask, others: Sequence[Touch], touch: Touch) -> list[float]:
    most = reach_of(touch.rows, touch.columns, touch.sign, mask, ())
    limit = reach_of(touch.rows, touch.columns, touch.sign, mask, others, least=0.5)
    limit = max(limit, LEAST_REACH)
    return [max(LEAST_REACH, min(most * scale, 1.4 * limit)) for scale in SCALES]


def _regions(draft: Draft, mask: Mask, others: Sequence[Touch], touch: Touch) -> list[Mask]:
    """Nested regions that hold the touch, evenly spread in size; none holds an opposite touch."""
    row, column = touch.rows[len(touch.rows) // 2], touch.columns[len(touch.columns) // 2]
    levels = draft.hierarchy.levels_from(int(row), int(column))
    opposite = [levels[o.rows, o.columns].min() for o in others if o.sign != touch.sign]
    wrong = ~mask if touch.sign > 0 else mask
    joined = np.sort(levels[wrong])
    heights, sizes = np.unique(joined, return_index=True)
    sizes = np.append(sizes[1:], len(joined))
    small_enough = sizes <= LARGEST_REGION * mask.size
    taken = (heights < min(opposite, default=np.inf)) & (sizes >= LEAST_REGION) & small_enough
    heights, sizes = heights[taken], sizes[taken]
    if len(heights) == 0:
        return []
    wanted = np.geomspace(sizes[0], sizes[-1], N_REGIONS)
    nearest = np.unique(np.abs(np.log(sizes) - np.log(wanted)[:, None]).argmin(1))
    return [(levels <= heights[number]) & wrong for number in nearest]


def _objects(draft: Draft, mask: Mask, touch: Touch) -> list[Mask]:
    """What the touch would find by itself, as a first click does: what is close, by its colors."""
    row, column = touch.rows[len(touch.rows) // 2], touch.columns[len(touch.columns) // 2]
    wrong = ~mask if touch.sign > 0 else mask
    close = close_maps(draft, int(row), int(column))[-1]
    starts = np.stack([part_at((close < share) & wrong, int(row), int(column)) for share in SHARES])
    starts = starts[starts.any((1, 2))]
    inside = starts.reshape(-1, mask.size).astype(np.float32)
    evidence = draft.colors.ratio(inside, wrong.ravel() - inside).reshape(starts.shape)
    away = distance_to(mask.shape, int(row), int(column))
    found = np.empty_like(starts)

    def find(number: int) -> None:
        radius = 1.6 * np.sqrt(starts[number].mean() / np.pi)
        odds = MOST * np.tanh(evidence[number] / MOST) + near_prior(away, radius, 1.0)
        unary = np.where(wrong, -odds, CERTAIN).astype(np.float32)
        edges = np.float32(SMOOTHNESS) * draft.view.edges
        cut = minimum_cut(unary, edges, n_iterations=N_ITERATIONS) > 0.5
        found[number] = part_at(cut & wrong, int(row), int(column))

    run_blocks(find, len(starts))
    return [region for region in found if region.any()]


def _claimed(region: Mask) -> Float:
    """Distance in reaches that is the same all over a region."""
    reach = max(2.0, 0.25 * float(np.sqrt(np.count_nonzero(region))))
    out = ndimage.distance_transform_edt(~region) / reach
    return (REGION_AWAY + out).astype(np.float32)


def _cut(draft: Draft, present: Present, touch: Touch, away: Float, alone: Mask) -> Mask:
    """Cut each hypothesis by the colors of its own start, and by the models unless `alone`."""
    sign = np.float32(touch.sign)
    flat = away.reshape(len(away), -1)
    before = present.inside.ravel()
    starts = np.where(flat < 1, np.float32(touch.sign > 0), before > 0.5).astype(np.float32)
    evidence = draft.colors.evidence(starts) + draft.places.evidence(starts)
    said = present.said.log_odds.ravel() + sign * STRENGTH * np.exp(-np.square(flat / WIDTH))
    nearby = np.maximum(present.said.nearby.ravel(), np.exp(-np.square(flat / CLAIM)))
    trust = TRUST * np.where(before > 0.5, 1, -1) * (1 - nearby)
    # Where the touch claims the say, the models that were wrong there have none.
    kept = np.where(alone[:, None], 0, 1 - nearby).astype(np.float32)
    evidence = 0.25 * evidence * (2 - kept) + 0.5 * kept * present.models.ravel()
    prior = present.prior.ravel()
    prior = np.where(np.abs(prior) >= CERTAIN, prior, prior * (1 - nearby))
    odds = MOST * np.tanh(evidence / MOST) + prior + said + trust
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
