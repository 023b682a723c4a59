"""The settings of like objects: what they lie on, the smallest, what hands changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSpinBox, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.fields import ByHand, faint, smallest_field
from segmenter.gui.panel.recipe import change_recipe, recipe_of
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    from segmenter.segment.recipe import Ground

GROUNDS: dict[Ground, str] = {
    "auto": "Brighter or darker",
    "dark": "Brighter than the ground",
    "bright": "Darker than the ground",
}
"""What objects are, by what they lie on."""

HINT = (
    "Drag across objects to merge them; double-click one to divide it;"
    " Del takes the picked ones out."
    " Ctrl+click picks several."
)


class ObjectsSettings(QWidget):
    """Shows what objects are looked for, and changes it.

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
        self.ground = QComboBox()
        name_control(self.ground, "Objects are", "How objects differ from what they lie on")
        self.ground.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for ground, words in GROUNDS.items():
            self.ground.addItem(words, ground)
        self.smallest = smallest_field(workspace, "object", "Smaller objects are left out")
        self.by_hand = ByHand(workspace, "objects")
        hint = faint(HINT)
        hint.setWordWrap(True)
        hint.setContentsMargins(16, 0, 16, 0)
        rows = layouts.form()
        layouts.add_row(rows, "Objects are", self.ground, self.ground)
        layouts.add_row(rows, "Smallest", self.smallest, self.smallest)
        rows.addWidget(self.message, rows.rowCount(), 1)
        self.by_hand.add_to(rows)
        column = layouts.column(self, spacing=0)
        column.addLayout(rows)
        column.addWidget(hint)
        couple(
            self.ground,
            self.ground.currentIndexChanged,
            self._set_ground,
            workspace.document_changed,
            lambda: self.ground.setCurrentIndex(self.ground.findData(recipe_of(workspace).ground)),
        )
        self.smallest.lineEdit().returnPressed.connect(self.entered)
        workspace.segmented.connect(self._show_found)

    @property
    def main_field(self) -> QSpinBox:
        """The field that matters most."""
        return self.smallest

    def _set_ground(self, index: int) -> None:
        change_recipe(self._workspace, "ground", ground=self.ground.itemData(index), edits=())

    def _show_found(self) -> None:
        """Say which of both they are where that was found."""
        result = self._workspace.result
        objects = None if result is None else result.objects
        words = GROUNDS["auto"]
        if objects is not None and objects.recipe.ground == "auto":
            words = f"Auto: {'brighter' if objects.ground == 'dark' else 'darker'}"
        self.ground.setItemText(self.ground.findData("auto"), words)
