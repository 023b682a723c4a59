"""What marks give before they are worked in at full size: quick, and coarse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from segmenter.export.outline import outline_layer
from segmenter.gui.canvas.levels import Level, Levels, label_levels
from segmenter.gui.foreground.steps import Ready, ReadySolid
from segmenter.segment.foreground.choice import best_proposal
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.preview import preview_area, preview_stroke
from segmenter.segment.foreground.solid.preview import (
    preview_solid_area,
    preview_solid_click,
    preview_solid_stroke,
)
from segmenter.segment.foreground.views import resampled
from segmenter.session.marks import Box, Click, Drafted, Lasso, SolidStroke, Stroke
from segmenter.session.objects import Objects, found_object
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.foreground.steps import ObjectCut
    from segmenter.segment.foreground import Foreground
    from segmenter.segment.foreground.solid.result import Solid

Masks = Mapping[int, NDArray[np.bool_]]
PREVIEW_PIXELS = 400_000
"""As many are painted while the hand moves: about those of the canvas."""

HOVER_OUTLINE = (255, 255, 255, 200)
HOVER_AREA = (255, 255, 255, 56)


def draft_steps(
    ready: Ready | ReadySolid,
    before: ObjectCut | None,
    mark: Drafted,
    others: Masks,
    objects: Objects,
    active: int,
) -> Work[None]:
    """Find what a mark would give; it is the last partial result.

    Parameters
    ----------
    ready : Ready or ReadySolid
        The image.
    before : ObjectCut or None
        The object as it is.
    mark : Stroke, SolidStroke, Lasso or box
        What is being drawn.
    others : mapping of int to bool ndarray, shape grid
        Masks of other objects, by their values.
    objects : tuple of MarkedObject
        The uppermost first.
    active : int
        Value of the object that is drawn on.
    """
    if isinstance(ready, ReadySolid):
        inside = yield from _solid_draft(ready, before, mark)
    else:
        drawn = cast("tuple[Click | Stroke, ...]", found_object(objects, active).marks.drawn)
        inside = yield from _flat_draft(ready.prepared, before, mark, drawn)
    coarse = coarse_picture(ready, inside, others, objects, active)
    yield Progress("Following the mark", 1.0, coarse)


def _flat_draft(
    prepared: Prepared, before: ObjectCut | None, mark: Drafted, drawn: tuple[Click | Stroke, ...]
) -> Work[NDArray[Any]]:
    if isinstance(mark, Stroke):
        previous = None if before is None else cast("Foreground", before.foreground)
        covered, is_object = _covered(mark, prepared)
        return (yield from preview_stroke(prepared, previous, covered, is_object=is_object))
    box, lasso = (None, mark.points) if isinstance(mark, Lasso) else (cast("Box", mark), None)
    earlier = [_covered(each, prepared) for each in drawn]
    return (yield from preview_area(prepared, box, lasso, earlier))


def _solid_draft(
    ready: ReadySolid, before: ObjectCut | None, mark: Drafted
) -> Work[NDArray[np.float32]]:
    if isinstance(mark, SolidStroke):
        previous = None if before is None else cast("Solid", before.foreground)
        voxels, is_object = mark.voxels(ready.image.grid), mark.is_object
        work = preview_solid_stroke(ready.view, previous, voxels, is_object=is_object)
        return (yield from work)
    box, lasso = (mark.box, mark.points) if isinstance(mark, Lasso) else (cast("Box", mark), None)
    return (yield from preview_solid_area(ready.view, box, lasso))


def _covered(mark: Click | Stroke, prepared: Prepared) -> tuple[NDArray[np.bool_], bool]:
    """Return the pixels of the working view under a mark, and whether it is on the object."""
    grid, full = prepared.working.grid, prepared.image.grid
    stroke = Stroke((mark.point,), 1.0, mark.is_object) if isinstance(mark, Click) else mark
    return stroke.scaled(grid[0] / full[0], grid[1] / full[1]).covered(grid), mark.is_object


@dataclass(frozen=True, eq=False)
class Hovered:
    """What a first click would select.

    Attributes
    ----------
    place : (row, column), or (i, j, k)
        Of the click, in the view in which first guesses are made.
    mask : bool ndarray
        What it would select: shape of that view, but of a volume of its grid.
    picture : Levels or None
        The same for the canvas: a faint area with an outline. None of a volume.
    """

    place: tuple[int, ...]
    mask: NDArray[np.bool_]
    picture: Levels | None


def hover_steps(ready: Ready | ReadySolid, place: tuple[int, ...]) -> Work[Hovered]:
    """Find what a first click would select, in the view in which first guesses are made."""
    if isinstance(ready, ReadySolid):
        inside = yield from preview_solid_click(ready.view, place)
        return Hovered(place, _enlarged_cells(inside > 0.5, ready), None)
    row, column = place
    mask = yield from best_proposal(ready.prepared.draft, row, column)
    height, width = ready.prepared.image.grid
    factor = sqrt(height * width / PREVIEW_PIXELS)
    grid = max(1, round(height / factor)), max(1, round(width / factor))
    shown = (enlarged(mask, grid) > 0.5).astype(np.uint8)
    picture = outline_layer(shown, np.array([(0, 0, 0, 0), HOVER_OUTLINE], np.uint8))
    picture[(shown > 0) & (picture[..., 3] == 0)] = HOVER_AREA
    level = Level(width / grid[1], grid[1], grid[0], picture)
    return Hovered(place, mask, Levels(width, height, (level,)))


def _enlarged_cells(mask: NDArray[np.bool_], ready: ReadySolid) -> NDArray[np.bool_]:
    """Return a mask of cells on the volume's grid."""
    sides = zip(ready.image.grid, mask.shape, strict=True)
    full: NDArray[np.bool_] = mask[np.ix_(*(np.arange(side) * n // side for side, n in sides))]
    return full


def coarse_picture(
    ready: Ready | ReadySolid, inside: NDArray[Any], others: Masks, objects: Objects, active: int
) -> Levels | NDArray[np.uint8]:
    """Prepare a coarse mask of one object, with the others around it, for the canvas.

    Parameters
    ----------
    ready : Ready or ReadySolid
        The image.
    inside : ndarray of the axes of the image
        Above a half on the object, at any size.
    others : mapping of int to bool ndarray, shape grid
        Masks of other objects, by their values.
    objects : tuple of MarkedObject
        The uppermost first.
    active : int
        Value of the object.

    Returns
    -------
    Levels of a picture, or uint8 ndarray of shape grid of a volume
        Values of the objects.
    """
    full = ready.image.grid
    if isinstance(ready, ReadySolid):
        return _laid(_enlarged_cells(inside > 0.5, ready), others, (...,), objects, active)
    grid = _preview_grid(ready)
    places = np.ix_(*((np.arange(n) * side) // n for side, n in zip(full, grid, strict=True)))
    label_map = _laid(enlarged(inside, grid) > 0.5, others, places, objects, active)
    return label_levels(label_map, (full[0], full[1]), full[1] / grid[1])


def _laid(
    mask: NDArray[np.bool_], others: Masks, places: Any, objects: Objects, active: int
) -> NDArray[np.uint8]:
    """Lay the objects over each other: one mask, and places in those of others."""
    label_map = np.zeros(mask.shape, np.uint8)
    for each in reversed(objects):
        if each.value == active:
            label_map[mask] = active
        elif each.value in others:
            label_map[others[each.value][places]] = each.value
    return label_map


def enlarged(inside: NDArray[Any], grid: tuple[int, int]) -> NDArray[np.float32]:
    """Interpolate a coarse mask between its pixels, so that its outline has no steps."""
    return resampled(inside[..., None].astype(np.float32), grid)[..., 0]


def _preview_grid(ready: Ready) -> tuple[int, int]:
    height, width = ready.prepared.image.grid
    factor = max(1.0, sqrt(height * width / PREVIEW_PIXELS))
    return max(1, round(height / factor)), max(1, round(width / factor))
