"""Ctrl+C, noticed even where a library that is being loaded turns it into an error of its own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noticed_interrupts() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at each interrupt, as ever, and list those that came."""
    came: list[int] = []

    def notice(number: int, _frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield came  # whoever has a handler of their own keeps it
        return
    signal.signal(signal.SIGINT, notice)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
