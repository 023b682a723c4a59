"""Ctrl+C, noticed even where a library that is being loaded turns it into an error of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def raised_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt in place of any error that comes after an interrupt.

    It may be used within itself. Whatever handler there is still decides what an interrupt does;
    on other threads than the main one, which get none, nothing is done.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return
    came = False

    def notice(number: int, frame: FrameType | None) -> None:
        nonlocal came
        try:
            handler(number, frame)
        except KeyboardInterrupt:
            came = True
            raise

    signal.signal(signal.SIGINT, notice)
    try:
        yield
    except Exception:
        if came:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, handler)
