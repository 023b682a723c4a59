"""Linear algebra keeps to one thread while a method works.

The methods spread their blocks over the cores themselves, and the matrices between them are small.
BLAS would hand even those to threads of its own, which wait for a core that the blocks have, on a
busy machine for 90 ms each time. On one thread its sums also have one order on any machine.

The threads of BLAS belong to the process: while a work runs, linear algebra elsewhere in the
process keeps to its own thread too. The number that was set before, by whichever thread, is back
when no work runs any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import scipy.linalg  # noqa: F401  it brings a BLAS of its own, which must be there to be found
from threadpoolctl import OpenBLASController, ThreadpoolController

from segmenter.work import Work

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _libraries() -> ThreadpoolController:
    """Every BLAS of the process; looking for them takes a millisecond, so it is done once."""
    return ThreadpoolController()


@contextmanager
def _heeded() -> Iterator[None]:
    """Let this thread set the threads of BLAS, and then any other.

    threadpoolctl heeds the first thread alone that does, while that lives, which it believes of a
    thread of Qt for ever.
    """
    OpenBLASController.clear_controlling_thread(force=True)
    try:
        yield
    finally:
        OpenBLASController.clear_controlling_thread()


class _Limit:
    """Held by any number of works at a time: the first sets it, and the last one lifts it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_holders = 0
        self._limits: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._n_holders == 0:
                with _heeded():
                    self._limits = _libraries().limit(limits=1, user_api="blas")
            self._n_holders += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._n_holders -= 1
            if self._n_holders == 0:
                with _heeded():
                    self._limits.restore_original_limits()


_limit = _Limit()


def with_serial_blas(steps: Callable[P, Work[R]]) -> Callable[P, Work[R]]:
    """Let a work do its linear algebra on the thread it runs on.

    Parameters
    ----------
    steps : callable
        Makes the work.

    Returns
    -------
    callable
        Makes the same work; BLAS has its threads back when that ends, fails or is closed.
    """

    @wraps(steps)
    def limited(*args: P.args, **kwargs: P.kwargs) -> Work[R]:
        with _limit:
            return (yield from steps(*args, **kwargs))

    return limited
