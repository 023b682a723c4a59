"""Shows on the planes what a click would select, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from segmenter.gui.foreground.look_ahead import LookAhead
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.foreground.drafts import Hovered
    from segmenter.gui.foreground.look_ahead import Cell
    from segmenter.gui.foreground.steps import ReadySolid
    from segmenter.gui.volume.marking import SolidMarking
    from segmenter.session.marks import Place

N_KEPT = 8


class SolidHover(LookAhead):
    """Tells the painter of the planes what to paint.

    Signals
    -------
    changed()
        Another preview is to be shown, or none.
    """

    changed = Signal()

    def __init__(self, marking: SolidMarking, workspace: Workspace) -> None:
        super().__init__(marking, workspace, (marking.changed, marking.drafted), N_KEPT)
        self._pointed: Place | None = None

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """What is to be shown, shape of the volume's grid."""
        return None if self._shown is None else self._shown.mask

    def point_at(self, place: Place | None) -> None:
        """Follow the pointer to a place on the grid, or off the planes."""
        self._pointed = place
        self._follow()

    def _ready(self) -> ReadySolid | None:
        return self._workspace.cutter.ready_solid

    def _cell(self) -> Cell | None:
        ready = self._ready()
        return None if ready is None or self._pointed is None else ready.view.place(self._pointed)

    def _is_on(self, hovered: Hovered) -> bool:
        if self._pointed is None:
            return False
        sides = zip(self._pointed, hovered.mask.shape, strict=True)
        return bool(hovered.mask[tuple(min(int(at + 0.5), side - 1) for at, side in sides)])

    def _paint(self, hovered: Hovered | None) -> None:
        self.changed.emit()
