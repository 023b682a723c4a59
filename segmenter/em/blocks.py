"""How blocks of samples are spread over the processor's cores: one pool for the whole program.

The blocks of a job are fixed by its size alone, each writes into its own place, and sums over them
are added up in their order. The result is therefore the same bit for bit on any number of threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache, partial
from time import perf_counter

from segmenter.em.cores import NO_CORE, Crew, current_core
from segmenter.em.pool import Errand, Pool
from segmenter.em.supply import Supply, Task, TaskSupply
from segmenter.work import REPORT_SECONDS, Progress, Work, finish

_MOST_CHUNKS = 64
_LEAST_CHUNK = 1 << 14  # less work is not worth another thread
_CHUNK_UNIT = 512
_SHORT_SECONDS = 0.005  # for so long a caller works itself


def run_blocks(task: Task, n_blocks: int) -> None:
    """Call ``task(0)`` to ``task(n_blocks - 1)`` on all cores and wait for them.

    Parameters
    ----------
    task : callable
        Does one block. It runs in parallel only as far as it releases the interpreter lock.
        Blocks that it starts itself are done one after the other, on its own thread: waiting
        for the pool from inside the pool could wait for ever.
    n_blocks : int
        How many blocks there are.
    """
    finish(run_blocks_steps(task, n_blocks))


def share_out(task: Callable[[int, int], None], n: int) -> None:
    """Do some items in one call for each core, as ``task(first, last)``, and wait for them.

    Short kernels are better called once for many items: of two threads that come back from a
    kernel, one waits for the interpreter lock, asleep, and waking takes as long as a short kernel.

    Parameters
    ----------
    task : callable
        Does the items from ``first`` to before ``last``.
    n : int
        How many items there are.
    """
    n_shares = min(thread_count(), n)
    run_blocks(lambda k: task(n * k // n_shares, n * (k + 1) // n_shares), n_shares)


def run_blocks_steps(task: Task, n_blocks: int, message: str = "Computing") -> Work[None]:
    """Do the same as a work, which can be stopped between two blocks.

    Parameters
    ----------
    task, n_blocks
        As for :func:`run_blocks`.
    message : str
        What is being done, for the reports.
    """
    yield from run_supply_steps(TaskSupply(task, n_blocks), message)


def run_supply_steps(supply: Supply, message: str = "Computing") -> Work[None]:
    """Do all blocks of a supply on all cores, as a work.

    All is written when it ends; a thread may let go of the supply a moment later.
    """
    n_blocks = supply.n_blocks
    if n_blocks == 1 or thread_count() == 1 or getattr(_thread, "is_worker", False):
        yield from _run_serially(supply, message)
        return
    errands = [Errand(supply.do) for _ in range(min(thread_count(), n_blocks) - 1)]
    _crew().keep_off(current_core())
    try:
        for errand in errands:
            _pool().submit(errand)
        # Waking a thread takes as long as a small block: this one begins, and only reports later.
        _as_worker(partial(supply.do, perf_counter() + _SHORT_SECONDS))
        if supply.n_taken() < n_blocks:
            _crew().keep_off(NO_CORE)
            errands.append(Errand(supply.do))
            _pool().submit(errands[-1])
        else:
            begun = _those_begun(errands)
            errands = [] if begun and supply.is_done() else begun
        for errand in errands:
            while not errand.wait(REPORT_SECONDS):
                yield Progress(message, supply.n_taken() / n_blocks)
    finally:
        try:
            _stop(supply, errands)
        except KeyboardInterrupt:  # whoever presses twice has no threads left behind either
            _stop(supply, errands)
            raise
    for errand in errands:
        errand.raise_error()
    yield Progress(message)  # short ones in a row report too


def _stop(supply: Supply, errands: list[Errand]) -> None:
    """Leave undone what nobody has begun, and wait for the rest."""
    supply.stop()
    for errand in _those_begun(errands):
        errand.wait()


def _those_begun(errands: list[Errand]) -> list[Errand]:
    """Take back the others: they may wait for the blocks of another job, and need not."""
    return [errand for errand in errands if not errand.claim()]


def for_chunks(
    n: int, task: Callable[[int, int, int], None], least: int = _LEAST_CHUNK
) -> tuple[Task, int]:
    """Cut samples into chunks, by their number alone, for the two functions above.

    The chunks are equal to a few hundred samples: cores that share them end together.

    Parameters
    ----------
    n : int
        Number of samples.
    task : callable
        Does the samples ``start`` to ``stop`` as ``task(number, start, stop)``.
    least : int
        Samples that are worth another thread.

    Returns
    -------
    task, n_blocks
    """
    cuts = cut(n, least)

    def run_chunk(number: int) -> None:
        task(number, cuts[number], cuts[number + 1])

    return run_chunk, len(cuts) - 1


def cut(n: int, least: int = _LEAST_CHUNK) -> list[int]:
    """Where samples are cut into chunks, from 0 to their number."""
    n_units = -(-n // _CHUNK_UNIT)
    n_chunks = min(-(-n // least), _MOST_CHUNKS, n_units)
    return [_CHUNK_UNIT * (n_units * number // n_chunks) for number in range(n_chunks)] + [n]


def _run_serially(supply: Supply, message: str) -> Work[None]:
    while supply.n_taken() < supply.n_blocks:
        supply.do(until=0)
        is_done = supply.n_taken() >= supply.n_blocks
        yield Progress(message, None if is_done else supply.n_taken() / supply.n_blocks)


@cache
def thread_count() -> int:
    """Threads that work on blocks: the cores this process may use.

    The environment variable ``SEGMENTER_THREADS`` sets another number.
    """
    chosen = os.environ.get("SEGMENTER_THREADS", "")
    if chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_thread = threading.local()


def _as_worker(task: Callable[[], None]) -> None:
    """Do a task on this thread as if it were one of the pool."""
    _thread.is_worker = True
    try:
        task()
    finally:
        _thread.is_worker = False


def _begin_worker() -> None:
    _thread.is_worker = True
    _crew().join()


@cache
def _crew() -> Crew:
    return Crew()


@cache
def _pool() -> Pool:
    return Pool(thread_count(), _begin_worker)


if hasattr(os, "register_at_fork"):
    # Threads do not survive a fork.
    os.register_at_fork(after_in_child=_pool.cache_clear)
    os.register_at_fork(after_in_child=_crew.cache_clear)
