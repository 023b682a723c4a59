"""One reading of a further touch: the mask after it, in kernels that all cores can run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2, log, tanh
from segmenter.em.blocks import share_out
from segmenter.segment.foreground.cut import solved
from segmenter.segment.foreground.palette import PaletteParts, rest_of, sums_of, write_log_ratios
from segmenter.segment.foreground.parts import flooded
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import CERTAIN as MOST
from segmenter.segment.foreground.proposals import N_ITERATIONS, SMOOTHNESS, distance_to
from segmenter.segment.foreground.touches import (
    CERTAIN,
    CLAIM,
    CORE,
    STRENGTH,
    WIDTH,
    Evidence,
    Touch,
)
from segmenter.segment.nearest import nearest_in_kernel

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Fields = tuple[Float, Float, Float, Float, Float]
TRUST = np.float32(1.0)  # log odds that the mask before is worth away from touches
LOG2_E = np.float32(np.log2(np.e))
FADING, CLAIMING = np.float32(LOG2_E / WIDTH**2), np.float32(LOG2_E / CLAIM**2)
ALONE = 1.6  # radii of its start at which what is found alone is as likely as not
REGION_AWAY = np.float32(0.7)  # distance, in reaches, at which a touch has its whole region
N_LEVELS = 3  # of the cut
HALF = np.float32(0.5)
SURE, OBEYED, SAID = np.float32(CERTAIN), np.float32(CORE), np.float32(STRENGTH)


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

    @cached_property
    def fields(self) -> Fields:
        """What kernels take of it, shape (height * width,) each."""
        said = self.said.log_odds, self.said.nearby
        fields = (self.inside, self.models, self.prior, *said)
        inside, models, prior, log_odds, nearby = (np.ascontiguousarray(f).ravel() for f in fields)
        return inside, models, prior, log_odds, nearby


def masks_after(
    draft: Draft, present: Present, touch: Touch, away: Float, regions: Mask, n_alone: int
) -> Mask:
    """The masks after a touch, by some readings of it: only what is in one piece with it changes.

    Parameters
    ----------
    draft : Draft
    present : Present
    touch : Touch
        Of pixels of the draft.
    away : float32 ndarray, shape (n, height, width)
        Distance from the touch in reaches, as each reading has it; those of the regions, which
        come last, are written.
    regions : bool ndarray, shape (n_regions, height, width)
        That the touch claims as a whole, by the last readings.
    n_alone : int
        How many of these go by the colors of the region alone, not by the models: the last ones.

    Returns
    -------
    bool ndarray, shape (n, height, width)
    """
    masks = np.empty(away.shape, np.bool_)
    edges = np.float32(SMOOTHNESS) * draft.view.edges
    image = present.fields, draft.colors.parts, draft.places.parts, edges, draft.view.valid
    mark = touch.rows, touch.columns, np.float32(touch.sign)

    def read(first: int, last: int) -> None:
        _write_masks(away, regions, n_alone, *image, *mark, first, last, masks)

    share_out(read, len(away))
    return masks


@compiled
def _write_masks(
    away: Float, regions: Mask, n_alone: int, fields: Fields, colors: PaletteParts,
    places: PaletteParts, edges: Float, valid: Mask, rows: Places, columns: Places,
    sign: np.float32, first: int, last: int, masks: Mask,
) -> None:  # fmt: skip
    n_disks = len(away) - len(regions)
    before = fields[0].reshape(edges.shape) > HALF
    starts = np.empty((last - first, edges.size), np.float32)
    for number in range(first, last):
        if number >= n_disks:
            _claim(regions[number - n_disks], away[number])
        _begin(away[number].ravel(), sign, fields[0], starts[number - first])
    by_colors, by_places = np.empty_like(starts), np.empty_like(starts)
    for parts, by_parts in ((colors, by_colors), (places, by_places)):
        on = sums_of(starts, parts)
        off = rest_of(np.float32(edges.size) * parts[1], on)
        write_log_ratios(on, off, parts, by_parts)
    unary = np.empty_like(edges)
    for number in range(first, last):
        heed = np.float32(number < len(away) - n_alone)
        ratios = by_colors[number - first], by_places[number - first]
        _write_unary(away[number].ravel(), sign, heed, fields, ratios, unary.ravel())
        for k in range(len(rows)):
            unary[rows[k], columns[k]] = -sign * SURE
        _exclude(valid, unary)
        after = _cut(unary, edges)
        changed = after & ~before if sign > 0 else before & ~after
        masks[number] = before ^ flooded(changed, rows, columns)


@compiled
def _begin(away: Float, sign: np.float32, before: Float, start: Float) -> None:
    """Write what a reading begins with: the mask before, and what the touch reaches."""
    for i in range(len(away)):
        start[i] = np.float32(sign > 0 if away[i] < np.float32(1) else before[i] > HALF)


@compiled
def _claim(region: Mask, away: Float) -> None:
    """Distance in reaches that is the same all over a region."""
    distance, _ = nearest_in_kernel(region)
    reach = np.float32(max(2.0, 0.25 * np.sqrt(region.sum())))
    away[:] = REGION_AWAY + distance / reach


@compiled
def _exclude(valid: Mask, unary: Float) -> None:
    for i in range(valid.shape[0]):
        for j in range(valid.shape[1]):
            if not valid[i, j]:
                unary[i, j] = SURE


@compiled
def _write_unary(
    away: Float, sign: np.float32, heed: np.float32, fields: Fields, ratios: tuple[Float, Float],
    unary: Float,
) -> None:  # fmt: skip
    """What it costs each pixel to be object.

    Where the touch claims the say, the models and the mask that were wrong there have none.
    """
    one, n = np.float32(1), len(away)
    before, models, prior, said, nearby = fields
    by_colors, by_places = ratios
    for i in range(n):
        square = away[i] * away[i]
        free = one - max(nearby[i], exp2(-CLAIMING * square))
        kept = heed * free
        by_color = np.float32(0.25) * (by_colors[i] + by_places[i]) * (np.float32(2) - kept)
        by_color = (by_color + np.float32(0.5) * kept * models[i]) / MOST
        bounded = MOST * tanh(by_color)
        expected = prior[i] if abs(prior[i]) >= SURE else prior[i] * free
        trusted = TRUST * free if before[i] > HALF else -TRUST * free
        odds = bounded + expected + trusted + said[i] + sign * SAID * exp2(-FADING * square)
        odds = said[i] if abs(said[i]) >= SURE else odds
        unary[i] = -sign * SURE if away[i] <= OBEYED else -odds


def found_alone(draft: Draft, close: Mask, wrong: Mask, touch: Touch) -> Mask:
    """What a touch finds by itself, as a first click does, among what is wrong: by its colors.

    Parameters
    ----------
    draft : Draft
    close : bool ndarray, shape (n, height, width)
        Where it may begin each time, among what is wrong.
    wrong : bool ndarray, shape (height, width)
    touch : Touch

    Returns
    -------
    bool ndarray, shape (n, height, width)
    """
    row, column = touch.middle
    edges = np.float32(SMOOTHNESS) * draft.view.edges
    image = distance_to(wrong.shape, row, column), draft.colors.parts, edges
    found = np.zeros(close.shape, np.bool_)

    def find(first: int, last: int) -> None:
        _find(close, wrong, *image, np.array([row]), np.array([column]), first, last, found)

    share_out(find, len(close))
    return found


@compiled
def _find(
    close: Mask, wrong: Mask, away: Float, colors: PaletteParts, edges: Float, rows: Places,
    columns: Places, first: int, last: int, found: Mask,
) -> None:  # fmt: skip
    n_pixels = edges.size
    starts = np.empty((last - first, n_pixels), np.bool_)
    for number in range(first, last):
        starts[number - first] = flooded(close[number], rows, columns).ravel()
    evidence = np.empty(starts.shape, np.float32)
    on = sums_of(starts, colors)
    off = rest_of(sums_of(wrong.reshape(1, n_pixels), colors)[0], on)
    write_log_ratios(on, off, colors, evidence)
    for number in range(first, last):
        size = starts[number - first].sum()
        if size == 0:
            continue
        radius = np.float32(ALONE * np.sqrt(size / n_pixels / np.pi))
        unary = evidence[number - first].reshape(edges.shape)
        for i in range(away.shape[0]):
            for j in range(away.shape[1]):
                prior = log(radius / max(away[i, j], np.float32(0.01)))
                prior = min(max(prior, -MOST), MOST)
                odds = MOST * tanh(unary[i, j] / MOST) + prior
                unary[i, j] = -odds if wrong[i, j] else SURE
        found[number] = flooded(_cut(unary, edges) & wrong, rows, columns)


@compiled
def _cut(unary: Float, edges: Float) -> Mask:
    """Cut from the sign of the evidence.

    Constants would be literals to the compiler, which unrolls what it knows the number of: that
    took it a minute. What a type is named for, or an array made anew, is none.
    """
    n_iterations, n_levels = np.int64(N_ITERATIONS), np.int64(N_LEVELS)
    return solved(unary, edges, np.empty((0, 0), np.float32), n_iterations, n_levels) > HALF
