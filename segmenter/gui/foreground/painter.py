"""Decides what is painted over the image in the Foreground job."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pyqtgraph import GraphicsObject
from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.outline_tiles import OutlineTiles
from segmenter.gui.canvas.tables import soft_table, uncertainty_table
from segmenter.gui.foreground.cutout_layer import CutoutLayer
from segmenter.gui.foreground.ground import GroundLoader
from segmenter.gui.foreground.hover import HoverPreview
from segmenter.gui.foreground.marks_layer import OBJECT_COLOR, MarksLayer
from segmenter.gui.foreground.tables import area_table, outline_table
from segmenter.gui.foreground.tool import MarkingTool
from segmenter.gui.look import Job, View
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress

if TYPE_CHECKING:
    from segmenter.segment.foreground import Foreground
    from segmenter.session.marks import Stroke


class ForegroundPainter(QObject):
    """Keeps the canvas in step with the objects while that job is on screen."""

    def __init__(self, canvas: Canvas, tiles: OutlineTiles, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tiles = tiles
        self._workspace = workspace
        self._planes: dict[View, Levels] = {}
        self._planes_of: tuple[Foreground | None, tuple[Stroke, ...]] = (None, ())
        self._wanted: View | None = None
        self.tool = MarkingTool(canvas, workspace)
        self.cutout = CutoutLayer()
        self.marks = MarksLayer(self.tool, workspace)
        self.hover = HoverPreview(canvas, self.tool, workspace)
        self.ground = GroundLoader(workspace)
        self.ground.changed.connect(self._paint)
        self._ground_layer = PictureLayer()
        for layer in self._layers:
            canvas.add_layer(layer)
        self.planes = workspace.cutter.views
        self.planes.progressed.connect(self._show_first)
        self.planes.succeeded.connect(self._take_plane)
        self.planes.busy_changed.connect(self._forget_wanted)
        workspace.job_changed.connect(self._follow_job)
        workspace.look_changed.connect(self._paint)
        workspace.document_changed.connect(self._paint)
        workspace.cutter.changed.connect(self._paint)
        self._follow_job()

    def _follow_job(self) -> None:
        is_mine = self._workspace.job is Job.FOREGROUND
        self._canvas.use_tool(self.tool if is_mine else None)
        for layer in self._layers:
            layer.setVisible(is_mine)

    @property
    def _layers(self) -> tuple[GraphicsObject, ...]:
        """The layers of this job, the lowest first."""
        return (self._ground_layer, self.cutout, self.hover.layer, self.marks)

    def _paint(self) -> None:
        """Paint what the look asks for."""
        document = self._workspace.document
        is_volume = document is not None and document.image.is_volume  # it has planes
        if self._workspace.job is not Job.FOREGROUND or is_volume:
            return
        scene, active = self._workspace.cutter.scene, self._workspace.active
        view = self._workspace.look.view
        foreground = None
        if scene is not None and active is not None:
            foreground = cast("Foreground | None", scene.visible.get(active.value))
        self._follow_object(foreground, () if active is None else active.edge)
        self._canvas.overlay.setOpacity(self._workspace.look.opacity)
        if view not in (View.CUTOUT, View.PROBABILITY, View.UNCERTAINTY):
            self._paint_objects()
        elif foreground is None or active is None:
            self._show(None, [])
        elif view in self._planes:
            self._paint_plane(view)
        elif view is not self._wanted:
            from segmenter.gui.foreground.steps import view_steps

            self._wanted = view
            has_soft = self.cutout.is_shown and view is View.CUTOUT
            self.planes.start(view_steps(foreground, view, active.edge, at_once=not has_soft))

    def _follow_object(self, foreground: Foreground | None, edge: tuple[Stroke, ...]) -> None:
        """Forget what was computed of another object, or of another soft outline."""
        if self._planes_of[0] is not foreground:
            self._show(None, [])
        if self._planes_of[0] is not foreground or self._planes_of[1] != edge:
            self.planes.cancel()
            self._planes, self._planes_of, self._wanted = {}, (foreground, edge), None

    def _paint_objects(self) -> None:
        workspace = self._workspace
        cutter, look, active = workspace.cutter, workspace.look, workspace.active
        scene, document = cutter.scene, workspace.document
        levels = cast("Levels | None", cutter.coarse)  # of a picture
        if levels is None and scene is not None:
            levels = scene.levels
        if look.view is View.IMAGE or levels is None or document is None or active is None:
            self._show(None, [])
            return
        self._show(levels, area_table(document.objects, look))
        if scene is not None and cutter.coarse is None:
            table = outline_table(document.objects, look, active)
            self._tiles.show_outlines(scene.label_map, table)

    def _paint_plane(self, view: View) -> None:
        if view is View.CUTOUT:
            self._paint_cutout(self._planes[view])
        elif view is View.PROBABILITY:
            self._show(self._planes[view], soft_table(OBJECT_COLOR))
        else:
            self._show(self._planes[view], uncertainty_table())

    def _paint_cutout(self, levels: Levels) -> None:
        self._show(None, [])
        color, picture = self._workspace.look.ground.color, self.ground.picture
        has_picture = self._workspace.look.ground.path is not None and picture is not None
        self._ground_layer.show_picture(picture.levels if has_picture and picture else None)
        self.cutout.show_ground(color, has_ground=not has_picture)
        self.cutout.show_picture(levels)

    def _show(self, values: Levels | None, table: list[int]) -> None:
        """Show values through a table, without outlines and without a cut-out."""
        self._canvas.overlay.show_values(values, table)
        self._tiles.hide()
        self.cutout.show_picture(None)
        self._ground_layer.show_picture(None)

    def _show_first(self, progress: Progress) -> None:
        """Show the cut-out with a hard outline until the soft one is there."""
        levels: Levels | None = progress.partial  # type: ignore[assignment]  # its own
        if levels is not None and self._wanted is self._workspace.look.view:
            self._paint_cutout(levels)

    def _forget_wanted(self, busy: bool) -> None:
        if not busy:
            self._wanted = None

    def _take_plane(self, levels: Levels) -> None:
        if self._wanted is not None:
            self._planes[self._wanted] = levels
            self._wanted = None
        self._paint()
