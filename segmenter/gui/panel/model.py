"""The settings of the model: how many regions, from what, how smooth; the rare ones folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, percent_slider, spin_box, tool_button
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.section import Section
from segmenter.gui.workspace import Workspace
from segmenter.images.feature_names import FEATURES, FeatureName
from segmenter.segment.recipe import RegionsRecipe

MAX_REGIONS = 32
"""More than this are given on the command line."""

BASES: tuple[FeatureName, ...] = ("lab", "rgb", "intensity")
EXTRAS: tuple[FeatureName, ...] = ("local_mean", "local_deviation", "gradient", "position")
COVARIANCES = {
    "full": ("Full", "Each region has its own shape, in any direction."),
    "tied": ("Tied", "All regions have the same shape."),
    "diagonal": ("Diagonal", "Each region has its own spread along each feature."),
    "spherical": ("Spherical", "Each region spreads equally in all directions."),
}


class ModelPanel(QWidget):
    """Shows the recipe and changes it.

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
        self._regions = spin_box("Number of regions", 1, MAX_REGIONS)
        self._auto = tool_button(
            "Choose the number of regions automatically, by BIC", text="Auto", checkable=True
        )
        self._auto.setObjectName("toggle")
        self._features = _feature_box()
        self._smoothness = percent_slider("Smoothness", "How much the neighbors of a pixel count")
        self._smoothness_text = QLabel(alignment=_RIGHT)
        self._smoothness_text.setMinimumWidth(32)
        self._held = False
        column = layouts.column(self, spacing=0, margins=(0, 0, 0, 8))
        column.addLayout(self._build_rows())
        column.addWidget(Section("More", RareSettings(workspace), is_open=False, is_part=True))
        self._couple()
        workspace.recipe_refused.connect(lambda error: self.message.show_message(str(error)))
        workspace.fitter.busy_changed.connect(self._clear_message)
        workspace.opened.connect(lambda *_: self.message.show_message(""))

    def focus_regions(self) -> None:
        """Put the keyboard on the number of regions."""
        self._regions.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._regions.selectAll()

    def _build_rows(self) -> QGridLayout:
        rows = _form()
        count = layouts.row()
        count.addWidget(self._regions, 1)
        count.addWidget(self._auto)
        smooth = layouts.row()
        smooth.addWidget(self._smoothness, 1)
        smooth.addWidget(self._smoothness_text)
        _add_row(rows, "Regions", count, self._regions)
        rows.addWidget(self.message, rows.rowCount(), 1)
        _add_row(rows, "Features", self._features, self._features)
        _add_row(rows, "Smoothness", smooth, self._smoothness)
        return rows

    def _couple(self) -> None:
        workspace = self._workspace
        changed = workspace.document_changed
        couple(self._regions, self._regions.valueChanged,
               lambda value: _set(workspace, "number of regions", n_regions=value),
               changed, self._show_regions)  # fmt: skip
        couple(self._auto, self._auto.toggled, self._set_auto, changed, self._show_auto)
        couple(self._features, self._features.currentIndexChanged, self._set_base,
               changed, self._show_base)  # fmt: skip
        couple(self._smoothness, self._smoothness.valueChanged, self._set_smoothness,
               changed, self._show_smoothness)  # fmt: skip
        self._smoothness.sliderReleased.connect(self._release)
        self._regions.lineEdit().returnPressed.connect(self.entered)
        workspace.segmented.connect(self._show_found)

    def _set_auto(self, auto: bool) -> None:
        n_regions: int | str = "auto" if auto else self._regions.value()
        _set(self._workspace, "number of regions", n_regions=n_regions)

    def _set_base(self, index: int) -> None:
        recipe = _recipe(self._workspace)
        extras = tuple(name for name in recipe.features if name in EXTRAS)
        _set_features(self._workspace, self._features.itemData(index), extras)

    def _set_smoothness(self, value: int) -> None:
        continues = self._held
        self._held = self._smoothness.isSliderDown()
        _set(self._workspace, "smoothness", continues=continues, smoothness=value / 100)

    def _release(self) -> None:
        self._held = False

    def _show_regions(self) -> None:
        n_regions = _recipe(self._workspace).n_regions
        if n_regions != "auto":
            self._regions.setValue(n_regions)

    def _show_found(self) -> None:
        """Show the number that was found."""
        if self._workspace.result is not None and self._auto.isChecked():
            self._regions.blockSignals(True)
            self._regions.setValue(self._workspace.result.regions.n_labels)
            self._regions.blockSignals(False)

    def _show_auto(self) -> None:
        self._auto.setChecked(_recipe(self._workspace).n_regions == "auto")

    def _show_base(self) -> None:
        document = self._workspace.document
        is_color = document is not None and document.image.color_space == "rgb"
        names = BASES if is_color else ("intensity",)
        if [self._features.itemData(i) for i in range(self._features.count())] != list(names):
            self._features.clear()
            for name in names:
                self._features.addItem(FEATURES[name].title, name)
                last = self._features.count() - 1
                self._features.setItemData(
                    last, FEATURES[name].description, Qt.ItemDataRole.ToolTipRole
                )
        self._features.setCurrentIndex(max(0, self._features.findData(_base(self._workspace))))

    def _show_smoothness(self) -> None:
        smoothness = _recipe(self._workspace).smoothness
        self._smoothness.setValue(round(100 * smoothness))
        self._smoothness_text.setText("Off" if smoothness == 0 else f"{smoothness:.2f}")

    def _clear_message(self, is_busy: bool) -> None:
        if is_busy:
            self.message.show_message("")


class RareSettings(QWidget):
    """Settings that are seldom changed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows = _form()
        self.setLayout(self._rows)
        self._add_extras()
        self._add_covariance()
        self._add_number("Try up to", "largest number", "max_regions",
                         spin_box("Largest number that Auto tries", 1, MAX_REGIONS))  # fmt: skip
        self._add_number("Seed", "seed", "seed", spin_box("Seed of the random start", 0, 999_999))

    def _add_extras(self) -> None:
        boxes = layouts.column(spacing=4)
        for name in EXTRAS:
            box = QCheckBox(FEATURES[name].title)
            box.setToolTip(FEATURES[name].description)
            boxes.addWidget(box)
            couple(box, box.toggled, self._set_extra(name),
                   self._workspace.document_changed, self._show_extra(name, box))  # fmt: skip
        _add_row(self._rows, "Also use", boxes, None)

    def _add_covariance(self) -> None:
        box = QComboBox()
        name_control(box, "Covariance", "The shape a region may have among the features")
        for name, (title, description) in COVARIANCES.items():
            box.addItem(title, name)
            box.setItemData(box.count() - 1, description, Qt.ItemDataRole.ToolTipRole)
        _add_row(self._rows, "Covariance", box, box)
        couple(
            box,
            box.currentIndexChanged,
            lambda index: _set(self._workspace, "covariance", covariance=box.itemData(index)),
            self._workspace.document_changed,
            lambda: box.setCurrentIndex(box.findData(_recipe(self._workspace).covariance)),
        )

    def _add_number(self, title: str, name: str, field: str, spin: QSpinBox) -> None:
        _add_row(self._rows, title, spin, spin)
        couple(
            spin,
            spin.valueChanged,
            lambda value: _set(self._workspace, name, **{field: value}),
            self._workspace.document_changed,
            lambda: spin.setValue(getattr(_recipe(self._workspace), field)),
        )

    def _set_extra(self, name: FeatureName) -> Callable[[bool], None]:
        def change(used: bool) -> None:
            recipe = _recipe(self._workspace)
            chosen = [
                extra for extra in EXTRAS if (used if extra == name else extra in recipe.features)
            ]
            _set_features(self._workspace, _base(self._workspace), tuple(chosen))

        return change

    def _show_extra(self, name: FeatureName, box: QCheckBox) -> Callable[[], None]:
        return lambda: box.setChecked(name in _recipe(self._workspace).features)


def _recipe(workspace: Workspace) -> RegionsRecipe:
    return RegionsRecipe() if workspace.document is None else workspace.document.recipe


def _set(workspace: Workspace, what: str, *, continues: bool = False, **changes: Any) -> None:
    workspace.set_recipe(f"Change {what}", continues=continues, **changes)


def _base(workspace: Workspace) -> FeatureName:
    """Return the feature of color in use: the first chosen, or the default."""
    for name in _recipe(workspace).features:
        if name in BASES:
            return name
    document = workspace.document
    is_color = document is not None and document.image.color_space == "rgb"
    return "lab" if is_color else "intensity"


def _set_features(workspace: Workspace, base: FeatureName, extras: tuple[FeatureName, ...]) -> None:
    """Choose features; the default alone is written as none, so that it fits any image."""
    document = workspace.document
    is_color = document is not None and document.image.color_space == "rgb"
    is_default = base == ("lab" if is_color else "intensity") and not extras
    _set(workspace, "features", features=() if is_default else (base, *extras))


def _feature_box() -> QComboBox:
    box = QComboBox()
    name_control(box, "Features", "What pixels are compared by")
    return box


def _form() -> QGridLayout:
    rows = layouts.grid(margins=(16, 4, 16, 8))
    rows.setColumnMinimumWidth(0, 80)
    rows.setColumnStretch(1, 1)
    return rows


def _add_row(
    rows: QGridLayout, title: str, field: QWidget | QHBoxLayout | QVBoxLayout, buddy: QWidget | None
) -> None:
    row = rows.rowCount()
    label = QLabel(title)
    top = Qt.AlignmentFlag.AlignTop if isinstance(field, QVBoxLayout) else _MIDDLE
    rows.addWidget(label, row, 0, top)
    if buddy is not None:
        label.setBuddy(buddy)
    if isinstance(field, QWidget):
        rows.addWidget(field, row, 1)
    else:
        rows.addLayout(field, row, 1)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
