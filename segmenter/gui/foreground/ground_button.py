"""The button beneath the canvas that says what the cut-out is seen on, and changes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QToolButton

from segmenter.gui.actions import Actions
from segmenter.gui.icons import icon
from segmenter.gui.look import View
from segmenter.gui.plain_label import as_written
from segmenter.gui.swatch import swatch
from segmenter.gui.workspace import Workspace


class GroundButton(QToolButton):
    """Opens a menu of grounds; there only while the cut-out is seen."""

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        menu = QMenu(self)
        menu.addActions([actions.on_checkerboard, actions.on_color, actions.on_image])
        self.setMenu(menu)
        self.setObjectName("menuButton")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.show_words(True)
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName("What the cut-out is seen on")
        self.setToolTip("What the cut-out is seen on")
        workspace.look_changed.connect(self._show)
        workspace.job_changed.connect(self._show)
        self._show()

    def show_words(self, shown: bool) -> None:
        """Name the ground, or show its icon alone."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if shown else style.ToolButtonIconOnly
        )

    def _show(self) -> None:
        look = self._workspace.look
        self.setVisible(look.view is View.CUTOUT)
        words, shown = "Checkerboard", icon("checkerboard")
        if look.ground.color is not None:
            words, shown = "Color", QIcon(swatch(look.ground.color))
        elif look.ground.path is not None:
            words, shown = _shortened(look.ground.path.name), icon("image")
        self.setText(as_written(f"On {words}"))
        self.setIcon(shown)


def _shortened(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:12]}…{name[-10:]}"
