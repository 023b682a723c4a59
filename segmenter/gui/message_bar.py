"""A message in place: one sentence over the canvas or beside a field, and one way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import tool_button
from segmenter.gui.icons import IconLabel, icon
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.selectable_text import SelectableText


class MessageBar(QFrame):
    """Shows what went wrong where the user looks; takes no room while there is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._text = SelectableText()
        self._text.setAccessibleName("Message")
        self._symbol = IconLabel(icon("warning"), 20)
        self.button = QPushButton()
        self.button.clicked.connect(self._take_way_out)
        self.other_button = QPushButton()
        self.other_button.clicked.connect(self._take_other)
        self._way_out: Callable[[], None] | None = None
        self._other: Callable[[], None] | None = None
        close = tool_button("Close the message", icon=icon("close"))
        close.clicked.connect(self.hide)
        row = layouts.row(self, margins=(16, 8, 8, 8))
        row.addWidget(self._symbol)
        row.addWidget(self._text, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.other_button)
        row.addWidget(self.button)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.toPlainText()

    def show_message(
        self,
        sentence: str,
        action: str = "",
        way_out: Callable[[], None] | None = None,
        *,
        other_action: str = "",
        other_way: Callable[[], None] | None = None,
        is_error: bool = True,
    ) -> None:
        """Show a sentence, with a button for the way out if there is one, or for two.

        Parameters
        ----------
        sentence : str
            What is wrong and what to do.
        action : str
            The button's text.
        way_out : callable, optional
            What the button does.
        other_action, other_way : str and callable, optional
            The same of a second button.
        is_error : bool
            Whether something went wrong, or the user is only told something.
        """
        self.setProperty("isError", is_error)
        self.style().unpolish(self)
        self.style().polish(self)
        self._symbol.show_icon(icon("warning" if is_error else "info"))
        self._text.setPlainText(sentence)
        self.button.setText(action)
        self.button.setVisible(way_out is not None)
        self._way_out = way_out
        self.other_button.setText(other_action)
        self.other_button.setVisible(other_way is not None)
        self._other = other_way
        self.show()

    def _take_way_out(self) -> None:
        self.hide()
        if self._way_out is not None:
            self._way_out()

    def _take_other(self) -> None:
        self.hide()
        if self._other is not None:
            self._other()


class FieldMessage(PlainLabel):
    """A sentence beneath a field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(wordWrap=True, parent=parent)
        self.setObjectName("fieldMessage")
        self.setAccessibleName("Message")
        self.hide()

    def show_message(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the label."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
