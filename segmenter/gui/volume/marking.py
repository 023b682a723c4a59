"""Marking objects on the planes of a volume: clicks, strokes with a ball, boxes, lassos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPolygonF

from segmenter.gui.foreground.edits import add_mark, set_marks
from segmenter.gui.look import Job, Way
from segmenter.gui.volume.hover import SolidHover
from segmenter.gui.volume.plane_view import PAINTING, PlaneView
from segmenter.gui.volume.slicing import affine_of
from segmenter.gui.volume.viewpoint import Viewpoint
from segmenter.gui.workspace import Workspace
from segmenter.images.geometry import grid_spacing
from segmenter.segment.foreground.lasso import slice_axis
from segmenter.segment.foreground.solid.area import section_box
from segmenter.session.marks import NO_MARKS, Box, Click, Lasso, Marks, Place, SolidStroke

FIRST_WIDTH, LARGEST_WIDTH = 6.0, 60.0
"""Of the ball, in millimeters."""

LEAST_AREA = 4.0
"""Voxels of a slice below which a lasso is a click."""


class SolidMarking(QObject):
    """How objects are marked, on all planes.

    Signals
    -------
    changed()
        They are marked in another way.
    drafted()
        Another mark is being drawn, or none any more.
    marked()
        There can be other marks.
    """

    changed = Signal()
    drafted = Signal()
    marked = Signal()
    unit = "mm"
    largest_brush = LARGEST_WIDTH

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        for changed in (
            workspace.document_changed, workspace.look_changed, workspace.job_changed,
        ):  # fmt: skip
            changed.connect(self.marked)
        self.way = Way.CLICK
        self.is_swapped = False
        self.brush_width = FIRST_WIDTH
        self.draft: SolidStroke | Lasso | Box | None = None
        self.refusal = ""
        self.hover = SolidHover(self, workspace)

    def set_way(self, way: Way) -> None:
        """Mark in another way."""
        self.way = way
        self.changed.emit()

    def set_swapped(self, is_swapped: bool) -> None:
        """Let the left button take away and the right one add, or the other way round."""
        self.is_swapped = is_swapped
        self.changed.emit()

    def set_brush_width(self, width: float) -> None:
        """Change the width of the ball, in millimeters."""
        self.brush_width = min(max(width, 1.0), LARGEST_WIDTH)
        self.changed.emit()

    @property
    def around(self) -> Marks:
        """The box or lasso that is drawn, or the one there is, besides other marks."""
        document, active = self._workspace.document, self._workspace.active
        is_mine = document is not None and document.image.is_volume
        if not is_mine or self._workspace.job is not Job.FOREGROUND:
            return NO_MARKS
        if isinstance(self.draft, tuple | Lasso):
            return NO_MARKS.with_mark(self.draft)
        return NO_MARKS if active is None else active.marks

    def follow_draft(self, draft: SolidStroke | Lasso | Box) -> None:
        """Show a mark that is being drawn, and what it would give."""
        self.draft = draft
        self._workspace.cutter.follow_draft(draft)
        self.drafted.emit()

    def drop_draft(self) -> None:
        """Forget what is being drawn."""
        if self.draft is not None:
            self.draft = None
            self._workspace.cutter.drop_draft()
            self.drafted.emit()

    def add(self, mark: Click | SolidStroke | Lasso | Box) -> None:
        """Work a mark in."""
        self.draft = None
        self.drafted.emit()
        self.refusal = add_mark(self._workspace, mark)
        self.changed.emit()

    def clear(self) -> None:
        """Take all marks away."""
        self.refusal = ""
        self.drop_draft()
        set_marks(self._workspace, NO_MARKS, "Clear Marks")


class SolidTool(QObject):
    """The mouse on one plane; the left button adds to the object, the right takes away."""

    def __init__(self, view: PlaneView, viewpoint: Viewpoint, marking: SolidMarking) -> None:
        super().__init__(view)
        self._view, self._viewpoint, self._marking = view, viewpoint, marking
        self._points: list[Place] = []
        self._is_object = True
        self._hovered: QPointF | None = None
        self._before = NO_MARKS
        marking.changed.connect(self._show)
        for changed in (marking.drafted, marking.marked, viewpoint.moved, viewpoint.turned):
            changed.connect(self._show_area)

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
        elif button in PAINTING and self._place_of(place) is not None:
            takes_away = button == Qt.MouseButton.RightButton
            takes_away ^= bool(keys & Qt.KeyboardModifier.AltModifier)
            self._is_object = takes_away == self._marking.is_swapped
            self._before = self._marking.around
            self._go_on(place)

    def move(self, place: QPointF | None) -> None:
        """Go on with a stroke, and show the brush where it is."""
        self._hovered = place
        self._show()
        self._marking.hover.point_at(None if place is None else self._place_of(place))
        if place is not None and self.is_drawing and self._marking.way is not Way.CLICK:
            self._go_on(place)

    def release(self, place: QPointF) -> None:
        """End the mark and work it in; the crosshair goes where it began, or into the box."""
        if not self.is_drawing:
            return
        mark = self._mark()
        i, j, k = (round(at) for at in self._points[0])
        box = mark.box if isinstance(mark, Lasso) else mark
        if isinstance(box, tuple):
            middle = [(low + high) // 2 for low, high in zip(box[:3], box[3:], strict=True)]
            through = self._view.slicing.axes[2]
            middle[through] = (i, j, k)[through]  # the plane stays in its slice
            i, j, k = middle
        self._points = []
        self._viewpoint.move_to((i, j, k))
        self._marking.add(mark)

    def drop(self) -> None:
        """Forget what is being drawn."""
        self._hovered = None
        self._show()
        if self.is_drawing:
            self._points = []
            self._marking.drop_draft()

    def _go_on(self, place: QPointF) -> None:
        point = self._place_of(place)
        if point is not None:
            self._points.append(point)
            mark = self._mark()
            if not isinstance(mark, Click):
                self._marking.follow_draft(mark)

    def _mark(self) -> Click | SolidStroke | Lasso | Box:
        """Return what the points are by now; a box or lasso without an area is a click."""
        way = self._marking.way
        if way is Way.BRUSH:
            return self._stroke()
        if way is Way.BOX:
            box = self._box((self._points[0], self._points[-1]))
            return self._click() if box is None else self._kept_lasso(box) or box
        if way is Way.LASSO and (box := self._box(self._points)) is not None and self._is_area():
            return Lasso(tuple(self._points), box)
        return self._click()

    def _box(self, points: Sequence[Place]) -> Box | None:
        """Return the box around what is drawn on a slice; None where that is a line.

        Along the axis through the plane it is as before if it was drawn through this slice.
        """
        voxels, image = np.rint(np.array(points)).astype(int), self._viewpoint.image
        low, high = voxels.min(axis=0), voxels.max(axis=0)
        *sides, through = self._view.slicing.axes
        if image is None or any(high[axis] <= low[axis] for axis in sides):
            return None
        before, at = self._before.box, int(low[through])
        if before is None or not before[through] <= at <= before[3 + through]:
            return section_box(low.tolist(), high.tolist(), through, image)
        low[through], high[through] = before[through], before[3 + through]
        return tuple(map(int, (*low, *high)))

    def _kept_lasso(self, box: Box) -> Lasso | None:
        """Return the lasso that a box on another plane only makes as deep as it is."""
        lasso, before = self._before.lasso, self._before.box
        if lasso is None or before is None:
            return None
        along, through = slice_axis(lasso.points), self._view.slicing.axes[2]
        keeps = along != through and box[through] == before[through]
        holds = box[along] <= lasso.points[0][along] <= box[3 + along]
        return Lasso(lasso.points, box) if keeps and holds else None

    def _is_area(self) -> bool:
        """Tell whether the line encloses some voxels when its ends are joined."""
        across, down = np.array(self._points).T[list(self._view.slicing.axes[:2])]
        turns = across @ np.roll(down, -1) - down @ np.roll(across, -1)
        return abs(float(turns)) / 2 >= LEAST_AREA

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
        rows, columns = self._view.slicing.shape
        is_inside = 0 <= place.y() / height < rows and 0 <= place.x() / width < columns
        return self._view.grid_place(place) if is_inside else None

    def _show_area(self) -> None:
        """Draw where the plane cuts the box or the lasso."""
        box, lasso = self._marking.around.box, self._marking.around.lasso
        if box is None:  # perhaps there is no volume yet
            self._view.canvas.show_area(None)
            return
        slicing = self._view.slicing
        through = slicing.axes[2]
        at = slicing.grid_place(0, 0, self._view.index)[through]
        if not box[through] <= at <= box[3 + through]:
            self._view.canvas.show_area(None)
        elif lasso is not None and slice_axis(lasso.points) == through:
            self._view.canvas.show_area(QPolygonF([self._canvas_place(p) for p in lasso.points]))
        else:
            first, last = (self._canvas_place(corner) for corner in (box[:3], box[3:]))
            width, height = self._view.canvas.pixel
            middles = QRectF(first, last).normalized()
            whole = middles.adjusted(-width / 2, -height / 2, width / 2, height / 2)
            self._view.canvas.show_area(QPolygonF(whole))

    def _canvas_place(self, place: Sequence[float]) -> QPointF:
        """Return where a place on the grid is on the canvas; whole numbers are middles."""
        i, j, k = map(float, place)
        row, column, _ = self._view.slicing.place_of((i, j, k))
        width, height = self._view.canvas.pixel
        return QPointF((column + 0.5) * width, (row + 0.5) * height)

    def _show(self) -> None:
        is_brush = self._marking.way is Way.BRUSH
        place = self._hovered if is_brush else None
        self._view.show_circle(place, self._marking.brush_width / 2)
