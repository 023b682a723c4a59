"""The color of a label as a small picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from segmenter.segment.labels import Color

SIDE = 32
OUTLINE = QColor(128, 128, 128, 180)
"""Around colors: between the panels of both themes, so that neither swallows its own gray."""


def swatch(color: Color) -> QIcon:
    """Return a rounded square of a color."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(*color))
    painter.setPen(QPen(OUTLINE, 2))
    painter.drawRoundedRect(pixmap.rect().adjusted(1, 1, -2, -2), 6, 6)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # its color is not to be tinted
    return icon
