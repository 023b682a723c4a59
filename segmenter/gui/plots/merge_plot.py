"""What each merge costs, and where the merging stops: a marker that is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from segmenter.gui.plots.marker_plot import MarkerPlot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.segment.partition.tree import MergeTree
    from segmenter.segment.parts import Parts

TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class MergePlot(MarkerPlot):
    """The cost of the next merge over the number of regions."""

    def __init__(self) -> None:
        self._tree: MergeTree | None = None
        self._line = pg.PlotCurveItem(antialias=True)
        self._usual = pg.InfiniteLine(angle=0)
        self._point = pg.ScatterPlotItem(size=11, antialias=True, pxMode=True)
        tip = "Drag to choose a number of regions; people mostly stop at the dotted line"
        super().__init__("Cost of the next merge for each number of regions", 112, tip)
        for item in (self._usual, self._line, self._point):
            self.box.addItem(item, ignoreBounds=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is no tree."""
        return self._tree is None

    def nearest(self, number: int) -> int:
        """Return the number of regions near another that the tree can be cut to."""
        tree = self._tree
        return 1 if tree is None else min(max(number, tree.fewest), tree.n_leaves)

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
        accent = current_colors().accent
        merge = min(tree.n_leaves - self._number, len(tree.heights) - 1)
        self.show_marker(accent)
        self._point.setData(
            [float(np.log10(self._number))],
            [tree.heights[merge]],
            brush=accent,
            pen=pg.mkPen(accent, width=1),
        )
