"""What marks give before they are worked in at full size: quick, and coarse."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.gui.canvas.levels import Levels, label_levels
from segmenter.segment.foreground.preview import preview_area, preview_click, preview_stroke
from segmenter.segment.foreground.views import resampled
from segmenter.session.marks import Lasso, Stroke
from segmenter.session.objects import Objects
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.foreground.steps import ObjectCut, Ready
    from segmenter.session.marks import Box

Masks = Mapping[int, NDArray[np.bool_]]
PREVIEW_PIXELS = 400_000
"""As many are painted while the hand moves: about those of the canvas."""


def draft_steps(
    ready: Ready,
    before: ObjectCut | None,
    mark: Stroke | Lasso | Box,
    others: Masks,
    objects: Objects,
    active: int,
) -> Work[None]:
    """Find what a mark would give; it is the last partial result.

    Parameters
    ----------
    ready : Ready
        The image.
    before : ObjectCut or None
        The object as it is.
    mark : Stroke, Lasso or box
        What is being drawn.
    others : mapping of int to bool ndarray, shape (height, width)
        Masks of other objects, by their values.
    objects : tuple of MarkedObject
        The uppermost first.
    active : int
        Value of the object that is drawn on.
    """
    prepared = ready.prepared
    if isinstance(mark, Stroke):
        grid, full = prepared.working.grid, prepared.image.grid
        covered = mark.scaled(grid[0] / full[0], grid[1] / full[1]).covered(grid)
        previous = None if before is None else before.foreground
        inside = yield from preview_stroke(prepared, previous, covered, is_object=mark.is_object)
    elif isinstance(mark, Lasso):
        inside = yield from preview_area(prepared, None, mark.points)
    else:
        inside = yield from preview_area(prepared, mark, None)
    yield Progress("Following the mark", 1.0, coarse_levels(ready, inside, others, objects, active))


def hover_steps(ready: Ready, x: float, y: float) -> Work[NDArray[np.bool_]]:
    """Find what a first click at the point (x, y) would select, at most `PREVIEW_PIXELS`."""
    inside = yield from preview_click(ready.prepared, x, y)
    return enlarged(inside, _preview_grid(ready)) > 0.5


def coarse_levels(
    ready: Ready, inside: NDArray[Any], others: Masks, objects: Objects, active: int
) -> Levels:
    """Prepare a coarse mask of one object, with the others around it, for the canvas.

    Parameters
    ----------
    ready : Ready
        The image.
    inside : ndarray, shape (h, w)
        Above a half on the object, at any size.
    others : mapping of int to bool ndarray, shape (height, width)
        Masks of other objects, by their values.
    objects : tuple of MarkedObject
        The uppermost first.
    active : int
        Value of the object.
    """
    full = ready.prepared.image.grid[0], ready.prepared.image.grid[1]
    grid = _preview_grid(ready)
    rows = (np.arange(grid[0]) * full[0]) // grid[0]
    columns = (np.arange(grid[1]) * full[1]) // grid[1]
    label_map = np.zeros(grid, np.uint8)
    for each in reversed(objects):
        if each.value == active:
            label_map[enlarged(inside, grid) > 0.5] = active
        elif each.value in others:
            label_map[others[each.value][rows[:, None], columns]] = each.value
    return label_levels(label_map, full, full[1] / grid[1])


def enlarged(inside: NDArray[Any], grid: tuple[int, int]) -> NDArray[np.float32]:
    """Interpolate a coarse mask between its pixels, so that its outline has no steps."""
    return resampled(inside[..., None].astype(np.float32), grid)[..., 0]


def _preview_grid(ready: Ready) -> tuple[int, int]:
    height, width = ready.prepared.image.grid
    factor = max(1.0, sqrt(height * width / PREVIEW_PIXELS))
    return max(1, round(height / factor)), max(1, round(width / factor))
