"""What a person has said about the object: points, a box, a lasso, strokes; checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.foreground.lasso import Point, checked_lasso

Box = tuple[int, ...]
Hints = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Guidance:
    """Checked input; at least one of the five says something.

    Attributes
    ----------
    foreground, background : tuple of (x, y)
        Points in pixels, on the object and off it, in the order they were made; (x, y, z) are the
        indices (i, j, k) of a voxel in a volume.
    box : (x0, y0, x1, y1) or None
        Around the object, inclusive, within the image; (x0, y0, z0, x1, y1, z1) in a volume.
    hints : int8 ndarray, shape grid, or None
        1 object, -1 background, 0 unknown.
    lasso : tuple of (x, y) or None
        Corners of a closed line around the object; (x, y, z), in one slice, in a volume.
    """

    foreground: tuple[Point, ...]
    background: tuple[Point, ...]
    box: Box | None
    hints: Hints | None
    lasso: tuple[Point, ...] | None = None


def checked_guidance(
    grid: tuple[int, ...],
    box: Sequence[float] | None,
    foreground: Sequence[Sequence[float]],
    background: Sequence[Sequence[float]],
    hints: ArrayLike | None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Guidance:
    """Check what was given against an image of shape (height, width), or a volume's (i, j, k).

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


def check_seen(image: Image, points: Sequence[Point]) -> None:
    """Refuse checked points on the object where there is nothing to be seen.

    Raises
    ------
    ParameterError
        When a point is on a transparent pixel, or on one without a value.
    """
    for point in points if image.valid is not None else ():
        pixel = _pixel(point)
        place = tuple(min(at, side - 1) for at, side in zip(pixel, image.grid, strict=True))
        if image.valid is not None and not image.valid[place]:
            is_missing = image.missing is not None and image.missing[place]
            seen = place if image.is_volume else place[::-1]
            raise ParameterError(
                f"There is nothing to cut out at {_listed(seen)}, which is"
                f" {'without a value' if is_missing else 'transparent'}; click on what is visible."
            )


def added_guidance(before: Guidance, now: Guidance) -> Guidance | None:
    """What is new in the guidance; None when it does not go on from the one before."""
    for old, new in (
        (before.foreground, now.foreground), (before.background, now.background),
    ):  # fmt: skip
        if new[: len(old)] != old:
            return None
    if (before.box, before.lasso) != (now.box, now.lasso):
        return None
    hints = now.hints
    if before.hints is not None:
        if hints is None or ((before.hints != 0) & (hints == 0)).any():
            return None
        hints = np.where(hints == before.hints, 0, hints).astype(np.int8)
    foreground = now.foreground[len(before.foreground) :]
    background = now.background[len(before.background) :]
    return Guidance(foreground, background, None, hints)


def _sides(grid: tuple[int, ...]) -> tuple[int, ...]:
    """How far x and y go, or x, y and z: pictures are stored row by row, volumes as they are."""
    return grid if len(grid) == 3 else grid[::-1]


def _size(grid: tuple[int, ...]) -> str:
    sides = " x ".join(map(str, _sides(grid)))
    return f"{sides} {'voxels' if len(grid) == 3 else 'pixels'}"


def _points(grid: tuple[int, ...], points: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    checked = []
    for point in points:
        if len(point) != len(grid) or not np.isfinite(point).all():
            raise ParameterError(f"{_POINTS[len(grid)]}, not {_listed(point)}.")
        place = tuple(map(float, point))
        if not all(-0.5 <= at <= side - 0.5 for at, side in zip(place, _sides(grid), strict=True)):
            raise ParameterError(
                f"The point {_listed(point)} is outside of the image, which is {_size(grid)}."
            )
        checked.append(place)
    return tuple(checked)


def _box(grid: tuple[int, ...], box: Sequence[float]) -> Box:
    """Clip a box to the image."""
    n = len(grid)
    if len(box) != 2 * n or not np.isfinite(box).all():
        raise ParameterError(f"{_BOXES[n]}, not {_listed(box)}.")
    first, last = [round(side) for side in box[:n]], [round(side) for side in box[n:]]
    if any(end <= start for start, end in zip(first, last, strict=True)):
        raise ParameterError(
            f"The box {_listed((*first, *last))} has no area; its second corner must exceed its"
            " first along every axis."
        )
    low = tuple(max(start, 0) for start in first)
    high = tuple(min(end, side - 1) for end, side in zip(last, _sides(grid), strict=True))
    if any(end <= start for start, end in zip(low, high, strict=True)):
        raise ParameterError(
            f"The box {_listed((*first, *last))} is outside of the image, which is {_size(grid)}."
        )
    return (*low, *high)


def _listed(numbers: Sequence[float]) -> str:
    return ",".join(f"{number:g}" for number in numbers)


def _hints(grid: tuple[int, ...], hints: ArrayLike) -> Hints:
    values: NDArray[Any] = np.asarray(hints)
    if values.shape != grid:
        size = _size(values.shape) if values.ndim == len(grid) else f"of shape {values.shape}"
        raise ParameterError(
            f"The strokes are {size}, but the image is {_size(grid)};"
            " they must be drawn on this image."
        )
    if not ((values == 0) | (np.abs(values) == 1)).all():
        raise ParameterError("Strokes hold 1 for object, -1 for background and 0 for unknown only.")
    if not values.any():
        raise ParameterError("The strokes are empty; draw on the object or around it.")
    return values.astype(np.int8)


def _check_agreement(guidance: Guidance) -> None:
    marks = {_pixel(point): 1 for point in guidance.foreground}
    for point in guidance.background:
        if marks.get(_pixel(point)) == 1:
            raise ParameterError(
                f"The point {_listed(point)} is given both as object and as background."
            )
        marks[_pixel(point)] = -1
    if guidance.hints is not None:
        for pixel, sign in marks.items():
            if guidance.hints[pixel] == -sign:
                place = pixel if len(pixel) == 3 else pixel[::-1]
                raise ParameterError(
                    f"The point {_listed(place)} and the stroke under it contradict each other."
                )


def _pixel(point: Point) -> tuple[int, ...]:
    """Return the index of the pixel at a point: (row, column), or (i, j, k)."""
    place = tuple(int(at + 0.5) for at in point)
    return place if len(place) == 3 else place[::-1]


_POINTS = {2: "A point is two numbers, x,y", 3: "A point in a volume is three numbers, x,y,z"}
_BOXES = {
    2: "A box is four numbers, x0,y0,x1,y1",
    3: "A box in a volume is six numbers, x0,y0,z0,x1,y1,z1",
}
