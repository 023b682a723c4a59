"""The tools of a job, at the left of the canvas."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton

from segmenter.gui import layouts

ICON_SIDE = 22


class ToolStrip(QFrame):
    """A column of buttons: what the mouse does, and below what belongs to it."""

    def __init__(self, tools: Iterable[QAction], others: Iterable[QAction]) -> None:
        super().__init__()
        self.setObjectName("toolStrip")
        column = layouts.column(self, spacing=4, margins=(4, 8, 4, 8))
        for action in tools:
            column.addWidget(_button(action))
        column.addSpacing(12)
        for action in others:
            column.addWidget(_button(action))
        column.addStretch(1)


def _button(action: QAction) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
    button.setAccessibleName(action.text())
    return button
