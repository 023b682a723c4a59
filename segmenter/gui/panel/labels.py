"""The list of labels: swatch, name, share of the pixels, shown or hidden, alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollBar,
    QStyle,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, tool_button
from segmenter.gui.icons import ACCENT, FAINT, icon
from segmenter.gui.swatch import swatch
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color, Label, default_label

if TYPE_CHECKING:
    from collections.abc import Callable


MAX_ROWS = 7
"""Rows there are; of more labels they show a part, which is scrolled."""

WHEEL_ROWS = 3
"""Labels that a notch of the wheel scrolls."""


class LabelsPanel(QWidget):
    """A row for each label of the result on screen; of very many, rows for those in sight.

    Signals
    -------
    entered()
        A name was finished with Enter; the keyboard is free for the canvas.
    pointed(int)
        The label whose row is under the pointer; 0 for none.
    """

    entered = Signal()
    pointed = Signal(int)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[LabelRow] = []
        self._selected = 0
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        name_control(self.bar, "Scroll the labels")
        self._column = layouts.column(spacing=0)
        row = layouts.row(self, spacing=0, margins=(8, 0, 8, 8))
        row.addLayout(self._column, 1)
        row.addWidget(self.bar)
        self.bar.valueChanged.connect(self._show_rows)
        workspace.segmented.connect(self._show)
        workspace.document_changed.connect(self._show)
        workspace.look_changed.connect(self._show)

    @property
    def rows(self) -> tuple[LabelRow, ...]:
        """The rows in sight: of all labels, or of as many as there are rows."""
        return tuple(self._rows[: len(self._workspace.labels)])

    def reveal(self, value: int) -> None:
        """Scroll to a label."""
        first = self.bar.value()
        self.bar.setValue(min(max(first, value - MAX_ROWS), value - 1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the labels, if there are more than rows; else the panel."""
        if self.bar.maximum() == 0:
            super().wheelEvent(event)
            return
        notches = event.angleDelta().y() / 120
        self.bar.setValue(self.bar.value() - round(WHEEL_ROWS * notches))
        event.accept()

    def edit_selected(self) -> None:
        """Put the keyboard on the name of the selected label."""
        value = self._workspace.look.selected
        self.reveal(value)
        name = self._rows[value - 1 - self.bar.value()].name
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()

    def _show(self) -> None:
        n_labels, selected = len(self._workspace.labels), self._workspace.look.selected
        with QSignalBlocker(self.bar):
            self.bar.setPageStep(MAX_ROWS)
            self.bar.setMaximum(max(0, n_labels - MAX_ROWS))
            self.bar.setVisible(n_labels > MAX_ROWS)
            if selected != self._selected:
                self._selected = selected
                self.reveal(selected)
        self._show_rows()

    def _show_rows(self) -> None:
        labels, result, look = self._workspace.labels, self._workspace.result, self._workspace.look
        first = self.bar.value()
        shown = labels[first : first + MAX_ROWS]
        while len(self._rows) < len(shown):
            self._add_row()
        for row, label in zip(self._rows, shown, strict=False):
            share = 0.0 if result is None else float(result.regions.shares[label.value - 1])
            if (row.label, row.shown_share) != (label, share):
                row.default = default_label(label.value)
                row.show_label(label, share)
            is_picked = label.value == look.selected or label.value in look.chosen
            row.show_state(is_selected=is_picked, is_solo=label.value == look.solo)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(shown))

    def _add_row(self) -> None:
        row = LabelRow(default_label(len(self._rows) + 1))
        row.renamed.connect(lambda name: self._change(row, "Rename", name=name))
        row.recolored.connect(lambda color: self._change(row, "Recolor", color=color))
        row.shown.connect(
            lambda shown: self._change(row, "Show" if shown else "Hide", visible=shown)
        )
        row.soloed.connect(
            lambda alone: self._workspace.set_look(solo=row.label.value if alone else None)
        )
        row.selected.connect(lambda: self._workspace.set_look(selected=row.label.value))
        row.moved.connect(lambda step: self._move(row, step))
        row.pointed.connect(lambda inside: self.pointed.emit(row.label.value if inside else 0))
        row.name.returnPressed.connect(self.entered)
        self._rows.append(row)
        self._column.addWidget(row)

    def _change(self, row: LabelRow, what: str, **changes: object) -> None:
        label = replace(row.label, **changes)  # type: ignore[arg-type]  # fields of a label
        self._workspace.set_label(label, f"{what} {row.label.name}")

    def _move(self, row: LabelRow, step: int) -> None:
        value = row.label.value + step
        if 0 < value <= len(self._workspace.labels):
            self.reveal(value)
            place = self._rows[value - 1 - self.bar.value()]
            place.name.setFocus(Qt.FocusReason.TabFocusReason)


class LabelRow(QFrame):
    """One label; `default` is what it is while it has no name."""

    renamed = Signal(str)
    recolored = Signal(object)
    shown = Signal(bool)
    soloed = Signal(bool)
    selected = Signal()
    moved = Signal(int)
    pointed = Signal(bool)

    def __init__(self, label: Label) -> None:
        super().__init__()
        self.setObjectName("labelRow")
        self.label = self.default = label
        self.shown_share = -1.0
        self.swatch = _button(self._choose_color)
        self.swatch.setIconSize(QSize(16, 16))
        self.name = NameEdit()
        self.share = QLabel(alignment=_RIGHT)
        self.share.setObjectName("faint")
        self.share.setMinimumWidth(self.share.fontMetrics().horizontalAdvance("100.0 %"))
        self.eye = _button(lambda: self.shown.emit(self.eye.isChecked()), checkable=True)
        self.solo = _button(lambda: self.soloed.emit(self.solo.isChecked()), checkable=True)
        self.solo.setIcon(icon("solo", FAINT, ACCENT))
        self._lay_out()
        self.name.editingFinished.connect(self._rename)
        self.name.entered.connect(self.selected)
        self.name.left.connect(self._take_back)
        self.name.moved.connect(self.moved)

    def show_label(self, label: Label, share: float) -> None:
        """Show a label and its share of the pixels, 0..1."""
        self.label, self.shown_share = label, share
        self.swatch.setIcon(swatch(label.color))
        if self.name.text() != label.name:
            self.name.setText(label.name)
            self.name.setCursorPosition(0)
        self.name.setToolTip(f"{label.name} (value {label.value}); Enter renames it")
        self.share.setText(share_text(share))
        self.eye.setChecked(label.visible)
        self.eye.setIcon(icon("eye" if label.visible else "eye-off", FAINT))
        self._say(label, share)

    def show_state(self, *, is_selected: bool, is_solo: bool) -> None:
        """Show whether the label is picked, and whether it is the only one shown."""
        self.solo.setChecked(is_solo)
        if self.property("isSelected") != is_selected:
            self.setProperty("isSelected", is_selected)
            self.style().unpolish(self)
            self.style().polish(self)

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
        row = layouts.row(self, spacing=4, margins=(4, 0, 4, 0))
        row.addWidget(self.swatch)
        row.addWidget(self.name, 1)
        row.addWidget(self.share)
        row.addWidget(self.eye)
        row.addWidget(self.solo)
        self.setFixedHeight(32)

    def _say(self, label: Label, share: float) -> None:
        self.setAccessibleName(f"{label.name}, {share_text(share)}")
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
        self.name.setText(self.label.name)
        self.name.clearFocus()

    def _choose_color(self) -> None:
        color = QColorDialog.getColor(
            QColor(*self.label.color), self, f"Color of {self.label.name}"
        )
        if color.isValid():
            self.recolored.emit(Color(color.red(), color.green(), color.blue()))


class NameEdit(QLineEdit):
    """A name that looks like text until it is edited; one that is too long ends in an ellipsis."""

    entered = Signal()
    left = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(80)
        self.setObjectName("nameEdit")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, shortened where there is no room for it."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        contents = QStyle.SubElement.SE_LineEditContents
        room = self.style().subElementRect(contents, option, self).adjusted(2, 0, -2, 0)
        metrics = self.fontMetrics()
        if self.hasFocus() or metrics.horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        frame = QStyle.PrimitiveElement.PE_PanelLineEdit
        self.style().drawPrimitive(frame, option, painter, self)
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Picking up the name picks the label."""
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between labels by the arrows; Escape takes the typing back."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            self.moved.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def share_text(share: float) -> str:
    """Write a share of the pixels as a percentage of useful length."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")


def _button(clicked: Callable[[], None], *, checkable: bool = False) -> QToolButton:
    button = tool_button("", checkable=checkable)
    button.clicked.connect(clicked)
    return button


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
