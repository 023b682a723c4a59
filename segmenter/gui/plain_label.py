"""A label for words that others wrote: names, files and what is made of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


def as_written(words: str) -> str:
    """Return words as a menu or a button is to be told them: it shows "a && b" as "a & b"."""
    return words.replace("&", "&&")


class PlainLabel(QLabel):
    """Shows its text as it is, where Qt's own label reads "a <b>" as HTML.

    Parameters
    ----------
    text : str
        What it says at first.
    **properties
        Of Qt's label.
    """

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(text, textFormat=Qt.TextFormat.PlainText, **properties)


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
