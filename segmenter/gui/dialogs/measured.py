"""What is measured of each label, as a table that is sorted by a click and copied to others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QTableView,
    QWidget,
)

from segmenter.export.tables import Cell
from segmenter.gui import layouts
from segmenter.gui.swatch import swatch
from segmenter.segment.labels import Label

SIZE = QSize(860, 480)
ROW_HEIGHT = 28
ROWS_FOR_WIDTHS = 50  # that columns are made wide enough for
WIDEST = 200
"""Pixels of a column: a longer name is shown in full when the pointer is on it."""
DIGITS = 5
"""Of the largest value of a column, at least."""
MOST_DECIMALS = 6
LEAST_IN_FULL = 1e-4
"""A column of smaller values alone is written as powers of ten."""
LEAST_DIGITS = 2
"""Of every value: one for which its column has too few decimals is a power of ten as well."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Rows = Sequence[dict[str, Cell]]
Index = QModelIndex | QPersistentModelIndex


class MeasuredDialog(QDialog):
    """Shows the measurements of labels.

    Parameters
    ----------
    rows : sequence of dict
        A row each, by column; all have the same columns. `measured_labels` makes them.
    labels : sequence of Label
        Whose colors are shown.
    parent : QWidget
    """

    def __init__(self, rows: Rows, labels: Sequence[Label], parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setWindowTitle("Measurements")
        self.resize(SIZE)
        self.table = QTableView()
        self.table.setObjectName("objectTable")  # as the style sheet knows it
        self.table.setAccessibleName("Measurements")
        self.table.setModel(_Measured(rows, labels, self))
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.table.horizontalHeader().setResizeContentsPrecision(ROWS_FOR_WIDTHS)
        self.table.resizeColumnsToContents()
        for section in range(self.table.model().columnCount()):
            self.table.setColumnWidth(section, min(self.table.columnWidth(section), WIDEST))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copying = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copying.setToolTip("Copy all rows, for a spreadsheet")
        self.copying.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(tab_separated(self._rows))
        )
        buttons.rejected.connect(self.reject)
        column = layouts.column(self, margins=(24, 24, 24, 16))
        column.addWidget(self.table, 1)
        column.addWidget(buttons)


def tab_separated(rows: Rows) -> str:
    """Return a table as spreadsheets paste it: a line each, the columns' names first."""
    if not rows:
        return ""
    lines = [list(rows[0]), *(["" if c is None else str(c) for c in row.values()] for row in rows)]
    return "\n".join("\t".join(cells) for cells in lines) + "\n"


class _Measured(QAbstractTableModel):
    """The values, made for the view when they come into sight: there can be thousands of rows."""

    def __init__(self, rows: Rows, labels: Sequence[Label], parent: QObject) -> None:
        super().__init__(parent)
        self._names = list(rows[0]) if rows else []
        self._cells = [tuple(row.values()) for row in rows]
        self._formats = [_format(name, [row[name] for row in rows]) for name in self._names]
        colors = {label.value: label.color for label in labels}
        self._colors = [colors[int(str(row["label"]))] for row in rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Return how many labels there are."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  so here
        """Return how many values each has."""
        return 0 if parent.isValid() else len(self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_left = section == 0 or self._is_text(section)  # the first has the arrow
            return _LEFT if is_left else _RIGHT
        return _heading(self._names[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Return a value."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _written(self._cells[row][column], self._formats[column])
        if role == Qt.ItemDataRole.ToolTipRole and self._is_text(column):
            return self._cells[row][column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if self._is_text(column) else _RIGHT
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return swatch(self._colors[row])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is empty comes first. A proxy would ask for each comparison."""
        if not self._cells:
            return
        is_falling = order == Qt.SortOrder.DescendingOrder
        places = sorted(
            range(len(self._cells)),
            key=lambda row: (self._cells[row][column] is not None, self._cells[row][column]),
            reverse=is_falling,
        )
        self.layoutAboutToBeChanged.emit()
        self._cells = [self._cells[row] for row in places]
        self._colors = [self._colors[row] for row in places]
        now = {before: after for after, before in enumerate(places)}
        kept = self.persistentIndexList()
        moved = [self.index(now[each.row()], each.column()) for each in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _is_text(self, column: int) -> bool:
        return isinstance(self._cells[0][column], str)


class _Format(NamedTuple):
    """How Python formats the cells of a column, and the least that is not a power of ten."""

    spec: str
    least: float = 0.0


def _written(cell: Cell, form: _Format) -> str:
    """Write a cell in the form of its column."""
    if cell is None:
        return ""
    is_tiny = isinstance(cell, float) and 0 < abs(cell) < form.least
    return format(cell, f".{LEAST_DIGITS - 1}e" if is_tiny else form.spec)


def _format(name: str, cells: Sequence[Cell]) -> _Format:
    """Return the form of a column, so that decimals are aligned.

    Qt would write large numbers as powers of ten, or as the locale has it: there a point could
    part thousands in one column and decimals in the next.
    """
    numbers = [cell for cell in cells if isinstance(cell, float)]
    if not numbers:
        is_quantity = name != "label" and any(isinstance(cell, int) for cell in cells)
        return _Format("," if is_quantity else "")
    sizes = [abs(each) for each in numbers if each and math.isfinite(each)] or [1.0]
    if max(sizes) < LEAST_IN_FULL:
        return _Format(f".{DIGITS - 1}e")
    first, last = (math.floor(math.log10(size)) for size in (max(sizes), min(sizes)))
    needed = max(1, DIGITS - 1 - first, LEAST_DIGITS - 1 - last)
    decimals = min(needed, MOST_DECIMALS)
    return _Format(f",.{decimals}f", 10.0 ** (LEAST_DIGITS - 1 - decimals))


def _heading(column: str) -> str:
    """Return a column's name as words: "area_px" is "Area px"."""
    words = column.replace("_", " ")
    for unit, written in (("um2", "µm²"), ("mm2", "mm²"), ("mm3", "mm³")):
        words = words.replace(unit, written)
    return words[:1].upper() + words[1:]
