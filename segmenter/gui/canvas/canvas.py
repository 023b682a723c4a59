"""The canvas: where an image is looked at. Zoom with the wheel, pan with Space or middle button."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segmenter.gui.canvas.layer import ImageLayer, PictureLayer, ValueLayer
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.region_layer import RegionLayer
from segmenter.gui.theme import CANVAS_GRAY

MAX_ZOOM = 64.0
THINNEST = 3
"""Pixels of the canvas that an image which is fitted has across, however long it is."""

WHEEL_STEP = 1.25
"""Zoom of one notch of a wheel."""

PAN_STEP = 0.1
"""Share of the canvas that an arrow key moves."""


class Tool(Protocol):
    """What the mouse does on the canvas besides moving it; places are in image pixels."""

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape."""

    @property
    def is_drawing(self) -> bool:
        """Whether a button is held."""

    def press(self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """A button has gone down on the image."""

    def move(self, place: QPointF | None) -> None:
        """The pointer has moved; None when it has left the canvas."""

    def release(self, place: QPointF) -> None:
        """The button has come up."""

    def drop(self) -> None:
        """Forget what is being drawn."""


class Canvas(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Shows an image, with values painted over it, at any zoom.

    Zoom is in device pixels per image pixel: 1 is the image's own size on any screen.

    Signals
    -------
    hovered(int, int)
        Row and column of the pixel under the pointer; -1, -1 when it has left the image.
    picked(int, int)
        Row and column of a pixel that was clicked.
    double_clicked(int, int)
        Row and column of a pixel that was clicked twice.
    view_changed()
        Another part of the image is seen, or at another zoom.
    zoom_changed(float)
        The view was set: device pixels per image pixel, perhaps as before.
    """

    hovered = Signal(int, int)
    picked = Signal(int, int)
    double_clicked = Signal(int, int)
    view_changed = Signal()
    zoom_changed = Signal(float)

    _is_built = False  # the base class resizes while it is constructed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=CANVAS_GRAY)
        self._box = pg.ViewBox(invertY=True, enableMenu=False, enableMouse=False, defaultPadding=0)
        self.setCentralItem(self._box)
        self.picture = ImageLayer()
        self.overlay = ValueLayer()
        self.regions = RegionLayer()
        self.outlines = PictureLayer()
        for layer in (self.picture, self.overlay, self.regions, self.outlines):
            self._box.addItem(layer, ignoreBounds=True)
        self._size = (1.0, 1.0)
        self._pixel = (1.0, 1.0)
        self._zoom = 0.0
        self._center = QPointF()
        self._fitted = True
        self._space_held = False
        self._pan_from: QPointF | None = None
        self._tool: Tool | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Image")
        self._is_built = True

    def show_picture(
        self, levels: Levels, *, keep_view: bool = False, pixel: tuple[float, float] = (1.0, 1.0)
    ) -> None:
        """Show another image, fitted into the canvas.

        Parameters
        ----------
        levels : Levels
            The image's display colors.
        keep_view : bool
            Keep zoom and place if the size is the same (another page of a file).
        pixel : tuple of float
            Width and height of a pixel on the canvas; not both 1 where pixels are not square.
        """
        size = (levels.width * pixel[0], levels.height * pixel[1])
        same_size = self._size == size
        if self._pixel != pixel:
            self._pixel = pixel
            for layer in (self.picture, self.overlay):
                layer.setTransform(QTransform.fromScale(*pixel))
        self._size = size
        self.picture.show_picture(levels)
        if not (keep_view and same_size):
            self.fit()

    def add_layer(self, layer: pg.GraphicsObject) -> None:
        """Put another layer over those there are, in image coordinates."""
        self._box.addItem(layer, ignoreBounds=True)

    def use_tool(self, tool: Tool | None) -> None:
        """Let a tool have the mouse; without one a click picks the pixel."""
        if self._tool is not None:
            self._tool.drop()
        self._tool = tool
        self._show_cursor()

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel."""
        return self._zoom

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and height of a pixel of the picture, in image pixels where it is square."""
        return self._pixel

    @property
    def visible_rect(self) -> QRectF:
        """The part of the image that is seen, in image pixels."""
        return self._view_rect().intersected(QRectF(0, 0, *self._size))

    def fit(self) -> None:
        """Show the whole image, as large as it goes; stays so when the window is resized.

        Of one so long that nothing would be seen of it, its middle.
        """
        self._fitted = True
        width, height = self._size
        self._look(self._fit_zoom(), QPointF(width / 2, height / 2))

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Change the zoom, keeping a place of the image where it is on screen.

        Parameters
        ----------
        zoom : float
            Device pixels per image pixel.
        at : QPointF, optional
            The place, in pixels of the canvas; its middle if not given.
        """
        zoom = float(np.clip(zoom, min(self._fit_zoom() / 4, 1.0), MAX_ZOOM))
        anchor = self._middle if at is None else at
        fixed = self.to_image(anchor)
        self._fitted = False
        offset = anchor - self._middle
        self._look(zoom, fixed - offset / (zoom / self._density))

    def zoom_in(self) -> None:
        """Zoom in by a step."""
        self.zoom_to(self._zoom * WHEEL_STEP)

    def zoom_out(self) -> None:
        """Zoom out by a step."""
        self.zoom_to(self._zoom / WHEEL_STEP)

    def pan_by(self, delta: QPointF) -> None:
        """Move the image by an offset in pixels of the canvas."""
        self._fitted = False
        self._look(self._zoom, self._center - delta / (self._zoom / self._density))

    def bring_into_view(self, place: QPointF) -> None:
        """Move a place of the image to the middle, unless it is on screen."""
        if not self.visible_rect.contains(place):
            self._look(self.zoom, place)

    def to_image(self, position: QPointF) -> QPointF:
        """Return the place in the image under a place of the canvas."""
        offset = position - self._middle
        return self._center + offset / (self._zoom / self._density)

    def to_canvas(self, place: QPointF) -> QPointF:
        """Return the place of the canvas over a place in the image."""
        offset = (place - self._center) * (self._zoom / self._density)
        return self._middle + offset

    @property
    def _density(self) -> float:
        """Device pixels per pixel of the canvas."""
        return float(self.devicePixelRatioF())

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _fit_zoom(self) -> float:
        width, height = self._size
        whole = min(self.width() / width, self.height() / height)
        return self._density * float(max(whole, THINNEST / min(width, height)))

    def _look(self, zoom: float, center: QPointF) -> None:
        """Look at a place, which stays inside the image, so that it cannot get lost."""
        width, height = self._size
        self._zoom = zoom
        if self.picture.is_shown:  # though equal: another canvas may have told its own meanwhile
            self.zoom_changed.emit(zoom)
        self._center = QPointF(
            min(max(center.x(), 0.0), float(width)), min(max(center.y(), 0.0), float(height))
        )
        self._box.setRange(self._view_rect(), padding=0, disableAutoRange=True)
        self.view_changed.emit()

    def _view_rect(self) -> QRectF:
        scale = self._zoom / self._density
        rect = QRectF(0, 0, max(1, self.width()) / scale, max(1, self.height()) / scale)
        rect.moveCenter(self._center)
        return rect

    def _pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        place = self.to_image(position)
        inside = 0 <= place.x() < self._size[0] and 0 <= place.y() < self._size[1]
        if not (inside and self.picture.is_shown):
            return None
        return int(place.y() / self._pixel[1]), int(place.x() / self._pixel[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the image fitted, or its zoom and middle."""
        super().resizeEvent(event)
        if not self._is_built:
            return
        if self._fitted:
            self.fit()
        else:
            self._look(self._zoom, self._center)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        notches = event.angleDelta().y() / 120
        self.zoom_to(self._zoom * WHEEL_STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan, or pick the pixel."""
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_held):
            self._pan_from = event.position()
            self._show_cursor()
        elif (pixel := self._pixel_at(event.position())) is not None:
            if self._tool is not None:
                self._tool.press(self.to_image(event.position()), event.button(), event.modifiers())
            elif left:
                self.picked.emit(*pixel)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take it as another press, and tell that it was the second."""
        self.mousePressEvent(event)
        pixel = self._pixel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and not self._space_held and pixel:
            self.double_clicked.emit(*pixel)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or tell what is under the pointer."""
        if self._pan_from is not None:
            self.pan_by(event.position() - self._pan_from)
            self._pan_from = event.position()
        elif self._tool is not None:
            self._tool.move(self.to_image(event.position()))
        self.hovered.emit(*(self._pixel_at(event.position()) or (-1, -1)))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End panning, or what is drawn."""
        if self._pan_from is None and self._tool is not None:
            self._tool.release(self.to_image(event.position()))
        self._pan_from = None
        self._show_cursor()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has left."""
        super().leaveEvent(event)
        self.hovered.emit(-1, -1)
        if self._tool is not None:
            self._tool.move(None)

    def event(self, event: QEvent) -> bool:
        """Keep Escape and undo for what is being drawn; else they are shortcuts of the window."""
        is_shortcut = event.type() == QEvent.Type.ShortcutOverride
        if is_shortcut and isinstance(event, QKeyEvent) and self._gives_up(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold Space to pan; move by the arrow keys."""
        arrows = {
            Qt.Key.Key_Left: QPointF(1, 0),
            Qt.Key.Key_Right: QPointF(-1, 0),
            Qt.Key.Key_Up: QPointF(0, 1),
            Qt.Key.Key_Down: QPointF(0, -1),
        }
        if event.key() == Qt.Key.Key_Space:
            self._space_held = True
            self._show_cursor()
        elif (direction := arrows.get(Qt.Key(event.key()))) is not None:
            self.pan_by(direction * PAN_STEP * min(self.width(), self.height()))
        elif self._gives_up(event) and self._tool is not None:
            self._tool.drop()
        else:
            event.ignore()

    def _gives_up(self, event: QKeyEvent) -> bool:
        """Tell whether a key takes back what is being drawn, which no history knows yet."""
        is_meant = event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Undo)
        return is_meant and self._tool is not None and self._tool.is_drawing

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End panning with Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
        else:
            event.ignore()

    def focusOutEvent(self, event: QEvent) -> None:
        """Forget keys whose release goes to another window."""
        super().focusOutEvent(event)
        self._space_held = False
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self._pan_from is not None:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._tool is not None:
            self.viewport().setCursor(self._tool.cursor)
        else:
            self.viewport().unsetCursor()
