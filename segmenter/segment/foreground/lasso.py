"""A closed line around the object: a box of any shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError

Point = tuple[float, ...]
"""(x, y), or (x, y, z) in a volume."""


def checked_lasso(grid: tuple[int, ...], lasso: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    """Check the corners of a line around the object.

    Parameters
    ----------
    grid : tuple of int
        Shape of the image (height, width), or of a volume (i, j, k).
    lasso : sequence of (x, y), or of (x, y, z) with one of these the same for all

    Raises
    ------
    ParameterError
        When it encloses nothing of the image, or does not lie in one slice of a volume.
    """
    n = len(grid)
    if any(len(point) != n or not np.isfinite(point).all() for point in lasso):
        raise ParameterError(f"A lasso is a row of points of {_COORDINATES[n]}.")
    corners = tuple(tuple(map(float, point)) for point in lasso)
    line, sides = corners, grid[::-1]
    if n == 3 and len(corners) >= 3:
        through = slice_axis(corners)
        line = tuple((*point[:through], *point[through + 1 :]) for point in corners)
        sides = (*grid[:through], *grid[through + 1 :])
    if len(line) < 3 or _area(line) < 1:
        raise ParameterError("The lasso has no area; draw a closed line around the object.")
    size = " x ".join(map(str, grid if n == 3 else sides))
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    if (high < 0).any() or (low > np.array(grid if n == 3 else sides) - 1).any():
        raise ParameterError(f"The lasso is outside of the image, which is {size} {_CELLS[n]}.")
    return corners


def slice_axis(lasso: Sequence[Point]) -> int:
    """Axis of a volume from slice to slice, in one of which the corners (x, y, z) lie.

    Raises
    ------
    ParameterError
        They do not lie in one slice.
    """
    for axis in range(3):
        if len({point[axis] for point in lasso}) == 1:
            return axis
    raise ParameterError(
        "A lasso in a volume lies in one slice: give all its corners the same x, y or z."
    )


def enclosed(
    lasso: Sequence[Point], grid: tuple[int, int], image_grid: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return what a lasso encloses, and its line, in a view of shape `grid` of the image."""
    from PIL import Image, ImageDraw

    down, across = grid[0] / image_grid[0], grid[1] / image_grid[1]
    places = [((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5) for x, y in lasso]
    picture = Image.new("L", (grid[1], grid[0]))
    ImageDraw.Draw(picture).polygon(places, fill=1, outline=1)
    inside: NDArray[np.bool_] = np.asarray(picture) > 0
    return inside


def _area(corners: Sequence[Point]) -> float:
    """The area in square pixels, by the shoelace formula; loops the other way round count less."""
    x, y = np.array(corners).T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


_COORDINATES = {2: "two numbers each, x and y", 3: "three numbers each, x, y and z, in a volume"}
_CELLS = {2: "pixels", 3: "voxels"}
