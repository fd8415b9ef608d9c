"""LLVM IR of one space's kernel: a row is read once, in windows of constant shuffles, and every image
written.

A window is as many neighbouring numbers as a vector register holds. What stands in an output window is
gathered from one, two or more input windows by shuffles with constant masks, signs are flipped by `xor` with
constant bits, offsets added; where an element mixes numbers, its output is a sum of such windows, each times
constant factors. The last window of a row overlaps the one before it, so that no row is read or
written beyond its ends; rows narrower than a register use smaller vectors.

The functions in the text (strides and counts in numbers, not bytes):

    flat(single, many, inner, threads)                                 [inner, D] and [G, inner, D], dense
    strided(single, many, outer, inner, so, si, mo, mi, mg, threads)   rows at single + o*so + b*si and
                                                                       many + g*mg + o*mo + b*mi

`orbit` reads single and writes many; `fold`, for gradients, writes to single the sum over g of the images of
the rows of many, each under its own action.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from symaug.backends import llvm_module, llvm_table
from symaug.semantics.linear_map import Action
from symaug.semantics.signed_permutation import SignedPermutation

WINDOWS = 512
"""Above so many windows the text would compile for seconds: a loop over a table of indices takes over."""

Layer = list[tuple[int | None, float]]


@dataclass(frozen=True)
class Shape:
    """What the text depends on besides the actions.

    Attributes:
        bits: of one number: 16, 32 or 64.
        register: bits of a vector register.
        openmp: whether the process has OpenMP's functions, GNU's names.
    """

    bits: int
    register: int = 512
    openmp: bool = False

    @property
    def number(self) -> str:
        """The integer type that holds one number."""
        return llvm_module.integer(self.bits)

    @property
    def fraction(self) -> str:
        """The float type of that size."""
        return llvm_module.fraction(self.bits)

    def lanes(self, width: int) -> int:
        """How many numbers a window holds in rows of `width`: a power of two."""
        return min(self.register // self.bits, 1 << (width.bit_length() - 1))


def orbit(actions: Sequence[Action], shape: Shape) -> str:
    """The text of the kernel that writes the images under `actions`, each of the same width.

    Raises:
        ValueError: no text can be had: offsets or mixed numbers in 16 bits, wide rows of mixed numbers, rows
            of no numbers, no actions.
    """
    _check(actions, shape)
    if _windows(actions, shape) > WINDOWS:
        permutations = [action for action in actions if isinstance(action, SignedPermutation)]
        if len(permutations) < len(actions):
            raise ValueError("rows that wide are not mixed here")
        return llvm_table.orbit(permutations, shape.bits, openmp=shape.openmp)
    row = _Row(shape, len(actions[0]))
    for rank, action in enumerate(actions):
        for start in row.starts:
            window = row.image("%row", action, start)
            if not action.is_linear:
                window = row.shift(window, action.offset[start : start + row.lanes])
            row.store(window, f"%image{rank}", start)
    return llvm_module.wrap(shape.number, row.width, len(actions), row.lines, openmp=shape.openmp)


def fold(actions: Sequence[Action], shape: Shape) -> str:
    """The text of the kernel that sums the images of G rows, each under its own action.

    Raises:
        ValueError: as for `orbit`; also offsets, 16 bits, where sums would be rounded at every step, and rows
            too wide to write out.
    """
    _check(actions, shape)
    linear = all(action.is_linear for action in actions)
    if not linear or shape.bits == 16 or _windows(actions, shape) > WINDOWS:
        raise ValueError("sums are taken of linear parts, in 32 or 64 bits, in rows that are not too wide")
    row = _Row(shape, len(actions[0]))
    for start in row.starts:
        total = row.floats(row.image("%image0", actions[0], start))
        for rank, action in enumerate(actions[1:], start=1):
            window = row.floats(row.image(f"%image{rank}", action, start))
            total = row.new(f"fadd {row.fractions} {total}, {window}")
        row.store(row.integers(total), "%row", start)
    return llvm_module.wrap(shape.number, row.width, len(actions), row.lines, openmp=shape.openmp)


def _check(actions: Sequence[Action], shape: Shape) -> None:
    if not actions or not len(actions[0]) or len({len(action) for action in actions}) > 1:
        raise ValueError("a kernel needs actions of one width, at least one number wide")
    moves_only = all(isinstance(action, SignedPermutation) and action.is_linear for action in actions)
    if shape.bits == 16 and not moves_only:
        raise ValueError("nothing is computed in 16 bits")


@dataclass
class _Row:
    """Writes the instructions for one row."""

    shape: Shape
    width: int
    lines: list[str] = field(default_factory=list)
    loads: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lanes = self.shape.lanes(self.width)
        self.numbers = f"<{self.lanes} x {self.shape.number}>"
        self.fractions = f"<{self.lanes} x {self.shape.fraction}>"
        self.starts = _starts(self.width, self.lanes)

    def new(self, instruction: str) -> str:
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {instruction}")
        return name

    def address(self, base: str, start: int) -> str:
        return self.new(f"getelementptr inbounds {self.shape.number}, ptr {base}, i64 {start}")

    def load(self, base: str, start: int) -> str:
        if (base, start) not in self.loads:
            address = self.address(base, start)
            read = self.new(f"load {self.numbers}, ptr {address}, align {self.shape.bits // 8}")
            self.loads[base, start] = read
        return self.loads[base, start]

    def store(self, window: str, base: str, start: int) -> None:
        address = self.address(base, start)
        self.lines.append(f"store {self.numbers} {window}, ptr {address}, align {self.shape.bits // 8}")

    def shuffle(self, left: str, right: str, mask: Iterable[int | None]) -> str:
        cells = ", ".join("i32 poison" if lane is None else f"i32 {lane}" for lane in mask)
        return self.new(
            f"shufflevector {self.numbers} {left}, {self.numbers} {right}, <{self.lanes} x i32> <{cells}>"
        )

    def image(self, base: str, action: Action, start: int) -> str:
        """The window of the image that begins at `start`, without its offsets."""
        first, *others = _layers(action, start, self.lanes)
        if not others and all(factor in (1.0, -1.0) for _, factor in first):
            return self.flip(self.gather(base, [source for source, _ in first]), [f for _, f in first])
        total = self.scaled(base, first)
        for layer in others:
            total = self.new(f"fadd contract {self.fractions} {total}, {self.scaled(base, layer)}")
        return self.integers(total)

    def gather(self, base: str, sources: Sequence[int | None]) -> str:
        """The numbers at `sources`; where there is none, whatever."""
        first, *others = _cover(sources, self.width, self.lanes)
        window = self.load(base, first)
        lanes: list[int | None] = [_lane(source, first, self.lanes) for source in sources]
        if not others and lanes != list(range(self.lanes)):
            window = self.shuffle(window, "poison", lanes)
        for other in others:
            found = [_lane(source, other, self.lanes) for source in sources]
            lanes = [
                (lane if lane is not None else None if new is None else self.lanes + new)
                for lane, new in zip(lanes, found, strict=True)
            ]
            window = self.shuffle(window, self.load(base, other), lanes)
            lanes = [None if lane is None else place for place, lane in enumerate(lanes)]
        return window

    def flip(self, window: str, signs: Sequence[float]) -> str:
        """The window with its numbers negated where signs are negative."""
        if min(signs) > 0:
            return window
        lowest = -(1 << (self.shape.bits - 1))
        bits = ", ".join(f"{self.shape.number} {lowest if sign < 0 else 0}" for sign in signs)
        return self.new(f"xor {self.numbers} {window}, <{bits}>")

    def scaled(self, base: str, layer: Layer) -> str:
        """The numbers of a layer times their factors; -0.0, which adds nothing, where it has none."""
        read = self.floats(self.gather(base, [source for source, _ in layer]))
        factors = self.constants(factor for _, factor in layer)
        product = self.new(f"fmul contract {self.fractions} {read}, {factors}")
        if all(source is not None for source, _ in layer):
            return product
        mask = ", ".join(f"i1 {'false' if source is None else 'true'}" for source, _ in layer)
        nothing = self.constants(-0.0 for _ in layer)
        chosen = (
            f"select <{self.lanes} x i1> <{mask}>, {self.fractions} {product}, {self.fractions} {nothing}"
        )
        return self.new(chosen)

    def constants(self, values: Iterable[float]) -> str:
        kind, bits = self.shape.fraction, self.shape.bits
        return f"<{', '.join(f'{kind} {llvm_module.literal(value, bits)}' for value in values)}>"

    def floats(self, window: str) -> str:
        return self.new(f"bitcast {self.numbers} {window} to {self.fractions}")

    def integers(self, window: str) -> str:
        return self.new(f"bitcast {self.fractions} {window} to {self.numbers}")

    def shift(self, window: str, offsets: Sequence[float]) -> str:
        """The window plus its offsets, added even where zero: -0.0 + 0.0 is 0.0, as torch has it."""
        moved = f"fadd {self.fractions} {self.floats(window)}, {self.constants(offsets)}"
        return self.integers(self.new(moved))


def _layers(action: Action, start: int, lanes: int) -> list[Layer]:
    """A window's outputs as a sum of windows: which number each lane of each reads, and times what."""
    window = slice(start, start + lanes)
    if isinstance(action, SignedPermutation):
        return [
            [
                (source, float(sign))
                for source, sign in zip(action.index[window], action.sign[window], strict=True)
            ]
        ]
    rows = action.rows[window]
    depth = max(1, *(len(row) for row in rows))
    return [[row[rank] if rank < len(row) else (None, 0.0) for row in rows] for rank in range(depth)]


def _starts(width: int, lanes: int) -> list[int]:
    """Where windows begin: side by side, the last one moved back to end with the row."""
    starts = list(range(0, width - lanes + 1, lanes))
    return starts if starts[-1] == width - lanes else [*starts, width - lanes]


def _cover(sources: Sequence[int | None], width: int, lanes: int) -> list[int]:
    """Starts of the input windows that hold all `sources`, few of them."""
    left = sorted(source for source in sources if source is not None)
    if left and list(sources) == list(range(left[0], left[0] + lanes)):
        return [left[0]]
    windows = []
    while left:
        # The window that begins at the lowest number, drawn back to where others begin if that loses nothing.
        start = min(left[0], width - lanes)
        aligned = min(left[0] // lanes * lanes, width - lanes)
        rest = [source for source in left if source >= start + lanes]
        if [source for source in left if source >= aligned + lanes] == rest:
            start = aligned
        windows.append(start)
        left = rest
    return windows or [0]


def _lane(source: int | None, start: int, lanes: int) -> int | None:
    return source - start if source is not None and start <= source < start + lanes else None


def _windows(actions: Sequence[Action], shape: Shape) -> int:
    """How many windows the text reads, those read again included; counting ends beyond the limit."""
    width = len(actions[0])
    lanes = shape.lanes(width)
    count = 0
    for action in actions:
        for start in _starts(width, lanes):
            layers = _layers(action, start, lanes)
            count += sum(len(_cover([source for source, _ in layer], width, lanes)) for layer in layers)
            if count > WINDOWS:
                return count
    return count
