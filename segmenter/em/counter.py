"""A counter from which kernels take the numbers of blocks themselves, on several threads at once.

A call from Python for each block is too much where blocks are short: of two threads that come back
from a kernel one waits for the interpreter lock, asleep, and waking takes as long as the kernel.
So does waking who waits for the end of the last block: for a moment it looks at the counter itself.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.supply import FOR_EVER

Counter = NDArray[np.int64]
Kernel = Callable[[Counter, int], None]

_ONE = ir.Constant(ir.IntType(64), 1)
_BYTES = 8
_LEAST_SECONDS = 1e-6  # that a block may be thought to take
_MOST_LOOKS = 300_000  # about a tenth of a millisecond


def new_counter() -> Counter:
    """Make a counter of which no number is taken, and none is done."""
    return np.zeros(2, np.int64)


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def take_number(_context: Any, counter: Any) -> tuple[Any, Callable[[Any, Any, Any, Any], Any]]:
    """Take the next number of a counter, which no other thread gets then."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        return builder.atomic_rmw("add", array.data, _ONE, "seq_cst")

    return types.int64(counter), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def tell_done(_context: Any, counter: Any) -> tuple[Any, Callable[[Any, Any, Any, Any], Any]]:
    """Say that one of the numbers is done: what was written for it can be read."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.atomic_rmw(
            "add", _place_of_done(context, builder, signature, args), _ONE, "seq_cst"
        )
        return context.get_dummy_value()

    return types.none(counter), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def n_done(_context: Any, counter: Any) -> tuple[Any, Callable[[Any, Any, Any, Any], Any]]:
    """Count the numbers that are done, as other threads say."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place_of_done(context, builder, signature, args)
        return builder.load_atomic(place, "seq_cst", _BYTES)

    return types.int64(counter), generate


def _place_of_done(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(array.data, [_ONE])


@compiled
def wait_for_done(counter: Any, n: Any, most_looks: Any) -> Any:
    """Look at a counter until so many numbers are done, or too often, and say whether they are."""
    looks = 0
    while n_done(counter) < n and looks < most_looks:
        looks += 1
    return looks < most_looks


class KernelSupply:
    """Blocks that a kernel takes, as ``kernel(counter, most)``: at most so many in a call.

    The kernel takes each with :func:`take_number`, and afterwards calls :func:`tell_done`.

    See :class:`segmenter.em.supply.Supply`.
    """

    def __init__(self, kernel: Kernel, n_blocks: int) -> None:
        self.n_blocks = n_blocks
        self._kernel = kernel
        self._counter = new_counter()

    def do(self, until: float = FOR_EVER) -> None:
        """Do one of those left, and more until a time: as many as fit, if they are alike."""
        most = 1 if until < FOR_EVER else self.n_blocks
        while self.n_taken() < self.n_blocks:
            begun = perf_counter()
            self._kernel(self._counter, most)
            now = perf_counter()
            if now >= until:
                return
            n_fitting = most * (until - now) / (now - begun + _LEAST_SECONDS)
            most = int(min(self.n_blocks, n_fitting)) + 1

    def n_taken(self) -> int:
        """Count those that somebody does, or has done."""
        return min(int(self._counter[0]), self.n_blocks)

    def is_done(self) -> bool:
        """Tell whether all are done, or in a moment."""
        is_done: bool = wait_for_done(self._counter, self.n_blocks, _MOST_LOOKS)
        return is_done

    def stop(self) -> None:
        """Leave undone what nobody has taken yet."""
        self._counter[0] = self.n_blocks
