"""Many float32 at a time: the vector registers of the processor, for loops that need all of them.

The compiler turns plain loops over samples into vector loops, but keeps no sums of several
components or features in registers, and writes ``x[b] = max(x[b], y)`` as a masked store, which
is slow on some processors. Where that matters kernels say themselves what is in a register. On
processors with smaller registers than these the compiler takes two for one.

Kernels have these functions inside them: remove ``__pycache__`` after editing this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic, models, register_model

_FEATURES = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES

LANES = 16 if "+avx512f" in _FEATURES.split(",") else 8
"""Numbers in a register: 16 with AVX-512, else 8 as with AVX2."""

REGISTER = ir.VectorType(ir.FloatType(), LANES)
INDEX = ir.IntType(32)
_BYTE = ir.IntType(8)
_WHOLE_REGISTER = ir.VectorType(INDEX, LANES)
_MANTISSA_BITS = 23
_GUESS_OF_ROOT = 0x5F375A86
FUSED = ("contract",)  # a product and a sum are one instruction where the processor has it
_READ_TO_SECOND_LEVEL = 0, 2, 1  # of data, not of instructions
_BYTES_OF_FLOAT = 4

Generator = Callable[[Any, Any, Any, Any], Any]


class _LanesType(types.Type):  # type: ignore[misc]  # numba ships no types
    """The type of a register in compiled code."""

    def __init__(self) -> None:
        super().__init__("Lanes")


lanes_type = _LanesType()


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]  # numba ships no types
    def __init__(self, manager: Any, lanes: Any) -> None:
        super().__init__(manager, lanes, REGISTER)


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def load(_context: Any, array: Any, index: Any) -> tuple[Any, Generator]:
    """Read the numbers of a float32 array that begin at an index."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(address_of(context, builder, signature.args, args))
        value.align = _BYTES_OF_FLOAT
        return value

    return lanes_type(array, index), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def store(_context: Any, array: Any, index: Any, _value: Any) -> tuple[Any, Generator]:
    """Write a register to a float32 array, from an index on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        written = builder.store(args[2], address_of(context, builder, signature.args, args))
        written.align = _BYTES_OF_FLOAT
        return context.get_dummy_value()

    return types.none(array, index, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def prefetch(_context: Any, array: Any, index: Any) -> tuple[Any, Generator]:
    """Ask for the numbers of an array from an index on, which may lie past its end, before use.

    They are brought to the second-level cache, for a read some thousand cycles later.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _BYTE.as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, INDEX, INDEX, INDEX])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer], fnty=kind)
        address = builder.bitcast(address_of(context, builder, signature.args, args), pointer)
        builder.call(function, [address, *map(INDEX, _READ_TO_SECOND_LEVEL)])
        return context.get_dummy_value()

    return types.none(array, index), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def spread(_context: Any, _value: Any) -> tuple[Any, Generator]:
    """Fill a register with one float32."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        undefined = ir.Constant(REGISTER, ir.Undefined)
        first = builder.insert_element(undefined, args[0], INDEX(0))
        return builder.shuffle_vector(first, undefined, _wholes(0))

    return lanes_type(types.float32), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def add(_context: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return ``a + b``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fadd(*args, flags=FUSED)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def subtract(_context: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return ``a - b``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fsub(*args, flags=FUSED)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def multiply(_context: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return ``a * b``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fmul(*args, flags=FUSED)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def larger(_context: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return the larger of ``a`` and ``b``, lane by lane."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args, flags=FUSED), *args)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def smaller(_context: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return the smaller of ``a`` and ``b``, lane by lane."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args, flags=FUSED), *args)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def add_product(_context: Any, _sum: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return ``sum + a * b``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fadd(args[0], builder.fmul(args[1], args[2], flags=FUSED), flags=FUSED)

    return lanes_type(lanes_type, lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def subtract_product(_context: Any, _sum: Any, _a: Any, _b: Any) -> tuple[Any, Generator]:
    """Return ``sum - a * b``."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fsub(args[0], builder.fmul(args[1], args[2], flags=FUSED), flags=FUSED)

    return lanes_type(lanes_type, lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def square_root(_context: Any, _value: Any) -> tuple[Any, Generator]:
    """Return the square root of a register."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(REGISTER, [REGISTER])
        root = builder.module.declare_intrinsic(f"llvm.sqrt.v{LANES}f32", fnty=kind)
        return builder.call(root, args)

    return lanes_type(lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def reciprocal_root(_context: Any, _value: Any) -> tuple[Any, Generator]:
    """Return one over the square root of a register, to 5e-6 of it; large for 0, not infinite.

    Half of the bits, as a whole number, give a first guess (Lomont, "Fast inverse square root",
    2003), which takes a fraction of the time of a root and a division.
    """

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        halved = builder.lshr(builder.bitcast(args[0], _WHOLE_REGISTER), _wholes(1))
        root = builder.bitcast(builder.sub(_wholes(_GUESS_OF_ROOT), halved), REGISTER)
        half = builder.fmul(args[0], _floats(0.5), flags=FUSED)
        for _ in range(2):  # of Newton's steps; the products in this order stay finite for 0
            part = builder.fmul(builder.fmul(half, root, flags=FUSED), root, flags=FUSED)
            root = builder.fmul(root, builder.fsub(_floats(1.5), part, flags=FUSED), flags=FUSED)
        return root

    return lanes_type(lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def scale_by_power(_context: Any, _value: Any, _exponent: Any) -> tuple[Any, Generator]:
    """Return ``value * 2 ** n``, where n is what the last bits of an exponent's numbers hold."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        value, exponent = (builder.bitcast(arg, _WHOLE_REGISTER) for arg in args)
        shifted = builder.shl(exponent, _wholes(_MANTISSA_BITS))
        return builder.bitcast(builder.add(value, shifted), REGISTER)

    return lanes_type(lanes_type, lanes_type), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def zeros_for(_context: Any, like: Any) -> tuple[Any, Generator]:
    """Make a tuple of as many registers of zeros as another tuple has elements."""

    def generate(context: Any, _builder: Any, signature: Any, _args: Any) -> Any:
        return context.get_constant_null(signature.return_type)

    return types.UniTuple(lanes_type, like.count)(like), generate


def address_of(context: Any, builder: Any, kinds: Any, args: Any, numbers: Any = REGISTER) -> Any:
    """Address of the numbers of an array, args[0], from an index or tuple of them, args[1], on."""
    array = context.make_array(kinds[0])(context, builder, args[0])
    if isinstance(kinds[1], types.BaseTuple):
        indices = zip(cgutils.unpack_tuple(builder, args[1]), kinds[1], strict=True)
    else:
        indices = zip([args[1]], [kinds[1]], strict=True)
    places = [context.cast(builder, index, kind, types.intp) for index, kind in indices]
    element = cgutils.get_item_pointer(context, builder, kinds[0], array, places, wraparound=False)
    return builder.bitcast(element, numbers.as_pointer())


def _wholes(number: int) -> Any:
    return ir.Constant(_WHOLE_REGISTER, [number] * LANES)


def _floats(number: float) -> Any:
    return ir.Constant(REGISTER, [number] * LANES)
