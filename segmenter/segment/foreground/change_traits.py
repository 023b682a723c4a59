"""What tells a likely change of a mask from an unlikely one: numbers for a ranking."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.changes import Changes, Present
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.touches import Touch
from segmenter.segment.foreground.traits import fit_of, outlines_of, overlaps

Float = NDArray[np.float32]
CHANGE_TRAITS = (
    "scale", "larger_scale", "region", "size", "size_squared", "relative_size",
    "evidence", "evidence_edge", "edge_gain", "new_edge", "length_gain", "object_fit",
    "background_fit", "object_place_fit", "background_place_fit", "edge_cost",
    "roughness", "compactness", "part_taken", "repeated_scale", "repeated_size", "adding_size",
    "late_size", "agreement", "depth_size",
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
    before = (present.inside > 0.5).reshape(1, -1)
    both = np.concatenate([before, found.masks])
    masks = both.astype(np.float32)
    side = np.sqrt(before.size)
    changed = both[1:] != before
    area = np.maximum(changed.sum(1), 1)
    size = np.log(area / before.size)
    outline, cost = outlines_of(draft, both)
    smaller = max(1, min(int(before.sum()), int((~before).sum())))
    changed_outline, changed_cost = outlines_of(draft, changed)
    fits = [*fit_of(draft.colors, masks, 1 - masks), *fit_of(draft.places, masks, 1 - masks)]
    said = np.where(both[1:], present.models.ravel(), -present.models.ravel())
    own_side = before.ravel() == (touch.sign < 0)
    streak = _streak(present, touch)
    late = np.log(max(len(present.touches), 1))
    deep = -np.log(max(float(found.away[0].max()), 1e-3))
    columns = [
        found.scale, np.maximum(found.scale, 0), found.is_region,
        size, size**2, np.log(area / smaller),
        (said * changed).sum(1) / area, (said * changed).sum(1) / side / 10,
        (cost[1:] - cost[0]) / side, changed_cost / np.maximum(changed_outline, 1),
        (outline[1:] - outline[0]) / side,
        *[fit[1:] - fit[0] for fit in fits],
        cost[1:] / np.maximum(outline[1:], 1) - cost[0] / max(float(outline[0]), 1),
        np.log((outline[1:] + 1) / np.sqrt(masks[1:].sum(1) + 1)),
        np.log((changed_outline + 1) / np.sqrt(area)),
        (changed & own_side).sum(1) / max(int(own_side.sum()), 1),
        streak * found.scale, streak * size, max(touch.sign, 0) * size, late * size,
        overlaps(masks[1:]).mean(1),
        size * deep,
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float64)


def _streak(present: Present, touch: Touch) -> float:
    """How many touches of the same side came just before, as a logarithm."""
    n = 0
    for one in reversed(present.touches):
        if one.sign != touch.sign:
            break
        n += 1
    return float(np.log1p(n))
