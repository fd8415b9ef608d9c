"""Signed permutations with an offset: the exact integer form of how a symmetry acts on a block of numbers.

Convention, everywhere: `y[i] = sign[i] * x[index[i]] + offset[i]`. Products act from the right: `(a @ b)`
applies `b` first, then `a`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T", int, float)


@dataclass(frozen=True)
class SignedPermutation:
    """`y[i] = sign[i] * x[index[i]] + offset[i]`, for n numbers.

    Attributes:
        index: a permutation of 0 … n-1: where each output is read from.
        sign: +1 or -1, one an output.
        offset: added to each output, in the unit of that number; zero for every linear action.

    Raises:
        ValueError: on construction, when the lengths differ, `index` is no permutation or a sign is not ±1.
    """

    index: tuple[int, ...]
    sign: tuple[int, ...]
    offset: tuple[float, ...]

    def __post_init__(self) -> None:
        size = len(self.index)
        if len(self.sign) != size or len(self.offset) != size:
            raise ValueError(f"lengths differ: {size}, {len(self.sign)}, {len(self.offset)}")
        if sorted(self.index) != list(range(size)):
            raise ValueError(f"index is not a permutation of 0..{size - 1}: {self.index}")
        if not {*self.sign} <= {1, -1}:
            raise ValueError(f"signs must be 1 or -1: {self.sign}")

    @classmethod
    def of(
        cls, index: Iterable[int], sign: Iterable[int] | None = None, offset: Iterable[float] | None = None
    ) -> SignedPermutation:
        """Build one from any iterables; signs default to +1, offsets to 0."""
        positions = tuple(index)
        signs = (1,) * len(positions) if sign is None else tuple(sign)
        offsets = (0.0,) * len(positions) if offset is None else tuple(float(value) + 0.0 for value in offset)
        return cls(positions, signs, offsets)

    @classmethod
    def identity(cls, size: int) -> SignedPermutation:
        """The map that changes nothing, on `size` numbers."""
        return cls.of(range(size))

    def __len__(self) -> int:
        return len(self.index)

    @property
    def is_identity(self) -> bool:
        """Whether the map changes nothing, exactly."""
        return self == SignedPermutation.identity(len(self))

    @property
    def is_linear(self) -> bool:
        """Whether every offset is zero."""
        return not any(self.offset)

    def compose(self, first: SignedPermutation) -> SignedPermutation:
        """The map that applies `first`, then this one; also written `self @ first`."""
        if len(first) != len(self):
            raise ValueError(f"cannot compose maps of {len(self)} and {len(first)} numbers")
        return SignedPermutation.of(
            (first.index[source] for source in self.index),
            (sign * first.sign[source] for sign, source in zip(self.sign, self.index, strict=True)),
            None
            if self.is_linear and first.is_linear
            else (
                _settled(sign * first.offset[source] + offset)
                for sign, source, offset in zip(self.sign, self.index, self.offset, strict=True)
            ),
        )

    __matmul__ = compose

    def inverse(self) -> SignedPermutation:
        """The map that undoes this one."""
        size = len(self)
        index, sign, offset = [0] * size, [1] * size, [0.0] * size
        for target, source in enumerate(self.index):
            index[source] = target
            sign[source] = self.sign[target]
            offset[source] = -self.sign[target] * self.offset[target]
        return SignedPermutation.of(index, sign, offset)

    def apply(self, values: Sequence[T]) -> list[T]:
        """Apply the map to a plain list of numbers (exact for integers when the map is linear)."""
        if len(values) != len(self):
            raise ValueError(f"expected {len(self)} numbers, got {len(values)}")
        moved = [sign * values[source] for sign, source in zip(self.sign, self.index, strict=True)]
        if self.is_linear:
            return moved
        return [value + offset for value, offset in zip(moved, self.offset, strict=True)]  # type: ignore[return-value]

    def tensor(self, inner: SignedPermutation) -> SignedPermutation:
        """The Kronecker product: number `(i, j)` stands at `i * len(inner) + j`.

        Raises:
            ValueError: when either map has an offset; a product of affine maps is not affine.
        """
        if not (self.is_linear and inner.is_linear):
            raise ValueError("a tensor product needs maps without offsets")
        width = len(inner)
        return SignedPermutation.of(
            (outer * width + source for outer in self.index for source in inner.index),
            (outer * sign for outer in self.sign for sign in inner.sign),
        )

    def without_offset(self) -> SignedPermutation:
        """The linear part: how differences of these numbers move, and their rates."""
        return self if self.is_linear else SignedPermutation.of(self.index, self.sign)

    def repeated(self, count: int) -> SignedPermutation:
        """`count` copies one after the other: the copy is the outer index."""
        size = len(self)
        index = (size * k + source for k in range(count) for source in self.index)
        return SignedPermutation.of(index, self.sign * count, self.offset * count)

    def interleaved(self, count: int) -> SignedPermutation:
        """`count` copies with the copy as the inner index: all of the first number, then of the next."""
        index = (source * count + k for source in self.index for k in range(count))
        signs = (sign for sign in self.sign for _ in range(count))
        return SignedPermutation.of(index, signs, (x for x in self.offset for _ in range(count)))

    def without_signs(self) -> SignedPermutation:
        """The bare permutation, for magnitudes."""
        return SignedPermutation.of(self.index)

    def restrict(self, positions: Sequence[int]) -> SignedPermutation | None:
        """The map on a subset of its numbers, in the order given; None when the subset is not closed."""
        place = {position: rank for rank, position in enumerate(positions)}
        if any(self.index[position] not in place for position in positions):
            return None
        return SignedPermutation.of(
            (place[self.index[position]] for position in positions),
            (self.sign[position] for position in positions),
            (self.offset[position] for position in positions),
        )

    def __str__(self) -> str:
        """One entry an output: `+2 -0 +1` or, with an offset, `+2 -0+0.5 +1`."""
        return " ".join(
            f"{'+' if sign > 0 else '-'}{source}" + (f"{offset:+}" if offset else "")
            for source, sign, offset in zip(self.index, self.sign, self.offset, strict=True)
        )

    @classmethod
    def parse(cls, text: str) -> SignedPermutation:
        """Read back what `str` prints.

        Raises:
            ValueError: for any other text.
        """
        entries = [_ENTRY.fullmatch(word) for word in text.split()]
        if not all(entries):
            raise ValueError(f"not a signed permutation: {text!r}")
        return cls.of(
            (int(entry["index"]) for entry in entries if entry),
            (1 if entry["sign"] == "+" else -1 for entry in entries if entry),
            (float(entry["offset"] or 0.0) for entry in entries if entry),
        )


def _settled(offset: float) -> float:
    return 0.0 if abs(offset) < 1e-12 else offset  # what is left where shifts cancel


_ENTRY = re.compile(r"(?P<sign>[+-])(?P<index>\d+)(?P<offset>[+-]\d+(?:\.\d+)?(?:e[+-]\d+)?)?")
