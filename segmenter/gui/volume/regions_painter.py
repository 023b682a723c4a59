"""Paints the regions of a volume over its planes while that job is on screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from segmenter.gui.canvas.tables import argb_colors, soft_table, uncertainty_table
from segmenter.gui.look import Job, View
from segmenter.gui.volume.plane_view import Paint, PlaneView
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.jobs import Segmented
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions

KEPT_VOLUMES = 3
"""Probabilities that are kept, so that going to and fro costs nothing."""

HIGHLIGHT = Color(255, 255, 255)
"""Of the outline of what is picked to be merged."""


class RegionsPlanes(QObject):
    """Keeps the planes in step with the regions; computes probabilities on a thread."""

    def __init__(self, views: Iterable[PlaneView], workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._views = tuple(views)
        self._workspace = workspace
        self._volumes: dict[tuple[View, int], NDArray[np.uint8]] = {}
        self._volumes_of: Regions | Parts | None = None
        self._wanted: tuple[View, int] | None = None
        self.planes = Runner("volume planes", self)
        self.planes.succeeded.connect(self._take)
        self.planes.crashed.connect(workspace.crashed)
        workspace.segmented.connect(self.paint)
        workspace.document_changed.connect(self.paint)
        workspace.look_changed.connect(self.paint)

    def paint(self) -> None:
        """Paint what the look asks for, if regions of a volume are on screen."""
        document, result = self._workspace.document, self._workspace.result
        is_mine = document is not None and document.image.is_volume
        if not is_mine or self._workspace.job is not Job.REGIONS:
            return
        self._follow_result(result)
        paint = self._paint_of(result)
        if paint is not None:  # else the old one stays until the new one is there
            for view in self._views:
                view.show_paint(paint)

    def _follow_result(self, result: Segmented | None) -> None:
        regions = None if result is None else result.classes or result.parts
        if regions is not self._volumes_of:
            self.planes.cancel()
            self._volumes, self._volumes_of, self._wanted = {}, regions, None

    def _paint_of(self, result: Segmented | None) -> Paint | None:
        look = self._workspace.look
        if result is None or look.view is View.IMAGE:
            return Paint()
        if look.view is View.LABELS:
            return self._labels_paint(result)
        key = (look.view, look.selected if look.view is View.SOFT else 0)
        if key not in self._volumes:
            self._compute(key)
            return None
        table = uncertainty_table()
        if look.view is View.SOFT:
            table = soft_table(self._workspace.labels[look.selected - 1].color)
        return Paint(self._volumes[key], table, look.opacity)

    def _labels_paint(self, result: Segmented) -> Paint:
        """Paint areas or outlines, and an outline around what is picked together."""
        look, labels = self._workspace.look, self._workspace.labels
        colors = np.array([label.color for label in labels], np.uint8).reshape(-1, 3)
        painted = np.array([look.paints(label) for label in labels], bool)
        areas = _padded(argb_colors(colors, painted))
        lit = np.array([value - 1 for value in look.chosen if value <= len(labels)], int)
        colors[lit], painted = HIGHLIGHT, painted & look.outlines_only
        painted[lit] = True
        lines = result.numbers if painted.any() else None
        edges = _padded(argb_colors(colors, painted))
        values = None if look.outlines_only else result.numbers
        return Paint(values, areas, look.opacity, lines, edges, result.lookup)

    def _compute(self, key: tuple[View, int]) -> None:
        if key != self._wanted and self._volumes_of is not None:
            self._wanted = key
            self.planes.start(_byte_steps(self._volumes_of, *key))

    def _take(self, values: NDArray[np.uint8]) -> None:
        if self._wanted is not None:
            while len(self._volumes) >= KEPT_VOLUMES:
                self._volumes.pop(next(iter(self._volumes)))
            self._volumes[self._wanted] = values
            self._wanted = None
        self.paint()


def _byte_steps(regions: Regions | Parts, view: View, label: int) -> Work[NDArray[np.uint8]]:
    """Compute a view as bytes of 0..1; see `value_steps`."""
    from segmenter.gui.jobs import value_steps
    from segmenter.gui.volume.steps import as_bytes

    yield Progress("Computing probabilities")
    return as_bytes((yield from value_steps(regions, view, label)))


def _padded(table: NDArray[np.uint32]) -> list[int]:
    """Give a table the 256 colors that bytes need at least."""
    return np.pad(table, (0, max(0, 256 - len(table)))).tolist()  # type: ignore[no-any-return]  # of numpy
