"""Numbers that change their places within and between registers: squares, sums, lists of lanes.

Kernels have these functions inside them: remove ``__pycache__`` after editing this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from segmenter.em.lanes import FUSED, INDEX, LANES, REGISTER, Generator, address_of, lanes_type

_BYTES_OF_DOUBLE = 8
_BYTES_OF_PLACE = 2
_PLACE = ir.IntType(_BYTES_OF_PLACE * 8)
_PLACES = ir.VectorType(_PLACE, LANES)
_CHOICES = ir.ArrayType(_PLACES, 1 << LANES)
_NAME_OF_CHOICES = "lanes that are chosen by bits"


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def add_sums(_context: Any, array: Any, index: Any, registers: Any) -> tuple[Any, Generator]:
    """Add the sum of the numbers in each register, of at most ``LANES``, to a float64 array.

    The sums go to as many elements that follow each other from an index on.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = cgutils.unpack_tuple(builder, args[2])
        numbers = ir.VectorType(ir.DoubleType(), len(rows))
        n_rows = 1 << (len(rows) - 1).bit_length()
        rows += [ir.Constant(REGISTER, None)] * (n_rows - len(rows))
        while len(rows) > 1:
            side = len(rows) // 2
            halves = [_halves(builder, rows[r], rows[r + side], side) for r in range(side)]
            rows = [builder.fadd(*pair, flags=FUSED) for pair in halves]
        sums, width = rows[0], LANES
        while width > n_rows:  # of few rows each part of the register has some
            width //= 2
            parts = _lane_numbers(range(width)), _lane_numbers(range(width, 2 * width))
            lower, upper = (builder.shuffle_vector(sums, sums, part) for part in parts)
            sums = builder.fadd(lower, upper, flags=FUSED)
        sums = builder.shuffle_vector(sums, sums, _lane_numbers(range(numbers.count)))
        address = address_of(context, builder, signature.args, args, numbers)
        total = builder.load(address)
        total.align = _BYTES_OF_DOUBLE
        total = builder.fadd(total, builder.fpext(sums, numbers))
        builder.store(total, address).align = _BYTES_OF_DOUBLE
        return context.get_dummy_value()

    return types.none(array, index, registers), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def transpose(_context: Any, square: Any) -> tuple[Any, Generator]:
    """Turn rows of a square, a tuple of ``LANES`` registers, into columns.

    Halves of rows off the diagonal change places, and then the rows of each half are interleaved,
    by single numbers and by pairs of them: what takes one instruction each.
    """

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        rows, side = cgutils.unpack_tuple(builder, args[0]), LANES // 2
        for row in range(side):
            pair = rows[row], rows[row + side]
            rows[row], rows[row + side] = _halves(builder, *pair, side)
        columns: list[Any] = []
        for p, q, r, s in (rows[:side], rows[side:]):
            singles = _interleaved(builder, p, q, 1), _interleaved(builder, r, s, 1)
            for left, right in zip(*singles, strict=True):
                columns += _interleaved(builder, left, right, 2)
        return cgutils.pack_array(builder, columns)

    return square(square), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def add_numbers(_context: Any, array: Any, index: Any, _value: Any) -> tuple[Any, Generator]:
    """Add the numbers of a register to as many elements of a float64 array, from an index on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = ir.VectorType(ir.DoubleType(), LANES)
        address = address_of(context, builder, signature.args, args, numbers)
        total = builder.load(address)
        total.align = _BYTES_OF_DOUBLE
        total = builder.fadd(total, builder.fpext(args[2], numbers))
        builder.store(total, address).align = _BYTES_OF_DOUBLE
        return context.get_dummy_value()

    return types.none(array, index, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def of_numbers(_context: Any, numbers: Any) -> tuple[Any, Generator]:
    """Fill a register with a tuple of ``LANES`` float32."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        register = ir.Constant(REGISTER, ir.Undefined)
        for lane, number in enumerate(cgutils.unpack_tuple(builder, args[0])):
            register = builder.insert_element(register, number, INDEX(lane))
        return register

    return lanes_type(numbers), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def list_larger(
    _context: Any, _value: Any, _least: Any, first: Any, places: Any, index: Any
) -> tuple[Any, Generator]:
    """List the lanes in which a value is larger than another, and say how many there are.

    Their numbers, counted on from a first one, are written to an array of uint16 from an index on.
    What follows them, up to ``LANES`` numbers in all, is of no meaning.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        flags = builder.fcmp_ordered(">", args[0], args[1])
        bits = builder.zext(builder.bitcast(flags, ir.IntType(LANES)), ir.IntType(64))
        chosen = builder.load(builder.gep(_choices(builder.module), [INDEX(0), bits]))
        undefined = ir.Constant(_PLACES, ir.Undefined)
        start = builder.insert_element(undefined, builder.trunc(args[2], _PLACE), INDEX(0))
        start = builder.shuffle_vector(start, undefined, _lane_numbers([0] * LANES))
        address = address_of(context, builder, signature.args[3:], args[3:], _PLACES)
        builder.store(builder.add(chosen, start), address).align = _BYTES_OF_PLACE
        return builder.ctpop(bits)

    return types.int64(lanes_type, lanes_type, first, places, index), generate


def _choices(module: Any) -> Any:
    """Table of the numbers of the lanes whose bits are set, for each of the 256 sets of bits."""
    if _NAME_OF_CHOICES in module.globals:
        return module.globals[_NAME_OF_CHOICES]
    lists = [[lane for lane in range(LANES) if bits >> lane & 1] for bits in range(1 << LANES)]
    rows = [_PLACES(row + [0] * (LANES - len(row))) for row in lists]
    table = ir.GlobalVariable(module, _CHOICES, _NAME_OF_CHOICES)
    table.initializer = _CHOICES(rows)
    table.global_constant, table.linkage = True, "internal"
    return table


def _interleaved(builder: Any, left: Any, right: Any, size: int) -> tuple[Any, Any]:
    """Take pieces of both rows in turn, first the left and then the right part of each half."""
    half, part = range(LANES // 2), LANES // 4
    taken = [n // 2 // size * size + n % size + n // size % 2 * LANES for n in half]
    lower = [start + n for start in (0, LANES // 2) for n in taken]
    return (
        builder.shuffle_vector(left, right, _lane_numbers(lower)),
        builder.shuffle_vector(left, right, _lane_numbers(n + part for n in lower)),
    )


def _halves(builder: Any, upper: Any, lower: Any, side: int) -> tuple[Any, Any]:
    """Exchange the right halves of an upper row, in pieces of a side, for left ones of a lower."""
    lanes = range(LANES)
    left = _lane_numbers(n + LANES - side if n & side else n for n in lanes)
    right = _lane_numbers(n + LANES if n & side else n + side for n in lanes)
    return (
        builder.shuffle_vector(upper, lower, left),
        builder.shuffle_vector(upper, lower, right),
    )


def _lane_numbers(numbers: Iterable[int]) -> Any:
    chosen = list(numbers)
    return ir.Constant(ir.VectorType(INDEX, len(chosen)), chosen)
