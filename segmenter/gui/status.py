"""The bottom row: what is under the pointer, what is being done and how far, and the zoom."""

from __future__ import annotations

import time
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QSizePolicy

from segmenter.gui import layouts
from segmenter.gui.look import Job
from segmenter.gui.pixel_words import (
    describe_labels,
    describe_object,
    describe_part,
    describe_pixel,
)
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.volume.fitter import computed_key
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress

if TYPE_CHECKING:
    from segmenter.images.image import Image

PATIENCE_MS = 150
"""Works shorter than this show no progress, so that nothing flickers."""

PASSING_MS = 4000
"""So long it is said that something was done."""


class StatusRow(QFrame):
    """Tells, and offers to cancel what runs."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("statusRow")
        self._workspace = workspace
        self._place = (-1, -1)
        self._voxel: tuple[int, int, int] | None = None
        self._begun_at = 0.0
        self.pixel = PlainLabel()
        self.pixel.setAccessibleName("Pixel under the pointer")
        self.pixel.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note = PlainLabel()
        self._notes: dict[str, str] = {}
        self._passing_note = ""
        self._passing = QTimer(self, singleShot=True)
        self._passing.timeout.connect(self._show_note)
        self.doing = PlainLabel()
        self.doing.setAccessibleName("What is being done")
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop what is being computed (Esc)")
        self.zoom = QLabel(alignment=_RIGHT)
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("6400 %"))
        self._latest = _UNKNOWN
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._show_working(True))
        self._lay_out()
        self.cancel.clicked.connect(workspace.cancel)
        for runner in workspace.runners:
            runner.progressed.connect(self._show_progress)
            runner.busy_changed.connect(self._follow)
        for changed in (
            workspace.opened,
            workspace.segmented,
            workspace.document_changed,
            workspace.job_changed,
            workspace.cutter.changed,
            workspace.tissue.painted,
        ):
            changed.connect(self._show_again)
        self._show_working(False)

    def show_pixel(self, row: int, column: int) -> None:
        """Tell what is under the pointer; -1, -1 when it is nowhere."""
        self._place = (row, column)
        document = self._workspace.document
        if document is None or not _holds(document.image, row, column):
            self.pixel.clear()
            return
        self.pixel.setText(describe_pixel(document.image, self._say_result, row, column))

    def show_voxel(self, voxel: tuple[int, int, int] | None) -> None:
        """Tell what is under the pointer in a volume; None when it is nowhere."""
        self._voxel = voxel
        document = self._workspace.document
        if document is None or voxel is None or not _holds(document.image, *voxel):
            self.pixel.clear()
            return
        from segmenter.gui.volume.words import describe_voxel

        is_tissue = self._workspace.job is Job.TISSUE
        found = self._say_tissue(voxel) if is_tissue else self._say_result(*voxel)
        words = describe_voxel(document.image, voxel)
        self.pixel.setText(f"{words}      {found}".rstrip())

    def show_zoom(self, zoom: float) -> None:
        """Tell the zoom, device pixels per image pixel."""
        self.zoom.setText(f"{zoom:.0%}".replace("%", " %"))

    def show_note(self, about: str, words: str) -> None:
        """Tell what goes on beside the works on the document; no words when it has ended.

        Of several the one that began last is told.
        """
        self._notes.pop(about, None)
        if words:
            self._notes[about] = words
        self._show_note()

    def show_passing_note(self, words: str) -> None:
        """Tell what was done, for a while."""
        self._passing_note = words
        self._passing.start(PASSING_MS)
        self._show_note()

    def _show_note(self) -> None:
        lasting = next(reversed(self._notes.values()), "")
        self.note.setText(self._passing_note if self._passing.isActive() else lasting)

    def _say_result(self, *place: int) -> str:
        """Say what the job on screen has found at (row, column), or at (i, j, k)."""
        workspace = self._workspace
        if workspace.job is Job.FOREGROUND:
            scene, document = workspace.cutter.scene, workspace.document
            if scene is None or document is None or not scene.cuts:
                return ""
            return describe_object(scene.label_map, document.objects, *place)
        result = workspace.result
        if result is None:
            return ""
        cut = result.parts or result.objects
        if cut is not None:
            return describe_part(cut, workspace.labels, result.label_at(*place))
        classes = result.classes
        return "" if classes is None else describe_labels(classes, workspace.labels, *place)

    def _say_tissue(self, voxel: tuple[int, int, int]) -> str:
        """Say which tissue a voxel is, and what the view on screen shows of it."""
        from segmenter.gui.volume.words import describe_tissues, describe_view

        tissue, look = self._workspace.tissue, self._workspace.look
        if tissue.result is None or tissue.label_map is None:
            return ""
        labels = self._workspace.labels
        said = describe_tissues(tissue.result, tissue.label_map.values, labels, voxel)
        selected = labels[min(look.selected, len(labels)) - 1]
        computed = tissue.computed.get(computed_key(look.view, selected.value))
        if computed is None or not tissue.result.tissue.label_map[voxel]:
            return said
        shown = describe_view(look.view, float(computed.values[voxel]), selected)
        return f"{said}      {shown}"

    def _lay_out(self) -> None:
        row = layouts.row(self, spacing=16, margins=(16, 0, 16, 0))
        row.addWidget(self.pixel, 1)
        for part in (self.note, self.doing, self.bar, self.cancel, self.zoom):
            row.addWidget(part)
        self.setFixedHeight(32)

    def _show_again(self) -> None:
        document = self._workspace.document
        if document is None:
            return
        if document.image.is_volume:
            self.show_voxel(self._voxel)
        else:
            self.show_pixel(*self._place)

    def _follow(self, _busy: bool) -> None:
        if self._workspace.is_busy and not self._patience.isActive() and not self.bar.isVisible():
            self._begun_at = time.monotonic()
            self._patience.start()
        elif not self._workspace.is_busy:
            self._patience.stop()
            self._latest = _UNKNOWN
            self._show_working(False)

    def _show_working(self, working: bool) -> None:
        self.bar.setVisible(working)
        self.cancel.setVisible(working)
        if working:  # what is long may have reported before there was a bar
            self._show_progress(self._latest)
        else:
            self.doing.clear()

    def _show_progress(self, progress: Progress) -> None:
        self._latest = progress
        if not self.bar.isVisible():
            return
        words = [progress.message]
        likelihood = getattr(progress.partial, "log_likelihood", None)  # of the steps of a fit
        if likelihood is not None:
            words.append(f"log-likelihood {likelihood:.4f}")
        words.append(time_left(time.monotonic() - self._begun_at, progress.fraction))
        self.doing.setText("   ".join(each for each in words if each))
        if progress.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * progress.fraction))


def _holds(image: Image, *place: int) -> bool:
    """Tell whether a place is one of an image: another may be open since it was pointed at."""
    grid = image.grid
    is_alike = len(place) == len(grid)
    return is_alike and all(0 <= at < side for at, side in zip(place, grid, strict=True))


def time_left(elapsed: float, fraction: float | None) -> str:
    """Say how long a work will take yet, once that can be known; else nothing.

    Parameters
    ----------
    elapsed : float
        Seconds since it began.
    fraction : float or None
        How much of it is done, 0..1.
    """
    if fraction is None or elapsed < 1 or not 0.1 <= fraction < 1:
        return ""
    return f"{ceil(elapsed * (1 - fraction) / fraction)} s left"


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_UNKNOWN = Progress("")
