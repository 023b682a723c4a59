"""Which series of a folder of DICOM files to open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.plain_label import PlainLabel
from segmenter.images.file_info import SeriesInfo
from segmenter.images.geometry import grid_spacing
from segmenter.session.words import counted

ROW_HEIGHT = 48
SIZE = QSize(640, 400)


class SeriesDialog(QDialog):
    """Lists the series; those that make no volume say why and cannot be chosen.

    Parameters
    ----------
    folder : str
        The folder's name.
    found : sequence of SeriesInfo
        What is in it.
    parent : QWidget
        The window.
    """

    def __init__(self, folder: str, found: Sequence[SeriesInfo], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a Series")
        self.resize(SIZE)
        self._found = found
        self.series = QListWidget()
        self.series.setAccessibleName("Series")
        for info in found:
            self.series.addItem(_item(info))
        self.series.setCurrentRow(_first_usable(found))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        column = layouts.column(self, margins=(24, 24, 24, 16))
        column.addWidget(PlainLabel(f"{folder} holds {len(found)} series.", wordWrap=True))
        column.addWidget(self.series, 1)
        column.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.series.itemDoubleClicked.connect(self._open)

    @property
    def chosen(self) -> SeriesInfo:
        """The series that is chosen."""
        return self._found[self.series.currentRow()]

    def _open(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.accept()


def describe(info: SeriesInfo) -> str:
    """Say in two lines what a series is, and how large it is or why it makes no volume."""
    title = info.description or "Without a name"
    if info.header is None:
        return _two_lines(title, info.modality, info.problem)
    size = " x ".join(str(side) for side in info.header.grid)
    spacing = " x ".join(f"{side:.3g}" for side in grid_spacing(info.header.affine))
    several = f"{info.header.n_volumes} volumes" if info.header.n_volumes > 1 else ""
    files = counted(len(info.files), "file")
    return _two_lines(title, info.modality, size, several, f"{spacing} mm", files)


def _two_lines(title: str, *facts: str) -> str:
    return f"{title}\n{'   '.join(fact for fact in facts if fact)}"


def _item(info: SeriesInfo) -> QListWidgetItem:
    item = QListWidgetItem(describe(info))
    notes = () if info.header is None else info.header.notes
    item.setToolTip("\n".join((info.problem or info.description, *notes, info.uid)))
    item.setSizeHint(QSize(0, ROW_HEIGHT))
    if info.header is None:
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
    return item


def _first_usable(found: Sequence[SeriesInfo]) -> int:
    return next((row for row, info in enumerate(found) if info.header is not None), 0)
