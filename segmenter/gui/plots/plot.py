"""What all plots share: the theme's colors, no decoration, no zoom by accident."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor

from segmenter.gui.theme import current_colors


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A small quiet plot.

    Parameters
    ----------
    name : str
        What it shows, for those who do not see it.
    height : int
        In pixels.
    """

    _is_built = False  # the base class changes its palette while it is constructed

    def __init__(self, name: str, height: int) -> None:
        super().__init__(enableMenu=False)
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.getViewBox().setDefaultPadding(0.02)
        self._is_built = True
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_built:
            self._dress()

    def draw(self) -> None:
        """Draw again what has the theme's colors."""

    def _dress(self) -> None:
        colors = current_colors()
        self.setBackground(QColor(colors.panel))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(colors.border))
            axis.setTextPen(pg.mkPen(colors.faint_text))
            axis.setStyle(tickLength=-4)
        self.draw()
