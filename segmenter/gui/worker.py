"""Long work off the window's thread: one thread, one work at a time, and the latest request wins.

A :class:`Runner` drives a :data:`segmenter.work.Work` on its own thread. Starting another work
supersedes the one that runs: nothing more of it is reported, and it is stopped at its next yield.
All signals arrive on the thread of the runner, that is the window's.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal, Slot

from segmenter.errors import SegmenterError
from segmenter.work import Progress, Work

NICENESS = 5
REPORT_INTERVAL = 1 / 30
"""Seconds between two reports of a work: no eye sees more, and the window is not flooded."""


class Runner(QObject):
    """Drives works on a thread of its own.

    Signals
    -------
    progressed(Progress)
        The latest report of the work that runs, at most 30 a second besides those that have
        something to show.
    succeeded(object)
        The result of the work.
    failed(SegmenterError)
        The work met what the user can understand and act on.
    crashed(Exception)
        The work met a bug.
    busy_changed(bool)
        A work has begun where none was running, or the last one has ended or was cancelled.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _Thread(name)
        self._thread.reported.connect(self._deliver)
        self._current: _Job | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a work runs that has not been cancelled."""
        return self._current is not None

    def start(self, work: Work[Any]) -> None:
        """Run a work instead of the one that runs, if any."""
        was_busy = self.is_busy
        self._supersede()
        self._current = _Job(work)
        self._thread.take(self._current)
        if not was_busy:
            self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop the work that runs; nothing more of it is reported."""
        if self.is_busy:
            self._supersede()
            self.busy_changed.emit(False)

    def close(self, patience_ms: int | None = None) -> bool:
        """Stop everything and wait for the thread to end; the runner is of no use afterwards.

        Parameters
        ----------
        patience_ms : int, optional
            How long to wait; as long as it takes if not given.

        Returns
        -------
        bool
            Whether the thread has ended.
        """
        self._supersede()
        return self._thread.finish(patience_ms)

    def _supersede(self) -> None:
        if self._current is not None:
            self._current.stop.set()
            self._current = None

    @Slot(object)
    def _deliver(self, report: _Report) -> None:
        """Pass a report on, unless its work has been superseded since."""
        if report.job is not self._current:
            return
        if isinstance(report.content, Progress):
            self.progressed.emit(report.content)
            return
        self._current = None
        self._deliver_end(report.content)
        if not self.is_busy:
            self.busy_changed.emit(False)

    def _deliver_end(self, content: object) -> None:
        if isinstance(content, _Result):
            self.succeeded.emit(content.value)
        elif isinstance(content, SegmenterError):
            self.failed.emit(content)
        else:
            self.crashed.emit(content)


class _Job:
    """A work, and the flag that stops it."""

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.stop = threading.Event()


@dataclass(frozen=True, slots=True)
class _Result:
    value: object


@dataclass(frozen=True, slots=True)
class _Report:
    """What a job has to say: a Progress, a _Result or an exception."""

    job: _Job
    content: object


class _Thread(QThread):
    """Drives one job after the other; a job that was not begun is replaced by a later one."""

    reported = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._changed = threading.Condition()
        self._next: _Job | None = None
        self._ended = False

    def take(self, job: _Job) -> None:
        with self._changed:
            self._next = job
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def finish(self, patience_ms: int | None) -> bool:
        with self._changed:
            self._ended = True
            self._changed.notify()
        return self.wait(QDeadlineTimer(-1 if patience_ms is None else patience_ms))

    def run(self) -> None:
        _stand_back()
        while (job := self._await_job()) is not None:
            self._drive(job)

    def _await_job(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._next is not None)
            job, self._next = self._next, None
            return None if self._ended else job

    def _drive(self, job: _Job) -> None:
        reported_at = 0.0
        try:
            while not job.stop.is_set():
                progress = next(job.work)
                is_due = time.monotonic() - reported_at >= REPORT_INTERVAL
                if is_due or progress.partial is not None:
                    reported_at = time.monotonic()
                    self.reported.emit(_Report(job, progress))
        except StopIteration as end:
            self.reported.emit(_Report(job, _Result(end.value)))
        except Exception as error:  # a bug is reported on the window's thread
            self.reported.emit(_Report(job, error))
        finally:
            job.work.close()


def _stand_back() -> None:
    """Let the window's thread go first where both want the processor.

    Linux knows a niceness for each thread, and threads started by this one inherit it.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
