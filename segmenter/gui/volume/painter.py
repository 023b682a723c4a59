"""Decides what is painted over the planes: follows the fit, the corrections and the look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from segmenter.gui.canvas.tables import label_table, rarity_table, soft_table, uncertainty_table
from segmenter.gui.look import Job, View
from segmenter.gui.volume.fitter import ComputedKey, computed_key
from segmenter.gui.volume.plane_view import Paint, PlaneView
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color, Label, default_label
from segmenter.segment.tissue.recipe import MOST_TISSUES

if TYPE_CHECKING:
    from segmenter.gui.volume.steps import ComputedView, TissueShown

BRAIN_COLOR = Color(86, 180, 233)


class VolumePainter(QObject):
    """Keeps the planes in step with the tissues; computes views on a thread."""

    def __init__(self, views: Iterable[PlaneView], workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._views = tuple(views)
        self._workspace = workspace
        self._tissue = workspace.tissue
        self._step: NDArray[np.uint8] | None = None
        self._wanted: ComputedKey | None = None
        self._tissue.stepped.connect(self._follow_step)
        self._tissue.found.connect(self._follow_result)
        self._tissue.abandoned.connect(self._follow_result)
        self._tissue.painted.connect(self.paint)
        self._tissue.views.succeeded.connect(self._take)
        self._tissue.views.busy_changed.connect(self._forget_wanted)
        workspace.look_changed.connect(self.paint)

    def paint(self) -> None:
        """Paint what the look asks for."""
        if self._workspace.job is not Job.TISSUE:
            return
        paint = self._paint_of(self._workspace.look.view)
        if paint is not None:  # else the old one stays until the new one is there
            for view in self._views:
                view.show_paint(paint)

    def _paint_of(self, view: View) -> Paint | None:
        shown = self._tissue.result
        if view is View.IMAGE or (shown is None and self._step is None):
            return Paint()
        if view is View.LABELS or shown is None:
            return self._labels_paint()
        if view is View.BRAIN:
            return self._brain_paint()
        opacity, selected = self._workspace.look.opacity, self._workspace.look.selected
        label = self._workspace.labels[min(selected, shown.tissue.n_labels) - 1]
        if view is View.SOFT:
            values = shown.probabilities[label.value - 1]
            return Paint(values, tuple(soft_table(label.color)), opacity)
        wanted = computed_key(view, label.value)
        if wanted in self._tissue.computed:
            painted = self._tissue.computed[wanted].painted
            return Paint(painted, self._table(view, label), opacity)
        self._compute(wanted, shown)
        return None

    def _labels_paint(self) -> Paint:
        look = self._workspace.look
        if self._step is not None:
            labels = [default_label(each) for each in range(1, MOST_TISSUES + 1)]
            return Paint(self._step, tuple(label_table(labels)), look.opacity)
        if self._tissue.label_map is None:
            return Paint()
        values = self._tissue.label_map.values
        table = tuple(label_table(each for each in self._workspace.labels if look.paints(each)))
        if look.outlines_only:
            return Paint(lines=values, line_table=table)
        return Paint(values, table, look.opacity)

    def _brain_paint(self) -> Paint:
        if self._tissue.brain_map is None:
            return Paint()
        values = self._tissue.brain_map.values
        table = tuple(label_table([Label(1, "Brain", BRAIN_COLOR)]))
        return Paint(values, table, self._workspace.look.opacity, values, table)

    def _table(self, view: View, label: Label) -> tuple[int, ...]:
        """Color values inside the brain; of anomalies those that are rare enough."""
        if view is View.FRACTION:
            return tuple(soft_table(label.color))
        if view is View.ANOMALY:
            return tuple(rarity_table(self._workspace.look.rate))
        return tuple(uncertainty_table())

    def _compute(self, wanted: ComputedKey, shown: TissueShown) -> None:
        if wanted != self._wanted:
            from segmenter.gui.volume.steps import view_steps

            self._wanted = wanted
            self._tissue.views.start(view_steps(shown, *wanted))

    def _take(self, computed: ComputedView) -> None:
        if self._wanted is not None:
            self._tissue.computed[self._wanted] = computed
            self._wanted = None
        self.paint()

    def _forget_wanted(self, busy: bool) -> None:
        if not busy:
            self._wanted = None

    def _follow_step(self, labels: NDArray[np.uint8]) -> None:
        """Show early labels where there are none yet; an older result is better than them."""
        if self._tissue.result is None:
            self._step = labels
            self.paint()

    def _follow_result(self) -> None:
        self._step = None
        if not self._tissue.computed:
            self._wanted = None
        self.paint()
