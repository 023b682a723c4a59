"""What tells a likely change of a mask from an unlikely one: numbers for a ranking.

All are bounded, so that no state of the mask, however unlike those the ranking was learned from,
can give one of them the word over all the others. None depends on the size of the image.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.changes import Changes
from segmenter.segment.foreground.distances import depths
from segmenter.segment.foreground.preparation import Draft, border_of
from segmenter.segment.foreground.reading import Present
from segmenter.segment.foreground.touches import Touch
from segmenter.segment.foreground.traits import fit_of, totals

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
LARGE = np.log(0.05)  # of the image; how much larger a part is does not tell whether it is meant
CHANGE_TRAITS = (
    "evidence", "color_fit", "place_fit", "color_gain", "new_edge", "old_outline", "size",
    "size_squared", "middle", "roughness", "border", "share", "share_removed",
)  # fmt: skip


def change_traits(
    draft: Draft, present: Present, touch: Touch, found: Changes
) -> NDArray[np.float64]:
    """Describe each change.

    Returns
    -------
    float64 ndarray, shape (n, n_traits)
        In the order of `CHANGE_TRAITS`.
    """
    packed = [mask.tobytes() for mask in np.packbits(found.masks, axis=1)]
    places = {mask: number for number, mask in enumerate(packed)}  # readings often agree
    different = _traits_of(draft, present, touch, found.masks[list(places.values())], found.depth)
    order = {mask: number for number, mask in enumerate(places)}
    return different[[order[mask] for mask in packed]]


def _traits_of(
    draft: Draft, present: Present, touch: Touch, masks: Mask, depth: float
) -> NDArray[np.float64]:
    """Describe the change to each of some masks, by a touch so deep in what is wrong."""
    grid = draft.view.grid
    before = (present.inside > 0.5).reshape(1, -1)
    changed = masks != before
    parts, area = changed.astype(np.float32), np.maximum(changed.sum(1), 1)
    wrong = (~before if touch.sign > 0 else before)[0]
    color_fit = np.add(*fit_of(draft.colors, changed, wrong))
    place_fit = np.add(*fit_of(draft.places, changed, wrong))
    both = np.concatenate([before, masks])
    separation = np.add(*fit_of(draft.colors, both, np.ones(before.size, np.bool_)))
    outline = _outlines(draft, before, masks)
    border = totals(parts, border_of(grid).astype(np.float32))
    around = outline.new + outline.old + border
    size = np.clip(np.log(area / (np.pi * max(depth, 1.0) ** 2)), -2, 3)
    deep = depths(changed.reshape(-1, *grid))
    row, column = touch.middle
    columns = [
        touch.sign * totals(parts, present.models) / area,
        color_fit,
        place_fit,
        np.tanh(separation[1:] - separation[0]),
        outline.new_cost / np.maximum(outline.new, 1),
        outline.old / np.maximum(outline.new + outline.old, 1),
        size,
        size**2,
        deep[:, row, column] / np.maximum(deep.max((1, 2)), 1),
        np.clip(np.log(np.maximum(around, 1) / np.sqrt(area)), 1, 3),
        touch.sign * border / np.maximum(around, 1),
        np.clip(np.log(area / before.size), -7, LARGE),
        (touch.sign < 0) * area / max(float(wrong.sum()), 1.0),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


class _Outlines(NamedTuple):
    """Lengths of outline that each change adds and takes away, and the cost of what it adds."""

    new: Float
    old: Float
    new_cost: Float


def _outlines(draft: Draft, before: Mask, after: Mask) -> _Outlines:
    grid, edges = draft.view.grid, draft.view.edges
    first, planes = before.reshape(1, *grid), after.reshape(-1, *grid)
    new, old, cost = np.zeros((3, len(after)), np.float32)
    for now, then, costs in (
        (planes[:, :, 1:] != planes[:, :, :-1], first[:, :, 1:] != first[:, :, :-1], edges[:, :-1]),
        (planes[:, 1:] != planes[:, :-1], first[:, 1:] != first[:, :-1], edges[:-1]),
    ):
        added = (now & ~then).reshape(len(after), -1).astype(np.float32)
        new += added.sum(1)
        old += (then & ~now).reshape(len(after), -1).sum(1)
        cost += totals(added, costs)
    return _Outlines(new, old, cost)
