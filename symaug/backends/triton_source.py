"""The kernel for CUDA in Triton's language. Imports triton: only `triton_kernel` imports this module."""

from __future__ import annotations

import triton  # pyright: ignore[reportMissingImports]
import triton.language as tl  # pyright: ignore[reportMissingImports]


@triton.jit(do_not_specialize=["rows", "inner"])
def orbit_rows(
    x,
    y,
    codes,
    offsets,
    rows,
    inner,
    x_outer,
    x_row,
    y_element,
    y_outer,
    y_row,
    WIDTH: tl.constexpr,
    ELEMENTS: tl.constexpr,
    SHIFTED: tl.constexpr,
    BITS: tl.constexpr,
    BITS_TYPE: tl.constexpr,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLUMNS: tl.constexpr,
):
    """All images of one block of rows: it comes from memory once and stays in the cache for every element.

    Row `r` of `x` begins at `r // inner * x_outer + r % inner * x_row`, and in the same way in each element's
    part of `y`. `codes` [ELEMENTS, WIDTH] holds `2 * index + (sign < 0)`. A sign is turned in the number's
    bits, which leaves every number what it was, NaN included.
    """
    row = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    column = tl.program_id(1) * BLOCK_COLUMNS + tl.arange(0, BLOCK_COLUMNS)
    there = column < WIDTH
    mask = (row < rows)[:, None] & there[None, :]
    outer, within = (row // inner).to(tl.int64), (row % inner).to(tl.int64)  # offsets may exceed 32 bits
    read = x + (outer * x_outer + within * x_row)[:, None]
    write = y + (outer * y_outer + within * y_row)[:, None] + column[None, :]
    number = x.dtype.element_ty
    for element in range(ELEMENTS):
        code = tl.load(codes + element * WIDTH + column, mask=there, other=0)
        image = tl.load(read + (code >> 1)[None, :], mask=mask)
        turned = (code & 1).to(BITS_TYPE) << (BITS - 1)
        image = (image.to(BITS_TYPE, bitcast=True) ^ turned[None, :]).to(number, bitcast=True)
        if SHIFTED:
            image += tl.load(offsets + element * WIDTH + column, mask=there, other=0.0)[None, :]
        tl.store(write, image, mask=mask)
        write += y_element


BITS_TYPES = {16: tl.uint16, 32: tl.uint32, 64: tl.uint64}
"""Integers as wide as the numbers."""
