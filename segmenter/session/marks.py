"""What the user has marked to cut an object out: clicks, strokes and a box, in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Point = tuple[float, float]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Click:
    """A point on the object or off it.

    Attributes
    ----------
    point : (x, y)
        In pixels; whole numbers are the middles of pixels.
    is_object : bool
        Whether it is on the object.
    """

    point: Point
    is_object: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line drawn on the object or off it.

    Attributes
    ----------
    points : tuple of (x, y)
        Its corners, as of `Click`.
    width : float
        Of the brush, in pixels.
    is_object : bool
        Whether it is on the object.
    """

    points: tuple[Point, ...]
    width: float
    is_object: bool

    def covered(self, grid: tuple[int, int]) -> NDArray[np.bool_]:
        """Return the pixels under the stroke, shape `grid`."""
        import numpy as np
        from PIL import Image, ImageDraw

        picture = Image.new("L", (grid[1], grid[0]))
        draw = ImageDraw.Draw(picture)
        draw.line(self.points, fill=1, width=max(1, round(self.width)))
        radius = (self.width - 1) / 2
        for x, y in self.points:  # round corners and ends
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
        covered: NDArray[np.bool_] = np.asarray(picture) > 0
        return covered


class Guidance(NamedTuple):
    """The marks as `segment_foreground` takes them: the last one has the word on each pixel."""

    box: Box | None
    foreground: tuple[Point, ...]
    background: tuple[Point, ...]
    hints: NDArray[np.int8] | None


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything the user has said about the object; a value.

    Attributes
    ----------
    drawn : tuple of Click or Stroke
        In the order they were made.
    box : (x0, y0, x1, y1) or None
        The pixels at the corners of a box around the object.
    """

    drawn: tuple[Click | Stroke, ...] = ()
    box: Box | None = None

    def __bool__(self) -> bool:
        return bool(self.drawn) or self.box is not None

    def with_mark(self, mark: Click | Stroke | Box) -> Marks:
        """Return the marks and one more; another box takes the place of the one before."""
        if isinstance(mark, Click | Stroke):
            return replace(self, drawn=(*self.drawn, mark))
        return replace(self, box=mark)

    @property
    def before_last(self) -> Marks:
        """The marks without the last click or stroke; a box is the first of all."""
        return replace(self, drawn=self.drawn[:-1])

    def guidance(self, grid: tuple[int, int]) -> Guidance:
        """Turn the marks into guidance for an image of shape (height, width).

        Where marks contradict each other the later one is right: a stroke takes away the clicks
        it covers, and a click changes the stroke beneath it.
        """
        clicks: dict[tuple[int, int], Click] = {}
        hints: NDArray[np.int8] | None = None
        for mark in self.drawn:
            if isinstance(mark, Stroke):
                hints = _drawn(hints, mark, grid)
                clicks = {
                    pixel: click
                    for pixel, click in clicks.items()
                    if hints[pixel] == 0 or click.is_object == (hints[pixel] > 0)
                }
            else:
                pixel = _pixel(mark.point, grid)
                clicks.pop(pixel, None)
                clicks[pixel] = mark
                if hints is not None and hints[pixel] != 0:
                    hints[pixel] = _sign(mark)
        foreground = tuple(click.point for click in clicks.values() if click.is_object)
        background = tuple(click.point for click in clicks.values() if not click.is_object)
        return Guidance(self.box, foreground, background, hints)


NO_MARKS = Marks()


def _drawn(
    hints: NDArray[np.int8] | None, stroke: Stroke, grid: tuple[int, int]
) -> NDArray[np.int8]:
    import numpy as np

    drawn = np.zeros(grid, np.int8) if hints is None else hints
    drawn[stroke.covered(grid)] = _sign(stroke)
    return drawn


def _sign(mark: Click | Stroke) -> int:
    return 1 if mark.is_object else -1


def _pixel(point: Point, grid: tuple[int, int]) -> tuple[int, int]:
    return min(int(point[1] + 0.5), grid[0] - 1), min(int(point[0] + 0.5), grid[1] - 1)
