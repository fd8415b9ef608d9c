"""The syntax trees of the expressions inside documents, each printing back to text that parses to itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from symaug.diagnostics import Span
from symaug.syntax.source import Text


@dataclass(frozen=True)
class Word:
    """A name or name pattern as it was written."""

    text: str
    origin: Text | None = field(default=None, compare=False, repr=False)
    start: int = field(default=0, compare=False, repr=False)

    @property
    def span(self) -> Span | None:
        """Where the word stands."""
        return self.part(0, len(self.text))

    def part(self, start: int, end: int) -> Span | None:
        """Where some characters of the word stand."""
        return self.origin.span(self.start + start, self.start + end) if self.origin else None

    def __str__(self) -> str:
        return self.text


# --- types ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """`vector`, `joints[LF_* RF_*]`, `limbs`: a type by its name, perhaps a slice of it."""

    name: Word
    selection: tuple[Word, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name}[{_join(self.selection)}]" if self.selection else str(self.name)


@dataclass(frozen=True)
class Count:
    """The 3 of `3 * joints` or of `history(3, joints)`."""

    value: int
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Dimensions:
    """The `17 x 11` of a grid, the `48 x 64 x 3` of an image."""

    sizes: tuple[int, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return " x ".join(map(str, self.sizes))


@dataclass(frozen=True)
class Option:
    """The `order=xy` of a grid."""

    key: Word
    value: Word
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True)
class Call:
    """`unsigned(joints)`, `history(5, joints)`, `grid(17 x 11, order=xy)`."""

    name: Word
    arguments: tuple[Argument, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Product:
    """`A * B`: the tensor product; `3 * A`: three copies side by side."""

    factors: tuple[TypeExpression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return " * ".join(f"({x})" if isinstance(x, (Sum, Product)) else str(x) for x in self.factors)


@dataclass(frozen=True)
class Sum:
    """`A + B`: one block after the other."""

    parts: tuple[TypeExpression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return " + ".join(f"({x})" if isinstance(x, Sum) else str(x) for x in self.parts)


TypeExpression: TypeAlias = Named | Count | Call | Product | Sum
Argument: TypeAlias = Dimensions | Option | TypeExpression


# --- generators ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reflect:
    """`reflect y`: the base frame's y axis changes sign."""

    axis: str
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"reflect {self.axis}"


@dataclass(frozen=True)
class Rotate:
    """`rotate z by 180 deg`, `rotate z by 360/7 deg`: degrees over a divisor."""

    axis: str
    degrees: float
    divisor: int = 1
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def turns(self) -> Fraction:
        """The angle as a fraction of a full turn, exact for what was written."""
        return Fraction(repr(self.degrees)) / (360 * self.divisor)

    def __str__(self) -> str:
        divisor = f"/{self.divisor}" if self.divisor != 1 else ""
        return f"rotate {self.axis} by {_number(self.degrees)}{divisor} deg"


@dataclass(frozen=True)
class Cycle:
    """`(LF RF)`: each goes to the place of the next, the last to the first."""

    members: tuple[Word, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"({_join(self.members)})"


@dataclass(frozen=True)
class Swap:
    """`swap (LF RF)(LH RH)`."""

    cycles: tuple[Cycle, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return "swap " + "".join(map(str, self.cycles))


@dataclass(frozen=True)
class Rename:
    """`rename left <-> right`: joints whose names differ by these words change places."""

    left: Word
    right: Word
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"rename {self.left} <-> {self.right}"


@dataclass(frozen=True)
class Flip:
    """`flip *_HAA`: these joint coordinates change sign."""

    patterns: tuple[Word, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"flip {_join(self.patterns)}"


@dataclass(frozen=True)
class Shift:
    """`shift *_hip by 90 deg`: these joint coordinates are moved by so much, after any flip."""

    patterns: tuple[Word, ...]
    amount: Quantity
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"shift {_join(self.patterns)} by {self.amount}"


Clause: TypeAlias = "Reflect | Rotate | Swap | Rename | Flip | Shift"


@dataclass(frozen=True)
class Generator:
    """All clauses of one generator."""

    clauses: tuple[Clause, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return ", ".join(map(str, self.clauses))


# --- relations, numbers, tasks -----------------------------------------------------------------------


@dataclass(frozen=True)
class Power:
    """`sagittal^2` in a relation."""

    name: Word
    exponent: int = 1

    def __str__(self) -> str:
        return str(self.name) if self.exponent == 1 else f"{self.name}^{self.exponent}"


@dataclass(frozen=True)
class RelationWord:
    """A word in the generators: `sagittal transversal` applies `transversal` first."""

    powers: tuple[Power, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return _join(self.powers)


@dataclass(frozen=True)
class Relation:
    """Words that must be the same element."""

    words: tuple[RelationWord, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return " = ".join(map(str, self.words))


@dataclass(frozen=True)
class Quantity:
    """A number with its unit as written: `20 deg`."""

    value: float
    unit: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)
    unit_span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_number(self.value)} {self.unit}".rstrip()


@dataclass(frozen=True)
class Range:
    """`-180..180 deg`, or `default * 0.5..1.5`: a factor on the default value."""

    low: float
    high: float
    unit: str = ""
    relative: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)
    unit_span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        default = "default * " if self.relative else ""
        return f"{default}{_number(self.low)}..{_number(self.high)} {self.unit}".rstrip()


@dataclass(frozen=True)
class Extent:
    """`x 0..0.3 m`, or without an axis `2..6 kg`, or one value, `5 kg`: how far a task reaches."""

    axis: Word | None
    range: Range
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        axis = f"{self.axis} " if self.axis else ""
        if self.range.low == self.range.high:
            return f"{axis}{Quantity(self.range.low, self.range.unit)}"
        return f"{axis}{self.range}"


@dataclass(frozen=True)
class TaskPattern:
    """`fail(LF_*)`, `payload(x 0..0.3 m, 2..6 kg)` or `none`: a family of tasks.

    Attributes:
        kind: its name, perhaps of a kind that there is not.
        patterns: the joints of `fail`; of an unknown kind, all between the parentheses as one word.
        extents: the ranges of `payload` and `command`.
    """

    kind: Word
    patterns: tuple[Word, ...] = ()
    extents: tuple[Extent, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        arguments = ", ".join(map(str, self.extents)) or _join(self.patterns)
        return f"{self.kind}({arguments})" if arguments else str(self.kind)


def _join(words: tuple[object, ...]) -> str:
    return " ".join(map(str, words))


def _number(value: float) -> str:
    """As people write it: `120` for 120.0, and every digit where there are digits."""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
