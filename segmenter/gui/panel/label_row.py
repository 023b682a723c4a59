"""One label in a list: swatch, name, how much of it there is, shown or hidden, alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QColorDialog, QFrame, QLabel, QToolButton

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, tool_button
from segmenter.gui.icons import ACCENT, FAINT, icon
from segmenter.gui.panel.name_edit import NameEdit
from segmenter.gui.swatch import swatch
from segmenter.segment.labels import Color, Label

if TYPE_CHECKING:
    from collections.abc import Callable

ROW_HEIGHT = 32


class LabelRow(QFrame):
    """One label; `default` is what it is while it has no name.

    Signals
    -------
    finished()
        The name is not edited any more: Enter keeps what was typed, Escape takes it back.
    """

    renamed = Signal(str)
    recolored = Signal(object)
    shown = Signal(bool)
    soloed = Signal(bool)
    selected = Signal()
    finished = Signal()
    moved = Signal(int)
    pointed = Signal(bool)

    def __init__(self, label: Label) -> None:
        super().__init__()
        self.setObjectName("labelRow")
        self.label = self.default = label
        self.swatch = _button(self._choose_color)
        self.swatch.setIconSize(QSize(16, 16))
        self.name = NameEdit()
        self.amount = QLabel(alignment=_RIGHT)
        self.amount.setObjectName("faint")
        self.amount.setMinimumWidth(self.amount.fontMetrics().horizontalAdvance("100.0 %"))
        self.eye = _button(lambda: self.shown.emit(self.eye.isChecked()), checkable=True)
        self.solo = _button(lambda: self.soloed.emit(self.solo.isChecked()), checkable=True)
        self.solo.setIcon(icon("solo", FAINT, ACCENT))
        self._lay_out()
        self.name.editingFinished.connect(self._rename)
        self.name.entered.connect(self.selected)
        self.name.returnPressed.connect(self.finished)
        self.name.left.connect(self._take_back)
        self.name.moved.connect(self.moved)

    def show_label(self, label: Label, amount: str) -> None:
        """Show a label and, in words, how much of it there is."""
        if (label, amount) == (self.label, self.amount.text()):
            return
        is_typed = self.name.isModified() and label.value == self.label.value
        self.label = label
        self.swatch.setIcon(swatch(label.color))
        if self.name.text() != label.name and not is_typed:
            self.name.setText(label.name)
            self.name.setCursorPosition(0)
        self.name.setToolTip(f"{label.name} (value {label.value}); a double click renames it")
        self.amount.setText(amount)
        self.eye.setChecked(label.visible)
        self.eye.setIcon(icon("eye" if label.visible else "eye-off", FAINT))
        self._say(label, amount)

    def drop_typed(self) -> None:
        """Show the label's name again, whatever was typed: it would be that of another label."""
        self.name.setText(self.label.name)

    def show_state(self, *, is_selected: bool, is_solo: bool) -> None:
        """Show whether the label is picked, and whether it is the only one shown."""
        self.solo.setChecked(is_solo)
        if self.property("isSelected") != is_selected:
            self.setProperty("isSelected", is_selected)
            self.style().unpolish(self)
            self.style().polish(self)

    def follow(self, row: LabelRow) -> None:
        """Let Tab go from another row to this one, in the order on screen."""
        parts = (row.solo, self.swatch, self.name, self.eye, self.solo)
        for part, following in pairwise(parts):
            self.setTabOrder(part, following)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the label is pointed at."""
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that it no longer is."""
        super().leaveEvent(event)
        self.pointed.emit(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the label."""
        self.selected.emit()
        super().mousePressEvent(event)

    def _lay_out(self) -> None:
        row = layouts.row(self, spacing=2, margins=(4, 0, 4, 0))
        row.addWidget(self.swatch)
        row.addWidget(self.name, 1)
        row.addWidget(self.amount)
        row.addWidget(self.eye)
        row.addWidget(self.solo)
        self.setFixedHeight(ROW_HEIGHT)

    def _say(self, label: Label, amount: str) -> None:
        self.setAccessibleName(f"{label.name}, {amount}")
        for control, words in (
            (self.swatch, f"Color of {label.name}"),
            (self.name, f"Name of label {label.value}"),
            (self.eye, f"{'Hide' if label.visible else 'Show'} {label.name}"),
            (self.solo, f"Show only {label.name}"),
        ):
            name_control(control, words, control.toolTip() if control is self.name else words)

    def _rename(self) -> None:
        name = self.name.text().strip() or self.default.name
        self.name.setText(name)
        self.name.home(False)  # a long name is seen from its beginning
        if name != self.label.name:
            self.renamed.emit(name)

    def _take_back(self) -> None:
        self.drop_typed()
        self.finished.emit()

    def _choose_color(self) -> None:
        color = QColorDialog.getColor(
            QColor(*self.label.color), self, f"Color of {self.label.name}"
        )
        if color.isValid():
            self.recolored.emit(Color(color.red(), color.green(), color.blue()))


def _button(clicked: Callable[[], None], *, checkable: bool = False) -> QToolButton:
    button = tool_button("", checkable=checkable)
    button.clicked.connect(clicked)
    return button


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
