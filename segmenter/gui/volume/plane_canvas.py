"""The canvas of one plane: the wheel scrolls slices, the crosshair and the sides are drawn over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from segmenter.gui.canvas.canvas import Canvas

NOTCH = 120
"""Of a wheel, in Qt's eighths of a degree."""

CROSS_COLOR = QColor(110, 168, 254)
CASING = QColor(0, 0, 0, 120)
GAP = 9.0
"""Pixels around the middle of the crosshair that it leaves free."""

LETTER_MARGIN = 8
LETTER_COLOR = QColor(255, 255, 255)
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_PAGES = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}


class PlaneCanvas(Canvas):
    """A canvas whose places are in units of the smallest side of a voxel.

    Signals
    -------
    scrolled(int)
        So many slices towards the top, the front or the right.
    nudged(int, int)
        So many rows and columns by the arrow keys.
    enlarged()
        It was clicked twice.
    focused()
        The keyboard or the mouse is at work here.

    Attributes
    ----------
    double_click_enlarges : bool
        Whether the tool leaves double clicks to the page; one that draws takes both clicks.
    """

    scrolled = Signal(int)
    nudged = Signal(int, int)
    enlarged = Signal()
    focused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters = ("", "", "", "")
        self._cross: QPointF | None = None
        self._brush: QRectF | None = None
        self._area: QPolygonF | None = None
        self._turned = 0
        self.double_click_enlarges = True

    def show_marks(self, letters: tuple[str, str, str, str], cross: QPointF | None) -> None:
        """Draw letters at the left, right, top and bottom, and the crosshair at a place."""
        self._letters, self._cross = letters, cross
        self.viewport().update()

    def show_brush(self, brush: QRectF | None) -> None:
        """Draw the outline of the brush, in canvas units; None draws none."""
        if brush != self._brush:
            self._brush = brush
            self.viewport().update()

    def show_area(self, area: QPolygonF | None) -> None:
        """Draw where the plane cuts a box or a lasso, in canvas units; None draws none."""
        if area != self._area:
            self._area = area
            self.viewport().update()

    def pixel_at(self, place: QPointF) -> tuple[int, int]:
        """Return row and column at a place of the picture, or beyond its edges."""
        width, height = self.pixel
        return int(place.y() // height), int(place.x() // width)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Draw in pixels of the screen, over everything."""
        super().drawForeground(painter, rect)
        if not self.picture.is_shown:
            return
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_cross(painter)
        self._draw_area(painter)
        self._draw_brush(painter)
        self._draw_letters(painter)
        painter.restore()

    def _draw_cross(self, painter: QPainter) -> None:
        if self._cross is None:
            return
        middle = self.to_canvas(self._cross)
        x, y = round(middle.x()) + 0.5, round(middle.y()) + 0.5
        right, bottom = float(self.width()), float(self.height())
        lines = [
            QLineF(0, y, x - GAP, y),
            QLineF(x + GAP, y, right, y),
            QLineF(x, 0, x, y - GAP),
            QLineF(x, y + GAP, x, bottom),
        ]
        for color, width in ((CASING, 3.0), (CROSS_COLOR, 1.0)):
            painter.setPen(QPen(color, width))
            painter.drawLines(lines)

    def _draw_area(self, painter: QPainter) -> None:
        if self._area is not None:
            seen = QPolygonF([self.to_canvas(corner) for corner in self._area.toList()])
            _draw_cased(painter, lambda: painter.drawPolygon(seen))

    def _draw_brush(self, painter: QPainter) -> None:
        if self._brush is not None:
            corners = (self._brush.topLeft(), self._brush.bottomRight())
            seen = QRectF(*(self.to_canvas(corner) for corner in corners))
            _draw_cased(painter, lambda: painter.drawEllipse(seen))

    def _draw_letters(self, painter: QPainter) -> None:
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        edge = QRectF(self.rect()).adjusted(
            LETTER_MARGIN, LETTER_MARGIN, -LETTER_MARGIN, -LETTER_MARGIN
        )
        for letter, side in zip(self._letters, _SIDES, strict=True):
            painter.setPen(CASING)
            for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawText(edge.translated(across, down), side, letter)
            painter.setPen(LETTER_COLOR)
            painter.drawText(edge, side, letter)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll through the slices; with Ctrl zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        if notches:
            self.scrolled.emit(notches)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Have the keyboard from now on."""
        self.focused.emit()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for all the room there is, or give it back; with a tool that draws, draw twice."""
        if not self.double_click_enlarges:
            super().mouseDoubleClickEvent(event)
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self.enlarged.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the crosshair by the arrows, scroll by Page Up and Page Down."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self.nudged.emit(*_ARROWS[key])
        elif key in _PAGES:
            self.scrolled.emit(_PAGES[key])
        else:
            super().keyPressEvent(event)


def _draw_cased(painter: QPainter, draw: Callable[[], object]) -> None:
    """Draw a thin line that is seen on any ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((CASING, 3.5), (LETTER_COLOR, 1.5)):
        painter.setPen(QPen(color, width))
        draw()


_SIDES = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter,
    Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter,
)
