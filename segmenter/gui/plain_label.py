"""A label for words that others wrote: names, files and what is made of them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTextBoundaryFinder
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


def as_written(words: str) -> str:
    """Return words as a menu or a button is to be told them: it shows "a && b" as "a & b"."""
    return words.replace("&", "&&")


def breakable(words: str) -> str:
    """Return words that are wrapped well.

    Those that no line has room for get places at which to break; a number stays with its unit.
    """
    joined = _BEFORE_UNIT.sub(rf"{_JOIN}\1", words)
    return _LONG.sub(lambda word: _BREAK.join(_pieces(word[0])), joined)


def unbroken(words: str) -> str:
    """Return words without what `breakable` put in."""
    return _JOINED_UNIT.sub(r" \1", words.replace(_BREAK, ""))


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
        super().__init__(textFormat=Qt.TextFormat.PlainText, **properties)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(breakable(text) if self.wordWrap() else text)

    def text(self) -> str:
        """Return what is shown."""
        return unbroken(super().text())


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


def _pieces(word: str) -> list[str]:
    """Cut a word into pieces of 8 characters as they are read: no accent is cut off its letter."""
    finder, ends = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, word), []
    while (end := finder.toNextBoundary()) != -1:
        ends.append(2 * end)
    encoded = word.encode("utf-16-le", "surrogatepass")  # as Qt counts
    cuts = pairwise([0, *ends[7:-1:8], len(encoded)])
    return [encoded[start:end].decode("utf-16-le", "surrogatepass") for start, end in cuts]


_LONG = re.compile(r"\S{24,}")
_BREAK = "\u200b"
"""A space without a width."""

_JOIN = "\u00a0"
"""A space at which no line is broken."""

_BEFORE_UNIT, _JOINED_UNIT = (
    re.compile(rf"(?<=\d){space}(%|ml\b|mm\b|µm\b)") for space in (" ", _JOIN)
)
