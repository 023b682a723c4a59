"""Equal samples become one weighted sample: the same fit, to rounding, for a fraction of the work.

Values are counted in a table with a place for each that is possible. Each thread takes a table for
itself, and only the rows where something was counted are looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import for_chunks, run_blocks_steps, thread_count
from segmenter.em.checks import as_array, contiguous_steps, read_only
from segmenter.em.loading import load_numba_steps
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

MOST_VALUES = 1 << 24
"""Samples are reduced when no more different values than this are possible."""

_MOST_TABLES = 4
_WORTH_A_TABLE = 1 << 18  # samples
_PIECE = 1 << 17  # samples that are counted in one step
_FIRST_PIECE = 1 << 12  # of those that a table begins with
_ROW = 256
_ROW_BITS = np.uint64(8)
_LEAST_ROWS = 512
_ONE = np.uint32(1)
_MESSAGE = "Collecting equal samples"


@dataclass(frozen=True, eq=False)
class Reduced:
    """The different values among samples.

    Attributes
    ----------
    values : ndarray, shape (m, c)
        Each value once, in the samples' dtype, ordered by the last channel first.
    counts : ndarray of int64, shape (m,)
        How often it occurs.
    index : ndarray of uint32, shape (n,)
        ``values[index]`` are the samples.
    """

    values: NDArray[Any]
    counts: NDArray[np.int64]
    index: NDArray[np.uint32]


def reduce_equal(values: NDArray[Any]) -> Reduced | None:
    """Collect equal samples.

    Parameters
    ----------
    values : ndarray of integers, shape (n, c)

    Returns
    -------
    Reduced or None
        None when it does not pay: too many values are possible, or more than half of the samples
        differ.

    Raises
    ------
    SamplesError
        The values are not an (n, c) array of integers.
    """
    return finish(reduce_equal_steps(values))


def reduce_equal_steps(values: NDArray[Any]) -> Work[Reduced | None]:
    """Do the same as a work."""
    table = yield from _tabulate_steps(values)
    if table is None:
        return None

    def look_up(_number: int, start: int, stop: int) -> None:
        _look_up(values, start, stop, table.lowest, table.strides, table.ranks, index)

    values = read_only((yield from contiguous_steps(values, values.dtype)))
    index = np.empty(len(values), np.uint32)
    yield from run_blocks_steps(*for_chunks(len(values), look_up), _MESSAGE)
    return Reduced(table.values, table.counts, index)


def reduce_if_it_pays_steps(
    samples: ArrayLike, sample_weight: ArrayLike | None
) -> Work[tuple[ArrayLike, ArrayLike | None]]:
    """Return the different samples and their counts, or what was given where that is no gain."""
    array = as_array(samples)
    if sample_weight is None and array.ndim == 2 and array.dtype.kind in "iu":
        table = yield from _tabulate_steps(array)
        if table is not None:
            return table.values, table.counts
    return samples, sample_weight


@dataclass(frozen=True, eq=False)
class _Table:
    """The different values, how often they occur, and where they are listed.

    The key of a value is the sum of ``(value - lowest) * strides``; ``ranks[key]`` is its index.
    """

    values: NDArray[Any]
    counts: NDArray[np.int64]
    ranks: NDArray[np.uint32]
    lowest: tuple[int, ...]
    strides: tuple[int, ...]


def _tabulate_steps(values: NDArray[Any]) -> Work[_Table | None]:
    """Count the different values (n, c); None when it does not pay."""
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise SamplesError("Only (n, c) arrays of integers can be reduced to their values.")
    if values.size == 0 or values.dtype == np.uint64:
        return None
    yield from load_numba_steps()
    values = read_only((yield from contiguous_steps(values, values.dtype)))
    lowest, sides = yield from _possible_range_steps(values)
    if prod(sides) > MOST_VALUES:
        return None
    strides = tuple(prod(sides[:channel]) for channel in range(len(sides)))
    tables, rows = yield from _count_steps(values, lowest, strides, -(-prod(sides) // _ROW))
    n_in_row = np.empty(len(rows), np.int64)

    def add_up(_number: int, start: int, stop: int) -> None:
        _add_tables(tables, rows[start:stop], n_in_row[start:stop])

    yield from run_blocks_steps(*for_chunks(len(rows), add_up, _LEAST_ROWS), _MESSAGE)
    n_values = int(n_in_row.sum())
    if 2 * n_values > len(values):
        return None
    before = np.cumsum(n_in_row) - n_in_row
    listed = np.empty((n_values, values.shape[1]), values.dtype)
    counts = np.empty(n_values, np.int64)

    def list_values(_number: int, start: int, stop: int) -> None:
        _list_values(tables[0], rows[start:stop], before[start:stop], lowest, sides, listed, counts)

    yield from run_blocks_steps(*for_chunks(len(rows), list_values, _LEAST_ROWS), _MESSAGE)
    return _Table(listed, counts, tables[0], lowest, strides)


def _count_steps(
    values: NDArray[Any], lowest: tuple[int, ...], strides: tuple[int, ...], n_rows: int
) -> Work[tuple[NDArray[np.uint32], NDArray[np.intp]]]:
    """Count values by their keys, in one table or several, and tell in which rows there are any."""

    def count(piece: int) -> None:
        start, stop = cuts[piece], cuts[piece + 1]
        number = free.get()
        try:
            _count_values(values, start, stop, lowest, strides, tables[number], is_used[number])
        finally:
            free.put(number)

    n_tables = min(_MOST_TABLES, thread_count(), -(-len(values) // _WORTH_A_TABLE))
    cuts = _cut_to_pieces(len(values), n_tables)
    tables = np.zeros((n_tables, n_rows * _ROW), np.uint32)
    is_used = np.zeros((n_tables, n_rows), np.bool_)
    free: SimpleQueue[int] = SimpleQueue()  # tables that no thread counts in
    for number in range(n_tables):
        free.put(number)
    yield from run_blocks_steps(count, len(cuts) - 1, _MESSAGE)
    return tables, np.flatnonzero(is_used.any(axis=0))


def _cut_to_pieces(n: int, n_tables: int) -> list[int]:
    """Where samples are cut, from 0 to their number: into small pieces first.

    Each sample of these may be the first on its page of a table, for which the system has to find
    memory. In larger pieces that can take a tenth of a second, which one step would have to wait
    for.
    """
    n_first = min(n, n_tables * _PIECE)
    return [*range(0, n_first, _FIRST_PIECE), *range(n_first, n, _PIECE), n]


def _possible_range_steps(values: NDArray[Any]) -> Work[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Lowest value and number of possible values of each channel."""
    limits = np.iinfo(values.dtype)
    n_channels = values.shape[1]
    if limits.bits * n_channels <= 24:
        return (int(limits.min),) * n_channels, (1 << limits.bits,) * n_channels

    def find_range(number: int, start: int, stop: int) -> None:
        values[start:stop].min(axis=0, out=lows[number])
        values[start:stop].max(axis=0, out=highs[number])

    run_chunk, n_chunks = for_chunks(len(values), find_range)
    lows, highs = np.empty((2, n_chunks, n_channels), values.dtype)
    yield from run_blocks_steps(run_chunk, n_chunks, _MESSAGE)
    lowest = tuple(int(low) for low in lows.min(axis=0))
    highest = tuple(int(high) for high in highs.max(axis=0))
    return lowest, tuple(high - low + 1 for low, high in zip(lowest, highest, strict=True))


@compiled
def _key_of(flat: Any, row: Any, lowest: Any, strides: Any) -> Any:
    """Number of a row's value; the tuples tell the compiler how many channels there are."""
    key = 0
    for channel in range(len(lowest)):
        key += (np.int64(flat[row * len(lowest) + channel]) - lowest[channel]) * strides[channel]
    return np.uint64(key)


@compiled
def _count_values(
    values: Any, start: Any, stop: Any, lowest: Any, strides: Any, table: Any, is_used: Any
) -> None:
    """Count the values of samples by their keys, and mark the rows of the table they are in."""
    flat = values[start:stop].reshape(-1)
    for row in range(stop - start):
        key = _key_of(flat, row, lowest, strides)
        table[key] += _ONE
        is_used[key >> _ROW_BITS] = True


@compiled
def _add_tables(tables: Any, rows: Any, n_in_row: Any) -> None:
    """Add the rows of the other tables to the first, and count how many places are taken."""
    for number in range(rows.size):
        first = rows[number] * _ROW
        for other in range(1, tables.shape[0]):
            for place in range(first, first + _ROW):
                tables[0, place] += tables[other, place]
        n_taken = 0
        for place in range(first, first + _ROW):
            n_taken += tables[0, place] != 0
        n_in_row[number] = n_taken


@compiled
def _list_values(
    table: Any, rows: Any, before: Any, lowest: Any, sides: Any, listed: Any, counts: Any
) -> None:
    """List the values (m, c) that occur and their counts; their ranks take the counts' places."""
    for number in range(rows.size):
        rank = before[number]
        first = rows[number] * _ROW
        for key in range(first, first + _ROW):
            if table[key]:
                counts[rank] = table[key]
                table[key] = rank
                rest = key
                for channel in range(len(lowest)):
                    listed[rank, channel] = rest % sides[channel] + lowest[channel]
                    rest //= sides[channel]
                rank += 1


@compiled
def _look_up(
    values: Any, start: Any, stop: Any, lowest: Any, strides: Any, ranks: Any, index: Any
) -> None:
    """Write the rank of each sample's value."""
    flat = values[start:stop].reshape(-1)
    found = index[start:stop]
    for row in range(stop - start):
        found[row] = ranks[_key_of(flat, row, lowest, strides)]
