"""An object of a volume, and how touches and a box change it, on the working grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.fit import fit_mixture
from segmenter.segment.foreground.clicking import PLACE_WEIGHT
from segmenter.segment.foreground.models import (
    BACKGROUND_COLORS,
    FEWEST,
    LIMIT,
    N_SAMPLES,
    Models,
    fit_models,
)
from segmenter.segment.foreground.solid.cutting import cut_solid
from segmenter.segment.foreground.solid.growing import growth_of
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.segment.foreground.touches import CERTAIN
from segmenter.work import Work, portion

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SMOOTHNESS = np.float32(2.0)  # cost of an outline of unit area on flat areas, in log odds
TRUST = np.float32(2.0)  # log odds that what was there before, or a touch's region, is worth
FAR = np.float32(4.0)  # log odds against the object where the first touch's region is far
N_ITERATIONS = 30
RARE = 0.1  # share of the surroundings of a box that may look like the object
CORE = 0.3  # of the depth of a box, from which the object is looked for at first
REACH = 2.0  # of a touch, in distances to the present outline


@dataclass(frozen=True, eq=False)
class Touch:
    """Cells marked at once.

    Attributes
    ----------
    touched : bool ndarray, shape grid
    sign : int
        1 for object, -1 for background.
    """

    touched: Mask
    sign: int


@dataclass(frozen=True, eq=False)
class SolidCut:
    """An object on the working grid, and what led to it.

    Attributes
    ----------
    inside : float32 ndarray, shape grid
        In [0, 1]; above a half is object.
    models : Models
        Mixtures of object and background.
    touches : tuple of Touch
        In the order they were made.
    area : bool ndarray, shape grid, or None
        The box; nothing outside of it is object.
    odds : float32 ndarray, shape grid
        Log odds for the object by models, touches and what was there before.
    """

    inside: Float
    models: Models
    touches: tuple[Touch, ...]
    area: Mask | None
    odds: Float


def begun_by_touch(view: SolidView, touch: Touch) -> Work[SolidCut]:
    """Find the object of a first touch."""
    region = growth_of(view.colors, touch.touched, view.valid).region
    away = _distance(~region, view)
    radius = max(2.0, np.cbrt(float(region.sum()) * np.prod(view.cells)) / 2)
    near = TRUST - (TRUST + FAR) * np.minimum(away / np.float32(radius), 1)
    prior = np.where(region, TRUST, np.minimum(near, 0)).astype(np.float32)
    return (yield from _settled(view, region, (touch,), None, prior, None))


def begun_by_area(view: SolidView, area: Mask) -> Work[SolidCut]:
    """Find the object in an area that holds it: the deeper inside, the more likely."""
    inner = (slice(1, -1),) * 3  # beyond the border of the volume is outside too
    depth = ndimage.distance_transform_edt(np.pad(area, 1), sampling=view.cells)[inner]
    share = (depth / max(float(depth.max()), 1e-6)).astype(np.float32)
    prior = TRUST * np.minimum(share - np.float32(0.5), 0.5)
    start = _unlike_surroundings(view, area & (share >= CORE), area, float(depth.max()))
    return (yield from _settled(view, start, (), area, prior, None, n_turns=3))


def _unlike_surroundings(view: SolidView, core: Mask, area: Mask, width: float) -> Mask:
    """Return what of a core has colors that are rare in a shell of some width around an area."""
    shell = view.valid & ~area & (_distance(~area, view) <= width)
    colors = view.colors[shell]
    if len(colors) < FEWEST:
        return core
    some = colors[np.linspace(0, len(colors) - 1, min(len(colors), N_SAMPLES)).astype(np.intp)]
    mixture = fit_mixture(some, BACKGROUND_COLORS, tolerance=1e-3, max_iterations=20).mixture
    usual = np.quantile(mixture.log_density(some), RARE)
    rare = np.zeros(view.grid, bool)
    rare[core] = mixture.log_density(view.colors[core]) < usual
    # Cells at its rim are partly background.
    inner = ndimage.binary_erosion(rare, border_value=1)
    return inner if inner.sum() >= FEWEST else core


def mended(view: SolidView, cut: SolidCut, touch: Touch) -> Work[SolidCut]:
    """Change a cut by a further touch: its region changes side, all else stays."""
    present = cut.inside > 0.5
    wrong = view.valid & (present != (touch.sign > 0))
    region = _region(view, cut, touch, wrong)
    start = np.where(region, touch.sign > 0, present)
    prior = TRUST * np.where(start, np.float32(1), np.float32(-1))
    prior[region] += np.float32(touch.sign * LIMIT)  # whatever its colors are
    touches = (*cut.touches, touch)
    changed = yield from _settled(view, start, touches, cut.area, prior, cut.models)
    # A touch for the object takes nothing away, one against it adds nothing.
    near = ndimage.binary_dilation(region) & wrong
    inside = np.where(near, changed.inside, cut.inside)
    inside = _joined_parts(np.where(touch.touched, touch.sign > 0, inside), touches)
    return SolidCut(inside, changed.models, touches, cut.area, changed.odds)


def _region(view: SolidView, cut: SolidCut, touch: Touch, wrong: Mask) -> Mask:
    """Return what a further touch means, the smaller of two regions.

    One is what is like the touch up to the first edge; the other what is around the touch and has
    the colors of its side, wherever these were before. A few cells may be a grain of noise: then
    it is the other, unless it has more cells than the object.
    """
    allowed = (wrong & _reached(view, touch, cut.touches, wrong)) | touch.touched
    like_touch = growth_of(view.colors, touch.touched, allowed).region
    by_color = replace(cut.models, place_weight=0.0)
    odds = np.zeros(view.grid, np.float32)
    odds[allowed] = by_color.evidence(view.samples[allowed.ravel()])
    parts, _ = ndimage.label((touch.sign * odds > 0) | touch.touched)
    like_side = np.isin(parts, np.unique(parts[touch.touched]))
    smaller, larger = sorted((like_touch, like_side), key=np.count_nonzero)
    is_grain = np.count_nonzero(smaller) < FEWEST
    is_little = np.count_nonzero(larger) <= np.count_nonzero(cut.inside > 0.5)
    return larger if is_grain and is_little else smaller


def _reached(view: SolidView, touch: Touch, others: Sequence[Touch], wrong: Mask) -> Mask:
    """Where a touch has a say: near the outline it mends the outline, deep in what is wrong all.

    Opposite touches have their own surroundings, where they are nearer.
    """
    deep = float(_distance(wrong, view)[touch.touched].max())
    away = _distance(~touch.touched, view)
    reached: Mask = away <= REACH * deep - 1  # at the outline its neighbors
    opposite = [other.touched for other in others if other.sign != touch.sign]
    if opposite:
        reached &= away < _distance(~np.logical_or.reduce(opposite), view)
    return reached


def _settled(
    view: SolidView,
    start: Mask,
    touches: tuple[Touch, ...],
    area: Mask | None,
    prior: Float,
    before: Models | None,
    n_turns: int = 2,
) -> Work[SolidCut]:
    """Fit the models to a mask and cut by what they say, in turns."""
    said = np.zeros(view.grid, np.int8)
    for touch in touches:
        said[touch.touched] = touch.sign
    out = ~view.valid if area is None else ~(view.valid & area)
    inside = start.astype(np.float32)
    for turn in range(n_turns):
        models = before = fit_models(view, inside, said != 0, before, PLACE_WEIGHT)
        odds = models.evidence(view.samples).reshape(view.grid) + prior
        odds = np.where(said != 0, np.float32(CERTAIN) * said, odds)
        odds[out] = -CERTAIN
        begun = inside if turn > 0 else None
        edges = SMOOTHNESS * view.edges
        work = cut_solid(-odds, edges, view.cells, n_iterations=N_ITERATIONS, start=begun)
        inside = yield from portion(work, turn / n_turns, (turn + 1) / n_turns)
    return SolidCut(_joined_parts(inside, touches), models, touches, area, odds)


def _joined_parts(inside: Float, touches: Sequence[Touch]) -> Float:
    """Drop the parts of the object that no touch for the object lies in."""
    parts, n = ndimage.label(inside > 0.5)
    kept = np.zeros(n + 1, bool)
    for touch in touches:
        if touch.sign > 0:
            kept[parts[touch.touched]] = True
    kept[0] = False
    if not kept.any():
        return inside.astype(np.float32)
    return np.where((parts > 0) & ~kept[parts], np.float32(0), inside).astype(np.float32)


def _distance(mask: Mask, view: SolidView) -> Float:
    """Distance of each cell of a mask to the nearest outside of it, in smallest cells."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    distance: Float = ndimage.distance_transform_edt(mask, sampling=view.cells).astype(np.float32)
    return distance
