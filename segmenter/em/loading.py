"""The first kernel of a process waits for numba itself, which loads for some tenths of a second."""

from __future__ import annotations

import numpy as np

from segmenter.em.kernels import has_only_finite
from segmenter.work import Progress, Work, aside

_is_loaded = False


def load_numba_steps() -> Work[None]:
    """Load it on a thread of its own, so that a work reports meanwhile; later calls do nothing."""
    if not _is_loaded:
        yield from aside(_load_numba, Progress("Loading the kernels"))


def _load_numba() -> None:
    global _is_loaded
    nothing = np.empty(0, np.int32)
    nothing.flags.writeable = False  # as kernels are given all samples
    has_only_finite(nothing, 0, 0)
    _is_loaded = True
