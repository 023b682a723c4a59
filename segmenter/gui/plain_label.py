"""A label for words that others wrote: names, files and what is made of them."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


def as_written(words: str) -> str:
    """Return words as a menu or a button is to be told them: it shows "a && b" as "a & b"."""
    return words.replace("&", "&&")


def breakable(words: str) -> str:
    """Return words with places at which those can be wrapped that no line has room for."""
    return _LONG.sub(lambda word: _BREAK.join(_PIECE.findall(word[0])), words)


class PlainLabel(QLabel):
    """Shows its text as it is, where Qt's own label reads "a <b>" as HTML; long names wrap too.

    Parameters
    ----------
    text : str
        What it says at first.
    **properties
        Of Qt's label.
    """

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(text, textFormat=Qt.TextFormat.PlainText, **properties)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(breakable(text) if self.wordWrap() else text)

    def text(self) -> str:
        """Return what is shown."""
        return super().text().replace(_BREAK, "")


class ElidedLabel(PlainLabel):
    """Takes the room there is, and ends in an ellipsis where its text needs more."""

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(text, **properties)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, in the middle of its height."""
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, self.alignment(), self.palette(), self.isEnabled(), text,
            self.foregroundRole(),
        )  # fmt: skip
        painter.end()


_LONG, _PIECE = re.compile(r"\S{24,}"), re.compile(r"\S{1,8}")
_BREAK = "\u200b"
"""A space without a width."""
