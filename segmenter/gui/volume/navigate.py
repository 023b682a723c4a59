"""The tool that moves the crosshair, and with the right button changes window and level."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from segmenter.gui.volume.plane_canvas import PlaneCanvas
from segmenter.gui.volume.slicing import Plane
from segmenter.gui.volume.tone import GrayRange
from segmenter.gui.volume.viewpoint import Viewpoint

FULL_DRAG = 250.0
"""Pixels on screen over which a drag changes the range by the automatic one's width."""

MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
NARROWEST = 0.002
"""The narrowest range, as a share of the automatic one."""


class NavigateTool(QObject):
    """The mouse on one plane while nothing is drawn.

    Signals
    -------
    picked(bool)
        The crosshair was put on a voxel; True: with Ctrl or Shift, to pick one more thing.
    """

    picked = Signal(bool)

    def __init__(self, canvas: PlaneCanvas, viewpoint: Viewpoint, plane: Plane) -> None:
        super().__init__(canvas)
        self._canvas, self._viewpoint, self._plane = canvas, viewpoint, plane
        self._button = Qt.MouseButton.NoButton
        self._from = QPointF()
        self._before = viewpoint.gray

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross, as thin as what it moves."""
        return Qt.CursorShape.CrossCursor

    @property
    def is_drawing(self) -> bool:
        """Whether a drag of window and level can be given up."""
        return self._button == Qt.MouseButton.RightButton

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Put the crosshair here, or begin to change the range."""
        if self._button != Qt.MouseButton.NoButton:
            return
        self._button, self._from, self._before = button, place, self._viewpoint.gray
        self.move(place)
        if button == Qt.MouseButton.LeftButton:
            self.picked.emit(bool(keys & MORE))

    def move(self, place: QPointF | None) -> None:
        """Follow the mouse."""
        if place is None:
            return
        if self._button == Qt.MouseButton.LeftButton:
            self._move_cross(place)
        elif self._button == Qt.MouseButton.RightButton:
            self._change_range(place - self._from)

    def release(self, place: QPointF) -> None:
        """End."""
        self._button = Qt.MouseButton.NoButton

    def drop(self) -> None:
        """Give the change of the range up."""
        if self.is_drawing:
            self._viewpoint.set_gray(self._before)
        self._button = Qt.MouseButton.NoButton

    def _move_cross(self, place: QPointF) -> None:
        slicing = self._viewpoint.slicings[self._plane]
        _, _, index = slicing.place_of(self._viewpoint.voxel)
        row, column = self._canvas.pixel_at(place)
        self._viewpoint.move_to(slicing.voxel_at(row, column, index))

    def _change_range(self, dragged: QPointF) -> None:
        """To the right is a wider window, upwards a brighter picture: a lower level."""
        whole = self._viewpoint.tones[self._viewpoint.channel].auto.width
        share = dragged * (self._canvas.zoom / self._canvas.devicePixelRatioF() / FULL_DRAG)
        width = max(self._before.width + share.x() * whole, NARROWEST * whole)
        level = self._before.level + share.y() * whole
        self._viewpoint.set_gray(GrayRange.around(level, width))
