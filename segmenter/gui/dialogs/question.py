"""A question: one sentence, what its answers mean, and a button for each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QPushButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.plain_label import PlainLabel

Button = QDialogButtonBox.StandardButton

WIDTH = 440


class Question(QDialog):
    """Asks over the window; who closes it, or presses Escape, has answered with Cancel.

    Parameters
    ----------
    window : QWidget
        What is asked about.
    asked : str
        One sentence.
    explained : str
        What would be lost.
    answers : mapping of QDialogButtonBox.StandardButton to str
        What each button says.
    default : QDialogButtonBox.StandardButton
        Which of them Return presses.

    Attributes
    ----------
    answer : QDialogButtonBox.StandardButton
        What was pressed.
    """

    def __init__(
        self,
        window: QWidget,
        asked: str,
        explained: str,
        answers: Mapping[Button, str],
        default: Button,
    ) -> None:
        super().__init__(window)
        self.setWindowTitle("Segmenter")
        self.answer = Button.Cancel
        self.asked = PlainLabel(asked, wordWrap=True)
        self.asked.setObjectName("groupTitle")
        self._explained = PlainLabel(explained, wordWrap=True)
        self._buttons = QDialogButtonBox()
        for button, words in answers.items():
            self._buttons.addButton(button).setText(words)
        self.button(default).setObjectName("primary")
        self.button(default).setDefault(True)
        self.button(default).setFocus()
        self._buttons.clicked.connect(self._take)
        self._lay_out()

    def button(self, answer: Button) -> QPushButton:
        """Return the button of an answer."""
        return self._buttons.button(answer)

    def _lay_out(self) -> None:
        column = layouts.column(self, margins=(24, 24, 24, 16))
        column.addWidget(self.asked)
        column.addWidget(self._explained)
        column.addSpacing(8)
        column.addWidget(self._buttons)
        for label in (self.asked, self._explained):
            label.ensurePolished()  # else their lines are counted in another font
        self.setFixedSize(WIDTH, column.totalHeightForWidth(WIDTH))

    def _take(self, button: QAbstractButton) -> None:
        self.answer = self._buttons.standardButton(button)
        self.done(QDialog.DialogCode.Accepted)
