"""The questions before hand work is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from segmenter.gui.plain_label import breakable


def ask_before_leaving(
    window: QWidget,
    name: str,
    what_comes: str,
    *,
    asks_where: bool,
    save: Callable[[], None],
    discard: Callable[[], None],
    stay: Callable[[], None] | None,
) -> QMessageBox:
    """Ask whether to save, over the window; return the dialog, which is open.

    Parameters
    ----------
    window : QWidget
        Whose work it is.
    name : str
        Of the image.
    what_comes : str
        Before what it is saved: "another image is opened".
    asks_where : bool
        Whether saving asks for a file.
    save, discard, stay : callable
        What each answer does.
    """
    buttons = QMessageBox.StandardButton
    dialog = _question(
        window,
        f"Save your work on {name} before {what_comes}?",
        "Marks, names and edits by hand that were neither saved nor exported are lost otherwise.",
    )
    dialog.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    dialog.setDefaultButton(buttons.Save)
    if asks_where:
        dialog.button(buttons.Save).setText("Save…")
    _open(dialog, {buttons.Save: save, buttons.Discard: discard}, stay)
    return dialog


def ask_to_discard(
    window: QWidget, name: str, *, discard: Callable[[], None], stay: Callable[[], None]
) -> QMessageBox:
    """Ask whether recovered work is to go for good; return the dialog, which is open.

    Parameters
    ----------
    window : QWidget
        In which it was offered.
    name : str
        Of the image.
    discard, stay : callable
        What each answer does.
    """
    buttons = QMessageBox.StandardButton
    dialog = _question(
        window,
        f"Discard your work on {name}?",
        "Its marks, names and edits by hand are kept nowhere else.",
    )
    dialog.setStandardButtons(buttons.Discard | buttons.Cancel)
    dialog.setDefaultButton(buttons.Cancel)
    _open(dialog, {buttons.Discard: discard}, stay)
    return dialog


def _question(window: QWidget, asked: str, explained: str) -> QMessageBox:
    dialog = QMessageBox(window)
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a name is no HTML
    dialog.setWindowTitle("Segmenter")
    dialog.setText(breakable(asked))
    dialog.setInformativeText(explained)
    return dialog


def _open(
    dialog: QMessageBox,
    does: Mapping[QMessageBox.StandardButton, Callable[[], None]],
    stay: Callable[[], None] | None,
) -> None:
    """Open a question; what is no other answer, and Escape, is to stay."""
    dialog.setEscapeButton(QMessageBox.StandardButton.Cancel)

    def answer(button: int) -> None:
        dialog.deleteLater()
        do = does.get(QMessageBox.StandardButton(button), stay)
        if do is not None:
            do()

    dialog.finished.connect(answer)
    dialog.open()
