"""How the hot loops are compiled: one place for the options, so that every kernel has the same.

Kernels release the interpreter lock and start no threads of their own: threads call them block by
block, or let them take blocks (see :mod:`segmenter.em.blocks` and :mod:`segmenter.em.counter`).
Either can be stopped between two blocks and cannot deadlock.
What is kept on disk is renewed when the kernel's own file changes, not when a file it imports from
does: after editing such a file, delete the ``__pycache__`` folders.
A row is copied by a loop: assigned as a slice, it costs 3 s to compile the error it could raise.
``fastmath`` lets sums be vectorized and takes away the checks for NaN: validate before the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., object])

_FAST_IN_ORDER = {"nnan", "ninf", "nsz", "arcp", "contract", "afn"}  # all but "reassoc"


def compiled(function: F) -> F:
    """Compile a kernel at its first call, and keep the machine code on disk for the next start."""
    return _compiled(function, fastmath=True)


def compiled_part(function: F) -> F:
    """Compile a part of kernels, which only they can call: what Python needs costs a third more."""
    return _compiled(function, fastmath=True, no_cpython_wrapper=True)


def compiled_in_order(function: F) -> F:
    """Do the same for a part that fills the registers itself: its sums keep their order.

    Sums that the compiler puts into an order of its own take more registers than there are.
    """
    return _compiled(function, fastmath=_FAST_IN_ORDER, no_cpython_wrapper=True)


def _compiled(function: F, **options: object) -> F:
    kernel: F = njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(
        function
    )
    return kernel
