"""What stands around a row's instructions in LLVM IR: the loop over rows, threads, and the entry points."""

from __future__ import annotations

import struct
from collections.abc import Sequence

STRIDES = ("inner", "so", "si", "mo", "mi", "mg")

LOOP = """\
define internal void @rows(ptr noalias %single, ptr noalias %many, i64 %lo, i64 %hi, {strides}) noinline {{
entry:
  %any = icmp ult i64 %lo, %hi
  br i1 %any, label %start, label %done
start:
  %outer_first = udiv i64 %lo, %inner
  %inner_first = urem i64 %lo, %inner
  br label %loop
loop:
  %r = phi i64 [%lo, %start], [%r_next, %last]
  %o = phi i64 [%outer_first, %start], [%o_next, %last]
  %b = phi i64 [%inner_first, %start], [%b_next, %last]
  %s_outer = mul i64 %o, %so
  %s_inner = mul i64 %b, %si
  %s_offset = add i64 %s_outer, %s_inner
  %row = getelementptr inbounds {number}, ptr %single, i64 %s_offset
  %m_outer = mul i64 %o, %mo
  %m_inner = mul i64 %b, %mi
  %m_offset = add i64 %m_outer, %m_inner
  %image0 = getelementptr inbounds {number}, ptr %many, i64 %m_offset
  {images}
  br label %body
body:
{row}
  br label %last
last:
  %r_next = add nuw i64 %r, 1
  %b_after = add nuw i64 %b, 1
  %wraps = icmp eq i64 %b_after, %inner
  %b_next = select i1 %wraps, i64 0, i64 %b_after
  %o_after = add nuw i64 %o, 1
  %o_next = select i1 %wraps, i64 %o_after, i64 %o
  %more = icmp ult i64 %r_next, %hi
  br i1 %more, label %loop, label %done
done:
  ret void
}}
"""

ENTRIES = """\
define void @flat(ptr %single, ptr %many, i64 %inner, i64 %threads) {{
  %mg = mul i64 %inner, {width}
  %si = add i64 0, {width}
  call void @strided(ptr %single, ptr %many, i64 1, {flat}, i64 %threads)
  ret void
}}
define void @strided(ptr %single, ptr %many, i64 %outer, {strides}, i64 %threads) {{
entry:
  %count = mul i64 %outer, %inner
  {choice}
here:
  call void @rows(ptr %single, ptr %many, i64 0, i64 %count, {strides})
  ret void
{team}
}}
"""

TEAM = """\
team:
  %task = alloca {task}
  {stores}
  %wanted = trunc i64 %threads to i32
  call void @GOMP_parallel(ptr @share, ptr %task, i32 %wanted, i32 0)
  ret void
"""

SHARE = """\
declare void @GOMP_parallel(ptr, ptr, i32, i32)
declare i32 @omp_get_thread_num()
declare i32 @omp_get_num_threads()
define internal void @share(ptr %task) {{
  {loads}
  %number = call i32 @omp_get_thread_num()
  %members = call i32 @omp_get_num_threads()
  %t = zext i32 %number to i64
  %n = zext i32 %members to i64
  %before = mul i64 %count, %t
  %lo = udiv i64 %before, %n
  %t_next = add i64 %t, 1
  %until = mul i64 %count, %t_next
  %hi = udiv i64 %until, %n
  call void @rows(ptr %single, ptr %many, i64 %lo, i64 %hi, {strides})
  ret void
}}
"""


def wrap(
    number: str,
    width: int,
    images: int,
    row: Sequence[str],
    *,
    openmp: bool = False,
    constants: Sequence[str] = (),
) -> str:
    """The whole text.

    Args:
        number: the integer type of one number.
        width: how many a row holds.
        images: how many rows stand against one.
        row: the instructions for one row; they find `%row`, `%image0`, `%image1` … and `%mg`, begin in a
            block of their own (`%body`) and fall out of its end, or that of a later one.
        openmp: whether to share rows among OpenMP's threads.
        constants: global constants that the instructions name.
    """
    strides = ", ".join(f"i64 %{name}" for name in STRIDES)
    pointers = [
        line
        for rank in range(1, images)
        for line in (
            f"%gap{rank} = mul i64 %mg, {rank}",
            f"%image{rank} = getelementptr inbounds {number}, ptr %image0, i64 %gap{rank}",
        )
    ]
    flat = "i64 %inner, i64 0, i64 %si, i64 0, i64 %si, i64 %mg"
    loop = LOOP.format(
        number=number,
        strides=strides,
        images="\n  ".join(pointers),
        row="\n".join(row),
    )
    if not openmp:
        entries = ENTRIES.format(width=width, flat=flat, strides=strides, choice="br label %here", team="")
        return "\n".join([*constants, loop, entries])
    fields = [("ptr", "single"), ("ptr", "many"), ("i64", "count"), *(("i64", name) for name in STRIDES)]
    task = "{ " + ", ".join(kind for kind, _ in fields) + " }"
    stores, loads = [], []
    for place, (kind, name) in enumerate(fields):
        address = f"%at_{name} = getelementptr inbounds {task}, ptr %task, i32 0, i32 {place}"
        stores += [address, f"store {kind} %{name}, ptr %at_{name}"]
        loads += [address, f"%{name} = load {kind}, ptr %at_{name}"]
    entries = ENTRIES.format(
        width=width,
        flat=flat,
        strides=strides,
        choice="%solo = icmp ult i64 %threads, 2\n  br i1 %solo, label %here, label %team",
        team=TEAM.format(task=task, stores="\n  ".join(stores)),
    )
    share = SHARE.format(loads="\n  ".join(loads), strides=strides)
    return "\n".join([*constants, loop, entries, share])


def integer(bits: int) -> str:
    """The integer type that holds a number of `bits`."""
    return f"i{bits}"


def fraction(bits: int) -> str:
    """The float type of that size."""
    return {16: "half", 32: "float", 64: "double"}[bits]


def literal(value: float, bits: int) -> str:
    """A float literal that LLVM takes exactly: the bits of the double, after rounding to `bits`."""
    rounded = struct.unpack("f", struct.pack("f", value))[0] if bits == 32 else value
    return "0x" + struct.pack(">d", rounded).hex().upper()
