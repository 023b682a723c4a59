"""Rows, columns and grids on the 8-pixel grid."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)


def row(
    parent: QWidget | None = None, *, spacing: int = 8, margins: Margins = NO_MARGINS
) -> QHBoxLayout:
    """Make a row, left to right.

    Parameters
    ----------
    parent : QWidget, optional
        The widget it fills.
    spacing : int
        Pixels between its parts.
    margins : tuple of int
        Pixels at its left, top, right and bottom.
    """
    made = QHBoxLayout()
    _set_up(made, parent, spacing, margins)
    return made


def column(
    parent: QWidget | None = None, *, spacing: int = 8, margins: Margins = NO_MARGINS
) -> QVBoxLayout:
    """Make a column, top to bottom; parameters as of `row`."""
    made = QVBoxLayout()
    _set_up(made, parent, spacing, margins)
    return made


def grid(*, across: int = 8, down: int = 8, margins: Margins = NO_MARGINS) -> QGridLayout:
    """Make a grid with so many pixels between its columns and its rows."""
    made = QGridLayout()
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    made.setContentsMargins(*margins)
    return made


def _set_up(made: QBoxLayout, parent: QWidget | None, spacing: int, margins: Margins) -> None:
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    if parent is not None:
        parent.setLayout(made)
