"""What the program is, and which version."""

from __future__ import annotations

from importlib.metadata import version

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QWidget

from segmenter.gui import layouts

ICON_SIDE = 56


class AboutDialog(QDialog):
    """Tells the version and the license."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Segmenter")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        symbol = QLabel(pixmap=parent.windowIcon().pixmap(ICON_SIDE))
        title = QLabel(f"Segmenter {version('segmenter')}")
        title.setObjectName("dropTitle")
        words = QLabel("Segments images with Gaussian mixtures.\nBSD-3-Clause license.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        told = layouts.column()
        told.addWidget(title)
        told.addWidget(words)
        row = layouts.row(spacing=16)
        row.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(told, 1)
        column = layouts.column(self, spacing=16, margins=(24, 24, 24, 16))
        column.addLayout(row)
        column.addWidget(buttons)
