"""The page on which an image is worked on: canvas, view row, panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.painter import OverlayPainter
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.panel.fit import FitPanel
from segmenter.gui.panel.labels import LabelsPanel
from segmenter.gui.panel.model import ModelPanel
from segmenter.gui.panel.section import Section
from segmenter.gui.view_bar import ViewBar
from segmenter.gui.workspace import Workspace

PANEL_WIDTH = 312


class WorkPage(QWidget):
    """Canvas and view row at the left, which get all the room there is; the panel at the right."""

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        self.canvas = Canvas()
        self.message = MessageBar()
        self.view_bar = ViewBar(workspace, actions)
        self.model = ModelPanel(workspace)
        self.labels = LabelsPanel(workspace)
        self.fit = FitPanel(workspace)
        self.painter = OverlayPainter(self.canvas, workspace)
        self.panel = self._build_panel()
        row = layouts.row(self, spacing=0)
        row.addLayout(self._build_stage(), 1)
        row.addWidget(self.panel)
        workspace.opened.connect(self._show_picture)
        self.canvas.picked.connect(self._pick)
        for part in (self.model, self.labels):
            part.entered.connect(self.canvas.setFocus)

    def _build_stage(self) -> QVBoxLayout:
        stage = layouts.column(spacing=0)
        stage.addWidget(self.message)
        stage.addWidget(self.canvas, 1)
        stage.addWidget(self.view_bar)
        return stage

    def _build_panel(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("panel")
        column = layouts.column(content, spacing=0)
        for title, part in (("Model", self.model), ("Labels", self.labels), ("Fit", self.fit)):
            column.addWidget(Section(title, part))
        column.addStretch(1)
        panel = QScrollArea()
        panel.setWidgetResizable(True)
        panel.setFrameShape(QFrame.Shape.NoFrame)
        panel.setObjectName("panelScroll")
        panel.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        panel.setWidget(content)
        panel.setFixedWidth(PANEL_WIDTH)
        return panel

    def _show_picture(self, picture: Levels, same_file: bool) -> None:
        self.message.hide()
        self.canvas.show_picture(picture, keep_view=same_file)

    def _pick(self, row: int, column: int) -> None:
        """Select the label of a pixel."""
        result = self._workspace.result
        if result is not None and (value := int(result.regions.label_map[row, column])):
            self._workspace.set_look(selected=value)
