"""Shows what a click would select, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.foreground.tool import MarkingTool
from segmenter.gui.look import Job, View, Way
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.foreground.drafts import Hovered
    from segmenter.gui.foreground.steps import Ready

KEPT = 64
"""Places whose proposals are kept, so that going to and fro costs nothing."""

Place = tuple[int, int]
"""Row and column in the view in which first guesses are made."""


class HoverPreview(QObject):
    """Follows the pointer while an object has no marks; one proposal is computed at a time.

    What was computed for a place that the pointer has left meanwhile is kept, but it is shown only
    if the pointer is still on the proposed object.
    """

    def __init__(self, canvas: Canvas, tool: MarkingTool, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._tool = tool
        self._workspace = workspace
        self._known: dict[Place, Hovered] = {}
        self._shown: Hovered | None = None
        self.is_on = True
        self.layer = PictureLayer()
        workspace.cutter.hovers.succeeded.connect(self._take)
        workspace.cutter.ready_changed.connect(self._forget)
        for changed in (
            tool.moved, tool.changed, workspace.document_changed, workspace.look_changed,
            workspace.job_changed,
        ):  # fmt: skip
            changed.connect(self._follow)

    def switch(self, on: bool) -> None:
        """Show previews, or none."""
        self.is_on = on
        self._follow()

    def _follow(self) -> None:
        """Show what there is for the pointer's place, and begin to compute what there is not."""
        place, hovers = self._place(), self._workspace.cutter.hovers
        if place is None:
            hovers.cancel()
            self._show(None)
        elif place in self._known:
            self._show(self._known[place])
        else:
            if self._shown is not None and not self._shown.mask[place]:
                self._show(None)
            ready = self._workspace.cutter.ready_picture
            if not hovers.is_busy and ready is not None:
                hovers.start(_propose(ready, place))

    def _place(self) -> Place | None:
        """Return where the pointer is, if a click there would begin an object."""
        workspace, hovered = self._workspace, self._tool.hovered
        ready, active = workspace.cutter.ready_picture, workspace.active
        begins = self.is_on and workspace.job is Job.FOREGROUND and self._tool.way is Way.CLICK
        if not begins or workspace.look.view is not View.OBJECT or self._tool.is_drawing:
            return None
        if active is None or active.marks or ready is None or hovered is None:
            return None
        height, width = ready.prepared.image.grid
        if not (0 <= hovered.x() < width and 0 <= hovered.y() < height):
            return None
        return ready.prepared.draft.view.place(hovered.x() - 0.5, hovered.y() - 0.5)

    def _take(self, hovered: Hovered) -> None:
        while len(self._known) >= KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[hovered.place] = hovered
        place = self._place()
        if place is not None and hovered.mask[place]:
            self._show(hovered)
        self._follow()

    def _show(self, hovered: Hovered | None) -> None:
        if hovered is not self._shown:
            self._shown = hovered
            self.layer.show_picture(None if hovered is None else hovered.picture)

    def _forget(self) -> None:
        """Begin with another image."""
        self._known = {}
        self._show(None)
        self._follow()


def _propose(ready: Ready, place: Place) -> Work[Hovered]:
    yield Progress("Looking ahead")
    from segmenter.gui.foreground.drafts import hover_steps

    return (yield from hover_steps(ready, place))
