"""What a mark on a volume would give, on the working grid: quick, and coarse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.guidance import Box
from segmenter.segment.foreground.lasso import Point
from segmenter.segment.foreground.solid.area import area_of
from segmenter.segment.foreground.solid.marking import (
    Touch,
    begun_by_area,
    begun_by_touch,
    mended,
)
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.work import Work

Float = NDArray[np.float32]


def preview_solid_stroke(
    view: SolidView, previous: Solid | None, voxels: NDArray[np.intp], *, is_object: bool
) -> Work[Float]:
    """Find what a stroke would give.

    Parameters
    ----------
    view : SolidView
        The volume.
    previous : Solid or None
        The object as it is.
    voxels : intp ndarray
        Flat indices of those under the stroke.
    is_object : bool
        Whether it is on the object.

    Returns
    -------
    float32 ndarray, shape of the view's grid
        Above a half on the object.
    """
    touched = np.zeros(view.grid, bool)
    places = np.unravel_index(voxels, view.image.grid)
    sides = zip(places, view.grid, view.image.grid, strict=True)
    touched[tuple(at * here // there for at, here, there in sides)] = True
    touch = Touch(touched, 1 if is_object else -1)
    if previous is not None:
        return (yield from mended(view, previous.cut, touch)).inside
    if not is_object:
        return np.zeros(view.grid, np.float32)
    return (yield from begun_by_touch(view, touch)).inside


def preview_solid_click(view: SolidView, cell: tuple[int, ...]) -> Work[Float]:
    """Find what a first click on a cell would give, shape of the view's grid."""
    touched = np.zeros(view.grid, bool)
    touched[cell] = True
    return (yield from begun_by_touch(view, Touch(touched, 1))).inside


def preview_solid_area(
    view: SolidView, box: Box | None, lasso: Sequence[Point] | None
) -> Work[Float]:
    """Find what a box, a lasso or both would give, shape of the view's grid."""
    return (yield from begun_by_area(view, area_of(view, box, lasso))).inside
