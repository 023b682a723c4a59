"""What tells a good mask from a poor one when only the image is known: numbers for a ranking.

None of them depends on the size of the image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import share_out
from segmenter.segment.foreground.area import Area
from segmenter.segment.foreground.distances import depths
from segmenter.segment.foreground.palette import (
    Palette,
    PaletteParts,
    rest_of,
    sums_of,
    write_log_ratios,
)
from segmenter.segment.foreground.preparation import Draft, border_of
from segmenter.segment.foreground.proposals import Proposals
from segmenter.segment.foreground.ranks import ranks

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
LIMIT = np.float32(6)  # log odds that one pixel counts for at most
CLICK_TRAITS = (
    "size", "size_squared", "object_fit", "background_fit", "object_place_fit",
    "background_place_fit", "edge_cost", "roughness", "border_covered", "border_touched",
    "click_depth", "image_offset", "standing_out", "agreement", "stage", "edge_cost_by_size",
    "nesting",
)  # fmt: skip

AREA_TRAITS = (
    "size", "size_squared", "object_fit", "background_fit", "object_place_fit",
    "background_place_fit", "edge_cost", "roughness", "gap", "agreement", "middle", "stage",
)  # fmt: skip


def click_traits(draft: Draft, proposals: Proposals, row: int, column: int) -> NDArray[np.float64]:
    """Describe each proposal for a click at a pixel of the draft.

    Returns
    -------
    float64 ndarray, shape (n_proposals, n_traits)
        In the order of `CLICK_TRAITS`.
    """
    masks = proposals.masks.astype(np.float32)
    share = np.clip(masks.mean(1), 1e-3, 1 - 1e-3)
    size = np.log(share / (1 - share))
    outline, cost = outlines_of(draft, proposals.masks)
    border = border_of(draft.view.grid).ravel()
    on_border = masks[:, border].sum(1)
    everywhere = np.ones(masks.shape[1], np.bool_)
    columns = [
        size, size**2,
        *fit_of(draft.colors, proposals.masks, everywhere),
        *fit_of(draft.places, proposals.masks, everywhere),
        cost / np.maximum(outline, 1), np.log(outline / np.sqrt(masks.sum(1) + 1) + 1e-3),
        on_border / border.sum(), on_border / np.maximum(outline + on_border, 1),
        *_place(draft, proposals.masks, row, column), _contrast(masks, ranks(draft.from_border)),
        _agreement(proposals.masks), proposals.stage,
        np.sqrt(share) * cost / np.maximum(outline, 1),
        _contrast(masks, ranks(draft.hierarchy.levels_from(row, column))),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float64)


def area_traits(draft: Draft, area: Area, proposals: Proposals) -> NDArray[np.float64]:
    """Describe each proposal for the object in an area, in the order of `AREA_TRAITS`."""
    masks = proposals.masks.astype(np.float32)
    nearby = area.nearby.ravel()
    share = np.clip(masks.sum(1) / area.inside.sum(), 1e-3, 1 - 1e-3)
    outline, cost = outlines_of(draft, proposals.masks)
    columns = [
        np.log(share / (1 - share)),
        np.square(np.log(share / (1 - share))),
        *fit_of(draft.colors, proposals.masks, nearby),
        *fit_of(draft.places, proposals.masks, nearby),
        cost / np.maximum(outline, 1),
        np.log(outline / np.sqrt(masks.sum(1) + 1) + 1e-3),
        _gap(area, proposals.masks),
        _agreement(proposals.masks),
        totals(masks, area.prior) / np.maximum(masks.sum(1), 1),
        proposals.stage,
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _gap(area: Area, masks: NDArray[np.bool_]) -> Float:
    """Largest gap between a side of the area's box and the mask, as a share of the box."""
    gaps = np.zeros(len(masks), np.float32)
    planes = masks.reshape(len(masks), *area.inside.shape)
    for axis in (1, 2):
        whole = np.flatnonzero(area.inside.any(2 - axis))
        held: NDArray[np.bool_] = np.any(planes, axis=3 - axis)
        first, last = held.argmax(1), held.shape[1] - 1 - held[:, ::-1].argmax(1)
        widest = np.maximum(first - whole[0], whole[-1] - last) / len(whole)
        gaps = np.maximum(gaps, widest.astype(np.float32))
    return gaps


def fit_of(palette: Palette, masks: Mask, within: Mask) -> tuple[Float, Float]:
    """Mean log odds inside of masks, and mean log odds against them in what else is within.

    Parameters
    ----------
    palette : Palette
        By whose components, as the masks have them, the odds are.
    masks : bool ndarray, shape (n, n_pixels)
    within : bool ndarray, shape (n_pixels,)
        Holds all masks.
    """
    fit = np.empty((2, len(masks)), np.float32)
    share_out(lambda first, last: _fit(palette.parts, masks, within, first, last, fit), len(masks))
    return fit[0], -fit[1]


@compiled
def _fit(
    palette: PaletteParts, masks: Mask, within: Mask, first: int, last: int, fit: Float
) -> None:
    evidence = np.empty((last - first, masks.shape[1]), np.float32)
    on = sums_of(masks[first:last], palette)
    off = rest_of(sums_of(within.reshape(1, len(within)), palette)[0], on)
    write_log_ratios(on, off, palette, evidence)
    for number in range(first, last):
        own = evidence[number - first]
        fit[0, number], fit[1, number] = _means(own, masks[number], within)


@compiled
def _means(evidence: Float, mask: Mask, within: Mask) -> tuple[float, float]:
    """Mean of the evidence, within its limits, over a mask and over what else is within."""
    inside, outside, n_inside, n_outside = 0.0, 0.0, 0, 0
    for i in range(len(evidence)):
        bounded = float(min(max(evidence[i], -LIMIT), LIMIT))
        inside += bounded if mask[i] else 0.0
        outside += bounded if within[i] and not mask[i] else 0.0
        n_inside += mask[i]
        n_outside += within[i] and not mask[i]
    return inside / max(n_inside, 1), outside / max(n_outside, 1)


def totals(members: Float, values: Float) -> Float:
    """Sums of the values over each membership, shape (n,); without a BLAS, see `palette`."""
    sums: Float = np.einsum("np,p->n", members, values.ravel())
    return sums


def outlines_of(draft: Draft, masks: NDArray[np.bool_]) -> tuple[Float, Float]:
    """Length of each outline within the image, and the sum of the edge costs along it."""
    planes = masks.reshape(len(masks), *draft.view.grid)
    edges = draft.view.edges
    across = (planes[:, :, 1:] != planes[:, :, :-1]).reshape(len(masks), -1).astype(np.float32)
    down = (planes[:, 1:] != planes[:, :-1]).reshape(len(masks), -1).astype(np.float32)
    cost = totals(across, edges[:, :-1]) + totals(down, edges[:-1])
    return across.sum(1) + down.sum(1), cost


def _place(draft: Draft, masks: NDArray[np.bool_], row: int, column: int) -> tuple[Float, Float]:
    """How deep the click is in each mask, and how far its center is from the image's."""
    height, width = draft.view.grid
    rows, columns = np.indices((height, width), np.float32)
    members, area = masks.astype(np.float32), np.maximum(masks.sum(1), 1)
    y, x = totals(members, rows) / area, totals(members, columns) / area
    middle = np.hypot((y - height / 2) / height, (x - width / 2) / width)
    deep = depths(masks.reshape(-1, height, width))
    return deep[:, row, column] / np.maximum(deep.max((1, 2)), 1), middle


def _contrast(masks: Float, values: Float) -> Float:
    """Mean of the values inside less their mean outside."""
    area = masks.sum(1)
    inside = totals(masks, values)
    outside = values.sum() - inside
    contrast: Float = inside / np.maximum(area, 1) - outside / np.maximum(values.size - area, 1)
    return contrast


def overlaps(masks: NDArray[np.bool_]) -> Float:
    """Intersection over union of each two masks, (n, n_pixels) to (n, n)."""
    whole_words = np.pad(masks, ((0, 0), (0, -masks.shape[1] % 64)))
    words = np.packbits(whole_words, axis=1).view(np.uint64)
    both = np.stack([np.bitwise_count(words & row).sum(1) for row in words]).astype(np.float32)
    area = both.diagonal()
    shares: Float = both / np.maximum(area[:, None] + area - both, 1)
    return shares


def _agreement(masks: NDArray[np.bool_]) -> Float:
    """Mean overlap with all proposals."""
    agreement: Float = overlaps(masks).mean(1)
    return agreement
