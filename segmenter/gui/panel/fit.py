"""The fit: in words, as curves over the histogram, and the evidence for the number of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from segmenter.gui import layouts
from segmenter.gui.look import Job
from segmenter.gui.panel.choice_bar import ChoiceBar
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.plots.evidence_plot import EvidencePlot
from segmenter.gui.plots.histogram_plot import HistogramPlot
from segmenter.gui.plots.merge_plot import MergePlot
from segmenter.gui.plots.size_plot import SizePlot
from segmenter.gui.preview import best_number
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Label, label_color
from segmenter.session.words import describe_objects, describe_parts, describe_regions

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Candidate, Criterion
    from segmenter.gui.plots.histograms import Histogram
    from segmenter.gui.preview import LiveStep
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts


CRITERIA: dict[Criterion, str] = {
    "bic": "Schwarz: how well classes explain the pixels, against how many numbers they take",
    "aic": "Akaike: how well they would explain other pixels; it prefers more classes",
    "icl": "BIC, and how clearly classes are told apart; it prefers fewer",
}
"""What the curve can show, and what each means."""


class FitPanel(QWidget):
    """Follows the fit while it runs, and explains it when it is done."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._histograms: tuple[Histogram, ...] = ()
        self._mixture: GaussianMixture | None = None
        self._groups: tuple[tuple[int, ...], ...] = ()
        self.sentence = PlainLabel(wordWrap=True)
        self.sentence.setAccessibleName("The fit in words")
        self.features = ChoiceBar("Histogram of")
        self.criteria = ChoiceBar("Curve of")
        self.histogram = HistogramPlot()
        self.evidence = EvidencePlot()
        self.merges = MergePlot()
        self.sizes = SizePlot()
        self._evidence_title = PlainLabel(
            "Criterion for each number; the least is best", wordWrap=True
        )
        self._merges_title = PlainLabel("Cost of the next merge by regions left", wordWrap=True)
        self._sizes_title = PlainLabel()
        for title in (self._evidence_title, self._merges_title, self._sizes_title):
            title.setObjectName("faint")
        # That this is hidden is one thing, that the section is folded another.
        self._shown = QWidget()
        layouts.column(self, spacing=0).addWidget(self._shown)
        column = layouts.column(self._shown, margins=(16, 4, 16, 16))
        for part in (self.sentence, self.features, self.histogram):
            column.addWidget(part)
        for part in (self._evidence_title, self.criteria, self.evidence):
            column.addWidget(part)
        for part in (self._merges_title, self.merges, self._sizes_title, self.sizes):
            column.addWidget(part)
        self.criteria.show_names([each.upper() for each in CRITERIA], list(CRITERIA.values()))
        self._show_parts(None)
        self._show_objects(None)
        self._show_candidates((), None)
        self.features.chosen.idClicked.connect(lambda _: self._draw())
        self.criteria.chosen.idClicked.connect(
            lambda index: self.evidence.show_criterion(list(CRITERIA)[index])
        )
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

    @property
    def has_something(self) -> bool:
        """Whether there is anything to show of a fit."""
        return not self._shown.isHidden()

    @property
    def _labels(self) -> tuple[Label, ...]:
        return self._workspace.labels_of(Job.REGIONS)

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
            self._shown.hide()
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
            part.setVisible(parts is not None and len(parts.partition.tree.heights) > 0)
        self.histogram.setVisible(parts is None)
        if parts is not None:
            self._mixture = None
            self.features.show_names([])
            self._show_candidates((), None)
            self.merges.show_parts(parts)
            self._show_names()
            self._shown.show()

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
        _, unit = objects.image.cell_extent or (1, "pixels")
        self._sizes_title.setText(f"Sizes of objects in {unit}")
        self.sizes.show_objects(objects)
        self.sentence.setText(describe_objects(objects))
        self._shown.show()

    def _show_names(self) -> None:
        """Say again what has labels in it: they may have other names or colors."""
        result = self._workspace.result
        if result is not None and result.parts is not None:
            self.sentence.setText(describe_parts(result.parts, self._labels))
        elif result is None or result.objects is None:
            self._draw()

    def _show_candidates(self, candidates: tuple[Candidate, ...], current: int | None) -> None:
        for part in (self._evidence_title, self.criteria, self.evidence):
            part.setVisible(bool(candidates))
        self.evidence.show_candidates(candidates, current)

    def _draw(self) -> None:
        self._shown.setVisible(self._mixture is not None)
        if self._mixture is None:
            return
        self.features.show_names([each.name for each in self._histograms])
        feature = self.features.current
        colors = [label_color(value) for value in range(1, self._mixture.n_components + 1)]
        labels = self._labels
        if len(labels) == len(self._groups):
            for label, group in zip(labels, self._groups, strict=True):
                for component in group:
                    colors[component] = label.color
        self.histogram.show_mixture(self._histograms[feature], self._mixture, feature, colors)
