"""Voxels that no tissue explains: how rare they must be, and the regions they form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QSlider, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control
from segmenter.gui.coupling import couple
from segmenter.gui.look import Job, View
from segmenter.gui.pixel_words import ml_text, p_text
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.volume.words import describe_place
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

if TYPE_CHECKING:
    from segmenter.gui.volume.steps import TissueShown
    from segmenter.segment.tissue.outliers import Abnormality

STEPS = 10
"""Of the slider, for each power of ten."""

RARE_POWER, COMMON_POWER = 7, 1
MAX_LISTED = 50
LIST_HEIGHT = 168
LIST_FRAME = 12
"""Border and padding above and below, as the style sheet has them."""


class AnomalyPanel(QWidget):
    """Lists the regions at the chosen false-alarm rate.

    Signals
    -------
    chosen(tuple)
        A region was chosen: its middle in mm.
    listed()
        Other regions are listed.
    """

    chosen = Signal(object)
    listed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._listed: tuple[TissueShown, float] | None = None
        self.rate = QSlider(Qt.Orientation.Horizontal)
        self.rate.setRange(-RARE_POWER * STEPS, -COMMON_POWER * STEPS)
        name_control(self.rate, "False-alarm rate", "Share of normal voxels that may be marked")
        self._rate_text = QLabel(alignment=_RIGHT)
        self._rate_text.setMinimumWidth(self._rate_text.fontMetrics().horizontalAdvance("8.8e-88"))
        self.sentence = PlainLabel(wordWrap=True)
        self.regions = QListWidget()
        self.regions.setAccessibleName("Regions that no tissue explains")
        self.regions.hide()
        self.regions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._runner = Runner("anomalies", self)
        self._runner.succeeded.connect(self._show_regions)
        self._runner.crashed.connect(workspace.crashed)
        self._lay_out()
        couple(self.rate, self.rate.valueChanged,
               lambda value: workspace.set_look(rate=10 ** (value / STEPS)),
               workspace.look_changed, self._show_rate)  # fmt: skip
        self.regions.currentItemChanged.connect(self._choose)
        for changed in (workspace.look_changed, workspace.tissue.found):
            changed.connect(self._list)

    @property
    def is_busy(self) -> bool:
        """Whether regions are being found."""
        return self._runner.is_busy

    def _lay_out(self) -> None:
        rows = layouts.form()
        rate = layouts.row()
        rate.addWidget(self.rate, 1)
        rate.addWidget(self._rate_text)
        layouts.add_row(rows, "False alarms", rate, self.rate)
        column = layouts.column(self, spacing=0)
        column.addLayout(rows)
        rest = layouts.column(margins=(16, 0, 16, 16))
        rest.addWidget(self.sentence)
        rest.addWidget(self.regions)
        column.addLayout(rest)

    def _show_rate(self) -> None:
        from math import log10

        self.rate.setValue(round(STEPS * log10(self._workspace.look.rate)))
        self._rate_text.setText(p_text(self._workspace.look.rate))

    def _list(self) -> None:
        """Find the regions, once the view asks for them."""
        workspace, shown = self._workspace, self._workspace.tissue.result
        is_seen = workspace.job is Job.TISSUE and workspace.look.view is View.ANOMALY
        if shown is None or not is_seen or self._listed == (shown, self._workspace.look.rate):
            return
        from segmenter.gui.volume.steps import abnormality_steps

        self._listed = (shown, self._workspace.look.rate)
        self._runner.start(abnormality_steps(shown.tissue, self._workspace.look.rate))

    def _show_regions(self, regions: tuple[Abnormality, ...]) -> None:
        self.regions.blockSignals(True)
        self.regions.clear()
        for region in regions[:MAX_LISTED]:
            item = QListWidgetItem(
                f"{ml_text(region.volume_ml)} at {describe_place(region.center, 0)}"
            )
            item.setData(Qt.ItemDataRole.UserRole, region.center)
            item.setToolTip(
                f"{counted(region.n_voxels, 'voxel')}, smallest p-value {p_text(region.p_value)}"
            )
            self.regions.addItem(item)
        self.regions.blockSignals(False)
        self.regions.setVisible(bool(regions))
        needed = self.regions.sizeHintForRow(0) * len(regions) + LIST_FRAME
        self.regions.setFixedHeight(min(needed, LIST_HEIGHT))
        assert self._listed is not None  # else nothing was started
        _, rate = self._listed  # not that of the look: another job may be on screen by now
        self.sentence.setText(_sentence(regions, rate))
        self.listed.emit()

    def _choose(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _sentence(regions: tuple[Abnormality, ...], rate: float) -> str:
    """Say how many regions there are and how large they are."""
    if not regions:
        return f"No region is rarer than 1 in {1 / rate:,.0f} normal voxels."
    total = ml_text(sum(region.volume_ml for region in regions))
    shown = f" The {MAX_LISTED} largest are listed." if len(regions) > MAX_LISTED else ""
    return f"{counted(len(regions), 'region')} that no tissue explains, {total} together.{shown}"


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
