"""Where blocks of samples come from: sequences, functions, and tables cut into blocks of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.errors import SamplesError

Block = ArrayLike | tuple[ArrayLike, ArrayLike]
"""Samples (n, d), or a tuple of samples and their weights (n,)."""

Blocks = Sequence[Block] | Callable[[], Iterable[Block]]
"""Blocks that can be gone through again: by number, or by a function that starts an iterator."""

Source = Blocks | NDArray[Any]
"""Blocks, or a whole table (n, d) to be cut into such."""

_NUMBERS_IN_BLOCK = 3 << 22  # 48 MB of float32


class TableBlocks(Sequence[NDArray[Any]]):
    """Rows of a table, a block at a time.

    Parameters
    ----------
    table : array, shape (n, d)
        Anything with a shape of which ``table[start:stop]`` takes rows, in memory or not.
    n_rows : int, optional
        Rows in a block; by default as many as are 48 MB of float32.
    """

    def __init__(self, table: Any, n_rows: int | None = None) -> None:
        self._table, (self._n, self._d) = table, table.shape
        self._n_rows = n_rows or max(1, _NUMBERS_IN_BLOCK // max(1, self._d))

    def __len__(self) -> int:
        return -(-int(self._n) // self._n_rows)

    def __getitem__(self, number: Any) -> Any:
        """Read a block, shape (n_rows, d); the last may be shorter."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        start = number * self._n_rows
        return self._read(start, min(self._n, start + self._n_rows))

    def _read(self, start: int, stop: int) -> Any:
        return self._table[start:stop]


class MemoryMapBlocks(TableBlocks):
    """Rows of a memory-mapped array, a block at a time, each read anew and then let go.

    Parameters
    ----------
    array : numpy.memmap, shape (n, d), C-contiguous
        As ``numpy.memmap`` or ``numpy.load(path, mmap_mode="r")`` return it.
    n_rows : int, optional
        Rows in a block; by default as many as are 48 MB of float32.

    Raises
    ------
    SamplesError
        The array is not mapped from a file, or is not as it lies there.
    """

    def __init__(self, array: np.memmap[Any, Any], n_rows: int | None = None) -> None:
        if not _is_cut_from_file(array):
            raise SamplesError("Only a C-contiguous (n, d) array mapped from a file can be used.")
        super().__init__(array, n_rows)
        self._table = None  # of which workers of a cluster would get all the rows
        self._path, self._offset = str(array.filename), _offset_in_file(array)
        self._dtype = array.dtype

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        offset = self._offset + start * self._d * self._dtype.itemsize
        values = np.fromfile(self._path, self._dtype, (stop - start) * self._d, offset=offset)
        return values.reshape(-1, self._d)


def as_blocks(source: Any) -> Blocks:
    """Cut a whole table into blocks; check that blocks can be gone through again.

    Raises
    ------
    SamplesError
        They can be gone through once only, or are no blocks.
    """
    if hasattr(source, "iloc") and hasattr(source, "to_numpy"):  # pandas: brackets take columns
        source = source.to_numpy()
    if len(getattr(source, "shape", ())) == 1:
        source = source[:, np.newaxis]
    if len(getattr(source, "shape", ())) == 2:
        return MemoryMapBlocks(source) if _is_cut_from_file(source) else TableBlocks(source)
    if hasattr(source, "__next__"):
        raise SamplesError(
            "A generator can be gone through only once, but a fit reads blocks many times; pass "
            "the function that makes it, or a list of blocks."
        )
    if not callable(source) and not (hasattr(source, "__getitem__") and hasattr(source, "__len__")):
        raise SamplesError(
            f"Blocks must be an (n, d) array, a sequence of them, or a function that makes them, "
            f"not of type {type(source).__name__}."
        )
    blocks: Blocks = source
    return blocks


def each_block(blocks: Blocks) -> Iterable[Block]:
    """Go through the blocks once."""
    if callable(blocks):
        return blocks()
    return (blocks[number] for number in range(len(blocks)))


def parts_of(block: Block) -> tuple[ArrayLike, ArrayLike | None]:
    """Take samples and weights apart."""
    if isinstance(block, tuple):
        return block
    return block, None


def _is_cut_from_file(array: Any) -> bool:
    """Tell whether an array is a piece of a file, as it lies there: no copy that was changed."""
    return (
        isinstance(array, np.memmap)
        and array.filename is not None
        and array.mode != "c"
        and array.ndim == 2
        and array.flags.c_contiguous
    )


def _offset_in_file(array: np.memmap[Any, Any]) -> int:
    """Bytes before the first number; `array.offset` is that of the map it may be a slice of."""
    whole = array
    while isinstance(whole.base, np.memmap):
        whole = whole.base
    return int(whole.offset) + array.ctypes.data - whole.ctypes.data
