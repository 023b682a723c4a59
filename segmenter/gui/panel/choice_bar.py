"""Joined buttons of which one is down: what a plot shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import tool_button

N_COLUMNS = 3
"""In a row; there may be more of them than the panel is wide."""


class ChoiceBar(QWidget):
    """Chooses what a plot shows; not there while there is nothing to choose.

    Parameters
    ----------
    what : str
        What each name is chosen for, for screen readers: "Histogram of".
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self.chosen = QButtonGroup(self, exclusive=True)
        self._names: list[str] = []
        self._rows = layouts.grid(across=0, down=4)
        self.setLayout(self._rows)
        self.hide()  # else it has a place in its column, empty as it is

    @property
    def current(self) -> int:
        """Index of the one chosen."""
        return max(0, self.chosen.checkedId())

    def show_names(self, names: list[str], tips: Sequence[str] = ()) -> None:
        """Offer these; the first is chosen where they are new."""
        if names == self._names:
            return
        self._names = names
        for button in self.chosen.buttons():
            self.chosen.removeButton(button)
            button.deleteLater()
        for index, name in enumerate(names):
            button = tool_button(f"{self._what} {name}", text=name, checkable=True)
            if tips:
                button.setToolTip(tips[index])
            button.setChecked(index == 0)
            button.setObjectName("segment")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setProperty("isFirst", index % N_COLUMNS == 0)
            self.chosen.addButton(button, index)
            self._rows.addWidget(button, index // N_COLUMNS, index % N_COLUMNS)
        self.setVisible(len(names) > 1)
