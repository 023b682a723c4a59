"""The list of objects: the upper ones win; each is picked, named, hidden, moved, deleted here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import name_control
from segmenter.gui.foreground.edits import move_object, set_object_label
from segmenter.gui.icons import FAINT, IconLabel, icon
from segmenter.gui.panel.label_row import LabelRow
from segmenter.gui.pixel_words import amount_text
from segmenter.gui.workspace import Workspace
from segmenter.session.objects import MarkedObject, object_label

PRIORITY = "Where two overlap, the upper one has the {unit}."


class ObjectsPanel(QWidget):
    """A row for each object, the uppermost first, and buttons for the one that is edited.

    Signals
    -------
    entered()
        A name is not edited any more; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[ObjectRow] = []
        self.priority = QLabel(wordWrap=True)
        self.priority.setObjectName("faint")
        self.priority.setContentsMargins(8, 0, 8, 0)
        self._list = layouts.column(spacing=0)
        column = layouts.column(self, margins=(8, 0, 8, 8))
        column.addLayout(self._list)
        column.addWidget(self.priority)
        self._add_row()  # where Tab is to find it: before what is made later
        column.addLayout(self._build_buttons(actions))
        for changed in (
            workspace.document_changed, workspace.look_changed, workspace.cutter.changed
        ):  # fmt: skip
            changed.connect(self._show)

    @property
    def rows(self) -> tuple[ObjectRow, ...]:
        """The rows of the objects there are."""
        document = self._workspace.document
        return tuple(self._rows[: 0 if document is None else len(document.objects)])

    def edit_selected(self) -> None:
        """Put the keyboard on the name of the object that is edited."""
        for row in self.rows:
            if self._workspace.active is not None and row.value == self._workspace.active.value:
                row.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
                row.name.selectAll()

    def _build_buttons(self, actions: Actions) -> QHBoxLayout:
        row = layouts.row(spacing=4, margins=(8, 0, 0, 0))
        add = _button(actions.new_object)
        add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        add.setObjectName("toggle")
        row.addWidget(add)
        row.addStretch(1)
        for action in (actions.move_up, actions.move_down, actions.delete_object):
            row.addWidget(_button(action))
        return row

    def _show(self) -> None:
        document, active = self._workspace.document, self._workspace.active
        if document is None or active is None:
            return
        scene, look = self._workspace.cutter.scene, self._workspace.look
        while len(self._rows) < len(document.objects):
            self._add_row()
        for row, each in zip(self._rows, document.objects, strict=False):
            share = 0.0 if scene is None else scene.shares.get(each.value, 0.0)
            row.show_object(each, amount_text(document.image, share))
            row.show_state(is_selected=each.value == active.value, is_solo=each.value == look.solo)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(document.objects))
        unit = "voxel" if document.image.is_volume else "pixel"
        self.priority.setText(PRIORITY.format(unit=unit))
        self.priority.setVisible(len(document.objects) > 1)

    def _add_row(self) -> None:
        row = ObjectRow()
        row.renamed.connect(lambda name: self._change(row, "Rename", name=name))
        row.recolored.connect(lambda color: self._change(row, "Recolor", color=color))
        row.shown.connect(
            lambda shown: self._change(row, "Show" if shown else "Hide", visible=shown)
        )
        row.soloed.connect(
            lambda alone: self._workspace.set_look(solo=row.value if alone else None)
        )
        row.selected.connect(lambda: self._workspace.set_look(selected=row.value))
        row.moved.connect(lambda step: self._go(row, step))
        row.dragged.connect(lambda down: self._drag(row, down))
        row.finished.connect(self.entered)
        self._workspace.about_to_open.connect(row.drop_typed)
        row.hide()
        self._list.addWidget(row)
        if self._rows:
            row.follow(self._rows[-1])
        self._rows.append(row)

    def _change(self, row: ObjectRow, what: str, **changes: object) -> None:
        label = replace(row.label, **changes)  # type: ignore[arg-type]  # fields of a label
        set_object_label(self._workspace, label, f"{what} {row.label.name}")

    def _go(self, row: ObjectRow, step: int) -> None:
        index = self._rows.index(row) + step
        if 0 <= index < len(self.rows):
            self._rows[index].name.setFocus(Qt.FocusReason.TabFocusReason)

    def _drag(self, row: ObjectRow, down: float) -> None:
        """Move an object by as many places as its row was dragged."""
        index = self._rows.index(row)
        place = min(max(index + round(down / row.height()), 0), len(self.rows) - 1)
        if place != index:
            move_object(self._workspace, row.value, place)


class ObjectRow(LabelRow):
    """One object, with a grip by which it is moved.

    Signals
    -------
    dragged(float)
        The grip was let go so many pixels further down.
    """

    dragged = Signal(float)

    def __init__(self) -> None:
        super().__init__(object_label(1))
        self.grip = Grip()
        self.grip.dropped.connect(self.dragged)
        layout = self.layout()
        if isinstance(layout, QHBoxLayout | QVBoxLayout):
            layout.insertWidget(0, self.grip)

    @property
    def value(self) -> int:
        """The value of the object."""
        return self.label.value

    def show_object(self, shown: MarkedObject, amount: str) -> None:
        """Show an object and how much of the image it has."""
        self.default = object_label(shown.value)
        self.show_label(shown.label, amount if shown.marks else "new")
        name_control(self.grip, f"Move {shown.label.name}", "Drag up or down: the upper one wins")


class Grip(QWidget):
    """Dots at which a row is taken.

    Signals
    -------
    dropped(float)
        It was let go so many pixels further down.
    """

    dropped = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        row = layouts.row(self)
        row.addWidget(IconLabel(icon("grip", FAINT), 16))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._from: QPointF | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the row."""
        self._from = event.globalPosition()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the row go."""
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._from is not None:
            down = event.globalPosition().y() - self._from.y()
            self._from = None
            self.dropped.emit(down)


def _button(action: QAction) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button
