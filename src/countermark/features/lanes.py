"""Sixteen neighbouring bytes or letters at a time, in the vector instructions of whatever processor there is.

Loops over one word of text are too short for the compiler to find these by itself. Nothing here looks whether an array
is long enough: callers leave room for LANES more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
BYTES, NUMBERS = ir.VectorType(ir.IntType(8), LANES), ir.VectorType(ir.IntType(32), LANES)
MASK = ir.IntType(LANES)


def _lane(generator: Callable[..., Any]) -> Any:
    """What kernels can call, of a function of types that gives a signature and what generates the instructions."""
    return intrinsic(generator)


def _place(context: Any, builder: Any, array: Any, values: tuple[Any, Any], lanes: Any) -> Any:
    """Pointer to the lanes of an array from a position on."""
    struct: Any = cgutils.create_struct_proxy
    data = struct(array)(context, builder, values[0]).data
    return builder.bitcast(builder.gep(data, [values[1]]), lanes.as_pointer())


def _alike(lanes: Any, value: int) -> Any:
    return ir.Constant(lanes, [value] * LANES)


@_lane
def small_letters(_: Any, data: Any, at: Any) -> Any:
    """How many of the sixteen bytes from `at` on come before the first that is not a to z."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        read = builder.load(_place(context, builder, signature.args[0], values, BYTES), align=1)
        other = builder.icmp_unsigned(
            ">=", builder.sub(read, _alike(BYTES, ord("a"))), _alike(BYTES, 26)
        )
        mask = builder.zext(builder.bitcast(other, MASK), ir.IntType(64))
        end = builder.or_(mask, ir.Constant(ir.IntType(64), 1 << LANES))
        return builder.cttz(end, ir.Constant(ir.IntType(1), 1))

    return types.uint64(data, types.uint64), generate


@_lane
def merging_letters(_: Any, data: Any, at: Any) -> Any:
    """Bits of the sixteen bytes from `at` on that read as one with the next: they are equal, or r before n."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _place(context, builder, signature.args[0], values, BYTES)
        after = (values[0], builder.add(values[1], ir.Constant(ir.IntType(64), 1)))
        read = builder.load(place, align=1)
        then = builder.load(_place(context, builder, signature.args[0], after, BYTES), align=1)
        r_n = builder.and_(
            builder.icmp_unsigned("==", read, _alike(BYTES, ord("r"))),
            builder.icmp_unsigned("==", then, _alike(BYTES, ord("n"))),
        )
        both = builder.or_(r_n, builder.icmp_unsigned("==", read, then))
        return builder.zext(builder.bitcast(both, MASK), ir.IntType(64))

    return types.uint64(data, types.uint64), generate


@_lane
def lowest(_: Any, bits: Any) -> Any:
    """The number of the lowest bit that is set; there must be one."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@_lane
def widen(_: Any, data: Any, at: Any, out: Any, n: Any) -> Any:
    """Sixteen bytes of `data` from `at` on, as the numbers of `out` from n on."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        read = builder.load(_place(context, builder, signature.args[0], values[:2], BYTES), align=1)
        place = _place(context, builder, signature.args[2], values[2:], NUMBERS)
        builder.store(builder.zext(read, NUMBERS), place, align=1)
        return context.get_dummy_value()

    return types.void(data, types.uint64, out, types.uint64), generate


@_lane
def count_up(_: Any, out: Any, n: Any, first: Any) -> Any:
    """`first`, `first + 1`, ... as the sixteen numbers of `out` from n on."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _place(context, builder, signature.args[0], values[:2], NUMBERS)
        number = builder.trunc(values[2], ir.IntType(32))
        zero = ir.Constant(ir.IntType(32), 0)
        spread = builder.shuffle_vector(
            builder.insert_element(ir.Constant(NUMBERS, ir.Undefined), number, zero),
            ir.Constant(NUMBERS, ir.Undefined), ir.Constant(NUMBERS, [0] * LANES),
        )  # fmt: skip
        builder.store(builder.add(spread, ir.Constant(NUMBERS, list(range(LANES)))), place, align=1)
        return context.get_dummy_value()

    return types.void(out, types.uint64, types.uint64), generate


@_lane
def clear(_: Any, out: Any, n: Any) -> Any:
    """Zeros as the sixteen bytes of `out` from n on."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _place(context, builder, signature.args[0], values, BYTES)
        builder.store(_alike(BYTES, 0), place, align=1)
        return context.get_dummy_value()

    return types.void(out, types.uint64), generate
