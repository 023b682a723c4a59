"""The brush that corrects labels and the mask of the brain, on any plane."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from segmenter.gui.look import View
from segmenter.gui.volume.plane_view import PAINTING, PlaneView
from segmenter.gui.workspace import Workspace
from segmenter.session.corrections import BrushStroke, Place, Target

FIRST_RADIUS = 3.0
SMALLEST_RADIUS, LARGEST_RADIUS = 0.5, 20.0
"""In millimeters. A larger ball takes longer to paint than a hand waits."""


class Brush(QObject):
    """What the brush is like, on all planes.

    Signals
    -------
    changed()
        It is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.radius = FIRST_RADIUS
        self.is_ball = False
        self.is_eraser = False
        self.target: Target = "labels"

    def set_radius(self, radius: float) -> None:
        """Change the radius, in millimeters."""
        self.radius = min(max(radius, SMALLEST_RADIUS), LARGEST_RADIUS)
        self.changed.emit()

    def set_ball(self, is_ball: bool) -> None:
        """Paint in all slices around, or in the one that is seen."""
        self.is_ball = is_ball
        self.changed.emit()

    def set_eraser(self, is_eraser: bool) -> None:
        """Let the left button take away, and the right one paint."""
        self.is_eraser = is_eraser
        self.changed.emit()

    def set_target(self, target: Target) -> None:
        """Paint labels, or the mask of the brain."""
        self.target = target
        self.changed.emit()


class BrushTool(QObject):
    """The brush on one plane; the right button takes away."""

    def __init__(self, view: PlaneView, brush: Brush, workspace: Workspace) -> None:
        super().__init__(view)
        self._view, self._brush, self._workspace = view, brush, workspace
        self._points: list[Place] = []
        self._value = 0
        self._hovered: QPointF | None = None
        brush.changed.connect(self._show)

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross inside the circle of the brush."""
        return Qt.CursorShape.CrossCursor

    @property
    def is_drawing(self) -> bool:
        """Whether a button is held."""
        return bool(self._points)

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Begin a stroke; pressing the other button gives it up."""
        if self.is_drawing:
            self.drop()
        elif self._workspace.tissue.result is not None and button in PAINTING:
            takes_away = button == Qt.MouseButton.RightButton
            takes_away ^= bool(keys & Qt.KeyboardModifier.AltModifier) ^ self._brush.is_eraser
            self._show_target()
            self._value = 0 if takes_away else self._painted_value
            self._points = [self._view.grid_place(place)]
            self._workspace.tissue.follow_draft(self._stroke())

    def move(self, place: QPointF | None) -> None:
        """Go on with the stroke, and show the brush where it is."""
        self._hovered = place
        self._show()
        if place is not None and self.is_drawing:
            self._points.append(self._view.grid_place(place))
            self._workspace.tissue.follow_draft(self._stroke())

    def release(self, place: QPointF) -> None:
        """End the stroke."""
        document = self._workspace.document
        if not self.is_drawing or document is None:
            return
        stroke = self._stroke()
        self._points = []
        self._workspace.change(self._name(stroke), strokes=(*document.strokes, stroke))

    def drop(self) -> None:
        """Forget what is being drawn."""
        self._hovered = None
        self._show()
        if self.is_drawing:
            self._points = []
            self._workspace.tissue.follow_draft(None)

    @property
    def _painted_value(self) -> int:
        return 1 if self._brush.target == "brain" else self._workspace.look.selected

    def _stroke(self) -> BrushStroke:
        axis = None if self._brush.is_ball else self._view.slicing.axes[2]
        points = tuple(self._points)
        return BrushStroke(points, self._brush.radius, axis, self._brush.target, self._value)

    def _name(self, stroke: BrushStroke) -> str:
        if stroke.target == "brain":
            return "Add to Brain" if stroke.value else "Take from Brain"
        if stroke.value == 0:
            return "Erase"
        return f"Paint {self._workspace.labels[stroke.value - 1].name}"

    def _show_target(self) -> None:
        """Let what is painted be seen."""
        look = self._workspace.look
        if self._brush.target == "brain":
            self._workspace.set_look(view=View.BRAIN)
        elif look.view is not View.LABELS:
            self._workspace.set_look(view=View.LABELS)

    def _show(self) -> None:
        self._view.show_circle(self._hovered, self._brush.radius)
