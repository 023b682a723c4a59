"""Shows on the canvas what a click would select, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.foreground.look_ahead import LookAhead
from segmenter.gui.foreground.tool import MarkingTool
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    from segmenter.gui.foreground.drafts import Hovered
    from segmenter.gui.foreground.look_ahead import Cell
    from segmenter.gui.foreground.steps import Ready

N_KEPT = 64


class HoverPreview(LookAhead):
    """Paints a faint area with an outline on a layer of its own."""

    def __init__(self, tool: MarkingTool, workspace: Workspace) -> None:
        super().__init__(tool, workspace, (tool.moved, tool.changed), N_KEPT)
        self._tool = tool
        self.layer = PictureLayer()

    def _ready(self) -> Ready | None:
        return self._workspace.cutter.ready_picture

    def _cell(self) -> Cell | None:
        ready, hovered = self._ready(), self._tool.hovered
        if ready is None or hovered is None or self._tool.is_drawing:
            return None
        height, width = ready.prepared.image.grid
        if not (0 <= hovered.x() < width and 0 <= hovered.y() < height):
            return None
        return ready.prepared.draft.view.place(hovered.x() - 0.5, hovered.y() - 0.5)

    def _is_on(self, hovered: Hovered) -> bool:
        cell = self._cell()
        return cell is not None and bool(hovered.mask[cell])

    def _paint(self, hovered: Hovered | None) -> None:
        self.layer.show_picture(None if hovered is None else hovered.picture)
