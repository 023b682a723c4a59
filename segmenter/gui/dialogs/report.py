"""What is shown when the program has a bug: a report that can be copied, and the window goes on."""

from __future__ import annotations

import platform
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QWidget,
)

from segmenter.gui import layouts

PACKAGES = ("segmenter", "PySide6_Essentials", "pyqtgraph", "numpy", "numba")


class BugReport(QDialog):
    """Says that something went wrong inside the program, and how to report it.

    Parameters
    ----------
    error : BaseException
        The bug.
    parent : QWidget, optional
        The window.
    """

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A Fault in Segmenter")
        self.text = QPlainTextEdit(report_text(error), readOnly=True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)  # marks stay below code
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Report")
        words = QLabel(
            "Something went wrong inside Segmenter; your image and files are untouched, and you"
            " can go on. Please send this report to its authors.",
            wordWrap=True,
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy Report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        buttons.rejected.connect(self.reject)
        column = layouts.column(self, spacing=16, margins=(24, 24, 24, 16))
        for part in (words, self.text, buttons):
            column.addWidget(part)
        self.resize(640, 400)


def report_text(error: BaseException) -> str:
    """Write down an error with its trace and the versions of what is involved."""
    versions = "\n".join(f"{name} {_version(name)}" for name in PACKAGES)
    system = f"Python {sys.version.split()[0]}, {platform.platform()}"
    return f"{''.join(traceback.format_exception(error))}\n{versions}\n{system}\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed as a package"
