"""A titled part of the panel that folds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import tool_button
from segmenter.gui.icons import FAINT, icon


class Section(QWidget):
    """A title that folds what is below it.

    Parameters
    ----------
    title : str
        On the button.
    content : QWidget
        What is folded.
    is_open : bool
        Whether it is unfolded at first.
    is_part : bool
        Whether it is a lesser part inside another section.
    """

    def __init__(
        self, title: str, content: QWidget, *, is_open: bool = True, is_part: bool = False
    ) -> None:
        super().__init__()
        self._content = content
        self.button = tool_button(f"Fold or unfold {title}", text=title, checkable=True)
        self.button.setChecked(is_open)
        self.button.setObjectName("partTitle" if is_part else "sectionTitle")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.toggled.connect(self._fold)
        column = layouts.column(self, spacing=0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetMinAndMaxSize)  # as large as its parts
        column.addWidget(self.button)
        column.addWidget(content)
        self._fold(is_open)

    @property
    def grows(self) -> bool:
        """Whether it takes what room there is."""
        policy = self._content.sizePolicy().verticalPolicy()
        return policy is QSizePolicy.Policy.Expanding

    def _fold(self, is_open: bool) -> None:
        self.button.setIcon(icon("chevron-down" if is_open else "chevron-right", FAINT))
        self._content.setVisible(is_open)
