"""What a click would select, before it is made: computed as the pointer goes, of one place at once.

Pictures and volumes differ in where the pointer is and in how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, SignalInstance

from segmenter.gui.look import Job, View, Way
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.foreground.drafts import Hovered
    from segmenter.gui.foreground.steps import Ready, ReadySolid
    from segmenter.gui.foreground.tool import MarkingTool
    from segmenter.gui.volume.marking import SolidMarking

Cell = tuple[int, ...]
"""A pixel or voxel of the view in which first guesses are made."""


class LookAhead(QObject):
    """Follows the pointer while an object has no marks; one preview is computed at a time.

    What was computed for a place that the pointer has left meanwhile is kept, but it is shown only
    if the pointer is still on the object it found.

    Parameters
    ----------
    hand : MarkingTool or SolidMarking
        Whose clicks are looked ahead to; its parent.
    workspace : Workspace
    moved : iterable of signal
        The pointer, or what it would do, may be another.
    n_kept : int
        Places whose previews are kept, so that going to and fro costs nothing.
    """

    def __init__(
        self,
        hand: MarkingTool | SolidMarking,
        workspace: Workspace,
        moved: Iterable[SignalInstance],
        n_kept: int,
    ) -> None:
        super().__init__(hand)
        self._hand, self._workspace, self._n_kept = hand, workspace, n_kept
        self._known: dict[Cell, Hovered] = {}
        self._shown: Hovered | None = None
        self.is_on = True
        self.runner = Runner("hover", self)
        self.runner.succeeded.connect(self._take)
        self.runner.crashed.connect(workspace.crashed)
        workspace.cutter.ready_changed.connect(self._forget)
        of_workspace = workspace.document_changed, workspace.look_changed, workspace.job_changed
        for changed in (*moved, *of_workspace):
            changed.connect(self._follow)

    def switch(self, on: bool) -> None:
        """Show previews, or none."""
        self.is_on = on
        self._follow()

    def _cell(self) -> Cell | None:
        """Return the cell under the pointer; None where there is none, or no image is ready."""
        raise NotImplementedError

    def _is_on(self, hovered: Hovered) -> bool:
        """Tell whether the pointer, which is on a cell, is on what a preview would select."""
        raise NotImplementedError

    def _ready(self) -> Ready | ReadySolid | None:
        """Return the image prepared for clicks."""
        raise NotImplementedError

    def _paint(self, hovered: Hovered | None) -> None:
        """Show a preview, or none."""
        raise NotImplementedError

    def _place(self) -> Cell | None:
        """Return the cell under the pointer, if a click there would begin an object."""
        workspace, active = self._workspace, self._workspace.active
        begins = self.is_on and workspace.job is Job.FOREGROUND and self._hand.way is Way.CLICK
        if not begins or workspace.look.view is not View.OBJECT or active is None or active.marks:
            return None
        return self._cell()

    def _follow(self) -> None:
        """Show what there is for the pointer's place, and begin to compute what there is not."""
        place = self._place()
        if place is None:
            self.runner.cancel()
            self._show(None)
        elif place in self._known:
            self._show(self._known[place])
        else:
            if self._shown is not None and not self._is_on(self._shown):
                self._show(None)
            ready = self._ready()
            if not self.runner.is_busy and ready is not None:
                self.runner.start(_look_steps(ready, place))

    def _take(self, hovered: Hovered) -> None:
        while len(self._known) >= self._n_kept:
            self._known.pop(next(iter(self._known)))
        self._known[hovered.place] = hovered
        if self._place() is not None and self._is_on(hovered):
            self._show(hovered)
        self._follow()

    def _show(self, hovered: Hovered | None) -> None:
        if hovered is not self._shown:
            self._shown = hovered
            self._paint(hovered)

    def _forget(self) -> None:
        """Begin with another image."""
        self._known = {}
        self._show(None)
        self._follow()


def _look_steps(ready: Ready | ReadySolid, place: Cell) -> Work[Hovered]:
    yield Progress("Looking ahead")
    from segmenter.gui.foreground.drafts import hover_steps

    return (yield from hover_steps(ready, place))
