"""What a person has said about the object: points, a box, a lasso, strokes; checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.errors import ParameterError
from segmenter.segment.foreground.lasso import Point, checked_lasso

Box = tuple[int, int, int, int]
Hints = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Guidance:
    """Checked input; at least one of the five says something.

    Attributes
    ----------
    foreground, background : tuple of (x, y)
        Points in pixels, on the object and off it, in the order they were made.
    box : (x0, y0, x1, y1) or None
        Around the object, inclusive, within the image.
    hints : int8 ndarray, shape (height, width), or None
        1 object, -1 background, 0 unknown.
    lasso : tuple of (x, y) or None
        Corners of a closed line around the object.
    """

    foreground: tuple[Point, ...]
    background: tuple[Point, ...]
    box: Box | None
    hints: Hints | None
    lasso: tuple[Point, ...] | None = None


def checked_guidance(
    grid: tuple[int, int],
    box: Sequence[float] | None,
    foreground: Sequence[Sequence[float]],
    background: Sequence[Sequence[float]],
    hints: ArrayLike | None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Guidance:
    """Check what was given against an image of shape (height, width).

    Raises
    ------
    ParameterError
        When it says nothing, contradicts itself, or lies outside of the image.
    """
    points = _points(grid, foreground), _points(grid, background)
    strokes = None if hints is None else _hints(grid, hints)
    guidance = Guidance(
        *points,
        None if box is None else _box(grid, box),
        strokes,
        None if lasso is None else checked_lasso(grid, lasso),
    )
    if not (any(points) or guidance.box or guidance.lasso) and strokes is None:
        raise ParameterError("Nothing says where the object is; give a click, a box or strokes.")
    _check_agreement(guidance)
    return guidance


def _points(grid: tuple[int, int], points: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    height, width = grid
    checked = []
    for point in points:
        if len(point) != 2 or not np.isfinite(point).all():
            raise ParameterError(f"A point is two numbers, x and y, not {tuple(point)}.")
        x, y = float(point[0]), float(point[1])
        if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
            raise ParameterError(
                f"The point {x:g},{y:g} is outside of the image, which is {width} x {height}"
                " pixels."
            )
        checked.append((x, y))
    return tuple(checked)


def _box(grid: tuple[int, int], box: Sequence[float]) -> Box:
    """Clip a box to the image."""
    height, width = grid
    if len(box) != 4 or not np.isfinite(box).all():
        raise ParameterError(f"A box is four numbers, x0,y0,x1,y1, not {tuple(box)}.")
    x0, y0, x1, y1 = (round(side) for side in box)
    if x1 <= x0 or y1 <= y0:
        raise ParameterError(
            f"The box {x0},{y0},{x1},{y1} has no area; x1 must exceed x0, and y1 must exceed y0."
        )
    clipped = max(x0, 0), max(y0, 0), min(x1, width - 1), min(y1, height - 1)
    if clipped[2] <= clipped[0] or clipped[3] <= clipped[1]:
        raise ParameterError(
            f"The box {x0},{y0},{x1},{y1} is outside of the image, which is {width} x {height}"
            " pixels."
        )
    return clipped


def _hints(grid: tuple[int, int], hints: ArrayLike) -> Hints:
    values: NDArray[Any] = np.asarray(hints)
    if values.shape != grid:
        raise ParameterError(
            f"The strokes have the shape {values.shape}, but the image has {grid};"
            " they must be drawn on this image."
        )
    if not np.isin(values, (-1, 0, 1)).all():
        raise ParameterError("Strokes hold 1 for object, -1 for background and 0 for unknown only.")
    if not values.any():
        raise ParameterError("The strokes are empty; draw on the object or around it.")
    return values.astype(np.int8)


def _check_agreement(guidance: Guidance) -> None:
    marks = {_pixel(point): 1 for point in guidance.foreground}
    for point in guidance.background:
        if marks.get(_pixel(point)) == 1:
            raise ParameterError(
                f"The point {point[0]:g},{point[1]:g} is given both as object and as background."
            )
        marks[_pixel(point)] = -1
    if guidance.hints is not None:
        for (row, column), sign in marks.items():
            if guidance.hints[row, column] == -sign:
                raise ParameterError(
                    f"The point {column},{row} and the stroke under it contradict each other."
                )


def _pixel(point: Point) -> tuple[int, int]:
    return int(point[1] + 0.5), int(point[0] + 0.5)
