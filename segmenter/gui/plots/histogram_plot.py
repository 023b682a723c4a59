"""The histogram of one feature with the mixture's curves over it, moving while the fit runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from segmenter.gui.plots.histograms import Histogram, feature_curves
from segmenter.gui.plots.plot import Plot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.segment.labels import Color


class HistogramPlot(Plot):
    """Bars for the pixels, a filled curve for each component, a line for their sum."""

    def __init__(self) -> None:
        self._shown: tuple[Histogram, GaussianMixture, Sequence[Color], int] | None = None
        self._bars = pg.PlotCurveItem(fillLevel=0)
        self._sum = pg.PlotCurveItem(antialias=True)
        self._components: list[pg.PlotCurveItem] = []
        super().__init__("Histogram and mixture", 144)
        self.hideAxis("left")
        self.addItem(self._bars)
        self.addItem(self._sum)

    def show_mixture(
        self,
        histogram: Histogram,
        mixture: GaussianMixture,
        feature: int,
        colors: Sequence[Color],
    ) -> None:
        """Show a mixture over the histogram of a feature.

        Parameters
        ----------
        histogram : Histogram
            Of the feature.
        mixture : GaussianMixture
            Over all features.
        feature : int
            Which one.
        colors : sequence of Color
            Of the components.
        """
        self._shown = (histogram, mixture, colors, feature)
        self.draw()

    def draw(self) -> None:
        """Draw bars and curves in the colors of theme and labels."""
        if self._shown is None:
            return
        histogram, mixture, colors, feature = self._shown
        theme = current_colors()
        curves = feature_curves(mixture, feature, histogram)
        self._bars.setData(
            histogram.edges,
            histogram.density,
            stepMode="center",
            pen=pg.mkPen(None),
            brush=QColor(theme.pressed),
        )
        while len(self._components) < len(curves.components):
            self._components.append(pg.PlotCurveItem(antialias=True, fillLevel=0))
            self.addItem(self._components[-1])
        for index, item in enumerate(self._components):
            item.setVisible(index < len(curves.components))
        for item, heights, color in zip(self._components, curves.components, colors, strict=False):
            pen = pg.mkPen(QColor(*color), width=1.5)
            item.setData(curves.places, heights, pen=pen, brush=QColor(*color, 48))
        self._sum.setData(
            curves.places, curves.components.sum(axis=0), pen=pg.mkPen(theme.text, width=1)
        )
        self._sum.setZValue(1)
        self.setRange(
            xRange=(histogram.edges[0], histogram.edges[-1]),
            yRange=(0, _top(histogram.density, curves.components)),
            padding=0,
        )


def _top(density: NDArray[np.float64], components: NDArray[np.float64]) -> float:
    """Choose a height at which a narrow spike (a black border) does not flatten all the rest."""
    usual = max(float(np.quantile(density, 0.95)), 0.02 * float(density.max()))
    return 1.3 * min(max(float(components.max()), usual), 2 * usual)
