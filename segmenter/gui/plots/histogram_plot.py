"""The histogram of one feature with the mixture's curves over it, moving while the fit runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from segmenter.gui.plots.histograms import Curves, Histogram, feature_curves
from segmenter.gui.plots.plot import Plot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.segment.labels import Color

FILL_OPACITY = 48


class HistogramPlot(Plot):
    """Bars for the pixels, a filled curve for each component, a line for their sum."""

    def __init__(self) -> None:
        self._shown: tuple[Histogram, GaussianMixture | None, int, Sequence[Color]] | None = None
        self._curves = _Shapes()
        super().__init__("Histogram and mixture", 128)
        self.box.addItem(self._curves, ignoreBounds=True)

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
        self._shown = (histogram, mixture, feature, colors)
        self.draw()

    def show_histogram(self, histogram: Histogram) -> None:
        """Show a histogram that has no mixture yet."""
        self._shown = (histogram, None, 0, ())
        self.draw()

    def draw(self) -> None:
        """Draw bars and curves in the colors of theme and labels."""
        if self._shown is None:
            return
        histogram, mixture, feature, colors = self._shown
        curves = None if mixture is None else feature_curves(mixture, feature, histogram)
        top = _top(histogram.density, None if curves is None else curves.components)
        self._curves.show_shapes(_shapes(histogram, curves, colors))
        self.show_range(float(histogram.edges[0]), float(histogram.edges[-1]), 0.0, top)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A path with a line, an area with a fill, or both."""

    path: QPainterPath
    area: QPainterPath
    line: QColor | None
    fill: QColor | None


class _Shapes(pg.GraphicsObject):  # type: ignore[misc]  # has no types
    """Paints everything in one go: while a fit runs, each call into Python costs the window."""

    def __init__(self) -> None:
        super().__init__()
        self._shapes: list[_Shape] = []

    def show_shapes(self, shapes: list[_Shape]) -> None:
        self.prepareGeometryChange()
        self._shapes = shapes
        self.update()

    def boundingRect(self) -> QRectF:
        whole = QRectF()
        for shape in self._shapes:
            whole = whole.united(shape.path.controlPointRect())
        return whole

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in self._shapes:
            if shape.fill is not None:
                painter.fillPath(shape.area, shape.fill)
            if shape.line is not None:
                painter.strokePath(shape.path, pg.mkPen(shape.line, width=1.5))


def _shapes(histogram: Histogram, curves: Curves | None, colors: Sequence[Color]) -> list[_Shape]:
    theme = current_colors()
    bars = _steps(histogram)
    is_alone = curves is None  # else the curves stand out, and the bars are their ground
    line = QColor(theme.control_border) if is_alone else None
    shapes = [_Shape(bars, bars, line, QColor(theme.pressed))]
    if curves is None:
        return shapes
    for heights, color in zip(curves.components, colors, strict=True):
        path = pg.functions.arrayToQPath(curves.places, heights)
        area = QPainterPath(path)  # closed along the axis, wherever the curve begins and ends
        area.lineTo(curves.places[-1], 0.0)
        area.lineTo(curves.places[0], 0.0)
        shapes.append(_Shape(path, area, QColor(*color), QColor(*color, FILL_OPACITY)))
    total = pg.functions.arrayToQPath(curves.places, curves.components.sum(axis=0))
    return [*shapes, _Shape(total, total, QColor(theme.text), None)]


def _steps(histogram: Histogram) -> QPainterPath:
    """Outline the bars."""
    places = np.repeat(histogram.edges, 2)
    heights = np.concatenate([[0.0], np.repeat(histogram.density, 2), [0.0]])
    path: QPainterPath = pg.functions.arrayToQPath(places, heights)
    return path


def _top(density: NDArray[np.float64], components: NDArray[np.float64] | None) -> float:
    """Choose a height at which a narrow spike (a black border) does not flatten all the rest."""
    usual = max(float(np.quantile(density, 0.95)), 0.02 * float(density.max()))
    highest = usual if components is None else float(components.max())
    return 1.3 * min(max(highest, usual), 2 * usual)
