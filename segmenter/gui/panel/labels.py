"""The list of labels: swatch, name, share of the pixels, shown or hidden, alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QLabel,
    QLineEdit,
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


class LabelsPanel(QWidget):
    """A row for each label of the result on screen.

    Signals
    -------
    entered()
        A name was finished with Enter; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[LabelRow] = []
        self._column = layouts.column(self, spacing=0, margins=(8, 0, 8, 8))
        workspace.segmented.connect(self._show)
        workspace.document_changed.connect(self._show)
        workspace.look_changed.connect(self._show)

    @property
    def rows(self) -> tuple[LabelRow, ...]:
        """The rows of the labels there are."""
        return tuple(self._rows[: len(self._workspace.labels)])

    def edit_selected(self) -> None:
        """Put the keyboard on the name of the selected label."""
        name = self._rows[self._workspace.look.selected - 1].name
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()

    def _show(self) -> None:
        labels, result, look = self._workspace.labels, self._workspace.result, self._workspace.look
        while len(self._rows) < len(labels):
            self._add_row()
        for row, label in zip(self._rows, labels, strict=False):
            share = 0.0 if result is None else float(result.regions.shares[label.value - 1])
            row.show_label(label, share)
            row.show_state(
                is_selected=label.value == look.selected, is_solo=label.value == look.solo
            )
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(labels))

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
        row.name.returnPressed.connect(self.entered)
        self._rows.append(row)
        self._column.addWidget(row)

    def _change(self, row: LabelRow, what: str, **changes: object) -> None:
        label = replace(row.label, **changes)  # type: ignore[arg-type]
        self._workspace.set_label(label, f"{what} {row.label.name}")

    def _move(self, row: LabelRow, step: int) -> None:
        index = self._rows.index(row) + step
        if 0 <= index < len(self.rows):
            self._rows[index].name.setFocus(Qt.FocusReason.TabFocusReason)


class LabelRow(QFrame):
    """One label; `default` is what it is while it has no name."""

    renamed = Signal(str)
    recolored = Signal(object)
    shown = Signal(bool)
    soloed = Signal(bool)
    selected = Signal()
    moved = Signal(int)

    def __init__(self, label: Label) -> None:
        super().__init__()
        self.setObjectName("labelRow")
        self.label = self.default = label
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
        self.label = label
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
