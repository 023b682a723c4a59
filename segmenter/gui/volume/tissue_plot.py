"""The plot beside the planes: intensities in the brain with the Gaussians of the tissues."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.look import Job
from segmenter.gui.plain_label import ElidedLabel
from segmenter.gui.plots.histogram_plot import HistogramPlot
from segmenter.gui.volume.viewpoint import Viewpoint
from segmenter.gui.workspace import Workspace

MIN_HEIGHT = 96
LARGEST = 16777215
"""Qt's own largest size: no limit."""


class TissuePlot(QWidget):
    """Follows the tissues; without them it shows how the values of the volume spread."""

    def __init__(self, viewpoint: Viewpoint, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("tissuePlot")
        self._viewpoint, self._workspace = viewpoint, workspace
        self.title = ElidedLabel()
        self.title.setObjectName("faint")
        self.plot = HistogramPlot()
        self.plot.setMinimumHeight(MIN_HEIGHT)
        self.plot.setMaximumHeight(LARGEST)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column = layouts.column(self, margins=(16, 8, 16, 8))
        column.addWidget(self.title)
        column.addWidget(self.plot, 1)
        for changed in (
            workspace.tissue.found,
            workspace.document_changed,
            workspace.job_changed,
            viewpoint.opened,
            viewpoint.toned,
        ):
            changed.connect(self._show)

    def _show(self) -> None:
        shown = self._workspace.tissue.result
        if shown is not None and self._workspace.job is Job.TISSUE:
            mixture, groups = shown.tissue.mixture.mixture, shown.tissue.mixture.groups
            labels = self._workspace.labels_of(Job.TISSUE)
            colors = [labels[group].color for group in groups]
            self.title.setText("Intensities in the brain, and their Gaussians")
            self.plot.show_mixture(shown.histogram, mixture, 0, colors)
        elif self._viewpoint.tones:
            histogram = self._viewpoint.tones[self._viewpoint.channel].histogram
            self.title.setText("Intensities of the volume")
            self.plot.show_histogram(histogram)
