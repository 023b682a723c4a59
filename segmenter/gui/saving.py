"""Keeping the user's work: sessions, and a question before hand work is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from segmenter.gui.dialogs.leave import ask_before_leaving, ask_to_replace
from segmenter.gui.file_filters import SESSION_FILTER, SUFFIX
from segmenter.gui.look import Job
from segmenter.gui.samples import is_sample
from segmenter.gui.worker import Runner
from segmenter.session.hand_work import NO_HAND_WORK, HandWork, hand_work, latest_readings
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from segmenter.gui.workspace import Workspace
    from segmenter.session.history import History


class Saving(QObject):
    """Knows which hand work is nowhere but in the window, and saves it.

    Signals
    -------
    changed()
        Other work is unsaved.
    saved(Path)
        A session is written.
    failed(SegmenterError)
        Why it is not.
    crashed(Exception)
        Writing it met a bug.
    """

    changed = Signal()
    saved = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._kept = NO_HAND_WORK
        self._then: Callable[[], None] | None = None
        self._given_up: HandWork | None = None
        self._waiting: Path | None = None
        self.runner = Runner("session", self)
        self.runner.succeeded.connect(self._on_saved)
        self.runner.failed.connect(self.failed)
        self.runner.crashed.connect(self.crashed)
        workspace.opened.connect(self._begin)
        # A fit that was cancelled goes back to what is shown first.
        workspace.segmented.connect(self._write_waiting, Qt.ConnectionType.QueuedConnection)
        workspace.document_changed.connect(self.changed)

    @property
    def has_unsaved(self) -> bool:
        """Whether there is hand work that was neither saved nor exported since."""
        history = self._workspace.history
        return history is not None and hand_work(history) != self._kept

    @property
    def is_between_labels(self) -> bool:
        """Whether names are still to follow their regions into the result that is being made."""
        document, is_fitting = self._workspace.document, self._workspace.fitter.runner.is_busy
        return document is not None and is_fitting and not document.labels_are_current

    def keep(self, job: Job) -> None:
        """Take the hand work of a job as kept: its result has been exported."""
        if self._workspace.history is not None:
            name = job.name.lower()
            done = getattr(hand_work(self._workspace.history), name)
            if job is Job.REGIONS:
                done = self._kept_regions(done, self._workspace.history.document.recipe.reading)
            self._kept = self._kept._replace(**{name: done})
            self.changed.emit()

    def keep_all(self, history: History) -> None:
        """Take all hand work of a history as kept: a session holds it."""
        self._kept = hand_work(history)
        self.changed.emit()

    def keep_nothing(self) -> None:
        """Take no hand work as kept: it was recovered, and is in no session of the user."""
        self._kept = NO_HAND_WORK
        self.changed.emit()

    def _kept_regions(
        self, done: frozenset[tuple[object, ...]], reading: str
    ) -> frozenset[tuple[object, ...]]:
        """Take the work in one reading as kept: only that one has been exported."""
        exported = {work for work in done if work[0] == reading}
        return frozenset(exported.union(work for work in self._kept.regions if work[0] != reading))

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save the session where it was saved before, or ask where; then go on."""
        if self._workspace.session_path is None:
            self.save_as(then)
        else:
            self._then = then
            self._write(self._workspace.session_path)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Ask where to save the session, and go on once it is."""
        document = self._workspace.document
        if document is None:
            return
        proposed = self._workspace.session_path or _beside(document.image.source.path)
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save Session", str(proposed), SESSION_FILTER
        )
        named = self._with_suffix(path) if path else None
        present = self._workspace.document
        is_same = present is not None and present.image is document.image
        if named and is_same:  # another image may have come while the dialogs were open
            self._then = then
            self._write(named)

    def leave(
        self,
        what_comes: str,
        go: Callable[[], None],
        stay: Callable[[], None] | None = None,
        *,
        goes_on: bool = False,
    ) -> None:
        """Go on if no hand work is lost by it, or the user says so, or has saved it.

        Parameters
        ----------
        what_comes : str
            Before what it is saved: "another image is opened".
        go : callable
            What would throw the work away.
        stay : callable, optional
            Called if the user stays.
        goes_on : bool
            Whether this is the rest of what the user has answered for: not the same work twice.
        """
        if not goes_on:
            self._then = None  # the latest request wins
        document, history = self._workspace.document, self._workspace.history
        is_answered = goes_on and history is not None and hand_work(history) == self._given_up
        if document is None or not self.has_unsaved or is_answered:
            go()
            return

        def save() -> None:
            if stay is not None:
                stay()  # until it is saved, and if it is not
            self.save(lambda: self.leave(what_comes, go, stay, goes_on=goes_on))

        ask_before_leaving(
            self._window,
            document.image.source.name,
            what_comes,
            asks_where=self._workspace.session_path is None,
            save=save,
            discard=lambda: self._give_up(go),
            stay=stay,
        )

    def _with_suffix(self, path: str) -> Path | None:
        """Complete a name; None if that is another file's, which the dialog could not ask about."""
        named = Path(path if path.endswith(SUFFIX) else f"{path}{SUFFIX}")
        if path.endswith(SUFFIX) or not named.exists():
            return named
        return named if ask_to_replace(self._window, named.name) else None

    def _give_up(self, go: Callable[[], None]) -> None:
        """Go on without what has been done, which stays until something else is open."""
        if self._workspace.history is not None:
            self._given_up = hand_work(self._workspace.history)
        go()

    def _begin(self) -> None:
        """Nothing has been done by hand on what is opened, but what its session holds."""
        history = self._workspace.history
        self._waiting, self._given_up = None, None
        if history is not None:
            self.keep_all(history)

    def _write(self, path: Path) -> None:
        if self._workspace.history is None:
            return
        if self.is_between_labels:
            self._waiting = path
            return
        self.runner.start(save_steps(path, self._workspace))

    def _write_waiting(self) -> None:
        if self._waiting is not None:
            path, self._waiting = self._waiting, None
            self._write(path)

    def _on_saved(self, saved: Saved) -> None:
        document, then = self._workspace.document, self._then
        if document is not None and document.image is saved.history.document.image:
            self._workspace.session_path = saved.path
            self.keep_all(saved.history)
        self.saved.emit(saved.path)
        if then is not None:
            then()


class Saved(NamedTuple):
    """A session that is written: another image may be open by then, or more be done."""

    path: Path
    history: History


def save_steps(path: Path, workspace: Workspace) -> Work[Saved]:
    """Save what is open now as a session.

    Parameters
    ----------
    path : Path
        The file to write.
    workspace : Workspace
        What is open; something must be.

    Returns
    -------
    Work of Saved
        What is to be run, on any thread: what is done meanwhile is not in it.
    """
    history, active = workspace.history, workspace.active
    assert history is not None
    return _save_steps(path, history, workspace.job, 1 if active is None else active.value)


def _save_steps(path: Path, history: History, job: Job, selected: int) -> Work[Saved]:
    yield Progress(f"Saving {path.name}")
    from segmenter.session.file import Session, save_session

    save_session(path, Session(latest_readings(history), job.value, selected))
    return Saved(path, history)


def _beside(path: Path | None) -> Path:
    """Propose a session beside the image; in the home folder where there is none."""
    if path is None or is_sample(path):
        return Path.home() / f"{'session' if path is None else path.stem}{SUFFIX}"
    from segmenter.export.names import plain_stem

    return path.parent / f"{plain_stem(path.name)}{SUFFIX}"
