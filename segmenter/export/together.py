"""Files of volumes, written several at a time: packing them and reading them back takes long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path

from segmenter.em.blocks import run_blocks_steps
from segmenter.export.written import Written
from segmenter.work import Work, portion

Write = Callable[[Path], Written]
Planned = tuple[tuple[str, ...], Write]
"""Names of files, and the call that writes them into a folder."""

_SHARE = 0.7  # of the progress, where slices come after


def write_together(
    writes: Sequence[Write], folder: Path, slices: Work[tuple[Written, ...]] | None = None
) -> Work[tuple[Written, ...]]:
    """Write files on all cores; those that are being written when the work is dropped are finished.

    Parameters
    ----------
    writes : sequence of callable
        Each writes a file, with those that describe it, into a folder.
    folder : Path
        Made if it is not there.
    slices : Work, optional
        Writes pictures after them, which are small and many.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    written: dict[int, Written] = {}
    contexts = [copy_context() for _ in writes]  # what may not be replaced: threads have their own

    def write(number: int) -> None:
        written[number] = contexts[number].run(writes[number], folder)

    writing = run_blocks_steps(write, len(writes), "Writing files")
    yield from portion(writing, 0.0, 1.0 if slices is None else _SHARE)
    pictures = () if slices is None else (yield from portion(slices, _SHARE, 1.0))
    return (*(written[number] for number in range(len(writes))), *pictures)
