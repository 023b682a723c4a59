"""Marking objects on the planes of a volume: clicks, and strokes with a ball."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal

from segmenter.gui.foreground.edits import set_marks
from segmenter.gui.look import Way
from segmenter.gui.volume.plane_view import PlaneView
from segmenter.gui.volume.slicing import affine_of
from segmenter.gui.volume.viewpoint import Viewpoint
from segmenter.gui.workspace import Workspace
from segmenter.images.geometry import grid_spacing
from segmenter.session.marks import NO_MARKS, Click, Place, SolidStroke

FIRST_WIDTH, LARGEST_WIDTH = 6.0, 60.0
"""Of the ball, in millimeters."""


class SolidMarking(QObject):
    """How objects are marked, on all planes.

    Signals
    -------
    changed()
        They are marked in another way.
    drafted()
        Another stroke is being drawn, or none any more.
    """

    changed = Signal()
    drafted = Signal()
    unit = "mm"
    largest_brush = LARGEST_WIDTH

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.way = Way.CLICK
        self.is_swapped = False
        self.brush_width = FIRST_WIDTH
        self.draft: SolidStroke | None = None

    def set_way(self, way: Way) -> None:
        """Mark in another way."""
        self.way = way
        self.changed.emit()

    def swap(self) -> None:
        """Let the left button take away and the right one add, or as it was."""
        self.is_swapped = not self.is_swapped
        self.changed.emit()

    def set_brush_width(self, width: float) -> None:
        """Change the width of the ball, in millimeters."""
        self.brush_width = min(max(width, 1.0), LARGEST_WIDTH)
        self.changed.emit()

    def set_draft(self, draft: SolidStroke | None) -> None:
        """Show a stroke that is being drawn."""
        self.draft = draft
        self.drafted.emit()

    def add(self, mark: Click | SolidStroke) -> None:
        """Work a mark in."""
        self.set_draft(None)
        active = self._workspace.active
        if active is not None:
            what = "Click" if isinstance(mark, Click) else "Stroke"
            name = f"{what} on {'Object' if mark.is_object else 'Background'}"
            set_marks(self._workspace, active.marks.with_mark(mark), name)

    def clear(self) -> None:
        """Take all marks away."""
        self.set_draft(None)
        set_marks(self._workspace, NO_MARKS, "Clear Marks")


class SolidTool(QObject):
    """The mouse on one plane; the left button adds to the object, the right takes away."""

    def __init__(self, view: PlaneView, viewpoint: Viewpoint, marking: SolidMarking) -> None:
        super().__init__(view)
        self._view, self._viewpoint, self._marking = view, viewpoint, marking
        self._points: list[Place] = []
        self._is_object = True
        self._hovered: QPointF | None = None
        marking.changed.connect(self._show)

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross; a brush shows its own circle besides."""
        return Qt.CursorShape.CrossCursor

    @property
    def is_drawing(self) -> bool:
        """Whether a button is held."""
        return bool(self._points)

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Begin a mark; pressing the other button gives it up."""
        if self.is_drawing:
            self.drop()
        elif button in _BUTTONS and self._place_of(place) is not None:
            takes_away = button == Qt.MouseButton.RightButton
            takes_away ^= bool(keys & Qt.KeyboardModifier.AltModifier)
            self._is_object = takes_away == self._marking.is_swapped
            self._go_on(place)

    def move(self, place: QPointF | None) -> None:
        """Go on with a stroke, and show the brush where it is."""
        self._hovered = place
        self._show()
        if place is not None and self.is_drawing and self._marking.way is Way.BRUSH:
            self._go_on(place)

    def release(self, place: QPointF) -> None:
        """End the mark and work it in; the crosshair goes to where it began."""
        if not self.is_drawing:
            return
        mark = self._stroke() if self._marking.way is Way.BRUSH else self._click()
        first, self._points = self._points[0], []
        self._viewpoint.move_to((round(first[0]), round(first[1]), round(first[2])))
        self._marking.add(mark)

    def drop(self) -> None:
        """Forget what is being drawn."""
        self._hovered = None
        self._show()
        if self.is_drawing:
            self._points = []
            self._marking.set_draft(None)

    def _go_on(self, place: QPointF) -> None:
        point = self._place_of(place)
        if point is not None:
            self._points.append(point)
            if self._marking.way is Way.BRUSH:
                self._marking.set_draft(self._stroke())

    def _stroke(self) -> SolidStroke:
        image = self._viewpoint.image
        spacing = (1.0, 1.0, 1.0) if image is None else grid_spacing(affine_of(image))
        radius = self._marking.brush_width / 2
        return SolidStroke(tuple(self._points), radius, spacing, self._is_object)

    def _click(self) -> Click:
        """Return a click on the middle of a voxel, as clicks of the command line are."""
        middle = tuple(float(round(at)) for at in self._points[0])
        return Click(middle, self._is_object)

    def _place_of(self, place: QPointF) -> Place | None:
        """Return the place on the grid of one on the canvas; None beyond the slice."""
        width, height = self._view.canvas.pixel
        row, column = place.y() / height, place.x() / width
        rows, columns = self._view.slicing.shape
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        return self._view.slicing.grid_place(row - 0.5, column - 0.5, self._view.index)

    def _show(self) -> None:
        """Draw the circle of the brush."""
        if self._hovered is None or self._marking.way is not Way.BRUSH:
            self._view.canvas.show_brush(None)
            return
        reach = self._marking.brush_width / 2 / self._view.unit
        corner = self._hovered - QPointF(reach, reach)
        self._view.canvas.show_brush(QRectF(corner.x(), corner.y(), 2 * reach, 2 * reach))


_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
