"""The settings of connected regions: one slider, their number, the smallest, what hands changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import percent_slider
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.fields import AutoNumber, ByHand, HeldChange, faint, smallest_field
from segmenter.gui.panel.recipe import change_recipe, recipe_of
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    from segmenter.segment.parts import Parts

USUAL_DETAIL = 0.5
"""The detail at which most people would stop."""

STEPS = 1000
"""Of the slider from the fewest regions to the most."""

MAX_TYPED = 99_999
HINT = "Drag across regions to merge all that are crossed; double-click one to divide it."
VOLUME_HINT = "Ctrl and a click pick one more region; M merges those picked, S divides one."


class PartsSettings(QWidget):
    """Shows how the tree of regions is cut, and changes it while the slider moves.

    Signals
    -------
    entered()
        A number was finished with Enter; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.detail = percent_slider("Detail", "From few large regions to many small ones")
        self.detail.setMaximum(STEPS)
        self.detail.setPageStep(STEPS // 20)
        self.detail.setSingleStep(STEPS // 100)
        self._held = HeldChange(self.detail.isSliderDown)
        self._count = AutoNumber(
            "How many regions", MAX_TYPED, "As many regions as people would draw"
        )
        self.number, self.auto = self._count.number, self._count.auto
        self.smallest = smallest_field(
            workspace, "region", "Smaller regions join the neighbor whose color is nearest"
        )
        self.message = FieldMessage()
        self.by_hand = ByHand(workspace, "regions")
        self.hint = faint(HINT)
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(16, 0, 16, 0)
        column = layouts.column(self, spacing=0)
        column.addLayout(self._build_rows())
        column.addWidget(self.hint)
        self._couple()

    def _build_rows(self) -> QGridLayout:
        rows = layouts.form()
        detail = layouts.row(spacing=6)
        for part in (faint("Fewer"), self.detail, faint("More")):
            detail.addWidget(part)
        detail.setStretch(1, 1)
        layouts.add_row(rows, "Detail", detail, self.detail)
        layouts.add_row(rows, "Regions", self._count, self.number)
        rows.addWidget(self.message, rows.rowCount(), 1)
        layouts.add_row(rows, "Smallest", self.smallest, self.smallest)
        self.by_hand.add_to(rows)
        return rows

    def _couple(self) -> None:
        workspace = self._workspace
        changed = workspace.document_changed
        changed.connect(self._say_how)
        couple(self.detail, self.detail.valueChanged, self._set_detail, changed, self._show_detail)
        couple(self.auto, self.auto.clicked, self._set_auto, changed, self._show_auto)
        self.detail.sliderReleased.connect(self._held.release)
        self.number.valueChanged.connect(self._set_number)
        for field in (self.number, self.smallest):
            field.lineEdit().returnPressed.connect(self.entered)
        workspace.segmented.connect(self._show_found)
        workspace.recipe_refused.connect(lambda _: self._show_found())

    @property
    def main_field(self) -> QSpinBox:
        """The field that matters most."""
        return self.number

    @property
    def _parts(self) -> Parts | None:
        result = self._workspace.result
        return None if result is None else result.parts

    def _say_how(self) -> None:
        """Say how regions are merged and divided where they are."""
        document = self._workspace.document
        is_volume = document is not None and document.image.is_volume
        self.hint.setText(VOLUME_HINT if is_volume else HINT)

    def _set_detail(self, value: int) -> None:
        continues = self._held.continues()
        change_recipe(
            self._workspace, "detail", continues=continues, n_regions="auto", detail=value / STEPS
        )

    def _set_auto(self) -> None:
        self.message.show_message("")
        change_recipe(self._workspace, "detail", n_regions="auto", detail=USUAL_DETAIL)
        self._show_auto()  # it stays down, if it was

    def _set_number(self, value: int) -> None:
        """Let there be so many regions in the end, with sizes and edits counted."""
        self.message.show_message("")
        parts = self._parts
        beside = 0 if parts is None else parts.n_cut - parts.n_labels
        change_recipe(self._workspace, "number of regions", n_regions=max(1, value + beside))
        self._show_found()

    def _show_detail(self) -> None:
        recipe, parts = recipe_of(self._workspace), self._parts
        detail = recipe.detail
        if recipe.n_regions != "auto" and parts is not None:
            detail = parts.partition.tree.detail_of(recipe.n_regions)
        self.detail.setValue(round(STEPS * detail))

    def _show_auto(self) -> None:
        recipe = recipe_of(self._workspace)
        self.auto.setChecked(recipe.n_regions == "auto" and recipe.detail == USUAL_DETAIL)

    def _show_found(self) -> None:
        """Show how many regions there are, and where the slider stands for so many."""
        parts = self._parts
        self.setEnabled(parts is not None or recipe_of(self._workspace).reading == "regions")
        if parts is None:
            return
        with QSignalBlocker(self.number), QSignalBlocker(self.detail):
            self.number.setValue(parts.n_labels)
            if not self.detail.isSliderDown():
                self._show_detail()
