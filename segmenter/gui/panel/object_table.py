"""Like objects as a table: each with its size, place and mean; sorted by a click on a column."""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableView,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.pixel_words import extent_text
from segmenter.gui.swatch import swatch
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

if TYPE_CHECKING:
    from segmenter.images.image import Image
    from segmenter.segment.labels import Label
    from segmenter.segment.objects.picked import Objects

COLUMNS = ("Object", "Area", "x", "y")
"""After these come the means."""

_TIPS = ("Number and color", "In {unit}", "Middle, from the left", "Middle, from the top")
WIDEST_TITLE = 72
ROW_HEIGHT = 28
N_ROWS = 5
"""Rows there are at least; the table takes what room the panel has."""

SORT_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
_AREA = 1
_PLACES = (2, 3)  # the columns of coordinates, which are written as in the status row
_PADDING = 16
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ObjectTable(QWidget):
    """How many objects there are, over a row for each.

    Signals
    -------
    sought(QPointF)
        An object was picked here: its middle in the image.
    """

    sought = Signal(QPointF)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._is_showing = False
        self.count = QLabel()
        self.count.setObjectName("groupTitle")
        self.median = QLabel(alignment=_RIGHT)
        self.median.setObjectName("faint")
        self.rows = _Rows()
        self.sorted = QSortFilterProxyModel()
        self.sorted.setSourceModel(self.rows)
        self.sorted.setSortRole(SORT_ROLE)
        self.view = _table_view(self.sorted)
        head = layouts.row(margins=(4, 4, 4, 4))
        head.addWidget(self.count, 1)
        head.addWidget(self.median)
        column = layouts.column(self, spacing=0, margins=(12, 0, 12, 8))
        column.addLayout(head)
        column.addWidget(self.view)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.view.selectionModel().selectionChanged.connect(self._pick)
        workspace.segmented.connect(self._show_objects)
        workspace.document_changed.connect(self._show_objects)
        workspace.look_changed.connect(self._show_picked)

    @property
    def _objects(self) -> Objects | None:
        result = self._workspace.result
        return None if result is None else result.objects

    def _show_objects(self) -> None:
        objects = self._objects
        if objects is None:
            self.rows.show_objects(None, ())
            return
        self.count.setText(counted(objects.n_labels, "object"))
        sizes = objects.sizes.tolist()
        size, unit = objects.image.cell_extent or (1, "px")
        median = extent_text(size * median_low(sizes)) if sizes else ""
        self.median.setText(f"median {median} {unit}" if sizes else "")
        self.view.setVisible(objects.n_labels > 0)
        vertical = QSizePolicy.Policy.Expanding if objects.n_labels else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        self._is_showing = True
        self.rows.show_objects(objects, self._workspace.labels)
        self._fit_columns()
        self._is_showing = False
        self._show_picked()

    def _fit_columns(self) -> None:
        """Make every column as wide as its longest number; names take the rest.

        Of several channels the means have the room of the places, or more than there is.
        """
        metrics = self.view.fontMetrics()
        header = self.view.horizontalHeader()
        modes, n_means = QHeaderView.ResizeMode, len(self.rows.titles) - len(COLUMNS)
        header.setSectionResizeMode(0, modes.Stretch if n_means <= 2 else modes.ResizeToContents)
        for column in _PLACES:
            self.view.setColumnHidden(column, n_means > 1)
        for column, title in enumerate(self.rows.titles[1:], 1):
            header.setSectionResizeMode(column, modes.Fixed)
            widths = [metrics.horizontalAdvance(each) for each in self.rows.extremes(column)]
            head = min(metrics.horizontalAdvance(title), WIDEST_TITLE)
            header.resizeSection(column, max(head, *widths, 0) + _PADDING)

    def _show_picked(self) -> None:
        """Show in the table what is picked in the image."""
        objects, look = self._objects, self._workspace.look
        if objects is None or self._is_showing:
            return
        picked = {each for each in look.chosen or {look.selected} if 0 < each <= objects.n_labels}
        if picked == self._picked():
            return
        selection = QItemSelection()
        for value in sorted(picked):
            row = self.sorted.mapFromSource(self.rows.index(value - 1, 0))
            selection.select(row, row)
        self._is_showing = True
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)
        if selection.indexes():
            first = selection.indexes()[0]
            self.view.selectionModel().setCurrentIndex(first, flags.NoUpdate)
            self.view.scrollTo(first)
        self._is_showing = False

    def _picked(self) -> set[int]:
        rows = self.view.selectionModel().selectedRows()
        return {self.sorted.mapToSource(row).row() + 1 for row in rows}

    def _pick(self) -> None:
        """Pick in the image what is selected in the table."""
        picked, objects = self._picked(), self._objects
        if self._is_showing or objects is None or not picked:
            return
        current = self.sorted.mapToSource(self.view.currentIndex()).row() + 1
        selected = current if current in picked else min(picked)
        chosen = frozenset(picked) if len(picked) > 1 else frozenset()
        self._is_showing = True
        self._workspace.set_look(selected=selected, chosen=chosen)
        self._is_showing = False
        self.sought.emit(QPointF(*objects.centers[selected - 1].tolist()))


class _Rows(QAbstractTableModel):
    """The values of the table."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: tuple[Label, ...] = ()
        self._unit = "px"
        self._means: tuple[tuple[str, str], ...] = (("Mean", ""),)
        self._columns: tuple[list[Any], ...] = ()
        self._of: tuple[Objects | None, tuple[Label, ...]] = (None, ())

    def show_objects(self, objects: Objects | None, labels: tuple[Label, ...]) -> None:
        """Show other objects, or other names and colors."""
        if self._of[0] is objects and self._of[1] == labels:
            return
        self._of = (objects, labels)
        self.beginResetModel()
        self._labels = labels
        if objects is None:
            self._columns = ()
        else:
            centers, means = objects.centers, objects.means
            if objects.image.color_space == "rgb":
                means = means.mean(axis=1, keepdims=True)
            self._means = _means_of(objects.image)
            size, self._unit = objects.image.cell_extent or (1, "px")
            values = (objects.sizes * size, *centers.T, *means.T)
            numbers = list(range(1, objects.n_labels + 1))
            self._columns = (numbers, *(each.tolist() for each in values))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Return how many objects there are."""
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  so here
        """Return how many values each has."""
        return len(self.titles)

    @property
    def titles(self) -> tuple[str, ...]:
        """What is over the columns."""
        return (*COLUMNS, *(title for title, _ in self._means))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == 0 else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            tips = [tip.format(unit=self._unit) for tip in _TIPS]
            return (*tips, *(tip for _, tip in self._means))[section]
        return self.titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Return a value, or its number for sorting."""
        row, column = index.row(), index.column()
        if role == SORT_ROLE:
            return self._columns[column][row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column == 0 else _RIGHT
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return swatch(self._labels[row].color)
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return self._labels[row].name
        return None

    def extremes(self, column: int) -> tuple[str, ...]:
        """Return the texts of the least and the greatest value of a column."""
        values = self._columns[column] if self._columns else ()
        return tuple(_number(each, column) for each in (min(values), max(values))) if values else ()

    def _text(self, row: int, column: int) -> str:
        if column == 0:
            return self._labels[row].name.removeprefix("Object ")
        return _number(self._columns[column][row], column)


def _means_of(image: Image) -> tuple[tuple[str, str], ...]:
    """Name the columns of means, and say what they are: one of a color, else of each channel."""
    if image.color_space == "rgb":
        return (("Mean", "Mean of red, green and blue"),)
    if image.n_channels == 1:
        return (("Mean", "Mean value"),)
    names = image.channel_names or tuple(str(each + 1) for each in range(image.n_channels))
    return tuple((f"Mean {name}", f"Mean value of channel {name}") for name in names)


def _number(value: float, column: int) -> str:
    if column in _PLACES:
        return f"{value:.0f}"
    if column == _AREA:
        return extent_text(value)
    return f"{value:.2f}" if 0 < abs(value) < 1 else f"{value:,.0f}"


def _table_view(model: QSortFilterProxyModel) -> QTableView:
    view = QTableView()
    view.setObjectName("objectTable")
    view.setAccessibleName("Objects")
    view.setModel(model)
    view.setSortingEnabled(True)
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setIconSize(QSize(16, 16))
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setTextElideMode(Qt.TextElideMode.ElideRight)
    view.setMinimumHeight((N_ROWS + 1) * ROW_HEIGHT + 2)
    return view
