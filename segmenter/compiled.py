"""How the hot loops are compiled: one place for the options, so that every kernel has the same.

Kernels release the interpreter lock and start no threads of their own: threads call them block by
block (see :mod:`segmenter.em.blocks`), which can be stopped between two blocks and cannot deadlock.
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


def compiled(function: F) -> F:
    """Compile a kernel at its first call, and keep the machine code on disk for the next start."""
    kernel: F = njit(cache=True, nogil=True, fastmath=True, error_model="numpy")(function)
    return kernel


def compiled_in_order(function: F) -> F:
    """Do the same for a kernel that fills the registers itself: its sums keep their order.

    Sums that the compiler puts into an order of its own take more registers than there are.
    """
    flags = {"nnan", "ninf", "nsz", "arcp", "contract", "afn"}
    kernel: F = njit(cache=True, nogil=True, fastmath=flags, error_model="numpy")(function)
    return kernel
