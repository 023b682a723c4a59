"""Which cores the threads of the pool may use: while their caller works itself, the others.

A thread that is woken often starts on the core of the one that woke it, and waits there although
another core is idle: Linux looks for an idle one only while few are busy. The other threads of a
short job then begin when all is done. Where threads cannot be told, nothing is done.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache

NO_CORE = -1


class Crew:
    """Threads that can be told to keep off a core, which they do until they are told otherwise."""

    def __init__(self) -> None:
        self._members: list[int] = []
        self._core = NO_CORE
        self._lock = threading.Lock()

    def join(self) -> None:
        """Make the calling thread one of them."""
        with self._lock:
            self._members.append(threading.get_native_id())
            if self._core != NO_CORE:
                _keep_off(self._core, self._members[-1])

    def keep_off(self, core: int) -> None:
        """Tell them to keep off a core, or off none."""
        if core == self._core:
            return
        with self._lock:
            self._core = core
            for member in self._members:
                _keep_off(core, member)


def current_core() -> int:
    """Core that the calling thread is on; none where it could not keep others off."""
    return _core_getter()()


@cache
def _core_getter() -> Callable[[], int]:
    if not hasattr(os, "sched_setaffinity"):
        return lambda: NO_CORE
    getter: Callable[[], int] = getattr(ctypes.CDLL(None), "sched_getcpu", lambda: NO_CORE)
    return getter


@cache
def _all_cores() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(os.getpid()))


def _keep_off(core: int, thread: int) -> None:
    with suppress(OSError):  # the thread has ended, or the cores of the process were taken away
        os.sched_setaffinity(thread, (_all_cores() - {core}) or _all_cores())
