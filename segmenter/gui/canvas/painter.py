"""Decides what is painted over the image: follows the fit, the labels and the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.levels import Levels
from segmenter.gui.canvas.outline_tiles import OutlineTiles
from segmenter.gui.canvas.tables import argb_colors, label_table, soft_table, uncertainty_table
from segmenter.gui.look import Job, View
from segmenter.gui.mean_colors import mean_colors
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color, default_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.gui.jobs import Segmented
    from segmenter.gui.preview import LiveStep
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions

KEPT_PLANES = 4
"""Soft masks and uncertainty that are kept, so that going to and fro costs nothing."""

HIGHLIGHT = Color(255, 255, 255)
"""Of the outline of what is pointed at or picked to be merged."""


class OverlayPainter(QObject):
    """Keeps the overlay of a canvas in step with the regions; computes planes on a thread."""

    def __init__(self, canvas: Canvas, tiles: OutlineTiles, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = workspace
        self._step: LiveStep | None = None
        self._planes: dict[tuple[View, int], Levels] = {}
        self._planes_of: Regions | Parts | None = None
        """What has probabilities; objects have none."""
        self._wanted: tuple[View, int] | None = None
        self._pointed_at = 0
        self._tiles = tiles
        self.planes = Runner("planes", self)
        self.planes.succeeded.connect(self._take_plane)
        self.planes.crashed.connect(workspace.crashed)
        workspace.stepped.connect(self._follow_step)
        workspace.segmented.connect(self._follow_result)
        workspace.document_changed.connect(self.paint)
        workspace.look_changed.connect(self.paint)

    def paint(self) -> None:
        """Paint what the look asks for, if regions are on screen."""
        if not self._is_mine:
            self._canvas.regions.show_regions(None, np.zeros(1, np.uint32))
            return
        look, result = self._workspace.look, self._workspace.result
        for layer in (self._canvas.overlay, self._canvas.regions):
            layer.setOpacity(look.opacity)
        if look.view is View.IMAGE or (result is None and self._step is None):
            self._show(None, [])
        elif self._step is not None and (result is None or look.view is View.LABELS):
            self._paint_step(self._step)
        elif result is not None and look.view in (View.LABELS, View.MEANS):
            self._paint_labels(result)
        else:  # the old plane stays until the fit is done
            self._paint_plane()
        self._outline()

    @property
    def _is_mine(self) -> bool:
        """Whether regions of a picture are on screen; those of volumes have planes."""
        document = self._workspace.document
        is_volume = document is not None and document.image.is_volume
        return self._workspace.job is Job.REGIONS and not is_volume

    def highlight(self, value: int) -> None:
        """Outline a label that is pointed at elsewhere; 0 for none."""
        if value != self._pointed_at and self._is_mine:
            self._pointed_at = value
            self._outline()

    def _follow_step(self, step: LiveStep) -> None:
        if step.labels is not None:
            self._step = step
            self.paint()

    def _follow_result(self) -> None:
        self._step = None
        result = self._workspace.result
        regions = None if result is None else result.parts or result.classes
        if regions is not self._planes_of:
            self.planes.cancel()
            self._planes, self._planes_of, self._wanted = {}, regions, None
        self.paint()

    def _paint_step(self, step: LiveStep) -> None:
        labels = [default_label(value) for value in range(1, step.mixture.n_components + 1)]
        self._show(step.labels, label_table(labels))

    def _paint_labels(self, result: Segmented) -> None:
        look = self._workspace.look
        if look.view is View.LABELS and look.outlines_only:
            self._show(None, [])
            return
        table = argb_colors(self._colors(result), self._painted())
        if result.lookup is None:
            self._show(result.labels, np.pad(table, (0, 256 - len(table))).tolist())
        else:
            self._canvas.overlay.show_values(None, [])
            self._canvas.regions.show_regions(result.labels, table[result.lookup])

    def _colors(self, result: Segmented) -> NDArray[np.uint8]:
        """Return the color of each label: its own, or the mean of its pixels."""
        if self._workspace.look.view is View.LABELS:
            return np.array([label.color for label in self._workspace.labels], np.uint8)
        n_labels = result.regions.n_labels
        means = np.zeros((n_labels, 3), np.uint8)  # labels without a pixel may be the last
        if result.sums is None:
            return means
        found = mean_colors(result.sums, result.lookup)[1:]
        means[: len(found)] = found
        return means

    def _painted(self) -> NDArray[np.bool_]:
        look = self._workspace.look
        return np.array([look.paints(label) for label in self._workspace.labels], bool)

    def _paint_plane(self) -> None:
        """Paint a soft mask or the uncertainty; the old one stays until the new one is there."""
        look, regions = self._workspace.look, self._planes_of
        key = (look.view, look.selected if look.view is View.SOFT else 0)
        if key in self._planes:
            self._show(self._planes[key], self._plane_table())
        elif regions is not None and key != self._wanted:
            from segmenter.gui.jobs import plane_steps

            self._canvas.regions.show_regions(None, np.zeros(1, np.uint32))
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

    def _show(self, values: Levels | None, table: list[int]) -> None:
        self._canvas.regions.show_regions(None, np.zeros(1, np.uint32))
        self._canvas.overlay.show_values(values, table)

    def _outline(self) -> None:
        """Draw outlines of what is seen: of all labels if asked for, of those pointed at always."""
        look, result = self._workspace.look, self._workspace.result
        if result is None or self._step is not None:
            self._tiles.hide()
            return
        has_labels = result.regions.n_labels > 0  # there may be no objects
        is_asked = look.view is View.LABELS and look.outlines_only and has_labels
        picked = {look.selected} if result.objects is not None else set()
        lit = [value - 1 for value in {*look.chosen, *picked, self._pointed_at} if value > 0]
        lit = [index for index in lit if index < result.regions.n_labels]
        if not (is_asked or lit):
            self._tiles.hide()
            return
        colors = np.array([label.color for label in self._workspace.labels], np.uint8)
        drawn = self._painted() & is_asked
        colors[lit], drawn[lit] = HIGHLIGHT, True
        table = argb_colors(colors, drawn)
        self._tiles.show_outlines(result.numbers, table, result.lookup)
