"""The settings of connected regions: one slider, their number, the smallest, what hands changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import percent_slider, spin_box, tool_button
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.recipe import change_recipe, recipe_of
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

if TYPE_CHECKING:
    from segmenter.segment.parts import Parts

USUAL_DETAIL = 0.5
"""The detail at which most people would stop."""

STEPS = 1000
"""Of the slider from the fewest regions to the most."""

MAX_TYPED = 99_999
MAX_SMALLEST = 999_999_999
HINT = "Drag from one region to another to merge them; double-click one to divide it."


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
        self._held = False
        self.detail = percent_slider("Detail", "From few large regions to many small ones")
        self.detail.setMaximum(STEPS)
        self.detail.setPageStep(STEPS // 20)
        self.detail.setSingleStep(STEPS // 100)
        self.number = spin_box("How many regions", 1, MAX_TYPED)
        self.auto = tool_button("As many regions as people would draw", text="Auto", checkable=True)
        self.auto.setObjectName("toggle")
        self.smallest = spin_box("Smallest region in pixels", 0, MAX_SMALLEST)
        self.smallest.setToolTip("Smaller regions join the neighbor whose color is nearest")
        self.smallest.setSpecialValueText("Any size")
        self.smallest.setSuffix(" px")
        self.message = FieldMessage()
        self.by_hand = QLabel()
        self.take_back = tool_button("Take back what was merged and divided by hand",
                                     text="Take Back")  # fmt: skip
        self.take_back.setObjectName("toggle")
        hint = QLabel(HINT, wordWrap=True)
        hint.setObjectName("faint")
        hint.setContentsMargins(16, 0, 16, 0)
        column = layouts.column(self, spacing=0)
        column.addLayout(self._build_rows())
        column.addWidget(hint)
        self._couple()

    def _build_rows(self) -> QGridLayout:
        rows = layouts.form()
        detail = layouts.row(spacing=6)
        for part in (_faint("Fewer"), self.detail, _faint("More")):
            detail.addWidget(part)
        detail.setStretch(1, 1)
        count = layouts.row()
        count.addWidget(self.number, 1)
        count.addWidget(self.auto)
        edits = layouts.row()
        edits.addWidget(self.by_hand, 1)
        edits.addWidget(self.take_back)
        layouts.add_row(rows, "Detail", detail, self.detail)
        layouts.add_row(rows, "Regions", count, self.number)
        rows.addWidget(self.message, rows.rowCount(), 1)
        layouts.add_row(rows, "Smallest", self.smallest, self.smallest)
        self._edits_title = layouts.add_row(rows, "By hand", edits)
        return rows

    def _couple(self) -> None:
        from segmenter.gui.parts.edits import take_back_edits

        workspace = self._workspace
        changed = workspace.document_changed
        couple(self.detail, self.detail.valueChanged, self._set_detail, changed, self._show_detail)
        couple(self.auto, self.auto.clicked, self._set_auto, changed, self._show_auto)
        couple(self.smallest, self.smallest.valueChanged,
               lambda value: change_recipe(workspace, "smallest region", min_size=value),
               changed, lambda: self.smallest.setValue(recipe_of(workspace).min_size))  # fmt: skip
        self.detail.sliderReleased.connect(self._release)
        self.number.valueChanged.connect(self._set_number)
        for field in (self.number, self.smallest):
            field.lineEdit().returnPressed.connect(self.entered)
        self.take_back.clicked.connect(lambda: take_back_edits(workspace))
        workspace.segmented.connect(self._show_found)
        workspace.recipe_refused.connect(self._show_refusal)
        changed.connect(self._show_edits)
        self._show_edits()

    @property
    def _parts(self) -> Parts | None:
        result = self._workspace.result
        return None if result is None else result.parts

    def _set_detail(self, value: int) -> None:
        continues = self._held
        self._held = self.detail.isSliderDown()
        change_recipe(
            self._workspace, "detail", continues=continues, n_regions="auto", detail=value / STEPS
        )

    def _release(self) -> None:
        self._held = False

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

    def _show_edits(self) -> None:
        n_edits = len(recipe_of(self._workspace).edits)
        for part in (self._edits_title, self.by_hand, self.take_back):
            part.setVisible(n_edits > 0)
        self.by_hand.setText(counted(n_edits, "change"))

    def _show_refusal(self, error: Exception) -> None:
        if recipe_of(self._workspace).reading == "regions":
            self.message.show_message(str(error))
            self._show_found()


def _faint(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("faint")
    return label
