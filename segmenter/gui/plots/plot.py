"""What all plots share: a box, an axis beneath it, the theme's colors, and nothing else."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor

from segmenter.gui.theme import current_colors


class Plot(pg.GraphicsView):  # type: ignore[misc]  # has no types
    """A small quiet plot.

    pyqtgraph's own plot widget carries menus and controls that take 25 ms to build.

    Parameters
    ----------
    name : str
        What it shows, for those who do not see it.
    height : int
        In pixels.
    """

    _is_built = False  # the base class changes its palette while it is constructed

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what it chooses is typed in a field as well
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.axis = pg.AxisItem("bottom")
        self.axis.setStyle(tickLength=-4)
        self.axis.linkToView(self.box)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addItem(self.box, 0, 0)
        layout.addItem(self.axis, 1, 0)
        self.setCentralItem(layout)
        self._is_built = True
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_built:
            self._dress()

    def show_range(self, left: float, right: float, bottom: float, top: float) -> None:
        """Show a part of the plane and nothing beyond it."""
        self.box.setRange(
            xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True
        )

    def draw(self) -> None:
        """Draw again what has the theme's colors."""

    def _dress(self) -> None:
        colors = current_colors()
        self.setBackground(QColor(colors.panel))
        self.axis.setPen(pg.mkPen(colors.border))
        self.axis.setTextPen(pg.mkPen(colors.faint_text))
        self.draw()
