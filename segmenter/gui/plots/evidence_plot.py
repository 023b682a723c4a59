"""The evidence for each number of regions: the curve of the criterion, whose points are clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent

from segmenter.gui.plots.plot import Plot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.em.selection import Candidate, Criterion


MIN_SHOWN = 6
"""The axis goes at least so far, so that it does not move with each candidate at first."""


class EvidencePlot(Plot):
    """A criterion over the number of regions; the least is ringed, the one on screen filled.

    Signals
    -------
    chosen(int)
        A number was clicked.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        self._candidates: tuple[Candidate, ...] = ()
        self._current: int | None = None
        self._criterion: Criterion = "bic"
        self._ring = pg.ScatterPlotItem(size=15, antialias=True, pxMode=True)
        self._line = pg.PlotCurveItem(antialias=True)
        self._points = pg.ScatterPlotItem(size=9, antialias=True, pxMode=True)
        super().__init__("Evidence for each number of regions", 104)
        self.box.addItem(self._ring, ignoreBounds=True)
        self.box.addItem(self._line, ignoreBounds=True)
        self.box.addItem(self._points, ignoreBounds=True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click a number of regions to take it; less is more evidence")

    def show_candidates(self, candidates: tuple[Candidate, ...], current: int | None) -> None:
        """Show what was tried, and which number is on screen.

        Parameters
        ----------
        candidates : tuple of Candidate
            In any order; more arrive while they are being fitted.
        current : int or None
            The number of regions on screen.
        """
        self._candidates = tuple(sorted(candidates, key=lambda each: each.n_components))
        self._current = current
        self.draw()

    def show_criterion(self, criterion: Criterion) -> None:
        """Show the curve of another criterion."""
        self._criterion = criterion
        self.draw()

    @property
    def shown_values(self) -> list[float]:
        """What the curve goes through, by number of regions."""
        return [getattr(each, self._criterion) for each in self._candidates]

    def draw(self) -> None:
        """Draw the curve and mark the number on screen."""
        if not self._candidates:
            return
        theme = current_colors()
        numbers = [each.n_components for each in self._candidates]
        values = np.array(self.shown_values)
        brushes = [
            QColor(theme.accent if number == self._current else theme.panel) for number in numbers
        ]
        self._line.setData(numbers, values, pen=pg.mkPen(theme.faint_text, width=1.5))
        self._points.setData(numbers, values, brush=brushes, pen=pg.mkPen(theme.accent, width=1.5))
        least = int(values.argmin())
        clear, line = QColor(0, 0, 0, 0), pg.mkPen(theme.accent, width=1)
        self._ring.setData([numbers[least]], [values[least]], brush=clear, pen=line)
        self.axis.setTicks([[(number, str(number)) for number in numbers]])
        lowest, highest = float(values.min()), float(values.max())
        spread = highest - lowest or 1.0
        self.show_range(
            numbers[0] - 0.5,
            max(numbers[-1], MIN_SHOWN) + 0.5,
            lowest - 0.15 * spread,
            highest + 0.15 * spread,
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the number nearest to the pointer."""
        place = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        if self._candidates and event.button() == Qt.MouseButton.LeftButton:
            numbers = [each.n_components for each in self._candidates]
            self.chosen.emit(min(numbers, key=lambda number: abs(number - place.x())))
        event.accept()
