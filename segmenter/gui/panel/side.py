"""The panel at the right of a page: sections one under the other, scrolled where room is short."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from segmenter.gui import layouts
from segmenter.gui.panel.section import Section

PANEL_WIDTH = 312
GROWTH = 1000
"""How much more of the room left a section takes that grows, than the blank at the end."""


class SidePanel(QScrollArea):
    """Holds the sections of a page."""

    def __init__(self) -> None:
        super().__init__()
        content = QWidget()
        content.setObjectName("panel")
        column = layouts.column(content, spacing=0)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("panelScroll")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to what Tab comes to
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        self.setFixedWidth(PANEL_WIDTH)
        self._column = column
        self._revealed: tuple[Section, ...] = ()
        self._revealing = QTimer(self, singleShot=True, interval=0)
        self._revealing.timeout.connect(self._scroll)

    def add(self, section: Section) -> None:
        """Put a section below those there are."""
        last = self._column.count() - 1  # the blank stays at the end
        self._column.insertWidget(last, section, GROWTH if section.grows else 0)

    def reveal(self, sections: Iterable[Section]) -> None:
        """Scroll as little as it takes to see these sections, once they have their places."""
        self._revealed = tuple(sections)
        self._revealing.start()

    def _scroll(self) -> None:
        self._column.activate()
        bar, height = self.verticalScrollBar(), self.viewport().height()
        places = [section.geometry() for section in self._revealed if section.isVisible()]
        if places:
            top, bottom = min(each.top() for each in places), max(each.bottom() for each in places)
            bar.setValue(min(max(bar.value(), bottom + 1 - height), top))
