"""The settings of the model: how the image is read, and what each reading needs."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import (
    name_control,
    percent_slider,
    segment_button,
    spin_box,
    tool_button,
)
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.parts import PartsSettings
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


class ModelPanel(QWidget):
    """The choice between the readings of the image, over the settings of the one chosen.

    Signals
    -------
    entered()
        A number was finished with Enter; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        self.classes = ClassesSettings(workspace)
        self.parts = PartsSettings(workspace)
        column = layouts.column(self, spacing=0, margins=(0, 0, 0, 8))
        column.addLayout(_build_readings(actions))
        for settings in (self.classes, self.parts):
            settings.entered.connect(self.entered)
            column.addWidget(settings)
        workspace.document_changed.connect(self._show_reading)
        workspace.opened.connect(lambda *_: self._clear_messages())
        workspace.fitter.runner.busy_changed.connect(
            lambda is_busy: self._clear_messages() if is_busy else None
        )
        self._show_reading()

    @property
    def message(self) -> FieldMessage:
        """Where it is said why a setting was refused."""
        return self.parts.message if self._is_parts else self.classes.message

    def focus_regions(self) -> None:
        """Put the keyboard on the number of regions."""
        field = self.parts.number if self._is_parts else self.classes.number
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    @property
    def _is_parts(self) -> bool:
        return recipe_of(self._workspace).reading == "regions"

    def _show_reading(self) -> None:
        self.classes.setVisible(not self._is_parts)
        self.parts.setVisible(self._is_parts)

    def _clear_messages(self) -> None:
        for settings in (self.classes, self.parts):
            settings.message.show_message("")


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
        self.number = spin_box("Number of regions", 1, MAX_TYPED)
        self._auto = tool_button(
            "Choose the number of regions automatically, by BIC", text="Auto", checkable=True
        )
        self._auto.setObjectName("toggle")
        self._features = _feature_box()
        self._smoothness = percent_slider("Smoothness", "How much the neighbors of a pixel count")
        self._smoothness_text = QLabel(alignment=_RIGHT)
        self._smoothness_text.setMinimumWidth(32)
        self._held = False
        column = layouts.column(self, spacing=0)
        column.addLayout(self._build_rows())
        column.addWidget(Section("More", RareSettings(workspace), is_open=False, is_part=True))
        self._couple()
        workspace.recipe_refused.connect(lambda error: self.message.show_message(str(error)))

    def _build_rows(self) -> QGridLayout:
        rows = layouts.form()
        count = layouts.row()
        count.addWidget(self.number, 1)
        count.addWidget(self._auto)
        smooth = layouts.row()
        smooth.addWidget(self._smoothness, 1)
        smooth.addWidget(self._smoothness_text)
        layouts.add_row(rows, "Classes", count, self.number)
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
        self._smoothness.sliderReleased.connect(self._release)
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
        continues = self._held
        self._held = self._smoothness.isSliderDown()
        change_recipe(self._workspace, "smoothness", continues=continues, smoothness=value / 100)

    def _release(self) -> None:
        self._held = False

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


def _build_readings(actions: Actions) -> QHBoxLayout:
    row = layouts.row(spacing=0, margins=(16, 4, 16, 4))
    for index, (reading, action) in enumerate(actions.readings.items()):
        button = segment_button(action, f"Reading: {reading}", is_first=index == 0)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(button)
    return row


def _feature_box() -> QComboBox:
    box = QComboBox()
    name_control(box, "Features", "What pixels are compared by")
    return box


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
