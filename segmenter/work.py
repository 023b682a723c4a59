"""Long work as a generator: each yield is a report, and a place to stop.

The window drives a work on a worker thread, the command line under a progress bar, a test with
:func:`finish`. A work yields at least every 50 ms where it can; whoever drives it stops it between
two yields by closing it, and it must then leave nothing half-done.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


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
