"""Shows on the planes what a click would select, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from segmenter.gui.look import Job, View, Way
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.foreground.steps import ReadySolid
    from segmenter.gui.volume.marking import SolidMarking
    from segmenter.session.marks import Place

KEPT = 8
"""Places whose previews are kept, so that going to and fro costs nothing."""

Cell = tuple[int, ...]


class Hovered(NamedTuple):
    """What a first click on a cell would select: a bool ndarray of the volume's grid."""

    cell: Cell
    mask: NDArray[np.bool_]


class SolidHover(QObject):
    """Follows the pointer while an object has no marks; one preview is computed at a time.

    Signals
    -------
    changed()
        Another preview is to be shown, or none.
    """

    changed = Signal()

    def __init__(self, marking: SolidMarking, workspace: Workspace) -> None:
        super().__init__(marking)
        self._marking, self._workspace = marking, workspace
        self._known: dict[Cell, Hovered] = {}
        self._pointed: Place | None = None
        self.mask: NDArray[np.bool_] | None = None
        self.is_on = True
        self.runner = Runner("solid hover", self)
        self.runner.succeeded.connect(self._take)
        self.runner.crashed.connect(workspace.crashed)
        workspace.cutter.ready_changed.connect(self._forget)
        for changed in (
            marking.changed, marking.drafted, workspace.document_changed, workspace.look_changed,
            workspace.job_changed,
        ):  # fmt: skip
            changed.connect(self._follow)

    def switch(self, on: bool) -> None:
        """Show previews, or none."""
        self.is_on = on
        self._follow()

    def point_at(self, place: Place | None) -> None:
        """Follow the pointer to a place on the grid, or off the planes."""
        self._pointed = place
        self._follow()

    def _follow(self) -> None:
        """Show what there is for the pointer's place, and begin to compute what there is not."""
        cell = self._cell()
        if cell is None:
            self.runner.cancel()
            self._show(None)
        elif cell in self._known:
            self._show(self._known[cell].mask)
        else:
            if self.mask is not None and not self.mask[self._voxel()]:
                self._show(None)
            ready = self._workspace.cutter.ready_solid
            if not self.runner.is_busy and ready is not None:
                self.runner.start(_preview(ready, cell))

    def _cell(self) -> Cell | None:
        """Return the cell under the pointer, if a click there would begin an object."""
        workspace, ready = self._workspace, self._workspace.cutter.ready_solid
        active, marking = workspace.active, self._marking
        begins = self.is_on and workspace.job is Job.FOREGROUND and marking.way is Way.CLICK
        if not begins or workspace.look.view is not View.OBJECT or self._pointed is None:
            return None
        if active is None or active.marks or ready is None:
            return None
        return ready.view.place(self._pointed)

    def _voxel(self) -> Cell:
        assert self._pointed is not None  # else there is no cell
        return tuple(max(0, round(at)) for at in self._pointed)

    def _take(self, hovered: Hovered) -> None:
        while len(self._known) >= KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[hovered.cell] = hovered
        if self._cell() is not None and hovered.mask[self._voxel()]:
            self._show(hovered.mask)
        self._follow()

    def _show(self, mask: NDArray[np.bool_] | None) -> None:
        if mask is not self.mask:
            self.mask = mask
            self.changed.emit()

    def _forget(self) -> None:
        """Begin with another image."""
        self._known = {}
        self._show(None)
        self._follow()


def _preview(ready: ReadySolid, cell: Cell) -> Work[Hovered]:
    yield Progress("Looking ahead")
    from segmenter.gui.foreground.drafts import solid_hover_steps

    return Hovered(cell, (yield from solid_hover_steps(ready, cell)))
