"""LLVM IR for rows too wide to write out window by window: a loop over a table of indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symaug.backends import llvm_module
from symaug.semantics.signed_permutation import SignedPermutation

TABLE_LOOP = """\
br label %each
each:
%g = phi i64 [0, %body], [%g_next, %each_end]
%g_offset = mul i64 %g, %mg
%image = getelementptr inbounds {number}, ptr %image0, i64 %g_offset
br label %cell
cell:
%i = phi i64 [0, %each], [%i_next, %cell]
%at = getelementptr inbounds [{elements} x [{width} x i32]], ptr @codes, i64 0, i64 %g, i64 %i
%code = load i32, ptr %at
%place = and i32 %code, 2147483647
%from = zext i32 %place to i64
%source = getelementptr inbounds {number}, ptr %row, i64 %from
%value = load {number}, ptr %source, align {bytes}
%sign = and i32 %code, -2147483648
{flip}
%moved = xor {number} %value, %flip
{shift}
%to = getelementptr inbounds {number}, ptr %image, i64 %i
store {number} %image_value, ptr %to, align {bytes}
%i_next = add nuw nsw i64 %i, 1
%cells = icmp ult i64 %i_next, {width}
br i1 %cells, label %cell, label %each_end
each_end:
%g_next = add nuw nsw i64 %g, 1
%elements = icmp ult i64 %g_next, {elements}
br i1 %elements, label %each, label %table_end
table_end:"""

FLIPS = {
    16: "%high = lshr i32 %sign, 16\n%flip = trunc i32 %high to i16",
    32: "%flip = or i32 %sign, 0",
    64: "%wide = zext i32 %sign to i64\n%flip = shl i64 %wide, 32",
}
SHIFT = """\
%shift_at = getelementptr inbounds [{elements} x [{width} x {fraction}]], ptr @offsets, i64 0, i64 %g, i64 %i
%offset = load {fraction}, ptr %shift_at
%moved_value = bitcast {number} %moved to {fraction}
%sum = fadd {fraction} %moved_value, %offset
%image_value = bitcast {fraction} %sum to {number}"""


def orbit(actions: Sequence[SignedPermutation], bits: int, *, openmp: bool) -> str:
    """The text of the kernel `llvm_ir.orbit` describes. Each entry of the table says where a number is read,
    with the sign in its highest bit."""
    number, fraction = llvm_module.integer(bits), llvm_module.fraction(bits)
    names = {
        "number": number,
        "fraction": fraction,
        "bytes": bits // 8,
        "width": len(actions[0]),
        "elements": len(actions),
    }
    linear = all(action.is_linear for action in actions)
    shift = f"%image_value = or {number} %moved, 0" if linear else SHIFT.format(**names)
    body = TABLE_LOOP.format(**names, flip=FLIPS[bits], shift=shift)
    codes = (
        [index - (sign < 0) * (1 << 31) for index, sign in zip(action.index, action.sign, strict=True)]
        for action in actions
    )
    constants = [_constants("codes", "i32", codes)]
    if not linear:
        shifts = ([llvm_module.literal(value, bits) for value in action.offset] for action in actions)
        constants.append(_constants("offsets", fraction, shifts))
    return llvm_module.wrap(
        number,
        len(actions[0]),
        len(actions),
        body.splitlines(),
        openmp=openmp,
        constants=constants,
    )


def _constants(name: str, kind: str, rows: Iterable[Sequence[object]]) -> str:
    written = [f"[{', '.join(f'{kind} {cell}' for cell in row)}]" for row in rows]
    width = written[0].count(",") + 1
    cells = ", ".join(f"[{width} x {kind}] {row}" for row in written)
    return f"@{name} = private constant [{len(written)} x [{width} x {kind}]] [{cells}]"
