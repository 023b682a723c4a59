"""Rows, columns and grids on the 8-pixel grid."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)
TITLE_WIDTH = 80


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


def form() -> QGridLayout:
    """Make a grid of titles at the left and fields at the right."""
    made = grid(margins=(16, 4, 16, 8))
    made.setColumnMinimumWidth(0, TITLE_WIDTH)
    made.setColumnStretch(1, 1)
    return made


def add_row(
    rows: QGridLayout, title: str, field: QWidget | QBoxLayout, buddy: QWidget | None = None
) -> QLabel:
    """Add a title and a field to a form; return the title.

    Parameters
    ----------
    rows : QGridLayout
        From `form`.
    title : str
        At the left; at the top where the field is a column.
    field : QWidget or QBoxLayout
        At the right.
    buddy : QWidget, optional
        The control the title belongs to.
    """
    place = rows.rowCount()
    label = QLabel(title)
    is_column = isinstance(field, QVBoxLayout)
    middle, top = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignTop
    rows.addWidget(label, place, 0, top if is_column else middle)
    if buddy is not None:
        label.setBuddy(buddy)
    if isinstance(field, QWidget):
        rows.addWidget(field, place, 1)
    else:
        rows.addLayout(field, place, 1)
    return label


def _set_up(made: QBoxLayout, parent: QWidget | None, spacing: int, margins: Margins) -> None:
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    if parent is not None:
        parent.setLayout(made)
