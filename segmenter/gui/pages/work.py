"""The page on which an image is worked on: canvas, view row, panel."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.outline_tiles import OutlineTiles
from segmenter.gui.canvas.painter import OverlayPainter
from segmenter.gui.foreground.objects_panel import ObjectsPanel
from segmenter.gui.foreground.painter import ForegroundPainter
from segmenter.gui.foreground.panel import ColorsPanel, ObjectPanel
from segmenter.gui.foreground.strip import ToolStrip
from segmenter.gui.foreground.tool import MarkingTool
from segmenter.gui.look import Job
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.panel.fit import FitPanel
from segmenter.gui.panel.labels import LabelsPanel
from segmenter.gui.panel.model import ModelPanel
from segmenter.gui.panel.object_table import ObjectTable
from segmenter.gui.panel.section import Section
from segmenter.gui.panel.side import SidePanel
from segmenter.gui.parts.tool import PartsTool
from segmenter.gui.view_bar import ViewBar
from segmenter.gui.workspace import Workspace


class WorkPage(QWidget):
    """Canvas and view row at the left, which get all the room there is; the panel at the right.

    It is of use once `build` has come to its end.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def build(self, actions: Actions) -> Iterator[None]:
        """Make the parts, in steps so short that the window can answer between them."""
        workspace = self._workspace
        self.canvas = Canvas()
        self.message = MessageBar()
        self.view_bar = ViewBar(workspace, actions)
        yield
        self.model = ModelPanel(workspace, actions)
        yield
        self.labels = LabelsPanel(workspace)
        self.table = ObjectTable(workspace)
        yield
        self.fit = FitPanel(workspace)
        yield
        self.tiles = OutlineTiles(self.canvas)
        self.tiles.runner.crashed.connect(workspace.crashed)
        self.painter = OverlayPainter(self.canvas, self.tiles, workspace)
        self.foreground_painter = ForegroundPainter(self.canvas, self.tiles, workspace)
        self.parts_tool = PartsTool(self.canvas, workspace)
        self.labels.pointed.connect(self.painter.highlight)
        self.object = ObjectPanel(self.foreground_painter.tool, workspace)
        self.objects = ObjectsPanel(workspace, actions)
        self.colors = ColorsPanel(workspace)
        self.strip = ToolStrip(actions.ways.values(), (actions.swap, actions.clear_marks))
        yield
        self._sections = self._build_sections()
        yield
        self.panel = SidePanel()
        for sections in self._sections.values():
            for section in sections:
                self.panel.add(section)
                yield
        row = layouts.row(self, spacing=0)
        row.addWidget(self.strip)
        row.addLayout(self._build_stage(), 1)
        row.addWidget(self.panel)
        self._connect()
        self._show_job()

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.opened.connect(self._show_picture)
        workspace.job_changed.connect(self._show_job)
        workspace.cutter.changed.connect(self._show_job)
        self.foreground_painter.ground.refused.connect(
            lambda error: self.message.show_message(str(error))
        )
        workspace.stepped.connect(self._show_job)
        workspace.segmented.connect(self._show_job)
        self.canvas.picked.connect(self._pick)
        self.table.sought.connect(self.canvas.bring_into_view)
        for part in (self.model, self.labels, self.objects):
            part.entered.connect(self.canvas.setFocus)

    def _build_stage(self) -> QVBoxLayout:
        stage = layouts.column(spacing=0)
        stage.addWidget(self.message)
        stage.addWidget(self.canvas, 1)
        stage.addWidget(self.view_bar)
        return stage

    def _build_sections(self) -> dict[Job, list[Section]]:
        return {
            Job.REGIONS: [
                Section("Model", self.model),
                Section("Labels", self.labels),
                Section("Objects", self.table),
                Section("Fit", self.fit),
            ],
            Job.FOREGROUND: [
                Section("Object", self.object),
                Section("Objects", self.objects),
                Section("Colors", self.colors),
            ],
        }

    def _show_job(self) -> None:
        """Show what belongs to the job; what has nothing to show is not there."""
        job = self._workspace.job
        self.strip.setVisible(job is Job.FOREGROUND)
        for owner, sections in self._sections.items():
            for section in sections:
                section.setVisible(owner is job)
        if job is Job.FOREGROUND:
            self._sections[job][-1].setVisible(self._workspace.cutter.cut is not None)
        elif job is Job.REGIONS:
            result = self._workspace.result
            has_objects = result is not None and result.objects is not None
            _, labels, objects, fit = self._sections[job]
            labels.setVisible(result is not None and not has_objects)
            objects.setVisible(has_objects)
            fit.setVisible(self.fit.has_something)
            fit.button.setText("Sizes" if has_objects else "Fit")

    @property
    def marking(self) -> MarkingTool:
        """What marks objects."""
        return self.foreground_painter.tool

    def scale_brush(self, factor: float) -> None:
        """Make the brush larger or smaller by a factor."""
        self.marking.set_brush_width(self.marking.brush_width * factor)

    def focus_regions(self) -> None:
        """Let the number of regions be typed."""
        self.model.focus_regions()

    def rename_selected(self) -> None:
        """Let the name of the picked label be typed."""
        self.labels.edit_selected()

    def show_whole(self) -> None:
        """Show the whole image."""
        self.canvas.fit()

    def _show_picture(self, picture: object, same_file: bool) -> None:
        if isinstance(picture, Levels):  # a volume is shown on a page of its own
            self.message.clear()
            self.canvas.show_picture(picture, keep_view=same_file)

    def _pick(self, row: int, column: int) -> None:
        """Select the label of a pixel."""
        result = self._workspace.result
        if result is not None and (value := result.label_at(row, column)):
            self._workspace.set_look(selected=value)
