"""Decides what is painted over the image: follows the fit, the labels and the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.outline import outline_steps
from segmenter.gui.canvas.tables import label_table, soft_table, uncertainty_table
from segmenter.gui.look import View
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import default_label

if TYPE_CHECKING:
    from segmenter.gui.preview import LiveStep
    from segmenter.segment.regions import Regions

KEPT_PLANES = 4
"""Soft masks and uncertainty that are kept, so that going to and fro costs nothing."""


class OverlayPainter(QObject):
    """Keeps the overlay of a canvas in step with the workspace; computes planes on a thread."""

    def __init__(self, canvas: Canvas, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = workspace
        self._step: LiveStep | None = None
        self._planes: dict[tuple[View, int], Levels] = {}
        self._planes_of: Regions | None = None
        self._wanted: tuple[View, int] | None = None
        self.planes = self._runner("planes", self._take_plane)
        self.tiles = self._runner("outlines", canvas.outlines.show_picture)
        workspace.stepped.connect(self._follow_step)
        workspace.segmented.connect(self._follow_result)
        workspace.document_changed.connect(self.paint)
        workspace.look_changed.connect(self.paint)
        canvas.view_changed.connect(self._outline)

    def paint(self) -> None:
        """Paint what the look asks for."""
        look, result = self._workspace.look, self._workspace.result
        self._canvas.overlay.setOpacity(look.opacity)
        if look.view is View.IMAGE or (result is None and self._step is None):
            self._canvas.overlay.show_values(None, [])
        elif look.view is View.LABELS or result is None:
            self._paint_labels()
        else:  # the old plane stays until the fit is done
            self._paint_plane()
        self._outline()

    def _runner(self, name: str, on_success: object) -> Runner:
        runner = Runner(name, self)
        runner.succeeded.connect(on_success)
        runner.crashed.connect(self._workspace.crashed)
        return runner

    def _follow_step(self, step: LiveStep) -> None:
        if step.labels is not None:
            self._step = step
            self.paint()

    def _follow_result(self) -> None:
        self._step = None
        result = self._workspace.result
        regions = None if result is None else result.regions
        if regions is not self._planes_of:
            self.planes.cancel()
            self._planes, self._planes_of, self._wanted = {}, regions, None
        self.paint()

    def _paint_labels(self) -> None:
        look, result = self._workspace.look, self._workspace.result
        if self._step is not None:
            count, levels = self._step.mixture.n_components, self._step.labels
            labels = [default_label(value) for value in range(1, count + 1)]
            self._canvas.overlay.show_values(levels, label_table(labels))
        elif look.outlines_only:
            self._canvas.overlay.show_values(None, [])
        elif result is not None:
            self._canvas.overlay.show_values(result.labels, self._label_table())

    def _label_table(self) -> list[int]:
        look = self._workspace.look
        return label_table(label for label in self._workspace.labels if look.paints(label))

    def _paint_plane(self) -> None:
        """Paint a soft mask or the uncertainty; the old one stays until the new one is there."""
        look, regions = self._workspace.look, self._planes_of
        key = (look.view, look.selected if look.view is View.SOFT else 0)
        if key in self._planes:
            self._canvas.overlay.show_values(self._planes[key], self._plane_table())
        elif regions is not None and key != self._wanted:
            from segmenter.gui.jobs import plane_steps

            self._wanted = key
            self.planes.start(plane_steps(regions, *key))

    def _plane_table(self) -> list[int]:
        look = self._workspace.look
        if look.view is View.UNCERTAINTY:
            return uncertainty_table()
        return soft_table(self._workspace.labels[look.selected - 1].color)

    def _take_plane(self, levels: Levels) -> None:
        if self._wanted is not None:
            while len(self._planes) >= KEPT_PLANES:
                self._planes.pop(next(iter(self._planes)))
            self._planes[self._wanted] = levels
            self._wanted = None
        self.paint()

    def _outline(self) -> None:
        """Draw outlines of what is seen, if outlines are asked for."""
        look, result = self._workspace.look, self._workspace.result
        asked = look.view is View.LABELS and look.outlines_only and self._step is None
        if result is None or not asked:
            self.tiles.cancel()
            self._canvas.outlines.show_picture(None)
            return
        table = self._label_table()
        rect = self._canvas.visible_rect
        seen = (rect.left(), rect.top(), rect.right(), rect.bottom())
        self.tiles.start(outline_steps(result.regions.label_map, table, seen, self._canvas.zoom))
