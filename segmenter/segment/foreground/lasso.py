"""A closed line around the object: a box of any shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError

NO_LASSO = "A lasso is drawn on a picture; in a volume give a box or strokes."

Point = tuple[float, ...]
"""(x, y), or (x, y, z) in a volume."""


def checked_lasso(grid: tuple[int, ...], lasso: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    """Check the corners (x, y) of a line around the object in an image of shape (height, width).

    Raises
    ------
    ParameterError
        When it encloses nothing of the image, or that is a volume.
    """
    if len(grid) != 2:
        raise ParameterError(NO_LASSO)
    if any(len(point) != 2 or not np.isfinite(point).all() for point in lasso):
        raise ParameterError("A lasso is a row of points of two numbers each, x and y.")
    corners = tuple((float(x), float(y)) for x, y in lasso)
    if len(corners) < 3 or _area(corners) < 1:
        raise ParameterError("The lasso has no area; draw a closed line around the object.")
    columns, rows = np.array(corners).T
    if max(columns) < 0 or min(columns) > grid[1] - 1 or max(rows) < 0 or min(rows) > grid[0] - 1:
        raise ParameterError(
            f"The lasso is outside of the image, which is {grid[1]} x {grid[0]} pixels."
        )
    return corners


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
