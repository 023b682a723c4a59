"""Threads that wait for errands, which begin and end in less time than futures take.

A future wakes whoever waits for it through Python's conditions, which costs as much as a short
kernel; errands and their queue are locks of the operating system.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

FOR_EVER = -1.0


class Errand:
    """A call that a thread of a pool makes, unless someone claims it first."""

    def __init__(self, task: Callable[[], None]) -> None:
        self._task = task
        self._error: BaseException | None = None
        self._claim: dict[str, str] = {}
        self._has_ended = False
        self._running = threading.Lock()
        self._running.acquire()

    def run(self) -> None:
        """Make the call, or nothing if it is claimed."""
        if not self._is_for("thread"):
            return
        try:
            self._task()
        except BaseException as error:  # raised again by whoever waits for it
            self._error = error
        finally:
            self._has_ended = True
            self._running.release()

    def claim(self) -> bool:
        """Take it, so that no thread makes the call; False where that is too late.

        To ask again gives the same answer: an interrupt may have swallowed the first.
        """
        return self._is_for("claimant")

    def _is_for(self, who: str) -> bool:
        """Tell whether it is taken, or was before, by whom asks; in one step, for all threads."""
        return self._claim.setdefault("by", who) == who

    def wait(self, seconds: float = FOR_EVER) -> bool:
        """Wait for the end of a call that was not claimed by the caller, and say if it came.

        An interrupt may leave the lock acquired: of a call that has ended it is not asked again.
        """
        if not self._has_ended and self._running.acquire(timeout=seconds):
            self._running.release()
        return self._has_ended

    def raise_error(self) -> None:
        """Raise the error that the call ended with, if it did."""
        if self._error is not None:
            raise self._error


class Pool:
    """Threads that run errands, started when all those before them are busy.

    Parameters
    ----------
    size : int
        Threads at most. They are daemons: whoever gives an errand waits for what it writes.
    begin : callable
        What each thread calls first.
    """

    def __init__(self, size: int, begin: Callable[[], None]) -> None:
        self._size, self._begin = size, begin
        self._errands: SimpleQueue[Errand] = SimpleQueue()
        self._lock = threading.Lock()
        self._n_threads = self._n_pending = 0

    def submit(self, errand: Errand) -> None:
        """Give an errand to the next thread that is free."""
        with self._lock:
            self._n_pending += 1
            if self._n_threads < min(self._n_pending, self._size):
                name = f"blocks_{self._n_threads + 1}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
                self._n_threads += 1  # only now: an interrupt may come before it is started
        self._errands.put(errand)

    def _work(self) -> None:
        self._begin()
        while True:
            self._errands.get().run()
            with self._lock:
                self._n_pending -= 1
