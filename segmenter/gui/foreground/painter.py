"""Decides what is painted over the image in the Foreground job."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pyqtgraph import GraphicsObject
from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.canvas.levels import Levels, empty_levels
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
    from segmenter.gui.foreground.steps import Subject
    from segmenter.segment.foreground import Foreground

COMPUTED = (View.CUTOUT, View.PROBABILITY, View.UNCERTAINTY)
"""Views that take a while, and are computed on a thread."""


class ForegroundPainter(QObject):
    """Keeps the canvas in step with the objects while that job is on screen."""

    def __init__(self, canvas: Canvas, tiles: OutlineTiles, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tiles = tiles
        self._workspace = workspace
        self._planes: dict[View, tuple[Subject, Levels]] = {}
        self._wanted: tuple[View, Subject] | None = None
        self.tool = MarkingTool(canvas, workspace)
        self.cutout = CutoutLayer()
        self.marks = MarksLayer(self.tool, workspace)
        self.hover = HoverPreview(self.tool, workspace)
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
        self._forget_others()
        view = self._workspace.look.view
        subject = self._subject(view)
        self._canvas.overlay.setOpacity(self._workspace.look.opacity)
        if view not in COMPUTED:
            self._paint_objects()
        elif not subject:
            self._show(None, [])
            self._paint_nothing(view)
        elif view in self._planes:
            self._paint_plane(view, self._planes[view][1])
        elif self._wanted != (view, subject):
            from segmenter.gui.foreground.steps import view_steps

            self._wanted = (view, subject)
            has_soft = self.cutout.is_shown and view is View.CUTOUT
            self.planes.start(view_steps(subject, view, at_once=not has_soft))

    def _subject(self, view: View) -> Subject:
        """Return the objects that a view is of: the visible ones, or the one that is edited."""
        workspace, scene = self._workspace, self._workspace.cutter.scene
        document, active = workspace.document, workspace.active
        if document is None or active is None or scene is None:
            return ()
        found = [
            (each, cast("Foreground", scene.visible[each.value]))
            for each in document.objects
            if each.value in scene.visible
        ]
        if view is View.CUTOUT:
            paints = workspace.look.paints
            return tuple((result, each.edge) for each, result in found if paints(each.label))
        return tuple((result, ()) for each, result in found if each.value == active.value)

    def _forget_others(self) -> None:
        """Forget what was computed of other objects, or of other soft outlines."""
        subjects = {view: subject for view, (subject, _) in self._planes.items()}
        wanted = dict([] if self._wanted is None else [self._wanted])
        for view, subject in (*subjects.items(), *wanted.items()):
            now = self._subject(view)
            if [each for each, _ in subject] != [each for each, _ in now]:
                self._show(None, [])
            if subject != now and view in wanted:
                self.planes.cancel()
                self._wanted = None
            elif subject != now:
                del self._planes[view]

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

    def _paint_plane(self, view: View, levels: Levels) -> None:
        if view is View.CUTOUT:
            self._paint_cutout(levels)
        elif view is View.PROBABILITY:
            self._show(levels, soft_table(OBJECT_COLOR))
        else:
            self._show(levels, uncertainty_table())

    def _paint_cutout(self, levels: Levels) -> None:
        self._show(None, [])
        color, picture = self._workspace.look.ground.color, self.ground.picture
        has_picture = self._workspace.look.ground.path is not None and picture is not None
        self._ground_layer.show_picture(picture.levels if has_picture and picture else None)
        self.cutout.show_ground(color, has_ground=not has_picture)
        self.cutout.show_picture(levels)

    def _paint_nothing(self, view: View) -> None:
        """Show the ground alone where all objects are hidden: the image would seem cut out."""
        scene = self._workspace.cutter.scene
        if view is View.CUTOUT and scene is not None and scene.visible:
            height, width = scene.label_map.shape
            self._paint_cutout(empty_levels((height, width)))

    def _show(self, values: Levels | None, table: list[int]) -> None:
        """Show values through a table, without outlines and without a cut-out."""
        self._canvas.overlay.show_values(values, table)
        self._tiles.hide()
        self.cutout.show_picture(None)
        self._ground_layer.show_picture(None)

    def _show_first(self, progress: Progress) -> None:
        """Show the cut-out with a hard outline until the soft one is there."""
        levels: Levels | None = progress.partial  # type: ignore[assignment]  # its own
        is_wanted = self._wanted is not None and self._wanted[0] is self._workspace.look.view
        if levels is not None and is_wanted:
            self._paint_cutout(levels)

    def _forget_wanted(self, busy: bool) -> None:
        if not busy:
            self._wanted = None

    def _take_plane(self, levels: Levels) -> None:
        if self._wanted is not None:
            view, subject = self._wanted
            self._planes[view] = (subject, levels)
            self._wanted = None
        self._paint()
