"""A message in place: one sentence over the canvas or beside a field, and one way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import tool_button
from segmenter.gui.icons import IconLabel, icon
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.selectable_text import SelectableText

Way = Callable[[], None]


@dataclass(frozen=True)
class _Message:
    """A sentence with its buttons; the parameters of `MessageBar.show_message`."""

    sentence: str
    action: str
    way_out: Way | None
    other_action: str
    other_way: Way | None
    is_error: bool


class MessageBar(QFrame):
    """Shows what went wrong where the user looks; takes no room while there is nothing.

    Two messages can hold at once: one about what was asked for last, such as to open a file, and
    beneath it one about the result, which may come late. It is seen once the other is closed.
    """

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
        self._asked: _Message | None = None
        self._of_result: _Message | None = None
        close = tool_button("Close the message", icon=icon("close"))
        close.clicked.connect(self._close)
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
        way_out: Way | None = None,
        *,
        other_action: str = "",
        other_way: Way | None = None,
        is_error: bool = True,
        of_result: bool = False,
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
        of_result : bool
            Whether it says why there is no result, and is to go once there is one.
        """
        message = _Message(sentence, action, way_out, other_action, other_way, is_error)
        if of_result:
            self._of_result = message
        else:
            self._asked = message
        self._show()

    def forget_result(self) -> None:
        """Forget why there was no result; what is said of anything else stays."""
        if self._of_result is not None:
            self._of_result = None
            self._show()

    def forget_way_out(self, *actions: str) -> None:
        """Forget a message whose way out was one of these: it has been taken in another place."""
        if self._asked is not None and self._asked.action in actions:
            self._asked = None
            self._show()

    def clear(self) -> None:
        """Forget all messages."""
        self._asked = self._of_result = None
        self._show()

    @property
    def _seen(self) -> _Message | None:
        """The message on screen."""
        return self._asked or self._of_result

    def _show(self) -> None:
        message = self._seen
        self.setVisible(message is not None)
        if message is None:
            return
        self.setProperty("isError", message.is_error)
        self.style().unpolish(self)
        self.style().polish(self)
        self._symbol.show_icon(icon("warning" if message.is_error else "info"))
        self._text.setPlainText(message.sentence)
        self.button.setText(message.action)
        self.button.setVisible(message.way_out is not None)
        self.other_button.setText(message.other_action)
        self.other_button.setVisible(message.other_way is not None)

    def _close(self) -> None:
        """Forget the message on screen, and show the one beneath it if there is one."""
        if self._asked is None:
            self._of_result = None
        self._asked = None
        self._show()

    def _take_way_out(self) -> None:
        message = self._seen
        self._close()
        if message is not None and message.way_out is not None:
            message.way_out()

    def _take_other(self) -> None:
        message = self._seen
        self._close()
        if message is not None and message.other_way is not None:
            message.other_way()


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
