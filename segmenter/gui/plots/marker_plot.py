"""A plot over a logarithmic axis with a marker that is dragged to choose a number."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent

from segmenter.gui.plots.plot import Plot

LARGEST_POWER = 9.0


class MarkerPlot(Plot):
    """Turns clicks and drags into numbers; places along the axis are their logarithms to 10.

    Signals
    -------
    chosen(int, bool)
        A number was clicked, or the marker dragged there; and whether it is still the same drag.
    """

    chosen = Signal(int, bool)

    def __init__(self, name: str, height: int, tip: str) -> None:
        self._number = 1
        self._unit = 1.0  # what a number of 1 is in the unit of the axis
        self._is_dragged = False
        self._marker = pg.InfiniteLine(angle=90)
        super().__init__(name, height)
        self.box.addItem(self._marker, ignoreBounds=True)
        self.viewport().setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(tip)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose from."""
        return False

    def nearest(self, number: int) -> int:
        """Return the number that can be chosen near another."""
        return number

    def show_marker(self, color: str) -> None:
        """Put the marker where the number is."""
        self._marker.setPen(pg.mkPen(QColor(color), width=1.5))
        self._marker.setPos(float(np.log10(max(self._number, 1) * self._unit)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the marker to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(event.position(), continues=False)
            self._is_dragged = True
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the marker along."""
        if self._is_dragged:
            self._choose(event.position(), continues=True)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the marker go."""
        self._is_dragged = False
        event.accept()

    def _choose(self, position: QPointF, *, continues: bool) -> None:
        if self.is_empty:
            return
        place = self.box.mapSceneToView(self.mapToScene(position.toPoint())).x()
        place -= float(np.log10(self._unit))
        number = self.nearest(round(10 ** min(max(place, 0.0), LARGEST_POWER)))
        if not (continues and number == self._number):
            self.chosen.emit(number, continues)
