"""Keeps the object in step with the marks: prepares the image, cuts on a thread, remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.errors import SegmenterError
from segmenter.gui.worker import Runner
from segmenter.session.marks import NO_MARKS, Marks
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.canvas.levels import Levels
    from segmenter.gui.foreground.steps import ObjectCut, Ready
    from segmenter.images.image import Image

KEPT_CUTS = 8
"""Results that are kept, so that undo and redo show at once what was there."""


class ObjectCutter(QObject):
    """Cuts an object out of an image as marks say; the latest marks win.

    Beside the runner that cuts there is one for views of the result that take a while.

    Signals
    -------
    changed()
        Another mask can be shown, or none any more.
    refused(SegmenterError)
        Why the marks give no object.
    crashed(Exception)
        A work met a bug.
    """

    changed = Signal()
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.cut: ObjectCut | None = None
        self.coarse: Levels | None = None
        self._image: Image | None = None
        self._ready: Ready | None = None
        self._marks = NO_MARKS
        self._draft: Marks | None = None
        self._running = NO_MARKS
        self._kept: dict[Marks, ObjectCut] = {}
        self.views = Runner("object views", self)
        self.views.crashed.connect(self.crashed)
        self.runner = Runner("object", self)
        self.runner.progressed.connect(self._on_progress)
        self.runner.succeeded.connect(self._on_success)
        self.runner.failed.connect(self._on_refused)
        self.runner.crashed.connect(self._on_crashed)

    @property
    def cut_is_current(self) -> bool:
        """Whether the result is that of the marks; no result is that of none."""
        return self._marks == (NO_MARKS if self.cut is None else self.cut.marks)

    def open_image(self, image: Image) -> None:
        """Begin with another image, without marks."""
        self.runner.cancel()
        self._image, self._ready, self._marks, self._draft = image, None, NO_MARKS, None
        self._kept = {}
        self._show(None)

    def prepare(self) -> None:
        """Do ahead what does not depend on marks."""
        if self._image is not None and self._ready is None and not self.runner.is_busy:
            self._running = NO_MARKS
            self.runner.start(_prepare(self._image))

    def follow(self, marks: Marks) -> None:
        """Cut the object out as these marks say."""
        if marks != self._marks or self._draft is not None:
            self._marks, self._draft = marks, None
            self._bring(marks)

    def follow_draft(self, marks: Marks) -> None:
        """Show what marks would give that are still being drawn.

        A draft waits for the one before, so that something is seen while the hand moves on.
        """
        is_waiting = self._draft is not None and self.runner.is_busy
        self._draft = marks
        if not is_waiting:
            self._start(marks)

    def drop_draft(self) -> None:
        """Go back to the marks that were last followed."""
        if self._draft is not None:
            self._draft = None
            self._bring(self._marks)

    def cancel(self) -> None:
        """Stop what runs; what is on screen stays."""
        self.runner.cancel()
        self._draft, self.coarse = None, None
        self.changed.emit()

    def _bring(self, marks: Marks) -> None:
        """Show the result of marks: at once where it is known, else when it is there."""
        if self.cut is not None and self.cut.marks == marks:
            self._keep(self.cut)
        if marks and marks not in self._kept:
            self._start(marks)
        else:
            if self._ready is not None:
                self.runner.cancel()
            self._show(self._kept.get(marks))

    def _start(self, marks: Marks) -> None:
        """Begin to cut; an image that is not prepared is prepared first."""
        if self._ready is None:
            self.prepare()
        elif not (self.runner.is_busy and self._running == marks):
            self._running = marks
            self.runner.start(_cut(self._ready, marks, self._previous(marks)))

    def _previous(self, marks: Marks) -> ObjectCut | None:
        """Find the kept result that these marks go on from, if there is one."""
        while marks.drawn:
            marks = marks.before_last
            if marks in self._kept:
                return self._kept[marks]
        return None

    def _on_progress(self, progress: Progress) -> None:
        if progress.partial is not None:
            self.coarse = progress.partial  # type: ignore[assignment]
            self.changed.emit()

    def _on_success(self, result: tuple[Ready, ObjectCut | None]) -> None:
        self._ready, cut = result
        if cut is not None:
            if cut.marks == self._marks:
                self._keep(cut)
            self._show(cut)
        wanted = self._marks if self._draft is None else self._draft
        if wanted and (cut is None or cut.marks != wanted):
            self._start(wanted)

    def _keep(self, cut: ObjectCut) -> None:
        self._kept.pop(cut.marks, None)
        while len(self._kept) >= KEPT_CUTS:
            self._kept.pop(next(iter(self._kept)))
        self._kept[cut.marks] = cut

    def _show(self, cut: ObjectCut | None) -> None:
        self.cut, self.coarse = cut, None
        self.changed.emit()

    def _on_refused(self, error: SegmenterError) -> None:
        if self._draft is None:  # what is not finished need not make sense
            self._show(None)
            self.refused.emit(error)

    def _on_crashed(self, error: Exception) -> None:
        self._show(None)
        self.crashed.emit(error)


def _prepare(image: Image) -> Work[tuple[Ready, None]]:
    """Prepare an image, with imports on the thread."""
    yield Progress("Preparing for clicks")
    from segmenter.gui.foreground.steps import prepare_steps

    return (yield from prepare_steps(image)), None


def _cut(ready: Ready, marks: Marks, previous: ObjectCut | None) -> Work[tuple[Ready, ObjectCut]]:
    from segmenter.gui.foreground.steps import cut_steps

    before = None if previous is None else previous.foreground
    return ready, (yield from cut_steps(ready, marks, before))
