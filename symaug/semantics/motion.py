"""How a symmetry moves the base frame: orthogonal 3×3 matrices, exact wherever their entries are integers.

A motion that maps axes onto axes (mirrors, quarter turns) holds Python integers and is compared exactly.
Other rotations of finite order hold floats; products are snapped back to integers and halves, and two
motions are the same when their `key` is, so that sixty degrees taken six times is the identity.
"""

from __future__ import annotations

import math
from fractions import Fraction

from symaug.semantics.linear_map import Action, LinearMap, simplest

Row = tuple[float, float, float]
Motion = tuple[Row, Row, Row]
"""Rows of an orthogonal matrix R: a vector v of the base frame becomes R v. Entries are ints where exact."""

IDENTITY: Motion = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
AXES = "xyz"
_SNAP = 1e-12
_KEY_DIGITS = 9


def reflection(axis: str) -> Motion:
    """The mirror that turns one axis around."""
    x, y, z = (-1 if name == axis else 1 for name in AXES)
    return ((x, 0, 0), (0, y, 0), (0, 0, z))


def rotation(axis: str, turns: Fraction) -> Motion:
    """The rotation about an axis by a fraction of a full turn, right-handed."""
    first, second = ((AXES.index(axis) + step) % 3 for step in (1, 2))
    angle = 2.0 * math.pi * float(turns % 1)
    cosine, sine = math.cos(angle), math.sin(angle)
    rows: list[list[float]] = [[int(i == j) for j in range(3)] for i in range(3)]
    rows[first][first] = rows[second][second] = cosine
    rows[first][second], rows[second][first] = -sine, sine
    return _freeze(rows)


def multiply(left: Motion, right: Motion) -> Motion:
    """The matrix product: `right` applied first."""
    return _freeze([[sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3)] for i in range(3)])


def determinant(motion: Motion) -> int:
    """+1 for a rotation, -1 for a reflection."""
    (a, b, c), (d, e, f), (g, h, i) = motion
    return round(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))


def key(motion: Motion) -> tuple[float, ...]:
    """What two motions have in common exactly when they are the same."""
    return tuple(round(entry, _KEY_DIGITS) + 0.0 for row in motion for entry in row)


def is_identity(motion: Motion) -> bool:
    """Whether the base stays as it is."""
    return key(motion) == key(IDENTITY)


def order(motion: Motion, limit: int = 1000) -> int:
    """How often the motion is repeated until the base is back.

    Raises:
        ValueError: more often than `limit`.
    """
    power = motion
    for count in range(1, limit + 1):
        if is_identity(power):
            return count
        power = multiply(motion, power)
    raise ValueError(f"the base is not back after {limit} times")


def vector_action(motion: Motion) -> Action:
    """The motion as it acts on (x, y, z)."""
    return simplest(LinearMap.from_matrix(motion))


def _freeze(rows: list[list[float]]) -> Motion:
    (a, b, c), (d, e, f), (g, h, i) = ([_snapped(entry) for entry in row] for row in rows)
    return ((a, b, c), (d, e, f), (g, h, i))


def _snapped(entry: float) -> float:
    nearest = round(2 * entry) / 2
    if abs(entry - nearest) > _SNAP:
        return entry
    return int(nearest) if nearest == int(nearest) else nearest
