"""The question before hand work is thrown away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


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
    dialog = QMessageBox(window)
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a name is no HTML
    dialog.setWindowTitle("Segmenter")
    dialog.setText(f"Save your work on {name} before {what_comes}?")
    dialog.setInformativeText(
        "Marks, names and edits by hand that were neither saved nor exported are lost otherwise."
    )
    dialog.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    dialog.setDefaultButton(buttons.Save)
    dialog.setEscapeButton(buttons.Cancel)
    if asks_where:
        dialog.button(buttons.Save).setText("Save…")
    does = {buttons.Save: save, buttons.Discard: discard}

    def answer(button: int) -> None:
        dialog.deleteLater()
        do = does.get(buttons(button), stay)
        if do is not None:
            do()

    dialog.finished.connect(answer)
    dialog.open()
    return dialog
