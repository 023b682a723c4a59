"""The checkerboard that stands for transparency; its squares do not zoom."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QTransform

SIDE = 10
"""Of a square, in pixels of the screen."""


def checkered(colors: tuple[str, str], scale: float) -> QBrush:
    """Return a brush of squares.

    Parameters
    ----------
    colors : tuple of str
        Of the squares.
    scale : float
        Screen pixels for each pixel of what is painted.
    """
    brush = QBrush(_tile(colors))
    brush.setTransform(QTransform.fromScale(1 / scale, 1 / scale))
    return brush


@cache
def _tile(colors: tuple[str, str]) -> QPixmap:
    tile = QPixmap(2 * SIDE, 2 * SIDE)
    tile.fill(QColor(colors[0]))
    painter = QPainter(tile)
    for corner in (0, SIDE):
        painter.fillRect(corner, corner, SIDE, SIDE, QColor(colors[1]))
    painter.end()
    return tile
