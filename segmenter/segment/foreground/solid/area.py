"""The part of a volume in which a box or a lasso says that the object is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.foreground.guidance import Box
from segmenter.segment.foreground.lasso import Point, enclosed, slice_axis
from segmenter.segment.foreground.solid.view import SolidView

Mask = NDArray[np.bool_]


def area_of(view: SolidView, box: Box | None, lasso: Sequence[Point] | None) -> Mask:
    """The cells in a box and a lasso, one of which is given; never all, the border is background.

    Without a box a lasso is as deep as `section_box` says.
    """
    box = _box_around(lasso, view.image) if box is None and lasso is not None else box
    assert box is not None  # one of them is given
    area, inner = np.zeros((2, *view.grid), bool)
    first, last = view.place(box[:3]), view.place(box[3:])
    area[tuple(slice(low, high + 1) for low, high in zip(first, last, strict=True))] = True
    if lasso is not None:
        held = area & prism(lasso, view.grid, view.image.grid)
        area = held if held.any() else area
    inner[1:-1, 1:-1, 1:-1] = True
    covers_all = bool(area.all() and inner.any())
    return np.asarray(inner if covers_all else area, bool)


def prism(lasso: Sequence[Point], grid: tuple[int, ...], image_grid: tuple[int, ...]) -> Mask:
    """What a lasso encloses in each slice, at the size `grid`; 1 long along the axis through it."""
    through = slice_axis(lasso)
    down, across = (axis for axis in range(3) if axis != through)
    line = [(point[across], point[down]) for point in lasso]
    section = enclosed(line, (grid[down], grid[across]), (image_grid[down], image_grid[across]))
    return np.expand_dims(section, through)


def section_box(low: Sequence[int], high: Sequence[int], through: int, image: Image) -> Box:
    """The box whose section was drawn on a slice: as deep as its shorter side, in mm.

    Parameters
    ----------
    low, high : sequence of int
        Its corners on the slice, indices of voxels.
    through : int
        Axis from slice to slice. The slice is in the middle of the box.
    image : Image
        The volume.
    """
    first, last = list(low), list(high)
    sides = [(high[axis] - low[axis]) * image.cells[axis] for axis in range(3) if axis != through]
    half = max(1, round(min(sides) / image.cells[through] / 2))
    first[through] = max(0, low[through] - half)
    last[through] = min(image.grid[through] - 1, low[through] + half)
    return (*first, *last)


def _box_around(lasso: Sequence[Point], image: Image) -> Box:
    corners, ends = np.rint(np.array(lasso)).astype(int), np.array(image.grid) - 1
    low, high = (np.clip(ends_of(corners, axis=0), 0, ends) for ends_of in (np.min, np.max))
    return section_box(low.tolist(), high.tolist(), slice_axis(lasso), image)
