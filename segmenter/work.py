"""Long work as a generator: each yield is a report, and a place to stop.

The window drives a work on a worker thread, the command line under a progress bar, a test with
:func:`finish`. A work yields at least every 50 ms where it can; whoever drives it stops it between
two yields by closing it, and it must then leave nothing half-done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")

REPORT_SECONDS = 0.03
"""A work that only waits reports, and can be stopped, this often."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A report from a running work.

    Attributes
    ----------
    message : str
        What is being done, as words for the user.
    fraction : float or None
        Share of the work that is done, 0 to 1, or None while it is unknown.
    partial : object
        What can already be shown, or None. Each work documents the type of its own.
    """

    message: str
    fraction: float | None = None
    partial: object = None


Work = Generator[Progress, None, T]


def finish(work: Work[T], on_progress: Callable[[Progress], None] | None = None) -> T:
    """Drive a work to its end and return its result.

    Parameters
    ----------
    work : Work
        The work to drive.
    on_progress : callable, optional
        Called with every report.
    """
    try:
        while True:
            progress = next(work)
            if on_progress is not None:
                on_progress(progress)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


def portion(work: Work[T], start: float, end: float) -> Work[T]:
    """Drive a work as a part of a larger one: its fractions 0..1 become ``start..end``.

    Parameters
    ----------
    work : Work
        The part.
    start, end : float
        The share of the whole at which the part begins and ends.
    """
    try:
        while True:
            progress = next(work)
            inner = 0.0 if progress.fraction is None else progress.fraction
            yield replace(progress, fraction=start + (end - start) * inner)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


def aside(task: Callable[[], T], progress: Progress) -> Work[T]:
    """Wait for a task that cannot report itself, such as one long call of a library.

    It runs on a thread of its own. If the work is dropped, that thread goes on to the end of the
    task and its result is thrown away: the task must change nothing that others see.

    Parameters
    ----------
    task : callable
        It should release the interpreter lock most of the time.
    progress : Progress
        Reported while it runs.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(task())
        except BaseException as error:  # raised again where the work is driven
            future.set_exception(error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    yield progress
    while wait([future], timeout=REPORT_SECONDS).not_done:
        yield progress
    return future.result()
