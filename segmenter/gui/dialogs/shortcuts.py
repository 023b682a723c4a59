"""The sheet of shortcuts: those of what is open, by what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segmenter.gui import layouts

N_COLUMNS = 3
ROOM_AROUND = 140
"""Pixels of the window that are not the sheet's: the button, and a margin."""

PICTURE = (
    ("Zoom around the pointer", "Wheel"),
    ("Move the image", "Space + drag, arrows"),
    ("Pick what is under the pointer", "Click"),
    ("Pick one more", "Ctrl + click"),
    ("Merge what is crossed", "Drag"),
    ("Divide a region or object", "Double click"),
    ("Add to the object", "Click, drag"),
    ("Take from the object", "Right click, Alt + click"),
)
SCAN = (
    ("Slices", "Wheel, Page Up, Page Down"),
    ("Zoom", "Ctrl + wheel"),
    ("Window and level", "Right-button drag"),
    ("Enlarge a plane", "Double click"),
    ("Move the crosshair and pick", "Click"),
    ("Pick one more region", "Ctrl + click"),
    ("Add, or paint", "Click, drag"),
    ("Take away, or erase", "Right click, Alt + click"),
)
Pairs = list[tuple[str, str]]


class ShortcutSheet(QDialog):
    """Every shortcut at one glance.

    Parameters
    ----------
    groups : sequence of (str, sequence of QAction)
        Titles and what is below them; actions without a shortcut are left out.
    parent : QWidget
        The window.
    is_volume : bool
        Whether the mouse is on planes.
    """

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget, *, is_volume: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.groups = [(title, _with_keys(actions)) for title, actions in groups]
        self.groups.append(("Mouse", list(SCAN if is_volume else PICTURE)))
        sheet = QWidget()
        columns = layouts.row(sheet, spacing=32)
        for part in _balanced(self.groups):
            columns.addLayout(_column(part))
        column = layouts.column(self, spacing=16, margins=(24, 24, 24, 16))
        column.addWidget(_scrolled(sheet, parent.height() - ROOM_AROUND))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _scrolled(sheet: QWidget, height: int) -> QScrollArea:
    """Show a sheet whole up to a height, and let it scroll where it is higher."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(sheet)
    size = sheet.sizeHint()
    area.setFixedWidth(size.width() + area.verticalScrollBar().sizeHint().width())
    area.setMinimumHeight(min(size.height(), height))
    return area


def _with_keys(actions: Sequence[QAction]) -> Pairs:
    """Pair names with keys; the labels' digits become one line."""
    pairs: Pairs = []
    for action in actions:
        keys = [
            each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()
        ]
        if not keys or action.text().startswith("Select Label 1"):
            continue
        if action.text().startswith("Select Label"):
            pairs = [*(pair for pair in pairs if pair[0] != _DIGITS[0]), _DIGITS]
        else:
            pairs.append((action.data(), ", ".join(keys)))
    return pairs


def _balanced(groups: Sequence[tuple[str, Pairs]]) -> list[Pairs]:
    """Lay each group below the shortest column; a pair without keys is a title."""
    columns: list[Pairs] = [[] for _ in range(min(N_COLUMNS, len(groups)))]
    for title, pairs in groups:
        shortest = min(columns, key=len)
        shortest += [(title, ""), *pairs]
    return columns


def _column(lines: Pairs) -> QVBoxLayout:
    column = layouts.column(spacing=0)
    grid = layouts.grid(across=16, down=4)
    for row, (name, keys) in enumerate(lines):
        name_label, key_label = QLabel(name), QLabel(keys)
        name_label.setObjectName("" if keys else "groupTitle")
        if not keys and row > 0:
            name_label.setContentsMargins(0, 12, 0, 0)
        key_label.setObjectName("keys")
        grid.addWidget(name_label, row, 0)
        grid.addWidget(key_label, row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column


_DIGITS = ("Select a label", "1 to 9")
