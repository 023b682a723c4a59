"""The page on which a volume is worked on: three planes and a plot, view row, panel."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.errors import BrainError, SegmenterError
from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.canvas.canvas import Tool
from segmenter.gui.foreground.objects_panel import ObjectsPanel
from segmenter.gui.foreground.panel import ColorsPanel, ObjectPanel
from segmenter.gui.foreground.strip import ToolStrip
from segmenter.gui.look import Hand, Job, View, Way
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.panel.fit import FitPanel
from segmenter.gui.panel.labels import LabelsPanel
from segmenter.gui.panel.model import ModelPanel
from segmenter.gui.panel.section import Section
from segmenter.gui.panel.side import SidePanel
from segmenter.gui.view_bar import ViewBar
from segmenter.gui.volume.anomaly_panel import AnomalyPanel
from segmenter.gui.volume.brush import Brush, BrushTool
from segmenter.gui.volume.brush_panel import BrushPanel
from segmenter.gui.volume.display_panel import DisplayPanel
from segmenter.gui.volume.marking import SolidMarking, SolidTool
from segmenter.gui.volume.objects_painter import ObjectsPlanes
from segmenter.gui.volume.painter import VolumePainter
from segmenter.gui.volume.plane_canvas import PlaneCanvas
from segmenter.gui.volume.plane_view import PlaneView
from segmenter.gui.volume.regions_painter import RegionsPlanes
from segmenter.gui.volume.slicing import Plane, Voxel, affine_of
from segmenter.gui.volume.tissue_panel import TissuePanel
from segmenter.gui.volume.tissue_plot import TissuePlot
from segmenter.gui.volume.tissues_panel import TissuesPanel
from segmenter.gui.volume.viewpoint import Viewpoint
from segmenter.gui.workspace import Workspace
from segmenter.session.corrections import Target

CELLS = {Plane.AXIAL: (0, 0), Plane.CORONAL: (0, 1), Plane.SAGITTAL: (1, 0)}
PLOT_CELL = (1, 1)
PAINTED: dict[View, Target] = {View.LABELS: "labels", View.BRAIN: "brain"}
"""What the brush paints in the views that show just that."""


class VolumePage(QWidget):
    """Planes and view row at the left, which get all the room there is; the panel at the right.

    It is of use once `build` has come to its end.

    Signals
    -------
    hovered(tuple or None)
        The voxel under the pointer; None when there is none.
    zoom_changed(float)
        A plane is seen at another zoom.
    """

    hovered = Signal(object)
    zoom_changed = Signal(float)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def build(self, actions: Actions) -> Iterator[None]:
        """Make the parts, in steps so short that the window can answer between them."""
        workspace = self._workspace
        self._enlarged: Plane | None = None
        self.viewpoint = Viewpoint(self)
        self.views: dict[Plane, PlaneView] = {}
        for plane in Plane:
            self.views[plane] = PlaneView(plane, self.viewpoint)
            yield
        self.message = MessageBar()
        self.view_bar = ViewBar(workspace, actions)
        self.plot = TissuePlot(self.viewpoint, workspace)
        self.painter = VolumePainter(self.views.values(), workspace, self)
        self.brush = Brush(self)
        self._brushes = {
            plane: BrushTool(view, self.brush, workspace) for plane, view in self.views.items()
        }
        yield
        self.model = TissuePanel(workspace)
        self.tissues = TissuesPanel(workspace)
        self.anomalies = AnomalyPanel(workspace)
        self.display = DisplayPanel(self.viewpoint)
        self.regions_painter = RegionsPlanes(self.views.values(), workspace, self)
        yield
        self.regions = ModelPanel(workspace, actions)
        self.labels = LabelsPanel(workspace)
        yield
        self.marking = SolidMarking(workspace, self)
        self._markers = {
            plane: SolidTool(view, self.viewpoint, self.marking)
            for plane, view in self.views.items()
        }
        self.objects_painter = ObjectsPlanes(self.views.values(), self.marking, workspace)
        self.objects = ObjectsPanel(workspace, actions)
        yield
        self.fit = FitPanel(workspace)
        yield
        self._sections = yield from self._build_sections()
        self.panel = SidePanel()
        for sections in self._sections.values():
            for section in sections.values():
                self.panel.add(section)
                yield
        self.strip = ToolStrip(actions.hands.values(), (actions.ball, actions.eraser))
        ways = [actions.ways[way] for way in (Way.CLICK, Way.BRUSH, Way.BOX, Way.LASSO)]
        self.marking_strip = ToolStrip(ways, (actions.swap, actions.clear_marks))
        self._hand = Hand.NAVIGATE
        self._hovered: PlaneView | None = None
        self._seen = workspace.look.view
        self._focused = Plane.AXIAL
        yield
        row = layouts.row(self, spacing=0)
        row.addWidget(self.strip)
        row.addWidget(self.marking_strip)
        row.addLayout(self._build_stage(), 1)
        row.addWidget(self.panel)
        yield
        self._connect()
        self._connect_actions(actions)
        self._show_job()

    @property
    def canvas(self) -> PlaneCanvas:
        """The canvas that was last worked on."""
        return self.views[self._focused].canvas

    def rename_selected(self) -> None:
        """Let the name of the picked tissue or region be typed."""
        is_tissue = self._workspace.job is Job.TISSUE
        (self.tissues if is_tissue else self.labels).edit_selected()

    def focus_regions(self) -> None:
        """Let the number of regions be typed."""
        self.regions.focus_regions()

    def show_whole(self) -> None:
        """Show every plane whole."""
        for view in self.views.values():
            view.canvas.fit()

    def scale_brush(self, factor: float) -> None:
        """Make the brush larger or smaller by a factor."""
        if self._workspace.job is Job.FOREGROUND:
            self.marking.set_brush_width(self.marking.brush_width * factor)
        else:
            self.brush.set_radius(self.brush.radius * factor)

    def use_hand(self, hand: Hand) -> None:
        """Let the mouse move the crosshair, or paint."""
        self._hand = hand
        self._show_job()

    def _show_job(self) -> None:
        """Give the mouse and the panel to the job on screen."""
        job = self._workspace.job
        for plane, view in self.views.items():
            tool: Tool = view.navigate
            if job is Job.FOREGROUND:
                tool = self._markers[plane]
            elif job is Job.TISSUE and self._hand is Hand.BRUSH:
                tool = self._brushes[plane]
            view.canvas.use_tool(tool)
            view.canvas.double_click_enlarges = tool is view.navigate
        self.strip.setVisible(job is Job.TISSUE)
        self.marking_strip.setVisible(job is Job.FOREGROUND)
        self.message.clear()
        self._show_sections()

    def _pick(self, more: bool) -> None:
        """Select the region under the crosshair, or one more."""
        result, look = self._workspace.result, self._workspace.look
        if self._workspace.job is not Job.REGIONS or result is None:
            return
        label = result.label_at(*self.viewpoint.voxel)
        if label and more and result.parts is not None:
            chosen = (look.chosen or {look.selected}) ^ {label}
            self._workspace.set_look(chosen=frozenset(chosen))
        elif label:
            self._workspace.set_look(selected=label, chosen=frozenset())

    def jump_to(self, place: tuple[float, float, float]) -> None:
        """Put the crosshair on the voxel at a place in mm."""
        if self.viewpoint.image is not None:
            affine = affine_of(self.viewpoint.image)
            i, j, k = np.rint(np.linalg.solve(affine[:3, :3], place - affine[:3, 3])).astype(int)
            self.viewpoint.move_to((int(i), int(j), int(k)))

    def enlarge(self, plane: Plane) -> None:
        """Give one plane all the room, or give it back."""
        self._enlarged = None if self._enlarged is plane else plane
        for each, view in self.views.items():
            view.setVisible(self._enlarged in (None, each))
        self.plot.setVisible(self._enlarged is None)
        self._stretch_planes()

    def _build_stage(self) -> QVBoxLayout:
        self._planes = layouts.grid(across=1, down=1)
        for plane, cell in CELLS.items():
            self._planes.addWidget(self.views[plane], *cell)
        self._planes.addWidget(self.plot, *PLOT_CELL)
        self._stretch_planes()
        stage = layouts.column(spacing=0)
        stage.addWidget(self.message)
        stage.addLayout(self._planes, 1)
        stage.addWidget(self.view_bar)
        return stage

    def _build_sections(self) -> Generator[None, None, dict[Job | None, dict[str, Section]]]:
        """Build the sections of each job, and those of all of them, in steps."""
        parts: dict[Job | None, dict[str, QWidget]] = {
            Job.TISSUE: {
                "Tissue": self.model,
                "Labels": self.tissues,
                "Brush": BrushPanel(self.brush),
                "Anomalies": self.anomalies,
            },
            Job.REGIONS: {
                "Model": self.regions,
                "Labels": self.labels,
                "Fit": self.fit,
            },
            Job.FOREGROUND: {
                "Object": ObjectPanel(self.marking, self._workspace),
                "Objects": self.objects,
                "Colors": ColorsPanel(self._workspace),
            },
            None: {"Display": self.display},
        }
        sections: dict[Job | None, dict[str, Section]] = {}
        for job, of_job in parts.items():
            sections[job] = {}
            for title, part in of_job.items():
                sections[job][title] = Section(title, part)
                yield
        return sections

    def _show_sections(self) -> None:
        """Show what belongs to what is being done; what has nothing to show is not there."""
        workspace, present = self._workspace, self._workspace.job
        has_result = workspace.tissue.result is not None
        has_something = {
            (Job.TISSUE, "Labels"): has_result,
            (Job.TISSUE, "Brush"): has_result and self._hand is Hand.BRUSH,
            (Job.TISSUE, "Anomalies"): has_result and workspace.look.view is View.ANOMALY,
            (Job.REGIONS, "Labels"): workspace.result is not None,
            (Job.REGIONS, "Fit"): self.fit.has_something,
            (Job.FOREGROUND, "Colors"): workspace.cutter.cut is not None,
        }
        before = self._asked_for
        for job, sections in self._sections.items():
            for title, section in sections.items():
                is_used = job is None or has_something.get((job, title), True)
                section.setVisible(is_used and job in (None, present))
        if not set(self._asked_for) <= set(before):
            self.panel.reveal(self._asked_for)

    @property
    def _asked_for(self) -> list[Section]:
        """The sections that are there because of what the user has chosen to do or to see."""
        of_tissue = self._sections[Job.TISSUE]
        sections = (of_tissue[title] for title in ("Brush", "Anomalies"))
        return [section for section in sections if section.isVisibleTo(self)]

    def _connect_actions(self, actions: Actions) -> None:
        for hand, action in actions.hands.items():
            action.triggered.connect(lambda _=False, hand=hand: self.use_hand(hand))
        viewpoint = self.viewpoint
        for convention, action in actions.conventions.items():
            action.triggered.connect(lambda _=False, it=convention: viewpoint.set_convention(it))
        viewpoint.turned.connect(lambda: actions.conventions[viewpoint.convention].setChecked(True))
        actions.ball.triggered.connect(self.brush.set_ball)
        actions.eraser.triggered.connect(self.brush.set_eraser)
        self.brush.changed.connect(lambda: actions.ball.setChecked(self.brush.is_ball))
        self.brush.changed.connect(lambda: actions.eraser.setChecked(self.brush.is_eraser))
        self._workspace.opened.connect(lambda *_: self._put_brush_down(actions))

    def _put_brush_down(self, actions: Actions) -> None:
        """Navigate in another volume, whatever was in hand on the one before.

        The tools follow when its job is shown.
        """
        self._hand = Hand.NAVIGATE
        actions.hands[Hand.NAVIGATE].setChecked(True)
        self.brush.set_eraser(False)

    def _stretch_planes(self) -> None:
        """Share the room evenly, or give all of it to the cell of the enlarged plane."""
        row, column = (None, None) if self._enlarged is None else CELLS[self._enlarged]
        for line in (0, 1):
            self._planes.setRowStretch(line, row in (None, line))
            self._planes.setColumnStretch(line, column in (None, line))

    def _connect(self) -> None:
        self._workspace.look_changed.connect(self._show_sections)
        self._workspace.look_changed.connect(self._paint_what_is_seen)
        self._workspace.stepped.connect(self._show_sections)
        self._workspace.segmented.connect(self._show_sections)
        self._workspace.tissue.found.connect(self._show_sections)
        self._workspace.cutter.changed.connect(self._show_sections)
        self._workspace.job_changed.connect(self._show_job)
        self.anomalies.chosen.connect(self.jump_to)
        self.anomalies.listed.connect(lambda: self.panel.reveal(self._asked_for))
        for part in (self.tissues, self.regions, self.labels, self.objects):
            part.entered.connect(lambda: self.canvas.setFocus())
        self._workspace.tissue.refused.connect(self._offer_mask)
        self._workspace.tissue.found.connect(self._follow_result)
        self._workspace.opened.connect(self._open)
        for plane, view in self.views.items():
            canvas = view.canvas
            for asked in (canvas.enlarged, view.enlarged):
                asked.connect(lambda plane=plane: self.enlarge(plane))
            canvas.focused.connect(lambda plane=plane: self._focus(plane))
            canvas.zoom_changed.connect(self.zoom_changed)
            canvas.hovered.connect(lambda row, column, view=view: self._hover(view, row, column))
            view.tiles.runner.crashed.connect(self._workspace.crashed)
            view.navigate.picked.connect(self._pick)

    def _open(self, tones: object, same_file: bool) -> None:
        document = self._workspace.document
        if document is not None and isinstance(tones, tuple):
            self.message.clear()
            self.viewpoint.open_volume(document.image, tones, keep=same_file)

    def _offer_mask(self, error: SegmenterError) -> None:
        """Say over the planes why there is no result, while there is none to look at."""
        if self._workspace.tissue.result is not None or self._workspace.job is not Job.TISSUE:
            return
        if isinstance(error, BrainError):
            way_out = "Choose a Brain Mask…", self.model.choose_mask
            self.message.show_message(str(error), *way_out, of_result=True)
        else:
            self.message.show_message(str(error), of_result=True)

    def _follow_result(self) -> None:
        """Pick a tissue that is there."""
        if self._workspace.job is not Job.TISSUE:
            return
        n_labels = len(self._workspace.labels)
        if n_labels and self._workspace.look.selected > n_labels:
            self._workspace.set_look(selected=n_labels)

    def _paint_what_is_seen(self) -> None:
        """Let the brush follow to another view; what it paints may still be chosen."""
        view, before = self._workspace.look.view, self._seen
        self._seen = view
        if view is not before and view in PAINTED:
            self.brush.set_target(PAINTED[view])

    def _focus(self, plane: Plane) -> None:
        self._focused = plane

    def _hover(self, view: PlaneView, row: int, column: int) -> None:
        """Tell the voxel under the pointer; that it left a plane for another tells nothing."""
        voxel: Voxel | None = None
        if row >= 0:
            self._hovered = view
            voxel = view.slicing.voxel_at(row, column, view.index)
        if self._hovered is view:
            self.hovered.emit(voxel)
