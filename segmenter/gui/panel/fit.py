"""The fit: in words, as curves over the histogram, and the evidence for the number of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import tool_button
from segmenter.gui.plots.evidence_plot import EvidencePlot
from segmenter.gui.plots.histogram_plot import HistogramPlot
from segmenter.gui.plots.merge_plot import MergePlot
from segmenter.gui.plots.size_plot import SizePlot
from segmenter.gui.preview import best_number
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import label_color
from segmenter.session.words import describe_objects, describe_parts, describe_regions

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Candidate
    from segmenter.gui.plots.histograms import Histogram
    from segmenter.gui.preview import LiveStep
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts


N_COLUMNS = 3
"""Features in a row; there may be more of them than the panel is wide."""


class FitPanel(QWidget):
    """Follows the fit while it runs, and explains it when it is done."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._histograms: tuple[Histogram, ...] = ()
        self._mixture: GaussianMixture | None = None
        self._groups: tuple[tuple[int, ...], ...] = ()
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setAccessibleName("The fit in words")
        self.features = FeatureBar()
        self.histogram = HistogramPlot()
        self.evidence = EvidencePlot()
        self.merges = MergePlot()
        self.sizes = SizePlot()
        self._evidence_title = QLabel("BIC for each number of regions")
        self._merges_title = QLabel("Cost of the next merge by regions left", wordWrap=True)
        self._sizes_title = QLabel("Sizes of objects in pixels")
        for title in (self._evidence_title, self._merges_title, self._sizes_title):
            title.setObjectName("faint")
        column = layouts.column(self, margins=(16, 4, 16, 16))
        for part in (self.sentence, self.features, self.histogram):
            column.addWidget(part)
        for part in (self._evidence_title, self.evidence, self._merges_title, self.merges):
            column.addWidget(part)
        for part in (self._sizes_title, self.sizes):
            column.addWidget(part)
        self._show_parts(None)
        self._show_objects(None)
        self._show_candidates((), None)
        self.features.chosen.idClicked.connect(lambda _: self._draw())
        self.evidence.chosen.connect(
            lambda number: workspace.set_recipe("Change number of regions", n_regions=number)
        )
        self.sizes.chosen.connect(
            lambda size, continues: workspace.set_recipe(
                "Change smallest object", continues=continues, min_size=size
            )
        )
        self.merges.chosen.connect(
            lambda number, continues: workspace.set_recipe(
                "Change number of regions", continues=continues, n_regions=number
            )
        )
        workspace.stepped.connect(self._show_step)
        workspace.segmented.connect(self._show_result)
        workspace.document_changed.connect(self._show_names)

    def _show_step(self, step: LiveStep) -> None:
        self._show_parts(None)
        self._show_objects(None)
        self._histograms, self._mixture, self._groups = step.histograms, step.mixture, ()
        if step.candidates:
            self._show_candidates(step.candidates, best_number(step.candidates))
        self._draw()

    def _show_result(self) -> None:
        result = self._workspace.result
        if result is None:
            self._mixture = None
            self.sentence.clear()
            self._show_candidates((), None)
            self.setVisible(False)
            return
        self._show_parts(result.parts)
        self._show_objects(result.objects)
        regions = result.classes
        if regions is None:
            return
        self._histograms, self._mixture = result.histograms, regions.fit.mixture
        self._groups = regions.groups
        likelihood = f"Mean log-likelihood {regions.fit.log_likelihood:.4f}."
        words = (describe_regions(regions), likelihood, *regions.fit.notes)
        self.sentence.setText(" ".join(words))
        self._show_candidates(self._workspace.candidates, regions.fit.mixture.n_components)
        self._draw()

    def _show_parts(self, parts: Parts | None) -> None:
        """Show the costs of merges in place of the mixture where there are parts."""
        for part in (self._merges_title, self.merges):
            part.setVisible(parts is not None)
        self.histogram.setVisible(parts is None)
        if parts is not None:
            self._mixture = None
            self.features.show_names([])
            self._show_candidates((), None)
            self.merges.show_parts(parts)
            self._show_names()
            self.setVisible(True)

    def _show_objects(self, objects: Objects | None) -> None:
        """Show the sizes of objects in place of the mixture where there are objects."""
        for part in (self._sizes_title, self.sizes):
            part.setVisible(objects is not None and len(objects.found.sizes) > 0)
        if objects is None:
            return
        self._mixture = None
        self.histogram.setVisible(False)
        self.features.show_names([])
        self._show_candidates((), None)
        self.sizes.show_objects(objects)
        self.sentence.setText(describe_objects(objects))
        self.setVisible(True)

    def _show_names(self) -> None:
        """Say again what has labels in it: they may have other names or colors."""
        result = self._workspace.result
        if result is not None and result.parts is not None:
            self.sentence.setText(describe_parts(result.parts, self._workspace.labels))
        elif result is None or result.objects is None:
            self._draw()

    def _show_candidates(self, candidates: tuple[Candidate, ...], current: int | None) -> None:
        self.evidence.setVisible(bool(candidates))
        self._evidence_title.setVisible(bool(candidates))
        self.evidence.show_candidates(candidates, current)

    def _draw(self) -> None:
        self.setVisible(self._mixture is not None)
        if self._mixture is None:
            return
        self.features.show_names([each.name for each in self._histograms])
        feature = self.features.current
        colors = [label_color(value) for value in range(1, self._mixture.n_components + 1)]
        labels = self._workspace.labels
        if len(labels) == len(self._groups):
            for label, group in zip(labels, self._groups, strict=True):
                for component in group:
                    colors[component] = label.color
        self.histogram.show_mixture(self._histograms[feature], self._mixture, feature, colors)


class FeatureBar(QWidget):
    """Chooses the feature of the histogram; not there while there is only one."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen = QButtonGroup(self, exclusive=True)
        self._names: list[str] = []
        self._rows = layouts.grid(across=0, down=4)
        self.setLayout(self._rows)

    @property
    def current(self) -> int:
        """Index of the chosen feature."""
        return max(0, self.chosen.checkedId())

    def show_names(self, names: list[str]) -> None:
        """Offer these features; the first is chosen where they are new."""
        if names == self._names:
            return
        self._names = names
        for button in self.chosen.buttons():
            self.chosen.removeButton(button)
            button.deleteLater()
        for index, name in enumerate(names):
            button = tool_button(f"Histogram of {name}", text=name, checkable=True)
            button.setChecked(index == 0)
            button.setObjectName("segment")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setProperty("isFirst", index % N_COLUMNS == 0)
            self.chosen.addButton(button, index)
            self._rows.addWidget(button, index // N_COLUMNS, index % N_COLUMNS)
        self.setVisible(len(names) > 1)
