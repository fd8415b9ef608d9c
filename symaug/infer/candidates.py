"""The base motions that are tried: every mirror and turn that a generator can declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from symaug.semantics import motion
from symaug.semantics.motion import Motion

_MOST = 12
"""Turns by less than a twelfth of a circle are not looked for."""


@dataclass(frozen=True)
class Candidate:
    """A base motion with the clause that declares it.

    Attributes:
        clause: such as `reflect y`.
        motion: as the language holds it, rows of an orthogonal matrix.
        order: after how many repetitions it is the identity.
    """

    clause: str
    motion: Motion
    order: int

    @property
    def matrix(self) -> np.ndarray:
        """The motion as float64 [3, 3]."""
        return np.asarray(self.motion, dtype=np.float64)

    @property
    def axis(self) -> str:
        """`x`, `y` or `z`."""
        return self.clause.split()[1]

    @property
    def mirrors(self) -> bool:
        """Whether it is a reflection."""
        return self.clause.startswith("reflect")


def candidates() -> Iterator[Candidate]:
    """All of them; the first of those that say the same in the end is the one to write.

    Full turns' parts about z, the finest first, then mirrors, then what is rarely upright.
    """
    for parts in range(_MOST, 2, -1):
        yield _turn("z", parts)
    for axis in "yx":
        yield Candidate(f"reflect {axis}", motion.reflection(axis), 2)
    yield _turn("z", 2)
    yield Candidate("reflect z", motion.reflection("z"), 2)
    for axis in "xy":
        for parts in range(_MOST, 1, -1):
            yield _turn(axis, parts)


def _turn(axis: str, parts: int) -> Candidate:
    degrees = str(360 // parts) if 360 % parts == 0 else f"360/{parts}"
    return Candidate(f"rotate {axis} by {degrees} deg", motion.rotation(axis, Fraction(1, parts)), parts)
