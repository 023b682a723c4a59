"""What is measured of each label, as a table that is sorted by a click and copied to others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
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
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Rows = Sequence[dict[str, Cell]]


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
        self.table.setModel(_model(rows, labels, self))
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.table.resizeColumnsToContents()
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


def _model(rows: Rows, labels: Sequence[Label], parent: QDialog) -> QStandardItemModel:
    model = QStandardItemModel(len(rows), 0, parent)
    colors = {label.value: label.color for label in labels}
    columns = list(rows[0]) if rows else []
    for row, values in enumerate(rows):
        for column, cell in enumerate(values.values()):
            model.setItem(row, column, _item(cell))
        value = values["label"]
        assert isinstance(value, int)
        model.item(row, 0).setIcon(swatch(colors[value]))
    model.setHorizontalHeaderLabels([_heading(name) for name in columns])
    for column, name in enumerate(columns):
        if column > 0 and not isinstance(rows[0][name], str):  # the first has the arrow
            model.horizontalHeaderItem(column).setTextAlignment(_RIGHT)
    return model


def _item(cell: Cell) -> QStandardItem:
    item = QStandardItem()
    item.setData(cell, Qt.ItemDataRole.DisplayRole)  # numbers are sorted as numbers
    if not isinstance(cell, str):
        item.setTextAlignment(_RIGHT)
    if isinstance(cell, float):
        item.setData(round(cell, 4), Qt.ItemDataRole.DisplayRole)
    return item


def _heading(column: str) -> str:
    """Return a column's name as words: "area_px" is "Area px"."""
    words = column.replace("_", " ")
    return words[:1].upper() + words[1:]
