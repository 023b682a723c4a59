"""Reference cycles are collected on the window's thread, in small bites, between events.

Python would collect wherever it happens to be: on a worker's thread, where a widget must not be
destroyed, and at any length; over all that the libraries and the compiler leave on the heap one
full collection takes 0.2 s, in which the window stands still.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 250
FULL_EVERY = 240
"""A full collection comes once in so many intervals, and waits until no work runs."""


class GarbageCollector(QObject):
    """Takes collection over from Python for the life of the program.

    Nothing is collected before `set_aside` is called for the first time: what comes into being
    while libraries are imported stays.

    Parameters
    ----------
    is_busy : callable
        Tells whether a work runs.
    parent : QObject
        The window.
    """

    def __init__(self, is_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._is_busy = is_busy
        self._since_full = 0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    def set_aside(self) -> None:
        """Leave all there is now out of collections: the libraries, which stay to the end."""
        gc.freeze()
        self._timer.start()

    def collect(self) -> None:
        """Collect what is young, and now and then everything."""
        self._since_full += 1
        if self._since_full >= FULL_EVERY and not self._is_busy():
            self._since_full = 0
            gc.collect()
        else:
            gc.collect(1)
