"""What each merge costs, and where the merging stops: a marker that is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent

from segmenter.gui.plots.plot import Plot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.segment.partition.tree import MergeTree
    from segmenter.segment.parts import Parts

TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class MergePlot(Plot):
    """The cost of the next merge over the number of regions.

    Signals
    -------
    chosen(int, bool)
        A number was clicked, or the marker dragged there; and whether it is still the same drag.
    """

    chosen = Signal(int, bool)

    def __init__(self) -> None:
        self._tree: MergeTree | None = None
        self._number = 1
        self._is_dragged = False
        self._line = pg.PlotCurveItem(antialias=True)
        self._usual = pg.InfiniteLine(angle=0)
        self._marker = pg.InfiniteLine(angle=90)
        self._point = pg.ScatterPlotItem(size=11, antialias=True, pxMode=True)
        super().__init__("Cost of the next merge for each number of regions", 112)
        for item in (self._usual, self._line, self._marker, self._point):
            self.box.addItem(item, ignoreBounds=True)
        self.viewport().setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip("Drag to choose a number of regions; people mostly stop at the dotted line")

    def show_parts(self, parts: Parts | None) -> None:
        """Show the tree of parts, and at how many of them it was cut."""
        tree = None if parts is None else parts.partition.tree
        is_new = tree is not self._tree
        self._tree = tree
        if parts is not None:
            self._number = parts.n_cut
            self._draw_curve() if is_new else self._draw_marker()

    def draw(self) -> None:
        """Draw the curve and the marker."""
        self._draw_curve()

    def _draw_curve(self) -> None:
        tree = self._tree
        if tree is None or not len(tree.heights):
            return
        theme = current_colors()
        numbers = tree.n_leaves - np.arange(len(tree.heights))
        self._line.setData(
            np.log10(numbers), tree.heights, pen=pg.mkPen(theme.faint_text, width=1.5)
        )
        dots = pg.mkPen(theme.faint_text, width=1, style=Qt.PenStyle.DotLine)
        self._usual.setPen(dots)
        self._usual.setPos(tree.automatic)
        fewest, most = np.log10(tree.fewest), np.log10(tree.n_leaves)
        self.axis.setTicks([[(np.log10(tick), str(tick)) for tick in TICKS]])
        lowest, highest = float(tree.heights[0]), float(tree.heights[-1])
        margin = 0.1 * (highest - lowest) or 1.0
        self.show_range(fewest - 0.1, most + 0.05, lowest - margin, highest + margin)
        self._draw_marker()

    def _draw_marker(self) -> None:
        tree = self._tree
        if tree is None or not len(tree.heights):
            return
        accent = QColor(current_colors().accent)
        place = float(np.log10(self._number))
        merge = min(tree.n_leaves - self._number, len(tree.heights) - 1)
        self._marker.setPen(pg.mkPen(accent, width=1.5))
        self._marker.setPos(place)
        self._point.setData(
            [place], [tree.heights[merge]], brush=accent, pen=pg.mkPen(accent, width=1)
        )

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
        if self._tree is None:
            return
        place = self.box.mapSceneToView(self.mapToScene(position.toPoint())).x()
        number = round(10 ** min(max(place, 0.0), 6.0))
        number = min(max(number, self._tree.fewest), self._tree.n_leaves)
        if not (continues and number == self._number):
            self.chosen.emit(number, continues)
