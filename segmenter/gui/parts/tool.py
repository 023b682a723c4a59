"""Regions or objects under the mouse: a click picks, a drag merges what it crosses.

Two clicks divide one.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtWidgets import QApplication

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.look import Job
from segmenter.gui.parts.edits import Point, merge_at, split_at
from segmenter.gui.workspace import Workspace

TOGGLE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""Keys with which a click picks one more region."""


class PartsTool(QObject):
    """Has the mouse on the canvas while connected regions or objects are on screen."""

    def __init__(self, canvas: Canvas, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = workspace
        self._is_used = False
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._crossed: dict[int, Point] = {}
        canvas.double_clicked.connect(self._split)
        workspace.job_changed.connect(lambda: self._use(self._has_parts))
        workspace.segmented.connect(self._follow_result)

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape."""
        return Qt.CursorShape.ArrowCursor

    @property
    def is_drawing(self) -> bool:
        """Whether regions are being dragged together."""
        return self._pressed is not None

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Pick the region, or one more; what is crossed from here on is merged with it."""
        if button != Qt.MouseButton.LeftButton:
            return
        label, point = self._label_at(place), _pixel(place)
        if not label:  # the ground of objects
            self._workspace.set_look(chosen=frozenset())
            return
        look = self._workspace.look
        if keys & TOGGLE:
            chosen = (look.chosen or {look.selected}) ^ {label}
            self._workspace.set_look(chosen=frozenset(chosen))
            return
        self._workspace.set_look(selected=label, chosen=frozenset())
        self._pressed = self._last = place
        self._crossed = {label: point}

    def move(self, place: QPointF | None) -> None:
        """Take the regions on the way along, once it is a drag and not a click."""
        if self._pressed is None or place is None:
            return
        moved = place - self._pressed
        reach = QApplication.startDragDistance() * self._canvas.devicePixelRatioF()
        if len(self._crossed) == 1 and moved.manhattanLength() * self._canvas.zoom < reach:
            return
        for label, point in self._on_the_way(place):
            self._crossed.setdefault(label, point)
        self._last = place
        if len(self._crossed) > 1:
            self._workspace.set_look(chosen=frozenset(self._crossed))

    def release(self, place: QPointF) -> None:
        """Merge what was crossed."""
        crossed, was_drawing = list(self._crossed.values()), self.is_drawing
        self._forget()
        if was_drawing and len(crossed) > 1:
            merge_at(self._workspace, crossed)

    def drop(self) -> None:
        """Merge nothing."""
        if self.is_drawing:
            self._forget()
            self._workspace.set_look(chosen=frozenset())

    def _forget(self) -> None:
        self._pressed, self._crossed = None, {}

    @property
    def _has_parts(self) -> bool:
        result = self._workspace.result
        return result is not None and result.lookup is not None

    def _follow_result(self) -> None:
        if self._has_parts != self._is_used:
            self._use(self._has_parts)

    def _use(self, wanted: bool) -> None:
        """Take the mouse while there are parts to be edited; another job has a tool of its own."""
        if self._workspace.job is Job.REGIONS:
            self._is_used = wanted
            self._canvas.use_tool(self if wanted else None)

    def _split(self, row: int, column: int) -> None:
        if self._is_used and self._workspace.job is Job.REGIONS:
            self._forget()  # the second press has begun a drag
            result = self._workspace.result
            if result is not None and result.label_at(row, column):
                split_at(self._workspace, (column, row))

    def _label_at(self, place: QPointF) -> int:
        return next((label for label, _ in self._labels_at([place.x()], [place.y()])), 0)

    def _on_the_way(self, place: QPointF) -> list[tuple[int, Point]]:
        """Return the regions between the last place and this one, in order."""
        ahead = place - self._last
        n_steps = int(max(abs(ahead.x()), abs(ahead.y()))) + 2
        return self._labels_at(
            np.linspace(self._last.x(), place.x(), n_steps).tolist(),
            np.linspace(self._last.y(), place.y(), n_steps).tolist(),
        )

    def _labels_at(self, xs: list[float], ys: list[float]) -> list[tuple[int, Point]]:
        result = self._workspace.result
        if result is None or result.lookup is None:
            return []
        height, width = result.regions.image.grid[:2]
        points = [_pixel(QPointF(x, y)) for x, y in zip(xs, ys, strict=True)]
        inside = [(x, y) for x, y in points if 0 <= x < width and 0 <= y < height]
        labels = [(result.label_at(y, x), (x, y)) for x, y in inside]
        return [(label, point) for label, point in labels if label]


def _pixel(place: QPointF) -> Point:
    return int(np.floor(place.x())), int(np.floor(place.y()))
