"""Keeps outlines on the canvas as sharp as the screen while it is zoomed and moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.outline import outline_steps
from segmenter.gui.worker import Runner


class OutlineTiles(QObject):
    """Draws the outlines of a label map for the part that is seen, on a thread."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._label_map: NDArray[Any] | None = None
        self._table: Sequence[int] | NDArray[np.uint32] = ()
        self._lookup: NDArray[Any] | None = None
        self.runner = Runner("outlines", self)
        self.runner.succeeded.connect(canvas.outlines.show_picture)
        canvas.view_changed.connect(self._draw)

    def show_outlines(
        self,
        label_map: NDArray[Any],
        table: Sequence[int] | NDArray[np.uint32],
        lookup: NDArray[Any] | None = None,
    ) -> None:
        """Show the outlines of a label map.

        Parameters
        ----------
        label_map : integer ndarray, shape (height, width)
            0 is unlabeled.
        table : sequence of int
            A color 0xAARRGGBB for each label; labels of alpha 0 have no outline.
        lookup : integer ndarray, optional
            The label of each value of `label_map`, where its values are not the labels themselves.
        """
        self._label_map, self._table, self._lookup = label_map, table, lookup
        self._draw()

    def hide(self) -> None:
        """Show no outlines."""
        self._label_map = None
        self.runner.cancel()
        self._canvas.outlines.show_picture(None)

    def _draw(self) -> None:
        if self._label_map is not None:
            rect = self._canvas.visible_rect
            seen = (rect.left(), rect.top(), rect.right(), rect.bottom())
            work = outline_steps(
                self._label_map, self._table, seen, self._canvas.zoom, self._lookup,
                width=round(self._canvas.devicePixelRatioF()),
            )  # fmt: skip
            self.runner.start(work)
