"""A label for words that others wrote: names, files and what is made of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


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
