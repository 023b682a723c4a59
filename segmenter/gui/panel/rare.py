"""The settings that are seldom changed: more features, shapes, how far to try, the seed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, spin_box
from segmenter.gui.coupling import couple
from segmenter.gui.panel.recipe import (
    EXTRAS,
    MAX_TYPED,
    base_feature,
    change_recipe,
    choose_features,
    recipe_of,
)
from segmenter.gui.workspace import Workspace
from segmenter.images.feature_names import FEATURES, FeatureName

MAX_SEED = 999_999
COVARIANCES = {
    "full": ("Full", "Each region has its own shape, in any direction."),
    "tied": ("Tied", "All regions have the same shape."),
    "diagonal": ("Diagonal", "Each region has its own spread along each feature."),
    "spherical": ("Spherical", "Each region spreads equally in all directions."),
}


class RareSettings(QWidget):
    """Settings that are seldom changed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows = layouts.form()
        self.setLayout(self._rows)
        self._add_extras()
        self._add_covariance()
        self._add_number("Try up to", "largest number", "max_regions",
                         spin_box("Largest number that Auto tries", 1, MAX_TYPED))  # fmt: skip
        self._add_number("Seed", "seed", "seed", spin_box("Seed of the random start", 0, MAX_SEED))

    def _add_extras(self) -> None:
        boxes = layouts.column(spacing=4)
        for name in EXTRAS:
            box = QCheckBox(FEATURES[name].title)
            box.setToolTip(FEATURES[name].description)
            boxes.addWidget(box)
            couple(box, box.toggled, self._set_extra(name),
                   self._workspace.document_changed, self._show_extra(name, box))  # fmt: skip
        layouts.add_row(self._rows, "Also use", boxes)

    def _add_covariance(self) -> None:
        box = QComboBox()
        name_control(box, "Covariance", "The shape a region may have among the features")
        for name, (title, description) in COVARIANCES.items():
            box.addItem(title, name)
            box.setItemData(box.count() - 1, description, Qt.ItemDataRole.ToolTipRole)
        layouts.add_row(self._rows, "Covariance", box, box)
        couple(
            box,
            box.currentIndexChanged,
            lambda index: change_recipe(
                self._workspace, "covariance", covariance=box.itemData(index)
            ),
            self._workspace.document_changed,
            lambda: box.setCurrentIndex(box.findData(recipe_of(self._workspace).covariance)),
        )

    def _add_number(self, title: str, name: str, field: str, spin: QSpinBox) -> None:
        layouts.add_row(self._rows, title, spin, spin)
        couple(
            spin,
            spin.valueChanged,
            lambda value: change_recipe(self._workspace, name, **{field: value}),
            self._workspace.document_changed,
            lambda: spin.setValue(getattr(recipe_of(self._workspace), field)),
        )

    def _set_extra(self, name: FeatureName) -> Callable[[bool], None]:
        def change(used: bool) -> None:
            recipe = recipe_of(self._workspace)
            chosen = [
                extra for extra in EXTRAS if (used if extra == name else extra in recipe.features)
            ]
            choose_features(self._workspace, base_feature(self._workspace), tuple(chosen))

        return change

    def _show_extra(self, name: FeatureName, box: QCheckBox) -> Callable[[], None]:
        return lambda: box.setChecked(name in recipe_of(self._workspace).features)
