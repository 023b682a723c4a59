"""What the file of a scan says about it; it may name the patient, and is never exported."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.volume.words import describe_orientation
from segmenter.images.geometry import grid_spacing
from segmenter.images.image import Image
from segmenter.images.volume import VolumeHeader

SIZE = QSize(600, 480)
NAME_WIDTH = 160
ROW_HEIGHT = 28


class HeaderDialog(QDialog):
    """Lists the header of a scan."""

    def __init__(self, image: Image, header: VolumeHeader, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {image.source.name}")
        self.resize(SIZE)
        self.rows = QTreeWidget()
        self.rows.setColumnCount(2)
        self.rows.setRootIsDecorated(False)
        self.rows.setHeaderHidden(True)
        self.rows.setAccessibleName("What the file says")
        self.rows.setColumnWidth(0, NAME_WIDTH)
        for pair in header_rows(image, header):
            self.rows.addTopLevelItem(_row(*pair))
        words = QLabel("Texts of the file, such as names, are not exported.", wordWrap=True)
        words.setObjectName("faint")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = layouts.column(self, margins=(24, 24, 24, 16))
        column.addWidget(self.rows, 1)
        column.addWidget(words)
        column.addWidget(buttons)


def _row(name: str, value: str) -> QTreeWidgetItem:
    row = QTreeWidgetItem([name[:1].upper() + name[1:], value])
    row.setToolTip(1, value)
    row.setSizeHint(0, QSize(NAME_WIDTH, ROW_HEIGHT))
    return row


def header_rows(image: Image, header: VolumeHeader) -> list[tuple[str, str]]:
    """Pair what is known of a scan with its names, the grid first."""
    spacing = " x ".join(f"{step:.4g}" for step in grid_spacing(header.affine))
    rows = [
        ("Format", header.format),
        ("Voxels", " x ".join(map(str, header.grid))),
        ("Voxel size", f"{spacing} mm"),
        ("Orientation", describe_orientation(image)),
        ("Values", str(header.dtype)),
    ]
    if header.n_volumes > 1:
        rows.append(("Volumes", str(header.n_volumes)))
    if header.window is not None:
        rows.append(("Gray range", f"{header.window[0]:g} to {header.window[1]:g}"))
    return [*rows, *header.texts, *(("Note", note) for note in header.notes)]
