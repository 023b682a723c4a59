"""The tool that marks object and background on the canvas: clicks, strokes, boxes, lassos."""

from __future__ import annotations

from math import floor, hypot

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.foreground.edits import add_mark, refine_edge, set_marks
from segmenter.gui.look import Way
from segmenter.gui.workspace import Workspace
from segmenter.session.marks import NO_MARKS, Box, Click, Lasso, Mark, SolidStroke, Stroke

MIN_DRAG = 4.0
"""Screen pixels below which a drag is a click."""

BRUSH_SHARE = 0.03
"""Width of the first brush, as a share of the image's shorter side."""

MAX_BRUSH_SHARE = 0.5

BRUSHES = (Way.BRUSH, Way.EDGE)
MIN_AREA = 4.0
"""Image pixels below which a lasso is a click."""

MIN_STEP = 1.5
"""Screen pixels the pointer moves before a line has another corner."""


class MarkingTool(QObject):
    """Turns the mouse into marks; the left button adds to the object, the right takes away.

    Signals
    -------
    changed()
        It marks in another way.
    moved()
        Another thing is being drawn or hovered.
    """

    changed = Signal()
    moved = Signal()
    unit = "px"

    def __init__(self, canvas: Canvas, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = workspace
        self.way = Way.CLICK
        self.is_swapped = False
        self.brush_width = 1.0
        self.hovered: QPointF | None = None
        self.drafted: Mark | None = None
        self.refusal = ""
        self._path: list[QPointF] = []
        self._adds = True
        workspace.opened.connect(lambda *_: self._begin())

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross; a brush shows its own circle besides."""
        return Qt.CursorShape.CrossCursor

    @property
    def is_drawing(self) -> bool:
        """Whether a button is held."""
        return bool(self._path)

    @property
    def screen_pixel(self) -> float:
        """Width of a pixel of the screen, in image pixels."""
        return float(self._canvas.devicePixelRatioF()) / self._canvas.zoom

    @property
    def can_mark(self) -> bool:
        """Whether there is what this way of marking works on: only an object has an edge."""
        return self.way is not Way.EDGE or self._workspace.cutter.cut is not None

    def set_way(self, way: Way) -> None:
        """Mark in another way."""
        self.drop()
        self.way = way
        self.changed.emit()

    def set_swapped(self, is_swapped: bool) -> None:
        """Let the left button take away and the right one add, or the other way round."""
        self.is_swapped = is_swapped
        self.changed.emit()

    def set_brush_width(self, width: float) -> None:
        """Change the width of the brush, in image pixels."""
        self.brush_width = min(max(width, 1.0), self.largest_brush)
        self.changed.emit()

    @property
    def largest_brush(self) -> float:
        """Width of the largest brush, in image pixels."""
        document = self._workspace.document
        return 1.0 if document is None else max(1.0, MAX_BRUSH_SHARE * min(document.image.grid))

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Begin a mark; pressing the other button gives it up."""
        if self.is_drawing:
            self.drop()
        elif button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) and self.can_mark:
            takes_away = button == Qt.MouseButton.RightButton
            takes_away ^= bool(keys & Qt.KeyboardModifier.AltModifier)
            self._adds = takes_away == self.is_swapped
            self._path = [place]
            self._draft()

    def move(self, place: QPointF | None) -> None:
        """Go on with the mark, and show the brush where it is."""
        self.hovered = place
        if place is not None and self.is_drawing and self.way is not Way.CLICK:
            if self._length(self._path[-1], place) >= MIN_STEP:
                self._path.append(place)
                self._draft()
        else:
            self.moved.emit()

    def release(self, place: QPointF) -> None:
        """End the mark and work it in."""
        if not self.is_drawing:
            return
        self._path.append(place)
        mark = self._mark()
        self._path, self.drafted = [], None
        if self.way is Way.EDGE and isinstance(mark, Stroke):
            refine_edge(self._workspace, mark)
        else:
            self._add(mark)
        self.moved.emit()

    def drop(self) -> None:
        """Forget what is being drawn."""
        if self.is_drawing:
            self._path, self.drafted = [], None
            self._workspace.cutter.drop_draft()
            self.moved.emit()

    def _add(self, mark: Mark) -> None:
        self.refusal = add_mark(self._workspace, mark)
        if self.refusal:
            self._workspace.cutter.drop_draft()
        self.changed.emit()

    def clear(self) -> None:
        """Take all marks away."""
        self.refusal = ""
        self.drop()
        set_marks(self._workspace, NO_MARKS, "Clear Marks")

    def _begin(self) -> None:
        self.refusal = ""
        document = self._workspace.document
        if document is not None:
            self.set_brush_width(BRUSH_SHARE * min(document.image.grid))

    def _draft(self) -> None:
        """Show the mark as it is so far, and what it would give."""
        self.drafted = self._mark()
        drafted = self.drafted
        if self.way is not Way.EDGE and not isinstance(drafted, Click | SolidStroke):
            self._workspace.cutter.follow_draft(drafted)
        self.moved.emit()

    def _mark(self) -> Mark:
        first, last = self._path[0], self._path[-1]
        points = tuple(_point(place) for place in self._path)
        if self.way in BRUSHES:
            return Stroke(points, self.brush_width, self._adds)
        is_drag = self._length(first, last) >= MIN_DRAG
        if self.way is Way.BOX and is_drag and (box := self._box(first, last)) is not None:
            return box
        if self.way is Way.LASSO and _is_area(self._path):
            return Lasso(points)
        return Click(points[0], self._adds)

    def _length(self, start: QPointF, end: QPointF) -> float:
        """Return the length of a line, in screen pixels."""
        return hypot(end.x() - start.x(), end.y() - start.y()) * self._canvas.zoom

    def _box(self, first: QPointF, last: QPointF) -> Box | None:
        """Return the pixels at the corners, inside the image; None if it is a line."""
        document = self._workspace.document
        if document is None:
            return None
        height, width = document.image.grid
        x0, x1 = sorted(min(max(floor(place.x()), 0), width - 1) for place in (first, last))
        y0, y1 = sorted(min(max(floor(place.y()), 0), height - 1) for place in (first, last))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _point(place: QPointF) -> tuple[float, float]:
    """Turn a place on the canvas, where pixels begin at whole numbers, into a point of a mark."""
    return place.x() - 0.5, place.y() - 0.5


def _is_area(path: list[QPointF]) -> bool:
    """Tell whether a line encloses some pixels when its ends are joined."""
    following = path[1:] + path[:1]
    turns = (a.x() * b.y() - a.y() * b.x() for a, b in zip(path, following, strict=True))
    return abs(sum(turns)) / 2 >= MIN_AREA
