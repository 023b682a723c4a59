"""Blocks of a job that threads take, each once, until none is left."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Protocol

Task = Callable[[int], None]

FOR_EVER = float("inf")


class Supply(Protocol):
    """Blocks that several threads can take."""

    @property
    def n_blocks(self) -> int:
        """How many there are."""

    def do(self, until: float = FOR_EVER) -> None:
        """Do one of those left, and more until a time of :func:`time.perf_counter`."""

    def n_taken(self) -> int:
        """Count those that somebody does, or has done."""

    def is_done(self) -> bool:
        """Tell whether all are surely done, without waiting for longer than a moment."""

    def stop(self) -> None:
        """Leave undone what nobody has taken yet."""


class TaskSupply:
    """Blocks that are done as ``task(number)``, a call for each."""

    def __init__(self, task: Task, n_blocks: int) -> None:
        self.n_blocks = n_blocks
        self._task = task
        self._numbers = count()
        self._n_taken = 0
        self._is_stopped = False

    def do(self, until: float = FOR_EVER) -> None:
        """Do one of those left, and more until a time."""
        while not self._is_stopped and (number := next(self._numbers)) < self.n_blocks:
            self._n_taken = number + 1
            self._task(number)
            if perf_counter() >= until:
                return

    def n_taken(self) -> int:
        """Count those that somebody does, or has done."""
        return self._n_taken

    def is_done(self) -> bool:
        """Tell nothing: who waits for a task sees its errors too."""
        return False

    def stop(self) -> None:
        """Leave undone what nobody has taken yet."""
        self._is_stopped = True
