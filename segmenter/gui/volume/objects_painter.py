"""Paints the objects of a volume, and their marks, over its planes in the Foreground job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from segmenter.gui.canvas.levels import seen_doubt
from segmenter.gui.canvas.tables import label_table, soft_table, uncertainty_table
from segmenter.gui.foreground.marks_layer import BACKGROUND_COLOR, OBJECT_COLOR
from segmenter.gui.foreground.tables import outline_table
from segmenter.gui.look import Job, View
from segmenter.gui.volume.marking import SolidMarking
from segmenter.gui.volume.plane_view import Paint, PlaneView
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import MAX_LABELS, Color, Label
from segmenter.session.marks import Click, SolidStroke
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.segment.foreground import Foreground
    from segmenter.segment.foreground.solid.result import Solid

Key = tuple[object, ...]

ON_OBJECT, OFF_OBJECT, HOVERED = MAX_LABELS, MAX_LABELS - 1, MAX_LABELS - 2
"""Values of marks in what is painted; so many objects nobody cuts out of one volume."""

HOVER_COLOR = Color(255, 255, 255)

CLICK_RADIUS = 1.0
"""Of the dot of a click, in the smallest sides of a voxel."""


class ObjectsPlanes(QObject):
    """Keeps the planes in step with the objects; computes probabilities on a thread."""

    def __init__(
        self, views: Iterable[PlaneView], marking: SolidMarking, workspace: Workspace
    ) -> None:
        super().__init__(marking)
        self._views = tuple(views)
        self._marking = marking
        self._workspace = workspace
        self._volumes: dict[View, NDArray[np.uint8]] = {}
        self._volumes_of: Foreground | Solid | None = None
        self._wanted: View | None = None
        self._painted: tuple[Key, NDArray[np.uint8]] = ((), np.zeros((1, 1, 1), np.uint8))
        self.planes = Runner("object planes", self)
        self.planes.succeeded.connect(self._take)
        self.planes.crashed.connect(workspace.crashed)
        workspace.cutter.changed.connect(self.paint)
        workspace.document_changed.connect(self.paint)
        workspace.look_changed.connect(self.paint)
        marking.drafted.connect(self.paint)
        marking.hover.changed.connect(self.paint)

    def paint(self) -> None:
        """Paint what the look asks for, if objects of a volume are on screen."""
        document, cutter = self._workspace.document, self._workspace.cutter
        is_mine = document is not None and document.image.is_volume
        if not is_mine or self._workspace.job is not Job.FOREGROUND:
            return
        active, found = self._workspace.active, None
        if cutter.scene is not None and active is not None:
            found = cutter.scene.visible.get(active.value)
        if found is not self._volumes_of:
            self.planes.cancel()
            self._volumes, self._volumes_of, self._wanted = {}, found, None
        paint = self._paint_of(found)
        if paint is not None:  # else the old one stays until the new one is there
            for view in self._views:
                view.show_paint(paint)

    def _paint_of(self, found: Foreground | Solid | None) -> Paint | None:
        view, opacity = self._workspace.look.view, self._workspace.look.opacity
        if view is View.IMAGE:
            return Paint()
        if view is View.OBJECT or found is None:
            return self._objects_paint()
        if view in self._volumes:
            is_soft = view is View.PROBABILITY
            table = soft_table(OBJECT_COLOR) if is_soft else uncertainty_table()
            return Paint(self._volumes[view], table, opacity)
        if view is not self._wanted:
            self._wanted = view
            self.planes.start(_byte_steps(found, view))
        return None

    def _objects_paint(self) -> Paint:
        """Paint areas and marks, and outlines around the objects."""
        document, look = self._workspace.document, self._workspace.look
        scene, active = self._workspace.cutter.scene, self._workspace.active
        if document is None or active is None:
            return Paint()
        table = label_table(each.label for each in document.objects if look.paints(each.label))
        colors = (ON_OBJECT, OBJECT_COLOR), (OFF_OBJECT, BACKGROUND_COLOR), (HOVERED, HOVER_COLOR)
        for value, color in colors:
            table[value] = label_table([Label(value, "", color)])[value]
        is_coarse = self._workspace.cutter.coarse is not None
        lines = None if scene is None or is_coarse else scene.label_map
        edges = outline_table(document.objects, look, active)
        return Paint(self._marked(), table, look.opacity, lines, edges)

    def _marked(self) -> NDArray[np.uint8]:
        """Return the map of the objects with the marks of the one that is edited."""
        document, scene = self._workspace.document, self._workspace.cutter.scene
        active, draft = self._workspace.active, self._marking.draft
        assert document is not None  # else nothing is painted
        drawn = () if active is None else active.marks.drawn
        coarse = cast("NDArray[np.uint8] | None", self._workspace.cutter.coarse)  # of a volume
        hovered = self._marking.hover.mask
        key = (scene, coarse, document.image, drawn, draft, hovered)
        if not _is_same(self._painted[0], key):
            grid = document.image.grid
            label_map = scene.label_map if coarse is None and scene is not None else coarse
            values = np.zeros(grid, np.uint8) if label_map is None else label_map.copy()
            if hovered is not None:
                values[hovered & (values == 0)] = HOVERED
            for mark in (*drawn, draft):
                if isinstance(mark, Click):
                    mark = _dot(mark, document.image.cells)
                if isinstance(mark, SolidStroke):
                    value = ON_OBJECT if mark.is_object else OFF_OBJECT
                    values.reshape(-1)[mark.voxels(grid)] = value
            self._painted = key, values
        return self._painted[1]

    def _take(self, values: NDArray[np.uint8]) -> None:
        if self._wanted is not None:
            self._volumes[self._wanted] = values
            self._wanted = None
        self.paint()


def _is_same(key: Key, other: Key) -> bool:
    """Tell whether both are the same things; arrays are compared by what they are, not hold."""
    return len(key) == len(other) and all(
        a is b or (isinstance(a, tuple | SolidStroke) and a == b)
        for a, b in zip(key, other, strict=True)
    )


def _dot(click: Click, cells: tuple[float, ...]) -> SolidStroke:
    """Return a click as a ball that can be seen."""
    i, j, k = click.point
    return SolidStroke(((i, j, k),), CLICK_RADIUS, cells, click.is_object)


def _byte_steps(found: Foreground | Solid, view: View) -> Work[NDArray[np.uint8]]:
    """Compute the probability or the uncertainty of an object as bytes of 0..1."""
    from segmenter.gui.volume.steps import as_bytes

    yield Progress("Computing the probability")
    if view is View.PROBABILITY:
        return as_bytes(found.probability)
    return as_bytes(seen_doubt(found.uncertainty, found.image.valid))
