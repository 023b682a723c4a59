"""The sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QWidget

from segmenter.gui import layouts

N_COLUMNS = 2
MOUSE = (
    ("Zoom around the pointer", "Wheel"),
    ("Move the image", "Space + drag, middle button, arrows"),
    ("Select the label of a pixel", "Click"),
    ("Slices of a scan", "Wheel, Page Up, Page Down"),
    ("Zoom into a scan", "Ctrl + wheel"),
    ("Window and level of a scan", "Right-button drag"),
    ("Enlarge a plane", "Double click"),
)


class ShortcutSheet(QDialog):
    """Every shortcut at one glance.

    Parameters
    ----------
    actions : sequence of QAction
        Those without a shortcut are left out.
    parent : QWidget
        The window.
    """

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = layouts.column(self, spacing=16, margins=(24, 24, 24, 16))
        column.addLayout(_grid([*_with_keys(actions), *MOUSE]))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _with_keys(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """Pair names with keys; the labels' digits become one line."""
    pairs = []
    for action in actions:
        keys = [
            each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()
        ]
        if keys and not action.text().startswith("Select Label"):
            pairs.append((action.data(), ", ".join(keys)))
    return [*pairs, ("Select a label", "1 to 9")]


def _grid(pairs: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = layouts.grid(across=24)
    per_column = -(-len(pairs) // N_COLUMNS)
    for index, (name, keys) in enumerate(pairs):
        part, row = divmod(index, per_column)
        key_label = QLabel(keys)
        key_label.setObjectName("keys")
        grid.addWidget(QLabel(name), row, 2 * part)
        grid.addWidget(key_label, row, 2 * part + 1)
    return grid
