"""Numbers that change their places within and between registers: columns, sums, lists of lanes.

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

COLUMNS = 4
"""Columns that are read at once: as many as fill a part of a register, of 128 bits."""

_BYTES_OF_DOUBLE = 8
_BYTES_OF_FLOAT = 4
_BYTES_OF_PLACE = 2
_PART = ir.VectorType(ir.FloatType(), COLUMNS)
_PLACE = ir.IntType(_BYTES_OF_PLACE * 8)
_LISTED_AT_ONCE = 8  # lanes, of which a table of all sets fits into the cache
_PLACES = ir.VectorType(_PLACE, _LISTED_AT_ONCE)
_BITS = ir.IntType(64)
_rows_type = types.UniTuple(types.intp, LANES)
_NAME_OF_TABLE = "lanes that are chosen by bits"


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
def load_columns(_context: Any, array: Any, rows: Any, column: Any) -> tuple[Any, Generator]:
    """Read ``COLUMNS`` numbers of as many rows as a register has lanes, from a column on.

    Each column comes in a register. Every fourth row is read into the same one, part by part; what
    is left to do is to interleave them, by single numbers and by pairs of them, part by part too.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args[0], types.UniTuple(types.intp, 2)
        first = context.cast(builder, args[2], signature.args[2], types.intp)
        parts = []
        for row in cgutils.unpack_tuple(builder, args[1]):
            place = cgutils.pack_array(builder, [row, first])
            part = builder.load(address_of(context, builder, kinds, (args[0], place), _PART))
            part.align = _BYTES_OF_FLOAT
            parts.append(part)
        p, q, r, s = (_joined(builder, parts[row::COLUMNS]) for row in range(COLUMNS))
        singles = zip(_interleaved(builder, p, q, 1), _interleaved(builder, r, s, 1), strict=True)
        columns = [column for pair in singles for column in _interleaved(builder, *pair, 2)]
        return cgutils.pack_array(builder, columns)

    return types.UniTuple(lanes_type, COLUMNS)(array, rows, column), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def rows_from(_context: Any, first: Any) -> tuple[Any, Generator]:
    """Count as many rows as a register has lanes, from a first one on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = context.cast(builder, args[0], signature.args[0], types.intp)
        rows = [builder.add(start, start.type(lane)) for lane in range(LANES)]
        return cgutils.pack_array(builder, rows)

    return _rows_type(first), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def rows_at(_context: Any, places: Any, index: Any, first: Any) -> tuple[Any, Generator]:
    """Read as many rows as a register has lanes, counted from a first one, from an uint16 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = address_of(context, builder, signature.args, args, _PLACE)
        start = context.cast(builder, args[2], signature.args[2], types.intp)
        rows = []
        for lane in range(LANES):
            place = builder.load(builder.gep(address, [INDEX(lane)]))
            rows.append(builder.add(start, builder.zext(place, start.type)))
        return cgutils.pack_array(builder, rows)

    return _rows_type(places, index, first), generate


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
        bits = builder.zext(builder.bitcast(flags, ir.IntType(LANES)), _BITS)
        address = address_of(context, builder, signature.args[3:], args[3:], _PLACE)
        n_listed = _BITS(0)
        for lane in range(0, LANES, _LISTED_AT_ONCE):
            some = builder.and_(builder.lshr(bits, _BITS(lane)), _BITS((1 << _LISTED_AT_ONCE) - 1))
            first = builder.add(builder.trunc(args[2], _PLACE), _PLACE(lane))
            places = builder.add(_choice(builder, some), _filled(builder, first))
            end = builder.bitcast(builder.gep(address, [n_listed]), places.type.as_pointer())
            builder.store(places, end).align = _BYTES_OF_PLACE
            n_listed = builder.add(n_listed, builder.ctpop(some))
        return n_listed

    return types.int64(lanes_type, lanes_type, first, places, index), generate


def _choice(builder: Any, bits: Any) -> Any:
    """Numbers of the bits that are set, from a table for each of the sets of bits."""
    module = builder.module
    if _NAME_OF_TABLE not in module.globals:
        n = _LISTED_AT_ONCE
        lists = [[lane for lane in range(n) if bits >> lane & 1] for bits in range(1 << n)]
        rows = [_PLACES(row + [0] * (n - len(row))) for row in lists]
        kind = ir.ArrayType(_PLACES, len(rows))
        table = ir.GlobalVariable(module, kind, _NAME_OF_TABLE)
        table.initializer = kind(rows)
        table.global_constant, table.linkage = True, "internal"
    return builder.load(builder.gep(module.globals[_NAME_OF_TABLE], [INDEX(0), bits]))


def _filled(builder: Any, place: Any) -> Any:
    undefined = ir.Constant(_PLACES, ir.Undefined)
    places = builder.insert_element(undefined, place, INDEX(0))
    return builder.shuffle_vector(places, undefined, _lane_numbers([0] * _LISTED_AT_ONCE))


def _joined(builder: Any, parts: list[Any]) -> Any:
    """Fill a register with its parts."""
    while len(parts) > 1:
        lanes = _lane_numbers(range(2 * parts[0].type.count))
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [builder.shuffle_vector(*pair, lanes) for pair in pairs]
    return parts[0]


def _interleaved(builder: Any, left: Any, right: Any, size: int) -> tuple[Any, Any]:
    """Take pieces of both rows in turn, of the left and then the right half of each part."""
    half = COLUMNS // 2
    taken = [n // 2 // size * size + n % size + n // size % 2 * LANES for n in range(COLUMNS)]
    lower = [start + n for start in range(0, LANES, COLUMNS) for n in taken]
    return (
        builder.shuffle_vector(left, right, _lane_numbers(lower)),
        builder.shuffle_vector(left, right, _lane_numbers(n + half for n in lower)),
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
