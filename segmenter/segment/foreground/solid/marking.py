"""An object of a volume, and how touches and a box change it, on the working grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.fit import fit_mixture
from segmenter.segment.foreground.clicking import PLACE_WEIGHT
from segmenter.segment.foreground.model_kernels import LIMIT
from segmenter.segment.foreground.models import (
    BACKGROUND_COLORS,
    FEWEST,
    N_SAMPLES,
    Models,
    fit_models,
)
from segmenter.segment.foreground.solid.cutting import cut_solid
from segmenter.segment.foreground.solid.distances import (
    away_from,
    depth_of,
    near,
    near_outline,
    window_of,
)
from segmenter.segment.foreground.solid.growing import Growth, growth_of
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.segment.foreground.touches import CERTAIN
from segmenter.work import Progress, Work, portion

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SMOOTHNESS = np.float32(2.0)  # cost of an outline of unit area on flat areas, in log odds
TRUST = 0.4  # log odds that a first region is worth, for a unit of Fisher's criterion
BAND = 3.0  # smallest cells from the outline of the first region, where colors decide
AREA_TRUST = np.float32(2.0)  # log odds that the middle of a box is worth, and its border
PRESENT = np.float32(3.0)  # log odds that what a further touch finds is worth
LITTLE = 0.125  # of the object, that a further touch can change where nothing stands out
N_ITERATIONS = 30
RARE = 0.1  # share of the surroundings of a box that may look like the object
CORE = 0.3  # of the depth of a box, from which the object is looked for at first
REACH = 2.0  # of a touch, in distances to the present outline
LARGEST = 0.5  # share of the volume that a first touch can mean
GAIN = 2  # times the cells of the object, that a further touch can add to it
SMALL = 1e-3  # share of the volume that it can add to the smallest


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
    growth : Growth or None
        Of the first touch, as long as all touches agree with one of its regions.
    """

    inside: Float
    models: Models
    touches: tuple[Touch, ...]
    area: Mask | None
    odds: Float
    growth: Growth | None = None


def begun_by_touch(view: SolidView, touch: Touch) -> Work[SolidCut]:
    """Find the object of a first touch: its region, and around that region's outline by colors."""
    yield Progress("Looking around the mark", 0.0)
    most = int(LARGEST * np.count_nonzero(view.valid))
    growth = growth_of(view.colors, touch.touched, view.valid, view.cells, most)
    return (yield from _begun(view, growth, (touch,)))


def _begun(view: SolidView, growth: Growth, touches: tuple[Touch, ...]) -> Work[SolidCut]:
    """Take the region of a growth, and decide by colors around its outline."""
    region, said = growth.region, _said(view, touches)
    region = np.where(said == 0, region, said > 0)
    free = near_outline(region, view.cells, BAND) & view.valid & (said == 0)
    trust = np.float32(min(TRUST * max(growth.contrast, 1.0), float(LIMIT)))
    prior = trust * np.where(region, np.float32(1), np.float32(-1))
    start = _first(view, region, touches, None, growth)
    return (yield from _settled(view, start, free, prior, n_turns=2))


def begun_by_area(view: SolidView, area: Mask) -> Work[SolidCut]:
    """Find the object in an area that holds it: the deeper inside, the more likely."""
    inner = (slice(1, -1),) * 3  # beyond the border of the volume is outside too
    depth = ndimage.distance_transform_edt(np.pad(area, 1), sampling=view.cells)[inner]
    share = (depth / max(float(depth.max()), 1e-6)).astype(np.float32)
    prior = AREA_TRUST * np.minimum(share - np.float32(0.5), 0.5)
    start = _unlike_surroundings(view, area & (share >= CORE), area, float(depth.max()))
    cut = _first(view, start, (), area, None)
    return (yield from _settled(view, cut, area & view.valid, prior, n_turns=3))


def _unlike_surroundings(view: SolidView, core: Mask, area: Mask, width: float) -> Mask:
    """Return what of a core has colors that are rare in a shell of some width around an area."""
    shell = view.valid & ~area & near(area, view.cells, width)
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
    yield Progress("Looking around the mark", 0.0)
    present = cut.inside > 0.5
    wrong = view.valid & (present != (touch.sign > 0))
    deep = depth_of(wrong, touch.touched, view.cells)
    growth = _rechosen(view, cut, touch) if deep > BAND else None
    if growth is not None:
        return (yield from _begun(view, growth, (*cut.touches, touch)))
    region = _region(view, cut, touch, wrong & _reached(view, touch, cut.touches, deep))
    # A touch for the object takes nothing away, one against it adds nothing.
    free = ndimage.binary_dilation(region) & wrong & ~touch.touched
    turned = np.where(region | touch.touched, np.float32(touch.sign > 0), cut.inside)
    odds = np.where(touch.touched, np.float32(CERTAIN * touch.sign), cut.odds)
    # What is in the region changes side whatever its colors are.
    prior = touch.sign * np.where(region, LIMIT + PRESENT, -PRESENT)
    touches = (*cut.touches, touch)
    models = fit_models(view, turned, _said(view, touches) != 0, cut.models, PLACE_WEIGHT)
    start = SolidCut(turned, models, touches, cut.area, odds)
    return (yield from _settled(view, start, free, prior, n_turns=1))


def _rechosen(view: SolidView, cut: SolidCut, touch: Touch) -> Growth | None:
    """Return the growth of the first touch with a distinct region that agrees with all touches."""
    if cut.growth is None:
        return None
    said = _said(view, (*cut.touches, touch))
    growth = replace(cut.growth, most=min(cut.growth.most, _most(view, cut, touch)))
    growth = growth.between(said > 0, said < 0)
    return growth if growth.is_distinct else None


def _most(view: SolidView, cut: SolidCut, touch: Touch) -> int:
    """How many cells a further touch can turn, or make of the object."""
    n_object = int(np.count_nonzero(cut.inside > 0.5))
    smallest = int(SMALL * np.count_nonzero(view.valid))
    return max(smallest, GAIN * n_object if touch.sign > 0 else n_object)


def _region(view: SolidView, cut: SolidCut, touch: Touch, reached: Mask) -> Mask:
    """Return what a further touch means, the smaller of two regions.

    One is what is like the touch up to where it stands out most; the other what is around the
    touch and has the colors of its side, wherever these were before. A few cells may be a grain of
    noise: then it is the other, unless that has more cells than the object. What does not stand
    out is little beside the object.
    """
    most, n_object = _most(view, cut, touch), np.count_nonzero(cut.inside > 0.5)
    allowed = reached | touch.touched
    growth = growth_of(view.colors, touch.touched, allowed, view.cells, most)
    like_touch = growth.region if growth.is_distinct else allowed
    like_side = _like_side(view, cut, touch, allowed)
    smaller, larger = sorted((like_touch, like_side), key=np.count_nonzero)
    is_grain = np.count_nonzero(smaller) < FEWEST
    region = larger if is_grain and np.count_nonzero(larger) <= n_object else smaller
    return _nearest(region, touch, view, most if growth.is_distinct else int(LITTLE * n_object))


def _like_side(view: SolidView, cut: SolidCut, touch: Touch, allowed: Mask) -> Mask:
    """Return what is around a touch and has the colors of its side."""
    by_color = replace(cut.models, place_weight=0.0)
    odds = np.zeros(view.grid, np.float32)
    odds[allowed] = by_color.evidence(view.samples[allowed.ravel()])
    parts, n = ndimage.label((touch.sign * odds > 0) | touch.touched)
    is_touched = np.zeros(n + 1, bool)
    is_touched[parts[touch.touched]] = True
    like_side: Mask = is_touched[parts]
    return like_side


def _nearest(region: Mask, touch: Touch, view: SolidView, most: int) -> Mask:
    """Return as many cells of a region as there may be, those nearest to a touch."""
    if np.count_nonzero(region) <= most:
        return region
    away = away_from(touch.touched, view.cells)
    nearest: Mask = region & (away <= np.partition(away[region], most)[most])
    return nearest


def _reached(view: SolidView, touch: Touch, others: Sequence[Touch], deep: float) -> Mask:
    """Where a touch has a say: near the outline it mends the outline, deep in what is wrong all.

    Opposite touches have their own surroundings, where they are nearer.
    """
    away = away_from(touch.touched, view.cells)
    reached: Mask = away <= REACH * deep - 1  # at the outline its neighbors
    opposite = [other.touched for other in others if other.sign != touch.sign]
    if opposite:
        reached &= away < away_from(np.logical_or.reduce(opposite), view.cells)
    return reached


def _settled(
    view: SolidView, cut: SolidCut, free: Mask, prior: Float, n_turns: int
) -> Work[SolidCut]:
    """Decide by what the models say where cells are free, in turns with fitting them again."""
    inside, odds, models = cut.inside.copy(), cut.odds.copy(), cut.models
    is_said = _said(view, cut.touches) != 0
    window = window_of(free, 1)
    decided = free[window]
    samples = view.samples.reshape(*view.grid, -1)[window][decided]
    costs = np.where(inside[window] > 0.5, -CERTAIN, CERTAIN).astype(np.float32)
    edges = SMOOTHNESS * np.ascontiguousarray(view.edges[window])
    for turn in range(n_turns):
        if turn > 0:
            models = fit_models(view, inside, is_said, models, PLACE_WEIGHT)
        odds[window][decided] = models.evidence(samples) + prior[window][decided]
        costs[decided] = -odds[window][decided]
        start = np.ascontiguousarray(inside[window])
        work = cut_solid(costs, edges, view.cells, n_iterations=N_ITERATIONS, start=start)
        found = yield from portion(work, turn / n_turns, (turn + 1) / n_turns)
        inside[window][decided] = found[decided]
    return replace(cut, inside=_joined_parts(inside, cut.touches), models=models, odds=odds)


def _first(
    view: SolidView,
    mask: Mask,
    touches: tuple[Touch, ...],
    area: Mask | None,
    growth: Growth | None,
) -> SolidCut:
    """Return the cut of a first mask, of which nothing is doubted."""
    inside = mask.astype(np.float32)
    models = fit_models(view, inside, _said(view, touches) != 0, None, PLACE_WEIGHT)
    odds = np.where(mask, np.float32(CERTAIN), np.float32(-CERTAIN))
    return SolidCut(inside, models, touches, area, odds, growth)


def _said(view: SolidView, touches: Sequence[Touch]) -> NDArray[np.int8]:
    """Return the sign of the last touch of each cell, 0 where there is none."""
    said = np.zeros(view.grid, np.int8)
    for touch in touches:
        said[touch.touched] = touch.sign
    return said


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
