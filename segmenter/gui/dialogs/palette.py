"""Find any action by typing a part of its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from segmenter.gui import layouts


class ActionPalette(QDialog):
    """A field and the actions whose names hold its words; Enter does the first.

    Parameters
    ----------
    actions : iterable of QAction
        Those that cannot be done now are left out.
    parent : QWidget
        The window.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAccessibleName("Find an action")
        self._actions = [action for action in actions if action.isEnabled()]
        self.field = QLineEdit(placeholderText="Find an action", clearButtonEnabled=True)
        self.field.setAccessibleName("Find an action")
        self.list = QListWidget()
        self.list.setAccessibleName("Actions")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = layouts.column(self, margins=(8, 8, 8, 8))
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.resize(440, 360)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda _: self._run())
        self.field.installEventFilter(self)
        self._filter("")

    def open_over(self, window: QWidget) -> None:
        """Show the palette near the top of a window, ready for typing."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 96)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the field has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self.list.clear()
        words = typed.lower().split()
        for action in self._actions:
            name = _name(action)
            if all(word in name.lower() for word in words):
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                item = QListWidgetItem(action.icon(), f"{name}\t{keys}" if keys else name)
                item.setData(Qt.ItemDataRole.UserRole, action)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.close()
            item.data(Qt.ItemDataRole.UserRole).trigger()


def _name(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")
