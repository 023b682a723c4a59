"""The settings of classes: how many, from what, how smooth; the rare settings folded."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, percent_slider
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.fields import AutoNumber, HeldChange
from segmenter.gui.panel.rare import RareSettings
from segmenter.gui.panel.recipe import (
    EXTRAS,
    MAX_TYPED,
    base_feature,
    bases_of,
    change_recipe,
    choose_features,
    recipe_of,
)
from segmenter.gui.panel.section import Section
from segmenter.gui.preview import LiveStep, best_number
from segmenter.gui.workspace import Workspace
from segmenter.images.feature_names import FEATURES


class ClassesSettings(QWidget):
    """How many classes, from what, how smooth; the rare settings folded.

    Signals
    -------
    entered()
        A number was finished with Enter; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.message = FieldMessage()
        self._count = AutoNumber(
            "Number of regions", MAX_TYPED, "Choose the number of regions automatically, by BIC"
        )
        self.number, self._auto = self._count.number, self._count.auto
        self._features = _feature_box()
        self._smoothness = percent_slider("Smoothness", "How much the neighbors of a pixel count")
        self._smoothness_text = QLabel(alignment=_RIGHT)
        self._smoothness_text.setMinimumWidth(32)
        self._held = HeldChange(self._smoothness.isSliderDown)
        column = layouts.column(self, spacing=0)
        column.addLayout(self._build_rows())
        column.addWidget(Section("More", RareSettings(workspace), is_open=False, is_part=True))
        self._couple()

    @property
    def main_field(self) -> QSpinBox:
        """The field that matters most."""
        return self.number

    def _build_rows(self) -> QGridLayout:
        rows = layouts.form()
        smooth = layouts.row()
        smooth.addWidget(self._smoothness, 1)
        smooth.addWidget(self._smoothness_text)
        layouts.add_row(rows, "Classes", self._count, self.number)
        rows.addWidget(self.message, rows.rowCount(), 1)
        layouts.add_row(rows, "Features", self._features, self._features)
        layouts.add_row(rows, "Smoothness", smooth, self._smoothness)
        return rows

    def _couple(self) -> None:
        workspace = self._workspace
        changed = workspace.document_changed
        couple(self.number, self.number.valueChanged,
               lambda value: change_recipe(workspace, "number of regions", n_regions=value),
               changed, self._show_regions)  # fmt: skip
        couple(self._auto, self._auto.toggled, self._set_auto, changed, self._show_auto)
        couple(self._features, self._features.currentIndexChanged, self._set_base,
               changed, self._show_base)  # fmt: skip
        couple(self._smoothness, self._smoothness.valueChanged, self._set_smoothness,
               changed, self._show_smoothness)  # fmt: skip
        self._smoothness.sliderReleased.connect(self._held.release)
        self.number.lineEdit().returnPressed.connect(self.entered)
        workspace.segmented.connect(self._show_found)
        workspace.stepped.connect(self._show_best)

    def _set_auto(self, auto: bool) -> None:
        n_regions: int | str = "auto" if auto else self.number.value()
        change_recipe(self._workspace, "number of regions", n_regions=n_regions)

    def _set_base(self, index: int) -> None:
        recipe = recipe_of(self._workspace)
        extras = tuple(name for name in recipe.features if name in EXTRAS)
        choose_features(self._workspace, self._features.itemData(index), extras)

    def _set_smoothness(self, value: int) -> None:
        continues = self._held.continues()
        change_recipe(self._workspace, "smoothness", continues=continues, smoothness=value / 100)

    def _show_regions(self) -> None:
        n_regions = recipe_of(self._workspace).n_regions
        if n_regions != "auto" and recipe_of(self._workspace).reading == "classes":
            self.number.setValue(n_regions)

    def _show_found(self) -> None:
        """Show the number that was found."""
        result = self._workspace.result
        if result is not None and result.classes is not None and self._auto.isChecked():
            self._show_number(result.classes.n_labels)

    def _show_best(self, step: LiveStep) -> None:
        """Show the best number so far, while it is being searched for."""
        if step.candidates and self._auto.isChecked():
            self._show_number(best_number(step.candidates))

    def _show_number(self, number: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(number)

    def _show_auto(self) -> None:
        self._auto.setChecked(recipe_of(self._workspace).n_regions == "auto")

    def _show_base(self) -> None:
        names = bases_of(self._workspace)
        if [self._features.itemData(i) for i in range(self._features.count())] != list(names):
            self._features.clear()
            for name in names:
                self._features.addItem(FEATURES[name].title, name)
                last = self._features.count() - 1
                self._features.setItemData(
                    last, FEATURES[name].description, Qt.ItemDataRole.ToolTipRole
                )
        self._features.setCurrentIndex(
            max(0, self._features.findData(base_feature(self._workspace)))
        )

    def _show_smoothness(self) -> None:
        smoothness = recipe_of(self._workspace).smoothness
        self._smoothness.setValue(round(100 * smoothness))
        self._smoothness_text.setText("Off" if smoothness == 0 else f"{smoothness:.2f}")


def _feature_box() -> QComboBox:
    box = QComboBox()
    name_control(box, "Features", "What pixels are compared by")
    return box


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
