"""Powers and logarithms of one number, in a form that the compiler turns into vector code.

Compiled kernels of other files have these functions inside them, and the copies on the disk do
not notice when this file changes: remove ``__pycache__`` after editing it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.cpython.unsafe.tuple import tuple_setitem
from numba.extending import intrinsic

from segmenter.compiled import compiled_in_order, compiled_part
from segmenter.em.lanes import add, add_product, larger, scale_by_power, spread, subtract

_HALF = np.float32(0.5)
_ONE = np.float32(1)
_LOG2_E, _LN_2 = np.float32(np.log2(np.e)), np.float32(np.log(2))
_LEAST_EXPONENT = np.float32(-126)
_FAINTEST = np.float32(-100)
_FAINTEST_POWER = np.float32(2.0**-100)
_LAST_BIT_IS_ONE = np.float32(1.5 * 2**23)  # adding it rounds to a whole number
_BITS_OF_THREE_QUARTERS = np.int32(0x3F400000)
_E1, _E2, _E3, _E4, _E5 = (
    np.float32(value) for value in (0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647)
)
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7 = (
    np.float32(value)
    for value in (
        *(1.44269578, -0.72135204, 0.48080861, -0.36026732),
        *(0.29070789, -0.25180713, 0.20166429, -0.09150316),
    )
)


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def float_of_bits(_context: Any, _bits: Any) -> Any:
    """Read 32 bits (an int32) as a float32."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(signature.return_type))

    return types.float32(types.int32), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
def bits_of_float(_context: Any, _value: Any) -> Any:
    """Read a float32 as its 32 bits (an int32)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(signature.return_type))

    return types.int32(types.float32), generate


@compiled_part
def exp2(exponent: Any) -> Any:
    """``2 ** exponent`` to 1e-7 of it, for exponents from -126 (lower ones count as that) to 0.

    A minimax polynomial on [-1/2, 1/2]; the whole part is added to the bits of the exponent.
    """
    exponent = max(exponent, _LEAST_EXPONENT)
    whole = np.int32(exponent - _HALF)
    x = exponent - np.float32(whole)
    power = _ONE + x * (_E1 + x * (_E2 + x * (_E3 + x * (_E4 + x * _E5))))
    return float_of_bits(np.int32(bits_of_float(power) + np.int32(whole << np.int32(23))))


@compiled_in_order
def exp2_of_lanes(exponents: Any) -> Any:
    """``2 ** exponent`` of some registers, to 1e-7 of it, for exponents up to 0; from -100 down 0.

    As :func:`exp2`, but 2 ** -100 is taken away: products of less would be denormal, and slow. The
    registers are done in step: one after the other, each would mostly wait for itself.
    """
    rounded = x = powers = exponents
    for r in range(len(exponents)):
        exponent = larger(exponents[r], spread(_FAINTEST))
        rounded = tuple_setitem(rounded, r, add(exponent, spread(_LAST_BIT_IS_ONE)))
        x = tuple_setitem(x, r, exponent)
    for r in range(len(exponents)):
        x = tuple_setitem(x, r, subtract(x[r], subtract(rounded[r], spread(_LAST_BIT_IS_ONE))))
        powers = tuple_setitem(powers, r, spread(_E5))
    for factor in (_E4, _E3, _E2, _E1, _ONE):
        for r in range(len(exponents)):
            powers = tuple_setitem(powers, r, add_product(spread(factor), x[r], powers[r]))
    for r in range(len(exponents)):
        scaled = scale_by_power(powers[r], rounded[r])
        powers = tuple_setitem(powers, r, subtract(scaled, spread(_FAINTEST_POWER)))
    return powers


@compiled_part
def log2(value: Any) -> Any:
    """Logarithm to base 2 of a normal positive float32, to 5e-8.

    A minimax polynomial of the mantissa, taken from [3/4, 3/2).
    """
    bits = bits_of_float(value)
    whole = np.int32(np.int32(bits - _BITS_OF_THREE_QUARTERS) >> np.int32(23))
    x = float_of_bits(np.int32(bits - np.int32(whole << np.int32(23)))) - _ONE
    series = _L4 + x * (_L5 + x * (_L6 + x * _L7))
    series = _L0 + x * (_L1 + x * (_L2 + x * (_L3 + x * series)))
    return np.float32(whole) + x * series


@compiled_part
def exp(exponent: Any) -> Any:
    """``e ** exponent`` for exponents from -87 (lower ones count as that) to 0."""
    return exp2(exponent * _LOG2_E)


@compiled_part
def log(value: Any) -> Any:
    """Natural logarithm of a normal positive float32."""
    return log2(value) * _LN_2


@compiled_part
def tanh(value: Any) -> Any:
    """Hyperbolic tangent, to 2e-7."""
    power = exp(-(abs(value) + abs(value)))
    return np.copysign((_ONE - power) / (_ONE + power), value)


@compiled_part
def log_of_sum(one: Any, other: Any) -> Any:
    """``log(exp(one) + exp(other))``, natural logarithms."""
    return max(one, other) + log(_ONE + exp(-abs(one - other)))
