"""The panel at the right of a page: sections one under the other, scrolled where room is short."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from segmenter.gui import layouts
from segmenter.gui.panel.section import Section

PANEL_WIDTH = 312
GROWTH = 1000
"""How much more of the room left a section takes that grows, than the blank at the end."""


class SidePanel(QScrollArea):
    """Holds the sections of a page."""

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__()
        content = QWidget()
        content.setObjectName("panel")
        column = layouts.column(content, spacing=0)
        for section in sections:
            column.addWidget(section, GROWTH if section.grows else 0)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("panelScroll")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        self.setFixedWidth(PANEL_WIDTH)
