"""The color of a label as a small picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from segmenter.segment.labels import Color

SIDE = 32


def swatch(color: Color) -> QIcon:
    """Return a rounded square of a color."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(*color))
    painter.setPen(QColor(0, 0, 0, 90))
    painter.drawRoundedRect(pixmap.rect().adjusted(1, 1, -2, -2), 6, 6)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # its color is not to be tinted
    return icon
