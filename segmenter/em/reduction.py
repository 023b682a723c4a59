"""Equal samples become one weighted sample: the same fit, to rounding, for a fraction of the work.

Which values occur is kept as one bit for each that could: 2 MB for 8-bit color, which stays in the
cache. The rank of a value's bit among the set ones is its index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks_steps
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

MOST_VALUES = 1 << 24
"""Samples are reduced when no more different values than this are possible."""

_N_CHUNKS = 8
_WORD = 64


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
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise SamplesError("Only (n, c) arrays of integers can be reduced to their values.")
    if len(values) == 0 or values.shape[1] == 0:
        return None
    values = np.ascontiguousarray(values)
    lowest, sides = _possible_range(values)
    if float(np.prod(sides.astype(np.float64))) > MOST_VALUES:
        return None
    strides = np.concatenate([[1], np.cumprod(sides)[:-1]]).astype(np.int64)
    chunks = np.linspace(0, len(values), _N_CHUNKS + 1).astype(np.int64)
    n_words = int(-(-np.prod(sides) // _WORD))
    seen = np.zeros((_N_CHUNKS, n_words), np.uint64)

    def mark(number: int) -> None:
        _mark_values(values, chunks[number], chunks[number + 1], lowest, strides, seen[number])

    yield from run_blocks_steps(mark, _N_CHUNKS, "Collecting equal samples")
    present = np.bitwise_or.reduce(seen, axis=0)
    per_word = np.bitwise_count(present).astype(np.uint32)
    ranks = (np.cumsum(per_word, dtype=np.uint32) - per_word).astype(np.uint32)
    n_values = int(per_word.sum())
    if 2 * n_values > len(values):
        return None
    index = np.empty(len(values), np.uint32)
    counts = np.zeros((_N_CHUNKS, n_values), np.uint32)

    def rank(number: int) -> None:
        start, stop = chunks[number], chunks[number + 1]
        _rank_values(values, start, stop, lowest, strides, present, ranks, counts[number], index)

    yield from run_blocks_steps(rank, _N_CHUNKS, "Collecting equal samples")
    distinct = _values_present(present, lowest, sides).astype(values.dtype)
    return Reduced(distinct, counts.sum(axis=0, dtype=np.int64), index)


def _possible_range(values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest value and number of possible values of each channel, shape (c,) each."""
    limits = np.iinfo(values.dtype)
    n_channels = values.shape[1]
    if limits.bits * n_channels <= 24:
        lowest = np.full(n_channels, int(limits.min), np.int64)
        return lowest, np.full(n_channels, 1 << limits.bits, np.int64)
    lowest = values.min(axis=0).astype(np.int64)
    return lowest, values.max(axis=0).astype(np.int64) - lowest + 1


def _values_present(
    present: NDArray[np.uint64], lowest: NDArray[np.int64], sides: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Values (m, c) whose bits are set."""
    bits = np.unpackbits(present.astype("<u8").view(np.uint8), bitorder="little")
    keys = np.flatnonzero(bits)
    columns = []
    for side in sides:
        keys, remainder = np.divmod(keys, side)
        columns.append(remainder)
    return np.stack(columns, axis=1) + lowest


@intrinsic
def _count_bits(_context: Any, _word: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), generate


@compiled
def _key_of(values: Any, row: Any, lowest: Any, strides: Any) -> Any:
    key = np.int64(0)
    for channel in range(values.shape[1]):
        key += (np.int64(values[row, channel]) - lowest[channel]) * strides[channel]
    return np.uint64(key)


@compiled
def _mark_values(values: Any, start: Any, stop: Any, lowest: Any, strides: Any, seen: Any) -> None:
    for row in range(start, stop):
        key = _key_of(values, row, lowest, strides)
        word = key >> np.uint64(6)
        bit = np.uint64(1) << (key & np.uint64(63))
        if seen[word] & bit == 0:
            seen[word] |= bit


@compiled
def _rank_values(
    values: Any,
    start: Any,
    stop: Any,
    lowest: Any,
    strides: Any,
    present: Any,
    ranks: Any,
    counts: Any,
    index: Any,
) -> None:
    for row in range(start, stop):
        key = _key_of(values, row, lowest, strides)
        word = key >> np.uint64(6)
        below = (np.uint64(1) << (key & np.uint64(63))) - np.uint64(1)
        rank = np.uint64(ranks[word]) + _count_bits(present[word] & below)
        index[row] = rank
        counts[rank] += np.uint32(1)
