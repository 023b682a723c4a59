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

from segmenter.segment.foreground.parts import part_at
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import close_maps
from segmenter.segment.foreground.reading import Present, found_alone, masks_after
from segmenter.segment.foreground.touches import Touch, depth_at, disk_away, reach_of

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SCALES = (0.3, 0.5, 0.75, 1.0, 1.4, 2.0)  # of the distance to the outline: reaches to try
LEAST_REACH = 1.5  # pixels of the draft
N_REGIONS = 7
LEAST_REGION, LARGEST_REGION = 8, 0.5  # pixels of the draft; share of the image
SHARES = (0.03, 0.08, 0.16, 0.3, 0.45)  # of the image, that are closest to the touch


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


def changes(draft: Draft, present: Present, touch: Touch) -> Changes:
    """List what a touch of pixels of the draft may have meant."""
    mask = present.inside > 0.5
    depth = depth_at(touch.rows, touch.columns, ~mask if touch.sign > 0 else mask)
    objects = _objects(draft, mask, touch)
    regions = [*_regions(draft, mask, present.touches, touch), *objects]
    wanted = np.array(_reaches(depth, present.touches, touch), np.float32)
    reaches, which = np.unique(wanted, return_inverse=True)  # each is read once, but counts often
    away = np.empty((len(reaches) + len(regions), *mask.shape), np.float32)
    away[: len(reaches)] = disk_away(touch.rows, touch.columns, mask.shape) / reaches[:, None, None]
    claimed = np.array(regions, np.bool_).reshape(-1, *mask.shape)
    masks = masks_after(draft, present, touch, away, claimed, len(objects))
    most = reach_of(touch.rows, touch.columns, touch.sign, depth)
    listed = np.append(which, len(reaches) + np.arange(len(regions)))
    return Changes(masks.reshape(len(away), -1)[listed], away.reshape(len(away), -1)[listed], most)


def _reaches(depth: float, others: Sequence[Touch], touch: Touch) -> list[float]:
    most = reach_of(touch.rows, touch.columns, touch.sign, depth)
    limit = reach_of(touch.rows, touch.columns, touch.sign, depth, others, least=LEAST_REACH)
    return [max(LEAST_REACH, min(most * scale, 1.4 * limit)) for scale in SCALES]


def _regions(draft: Draft, mask: Mask, others: Sequence[Touch], touch: Touch) -> list[Mask]:
    """Nested regions that hold the touch, evenly spread in size; none holds an opposite touch."""
    levels = draft.hierarchy.levels_from(*touch.middle)
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
    close = close_maps(draft, *touch.middle)[-1]
    wrong = ~mask if touch.sign > 0 else mask
    found = found_alone(draft, np.array([close < share for share in SHARES]) & wrong, wrong, touch)
    return [region for region in found if region.any()]


def here(mask: Mask, after: Mask, touch: Touch) -> Mask:
    """Take over only what changed to the touch's side in one piece with it."""
    changed = after & ~mask if touch.sign > 0 else mask & ~after
    return mask ^ part_at(changed, touch.rows, touch.columns)
