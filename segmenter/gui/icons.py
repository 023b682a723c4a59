"""Line icons, drawn from SVG in the color of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from segmenter.gui.resources import resource_path


def icon(name: str) -> QIcon:
    """Return a line icon that always has the color of the text, whatever the theme and state.

    Parameters
    ----------
    name : str
        File name in ``resources/icons`` without ``.svg``.
    """
    return QIcon(_LineIcon(resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")))


class _LineIcon(QIconEngine):
    """Renders an SVG whose strokes are ``currentColor``; asks the palette at each painting."""

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self._drawing = drawing

    def clone(self) -> QIconEngine:
        return _LineIcon(self._drawing)

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawing = self._drawing.replace("currentColor", _color(mode, state).name())
        renderer = QSvgRenderer(QByteArray(drawing.encode()))
        renderer.render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        return self.pixmap(size, mode, state)


def _color(mode: QIcon.Mode, state: QIcon.State) -> QColor:
    palette = QApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    if state == QIcon.State.On:
        return palette.color(QPalette.ColorRole.Link)
    return palette.color(QPalette.ColorRole.ButtonText)
