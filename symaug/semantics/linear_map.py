"""Actions that are no signed permutation (a 120° turn of a vector), and what both kinds have in common.

An `Action` is a `SignedPermutation` wherever it can be, exact in integers; a `LinearMap`, sparse rows of
floats, where numbers are mixed. The functions at the end combine the two: the result is a signed permutation
when all parts are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symaug.semantics.signed_permutation import SignedPermutation

TOLERANCE = 1e-12
"""How far coefficients of two equal maps may differ: what rounding leaves after a few products."""

OFFSET_TOLERANCE = 1e-9
"""How far offsets of two equal maps may differ, rad or m: they are written by people, in degrees."""

Entry = tuple[int, float]


@dataclass(frozen=True)
class LinearMap:
    """`y[i] = Σ coefficient * x[source] + offset[i]` over the entries of row i; orthogonal.

    Attributes:
        rows: for each output its entries (source, coefficient), by source, without zeros.
        offset: added to each output, in the unit of that number.
    """

    rows: tuple[tuple[Entry, ...], ...]
    offset: tuple[float, ...]

    def __post_init__(self) -> None:
        size = len(self.rows)
        if len(self.offset) != size:
            raise ValueError(f"lengths differ: {size} rows, {len(self.offset)} offsets")
        if any(not 0 <= source < size for row in self.rows for source, _ in row):
            raise ValueError(f"a row reads beyond 0..{size - 1}")

    @classmethod
    def from_matrix(
        cls, matrix: Sequence[Sequence[float]], offset: Iterable[float] | None = None
    ) -> LinearMap:
        """The map of a square matrix, given by its rows."""
        rows = tuple(tuple((j, float(x)) for j, x in enumerate(row) if x) for row in matrix)
        if any(len(row) != len(matrix) for row in matrix):
            raise ValueError("the matrix is not square")
        return cls(rows, (0.0,) * len(rows) if offset is None else tuple(map(float, offset)))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_linear(self) -> bool:
        """Whether every offset is zero."""
        return not any(self.offset)

    @property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """The numbers that each output is made of."""
        return tuple(tuple(source for source, _ in row) for row in self.rows)

    def matrix(self) -> list[list[float]]:
        """The dense matrix, by rows."""
        dense = [[0.0] * len(self) for _ in self.rows]
        for target, row in enumerate(self.rows):
            for source, coefficient in row:
                dense[target][source] = coefficient
        return dense

    def compose(self, first: LinearMap) -> LinearMap:
        """The map that applies `first`, then this one."""
        if len(first) != len(self):
            raise ValueError(f"cannot compose maps of {len(self)} and {len(first)} numbers")
        rows, offset = [], []
        for row, shift in zip(self.rows, self.offset, strict=True):
            total: dict[int, float] = {}
            for middle, outer in row:
                shift += outer * first.offset[middle]
                for source, inner in first.rows[middle]:
                    total[source] = total.get(source, 0.0) + outer * inner
            rows.append(_tidy(total))
            offset.append(shift)
        return LinearMap(tuple(rows), tuple(offset))

    def inverse(self) -> LinearMap:
        """The map that undoes this one: the transpose, as it is orthogonal."""
        columns: list[dict[int, float]] = [{} for _ in self.rows]
        offset = [0.0] * len(self)
        for target, row in enumerate(self.rows):
            for source, coefficient in row:
                columns[source][target] = coefficient
                offset[source] -= coefficient * self.offset[target]
        return LinearMap(tuple(_tidy(column) for column in columns), tuple(offset))

    def apply(self, values: Sequence[float]) -> list[float]:
        """Apply the map to a plain list of numbers."""
        if len(values) != len(self):
            raise ValueError(f"expected {len(self)} numbers, got {len(values)}")
        return [
            sum(coefficient * values[source] for source, coefficient in row) + shift
            for row, shift in zip(self.rows, self.offset, strict=True)
        ]

    def tensor(self, inner: LinearMap) -> LinearMap:
        """The Kronecker product: number `(i, j)` stands at `i * len(inner) + j`.

        Raises:
            ValueError: when either map has an offset; a product of affine maps is not affine.
        """
        if not (self.is_linear and inner.is_linear):
            raise ValueError("a tensor product needs maps without offsets")
        width = len(inner)
        rows = tuple(
            tuple((i * width + j, a * b) for i, a in outer_row for j, b in inner_row)
            for outer_row in self.rows
            for inner_row in inner.rows
        )
        return LinearMap(rows, (0.0,) * len(rows))

    def repeated(self, count: int) -> LinearMap:
        """`count` copies one after the other: the copy is the outer index."""
        size = len(self)
        rows = tuple(tuple((size * k + s, c) for s, c in row) for k in range(count) for row in self.rows)
        return LinearMap(rows, self.offset * count)

    def interleaved(self, count: int) -> LinearMap:
        """`count` copies with the copy as the inner index: all of the first number, then of the next."""
        rows = tuple(tuple((s * count + k, c) for s, c in row) for row in self.rows for k in range(count))
        return LinearMap(rows, tuple(x for x in self.offset for _ in range(count)))

    def without_offset(self) -> LinearMap:
        """The linear part."""
        return LinearMap(self.rows, (0.0,) * len(self))

    def restrict(self, positions: Sequence[int]) -> LinearMap | None:
        """The map on a subset of its numbers, in the order given; None when the subset is not closed."""
        place = {position: rank for rank, position in enumerate(positions)}
        if any(source not in place for position in positions for source, _ in self.rows[position]):
            return None
        rows = tuple(_tidy({place[s]: c for s, c in self.rows[position]}) for position in positions)
        return LinearMap(rows, tuple(self.offset[position] for position in positions))

    def orthogonality_error(self) -> float:
        """The largest entry of M Mᵀ - 1."""
        product = self.without_offset().compose(self.without_offset().inverse())
        return max(
            (
                abs(coefficient - (source == target))
                for target, row in enumerate(product.rows)
                for source, coefficient in [*row, *(() if _has(row, target) else ((target, 0.0),))]
            ),
            default=0.0,
        )


Action: TypeAlias = SignedPermutation | LinearMap


def as_linear_map(action: Action) -> LinearMap:
    """The same action as rows of coefficients."""
    if isinstance(action, LinearMap):
        return action
    rows = tuple(((source, float(sign)),) for source, sign in zip(action.index, action.sign, strict=True))
    return LinearMap(rows, action.offset)


def simplest(action: Action) -> Action:
    """The action as a signed permutation if it is one."""
    if isinstance(action, SignedPermutation) or not all(
        len(row) == 1 and row[0][1] in (1.0, -1.0) for row in action.rows
    ):
        return action
    signs = (int(row[0][1]) for row in action.rows)
    return SignedPermutation.of((row[0][0] for row in action.rows), signs, action.offset)


def is_permutation(action: Action) -> bool:
    """Whether the action only permutes: it changes no sign, mixes nothing and adds nothing."""
    return isinstance(action, SignedPermutation) and action.is_linear and -1 not in action.sign


def compose(last: Action, first: Action) -> Action:
    """The action that applies `first`, then `last`."""
    if isinstance(last, SignedPermutation) and isinstance(first, SignedPermutation):
        return last @ first
    return simplest(as_linear_map(last).compose(as_linear_map(first)))


def tensor(outer: Action, inner: Action) -> Action:
    """The Kronecker product; ValueError when either has an offset."""
    if isinstance(outer, SignedPermutation) and isinstance(inner, SignedPermutation):
        return outer.tensor(inner)
    return as_linear_map(outer).tensor(as_linear_map(inner))


def direct_sum(parts: Sequence[Action]) -> Action:
    """The actions side by side, each on its own numbers."""
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    placed = list(zip(starts, parts, strict=False))
    offset = tuple(shift for part in parts for shift in part.offset)
    if all(isinstance(part, SignedPermutation) for part in parts):
        permutations = [(start, part) for start, part in placed if isinstance(part, SignedPermutation)]
        return SignedPermutation(
            tuple(start + source for start, part in permutations for source in part.index),
            tuple(sign for _, part in permutations for sign in part.sign),
            offset,
        )
    rows = tuple(
        tuple((start + source, coefficient) for source, coefficient in row)
        for start, part in placed
        for row in as_linear_map(part).rows
    )
    return LinearMap(rows, offset)


def differences(left: Action, right: Action) -> list[int]:
    """The outputs on which two actions of one width differ: exactly where they are signed permutations,
    beyond `TOLERANCE` where they are not, and beyond `OFFSET_TOLERANCE` in their offsets."""
    if left == right:
        return []
    one, other = as_linear_map(left), as_linear_map(right)
    return [
        target
        for target in range(len(one))
        if _distance(one.rows[target], other.rows[target]) > TOLERANCE
        or abs(one.offset[target] - other.offset[target]) > OFFSET_TOLERANCE
    ]


def _distance(left: Sequence[Entry], right: Sequence[Entry]) -> float:
    rest = dict(left)
    for source, coefficient in right:
        rest[source] = rest.get(source, 0.0) - coefficient
    return max(map(abs, rest.values()), default=0.0)


def _has(row: Sequence[Entry], target: int) -> bool:
    return any(source == target for source, _ in row)


def _tidy(entries: dict[int, float]) -> tuple[Entry, ...]:
    """By source; what rounding left in place of zero is dropped, and ±1 and ±1/2 are made exact."""
    tidy = []
    for source in sorted(entries):
        value = entries[source]
        nearest = round(2 * value) / 2
        value = nearest if abs(value - nearest) <= TOLERANCE else value
        if value:
            tidy.append((source, value))
    return tuple(tidy)
