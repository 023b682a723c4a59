"""The questions before work, or a file, is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from segmenter.gui.dialogs.question import Button, Question


def ask_before_leaving(
    window: QWidget,
    name: str,
    what_comes: str,
    *,
    asks_where: bool,
    save: Callable[[], None],
    discard: Callable[[], None],
    stay: Callable[[], None] | None,
) -> None:
    """Ask whether to save, over the window.

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
    question = Question(
        window,
        f"Save your work on {name} before {what_comes}?",
        "Marks, names and edits by hand that were neither saved nor exported are lost otherwise.",
        {
            Button.Save: "Save…" if asks_where else "Save",
            Button.Discard: "Discard",
            Button.Cancel: "Cancel",
        },
        Button.Save,
    )
    _open(question, {Button.Save: save, Button.Discard: discard}, stay)


def ask_to_discard(
    window: QWidget, name: str, *, discard: Callable[[], None], stay: Callable[[], None]
) -> None:
    """Ask whether recovered work is to go for good.

    Parameters
    ----------
    window : QWidget
        In which it was offered.
    name : str
        Of the image.
    discard, stay : callable
        What each answer does.
    """
    question = Question(
        window,
        f"Discard your work on {name}?",
        "Its marks, names and edits by hand are kept nowhere else.",
        {Button.Discard: "Discard", Button.Cancel: "Cancel"},
        Button.Cancel,
    )
    _open(question, {Button.Discard: discard}, stay)


def ask_to_replace(window: QWidget, name: str) -> bool:
    """Ask whether to replace a file, and wait for the answer."""
    question = Question(
        window,
        f"Replace {name}?",
        "A file of this name already exists; what it holds is lost if it is replaced.",
        {Button.Yes: "Replace", Button.Cancel: "Cancel"},
        Button.Cancel,
    )
    question.exec()
    question.deleteLater()
    return question.answer is Button.Yes


def _open(
    question: Question,
    does: Mapping[Button, Callable[[], None]],
    stay: Callable[[], None] | None,
) -> None:
    """Open a question, and do what is answered; what is no other answer is to stay."""

    def do() -> None:
        question.deleteLater()
        done = does.get(question.answer, stay)
        if done is not None:
            done()

    question.finished.connect(do)
    question.open()
