"""The first kernel of a process waits for numba itself, which loads for some tenths of a second."""

from __future__ import annotations

from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from segmenter.work import Progress, Work, aside

_is_loaded = False


def load_numba_steps() -> Work[None]:
    """Load it on a thread of its own, so that a work reports meanwhile; later calls do nothing."""
    if not _is_loaded:
        yield from aside(_load_numba, Progress("Loading the kernels"))


def _load_numba() -> None:
    global _is_loaded
    with global_compiler_lock:  # as the first call of a kernel would
        cpu_target.target_context.refresh()
    _is_loaded = True
