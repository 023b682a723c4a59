"""How large objects are, and from which size on they count: a marker that is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from segmenter.gui.plots.marker_plot import MarkerPlot
from segmenter.gui.theme import current_colors

if TYPE_CHECKING:
    from segmenter.segment.objects.picked import FoundObjects, Objects

N_BARS = 32
POWERS = range(-6, 9)
FEW_POWERS = 3.0
"""Of ten: up to so many on the axis there are ticks between them too."""


class SizePlot(MarkerPlot):
    """Bars for the sizes of all objects that were found; those left out are faint."""

    def __init__(self) -> None:
        self._found: FoundObjects | None = None
        self._bars = pg.BarGraphItem(x0=[0.0], height=[0.0], width=1.0)
        tip = "Drag to choose the smallest size: what is left of the line is left out"
        super().__init__("Sizes of objects", 112, tip)
        self.box.addItem(self._bars, ignoreBounds=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is no object."""
        return self._found is None or len(self._found.sizes) == 0

    def nearest(self, number: int) -> int:
        """Return the smallest size near another: any size where that is left of all bars."""
        first, _ = self._range()
        return 0 if number * self._unit <= 10**first else number

    def show_objects(self, objects: Objects | None) -> None:
        """Show the sizes of what was found, and the smallest size."""
        self._found = None if objects is None else objects.found
        self._number = 0 if objects is None else objects.recipe.min_size
        extent = None if objects is None else objects.image.cell_extent
        self._unit = 1.0 if extent is None else extent[0]
        self.draw()

    def draw(self) -> None:
        """Draw bars and marker."""
        if self._found is None or self.is_empty:
            return
        theme = current_colors()
        first, last = self._range()
        edges = np.linspace(first, last, N_BARS + 1)
        counts, _ = np.histogram(np.log10(self._found.sizes * self._unit), edges)
        counted = 10 ** edges[1:] > self._number * self._unit
        brushes = [QColor(theme.accent if each else theme.pressed) for each in counted]
        self._bars.setOpts(
            x0=edges[:-1],
            width=0.9 * (edges[1] - edges[0]),
            height=counts,
            brushes=brushes,
            pen=pg.mkPen(None),
        )
        steps = (1, 2, 5) if last - first < FEW_POWERS else (1,)
        ticks = [step * 10.0**power for power in POWERS for step in steps]
        self.axis.setTicks([[(float(np.log10(tick)), f"{tick:,.9g}") for tick in ticks]])
        margin = 0.06 * (last - first)
        self.show_range(first - margin, last + margin, 0.0, 1.1 * float(counts.max()))
        self.show_marker(theme.text)
        self._marker.setVisible(self._number > 0)

    def _range(self) -> tuple[float, float]:
        """Return the logarithms of the least and the largest size, a little apart at least."""
        sizes: NDArray[np.int64] = (
            np.ones(1, np.int64) if self._found is None else self._found.sizes
        )
        first, last = np.log10(np.array([sizes.min(), sizes.max()]) * self._unit).tolist()
        return (first - 0.3, last + 0.3) if last - first < 0.3 else (first, last)
