"""Find any action by typing a part of its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.actions import full_name

WIDTH = 480
MOST_OF_LIST = 344
ICON_SIDE = 20


class ActionPalette(QDialog):
    """A field and the actions whose names hold its words; Enter does the one that is marked.

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
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = [action for action in actions if action.isEnabled()]
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find an action")
        self.field.setAccessibleName("Find an action")
        self.list = _action_list()
        self.nothing = QLabel("No action has this name.")
        self.nothing.setObjectName("faint")
        self.nothing.setContentsMargins(8, 4, 8, 4)
        column = layouts.column(self, margins=(8, 8, 8, 8))
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self.setFixedWidth(WIDTH)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda _: self._run())
        self.field.installEventFilter(self)
        self.list.ensurePolished()  # else the first rows are lower than all later ones
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
            if step is not None:
                self._mark(self.list.currentIndex().row() + step)
                return True
        return super().eventFilter(watched, event)

    def _mark(self, row: int) -> None:
        item = self.list.topLevelItem(row % max(1, self.list.topLevelItemCount()))
        if item is not None:
            self.list.setCurrentItem(item)

    def _filter(self, typed: str) -> None:
        self.list.clear()
        words = typed.lower().split()
        for action in self._actions:
            name = full_name(action)
            if all(word in name.lower() for word in words):
                self.list.addTopLevelItem(_item(action, name))
        self._mark(0)
        self._shrink()

    def _shrink(self) -> None:
        """Be as high as what is found, and no higher than at first."""
        n_found = self.list.topLevelItemCount()
        row = self.list.sizeHintForRow(0) if n_found else 0
        self.list.setVisible(n_found > 0)
        self.nothing.setVisible(n_found == 0)
        self.list.setFixedHeight(min(n_found * row + 2 * self.list.frameWidth(), MOST_OF_LIST))
        self.setFixedHeight(self.sizeHint().height())

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action = item.data(0, Qt.ItemDataRole.UserRole)
            self.close()
            action.trigger()


def _action_list() -> QTreeWidget:
    view = QTreeWidget()
    view.setAccessibleName("Actions")
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setColumnCount(2)
    view.setHeaderHidden(True)
    view.setRootIsDecorated(False)
    view.setUniformRowHeights(True)
    view.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
    view.header().setStretchLastSection(False)
    view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return view


def _item(action: QAction, name: str) -> QTreeWidgetItem:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    item = QTreeWidgetItem([name, keys])
    item.setIcon(0, _blank() if action.icon().isNull() else action.icon())
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setData(0, Qt.ItemDataRole.UserRole, action)
    return item


def _blank() -> QIcon:
    """Return room for an icon, so that all names begin at the same place."""
    pixmap = QPixmap(ICON_SIDE, ICON_SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
