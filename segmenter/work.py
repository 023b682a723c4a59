"""Long work as a generator: each yield is a report, and a place to stop.

The window drives a work on a worker thread, the command line under a progress bar, a test with
:func:`finish`. A work yields at least every 50 ms where it can; whoever drives it stops it between
two yields by closing it, and it must then leave nothing half-done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")

REPORT_SECONDS = 0.03
"""A work that only waits reports, and can be stopped, this often."""

_MOST_WAITING = 8  # reports of a work apart that nobody has taken; then it waits


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


def changed(work: Work[T], change: Callable[[Progress], Progress]) -> Work[T]:
    """Drive a work as a part of another one, and pass its reports on through a function.

    Parameters
    ----------
    work : Work
        The part; it is closed when the whole is.
    change : callable
        Makes what is reported of what the part reports.
    """
    try:
        while True:
            yield change(next(work))
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


def portion(work: Work[T], start: float, end: float) -> Work[T]:
    """Drive a work as a part of a larger one: its fractions 0..1 become ``start..end``.

    A report without a fraction, or with a lower one, leaves the larger work where it is.

    Parameters
    ----------
    work : Work
        The part.
    start, end : float
        The share of the whole at which the part begins and ends.
    """
    inner = 0.0

    def placed(progress: Progress) -> Progress:
        nonlocal inner
        inner = max(inner, progress.fraction or 0.0)
        return replace(progress, fraction=start + (end - start) * inner)

    return changed(work, placed)


def unmeasured(work: Work[T]) -> Work[T]:
    """Drive a work as one of many rounds, nobody knows how many: its reports have no fraction.

    Parameters
    ----------
    work : Work
        The round.
    """
    return changed(work, lambda progress: replace(progress, fraction=None))


def reported_as(work: Work[T], progress: Progress) -> Work[T]:
    """Drive a work as a part of another one that has only this to report.

    Parameters
    ----------
    work : Work
        The part.
    progress : Progress
        Passed on at each of its reports.
    """
    return changed(work, lambda _: progress)


def aside(task: Callable[[], T], progress: Progress) -> Work[T]:
    """Wait for a task that cannot report itself, such as one long call of a library.

    If the work is dropped, the task goes on to its end and its result is thrown away: it must
    change nothing that others see.

    Parameters
    ----------
    task : callable
        It should release the interpreter lock most of the time.
    progress : Progress
        Reported while it runs.
    """

    def only_step() -> Work[T]:
        yield progress
        return task()

    return apart(only_step())


def apart(work: Work[T]) -> Work[T]:
    """Drive a work on a thread of its own, so that it reports however long its steps take.

    It goes a few reports ahead of whoever takes them, and then waits. If it is dropped, the thread
    goes on to the end of the step that it is at, and closes the work.

    Parameters
    ----------
    work : Work
        Its long steps, such as the loading of compiled kernels, should release the interpreter
        lock most of the time.
    """
    reports: SimpleQueue[Progress | None] = SimpleQueue()
    room = threading.Semaphore(_MOST_WAITING)
    is_dropped = threading.Event()
    ended: Future[T] = Future()

    def drive() -> None:
        try:
            while not is_dropped.is_set():
                reports.put(next(work))
                room.acquire()
        except StopIteration as stop:
            ended.set_result(stop.value)
        except BaseException as error:  # raised again where the work is driven
            ended.set_exception(error)
        finally:
            work.close()
            reports.put(None)

    threading.Thread(target=drive, name="apart", daemon=True).start()
    latest = Progress("Beginning", 0.0)
    try:
        while (report := _next_of(reports, room, latest)) is not None:
            latest = replace(report, partial=None)
            yield report
    finally:
        is_dropped.set()
        room.release()
    return ended.result()


def _next_of(
    reports: SimpleQueue[Progress | None], room: threading.Semaphore, latest: Progress
) -> Progress | None:
    """Wait for a report, and give the latest once more if there is none in time."""
    try:
        report = reports.get(timeout=REPORT_SECONDS)
    except Empty:
        return latest
    room.release()
    return report
