"""What the user has marked to cut an object out: clicks, strokes, and a box or a lasso."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Point = tuple[float, ...]
"""(x, y) in pixels of a picture, (i, j, k) on the grid of a volume."""

Place = tuple[float, float, float]
Box = tuple[int, ...]
"""The first corner and the last: (x0, y0, x1, y1), or (i0, j0, k0, i1, j1, k1) of a volume."""


@dataclass(frozen=True, slots=True)
class Click:
    """A point on the object or off it.

    Attributes
    ----------
    point : (x, y), or (i, j, k)
        In pixels, or voxels; whole numbers are the middles of pixels.
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

    def covered(self, grid: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return the pixels under the stroke, shape `grid` (height, width)."""
        import numpy as np
        from PIL import Image, ImageDraw

        picture = Image.new("L", (grid[1], grid[0]))
        draw = ImageDraw.Draw(picture)
        draw.line(self.points, fill=1, width=max(1, round(self.width)))
        radius = max(0.0, (self.width - 1) / 2)  # of what was drawn on a larger image
        for x, y in self.points:  # round corners and ends
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
        draw.point([(round(x), round(y)) for x, y in self.points], fill=1)  # of a thin brush
        covered: NDArray[np.bool_] = np.asarray(picture) > 0
        return covered

    def scaled(self, down: float, across: float) -> Stroke:
        """Return the stroke as it is on the image made larger by these factors."""
        points = tuple(((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5) for x, y in self.points)
        return replace(self, points=points, width=self.width * (down + across) / 2)


@dataclass(frozen=True, slots=True)
class SolidStroke:
    """A line drawn with a ball on the object of a volume or off it.

    Attributes
    ----------
    points : tuple of (i, j, k)
        Its corners on the grid; whole numbers are the middles of voxels.
    radius : float
        Of the ball, in mm.
    spacing : tuple of float
        Of the volume, in mm.
    is_object : bool
        Whether it is on the object.
    """

    points: tuple[Place, ...]
    radius: float
    spacing: tuple[float, ...]
    is_object: bool

    def voxels(self, grid: tuple[int, ...]) -> NDArray[np.intp]:
        """Return the voxels under the stroke as flat indices into `grid`."""
        import numpy as np

        from segmenter.session.corrections import BrushStroke

        ball = BrushStroke(self.points, self.radius, None, "labels", 1)
        return ball.covered(grid, np.diag((*self.spacing, 1.0)))

    def covered(self, grid: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return the voxels under the stroke, shape `grid`."""
        import numpy as np

        covered = np.zeros(grid, bool)
        covered.reshape(-1)[self.voxels(grid)] = True
        return covered


@dataclass(frozen=True, slots=True)
class Lasso:
    """A closed line around the object.

    Attributes
    ----------
    points : tuple of (x, y)
        Its corners, as of `Click`; the last one is joined to the first.
    box : Box or None
        Around it in a volume, and as deep as the object can be.
    """

    points: tuple[Point, ...]
    box: Box | None = None


class Guidance(NamedTuple):
    """The marks as `segment_foreground` takes them: the last one has the word on each pixel."""

    box: Box | None
    foreground: tuple[Point, ...]
    background: tuple[Point, ...]
    hints: NDArray[np.int8] | None
    lasso: tuple[Point, ...] | None


Drawn = Click | Stroke | SolidStroke
Mark = Drawn | Lasso | Box
Drafted = Stroke | SolidStroke | Lasso | Box
"""What is shown before it is finished."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything the user has said about the object; a value.

    Attributes
    ----------
    drawn : tuple of Click, Stroke or SolidStroke
        In the order they were made.
    box : Box or None
        The pixels or voxels at the corners of a box around the object.
    lasso : Lasso or None
        A line around the object; the box is then the one around the line, in a volume.
    """

    drawn: tuple[Drawn, ...] = ()
    box: Box | None = None
    lasso: Lasso | None = None

    def __bool__(self) -> bool:
        return bool(self.drawn) or self.box is not None or self.lasso is not None

    def with_mark(self, mark: Mark) -> Marks:
        """Return the marks and one more; a box or lasso takes the place of the one before."""
        if isinstance(mark, Click | Stroke | SolidStroke):
            return replace(self, drawn=(*self.drawn, mark))
        if isinstance(mark, Lasso):
            return replace(self, box=mark.box, lasso=mark)
        return replace(self, box=mark, lasso=None)

    @property
    def before_last(self) -> Marks:
        """The marks without the last click or stroke; a box or lasso is the first of all."""
        return replace(self, drawn=self.drawn[:-1])

    def guidances(self, grid: tuple[int, ...]) -> Iterator[Guidance]:
        """Say it as guidance for an image, before anything is drawn and after each mark drawn.

        Where marks contradict each other the later one is right: a stroke takes away the clicks
        it covers, and a click changes the stroke beneath it.

        Parameters
        ----------
        grid : tuple of int
            Height and width, or the three sides of a volume.
        """
        clicks: dict[tuple[int, ...], Click] = {}
        hints: NDArray[np.int8] | None = None
        yield self._said(clicks, hints)
        for mark in self.drawn:
            hints = None if hints is None else hints.copy()
            if not isinstance(mark, Click):
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
            yield self._said(clicks, hints)

    def _said(
        self, clicks: dict[tuple[int, ...], Click], hints: NDArray[np.int8] | None
    ) -> Guidance:
        foreground = tuple(click.point for click in clicks.values() if click.is_object)
        background = tuple(click.point for click in clicks.values() if not click.is_object)
        lasso = None if self.lasso is None else self.lasso.points
        return Guidance(self.box, foreground, background, hints, lasso)


NO_MARKS = Marks()


def painted(strokes: Sequence[Stroke], grid: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Return what strokes on the object cover and later ones do not take away; None for nothing."""
    import numpy as np

    region = np.zeros(grid, bool)
    for stroke in strokes:
        region[stroke.covered((grid[0], grid[1]))] = stroke.is_object
    return region if region.any() else None


def _drawn(
    hints: NDArray[np.int8] | None, stroke: Stroke | SolidStroke, grid: tuple[int, ...]
) -> NDArray[np.int8]:
    import numpy as np

    drawn = np.zeros(grid, np.int8) if hints is None else hints
    drawn[stroke.covered(grid)] = _sign(stroke)
    return drawn


def _sign(mark: Drawn) -> int:
    return 1 if mark.is_object else -1


def _pixel(point: Point, grid: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index of the pixel at a point: (row, column), or (i, j, k)."""
    place = point if len(grid) == 3 else point[::-1]
    return tuple(min(int(at + 0.5), side - 1) for at, side in zip(place, grid, strict=True))
