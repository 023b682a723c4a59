"""Equal samples become one weighted sample: the same fit, to rounding, for a fraction of the work.

Which values occur is kept as one bit for each that could: 2 MB for 8-bit color, which stays in the
cache. The rank of a value's bit among the set ones is its index.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import count_bits
from segmenter.em.blocks import run_blocks_steps
from segmenter.em.checks import read_only
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

MOST_VALUES = 1 << 24
"""Samples are reduced when no more different values than this are possible."""

_MOST_CHUNKS = 8
_LEAST_CHUNK = 1 << 18
_ONE, _WORD_BITS, _BIT_MASK = np.uint64(1), np.uint64(6), np.uint64(63)


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
    if values.size == 0 or values.dtype == np.uint64:
        return None
    values = read_only(np.ascontiguousarray(values))
    lowest, sides = _possible_range(values)
    n_possible = prod(sides)
    if n_possible > MOST_VALUES:
        return None
    n_chunks = min(_MOST_CHUNKS, 1 + len(values) // _LEAST_CHUNK)
    strides = tuple(prod(sides[:channel]) for channel in range(len(sides)))
    cuts = [len(values) * number // n_chunks for number in range(n_chunks + 1)]
    seen = np.zeros((n_chunks, -(-n_possible // 64)), np.uint64)

    def mark(number: int) -> None:
        _mark_values(values, cuts[number], cuts[number + 1], lowest, strides, seen[number])

    yield from run_blocks_steps(mark, n_chunks, "Collecting equal samples")
    present = np.bitwise_or.reduce(seen, axis=0)
    per_word = np.bitwise_count(present)
    ranks = np.cumsum(per_word, dtype=np.uint32) - per_word
    n_values = int(ranks[-1]) + int(per_word[-1])
    if 2 * n_values > len(values):
        return None
    index = np.empty(len(values), np.uint32)
    counts = np.zeros((n_chunks, n_values), np.uint32)

    def rank(number: int) -> None:
        start, stop = cuts[number], cuts[number + 1]
        _rank_values(values, start, stop, lowest, strides, present, ranks, counts[number], index)

    yield from run_blocks_steps(rank, n_chunks, "Collecting equal samples")
    distinct = np.empty((n_values, values.shape[1]), values.dtype)
    _list_values(present, lowest, sides, distinct)
    return Reduced(distinct, counts.sum(axis=0, dtype=np.int64), index)


def reduce_if_it_pays_steps(
    samples: ArrayLike, sample_weight: ArrayLike | None
) -> Work[tuple[ArrayLike, ArrayLike | None]]:
    """Return the different samples and their counts, or what was given where that is no gain."""
    array = np.asarray(samples)
    if sample_weight is None and array.ndim == 2 and array.dtype.kind in "iu":
        reduced = yield from reduce_equal_steps(array)
        if reduced is not None:
            return reduced.values, reduced.counts
    return samples, sample_weight


def _possible_range(values: NDArray[Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lowest value and number of possible values of each channel."""
    limits = np.iinfo(values.dtype)
    n_channels = values.shape[1]
    if limits.bits * n_channels <= 24:
        return (int(limits.min),) * n_channels, (1 << limits.bits,) * n_channels
    lowest = tuple(int(low) for low in values.min(axis=0))
    highest = tuple(int(high) for high in values.max(axis=0))
    return lowest, tuple(high - low + 1 for low, high in zip(lowest, highest, strict=True))


@compiled
def _key_of(flat: Any, row: Any, lowest: Any, strides: Any) -> Any:
    """Number of a row's value; the tuples tell the compiler how many channels there are."""
    key = 0
    for channel in range(len(lowest)):
        key += (np.int64(flat[row * len(lowest) + channel]) - lowest[channel]) * strides[channel]
    return np.uint64(key)


@compiled
def _mark_values(values: Any, start: Any, stop: Any, lowest: Any, strides: Any, seen: Any) -> None:
    """Set the bits of the values that occur."""
    flat = values[start:stop].reshape(-1)
    for row in range(stop - start):
        key = _key_of(flat, row, lowest, strides)
        word = key >> _WORD_BITS
        bit = _ONE << (key & _BIT_MASK)
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
    """Write the rank of each row's value among those that occur, and count it."""
    flat = values[start:stop].reshape(-1)
    ranked = index[start:stop]
    for row in range(stop - start):
        key = _key_of(flat, row, lowest, strides)
        word = key >> _WORD_BITS
        below = (_ONE << (key & _BIT_MASK)) - _ONE
        rank = np.uint64(ranks[word]) + count_bits(present[word] & below)
        ranked[row] = rank
        counts[rank] += np.uint32(1)


@compiled
def _list_values(present: Any, lowest: Any, sides: Any, listed: Any) -> None:
    """Write the values (m, c) whose bits are set, in the order of their numbers."""
    rank = 0
    for word in range(present.size):
        bits = present[word]
        while bits:
            lowest_bit = bits & (~bits + _ONE)
            rest = np.int64(word) * 64 + np.int64(count_bits(lowest_bit - _ONE))
            for channel in range(len(lowest)):
                listed[rank, channel] = rest % sides[channel] + lowest[channel]
                rest //= sides[channel]
            rank += 1
            bits ^= lowest_bit
