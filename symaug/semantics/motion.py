"""How a symmetry moves the base frame: 3×3 matrices of integers, exact."""

from __future__ import annotations

from symaug.semantics.signed_permutation import SignedPermutation

Motion = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
"""Rows of an orthogonal integer matrix R: a vector v of the base frame becomes R v."""

IDENTITY: Motion = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
AXES = "xyz"


def reflection(axis: str) -> Motion:
    """The mirror that turns one axis around."""
    return _diagonal(*(-1 if name == axis else 1 for name in AXES))


def quarter_turns(axis: str, count: int) -> Motion:
    """The rotation about an axis by `count` times 90 degrees, right-handed."""
    first, second = ((AXES.index(axis) + step) % 3 for step in (1, 2))
    rows = [[int(i == j) for j in range(3)] for i in range(3)]
    rows[first][first] = rows[second][second] = 0
    rows[first][second], rows[second][first] = -1, 1
    turn, result = _freeze(rows), IDENTITY
    for _ in range(count % 4):
        result = multiply(turn, result)
    return result


def multiply(left: Motion, right: Motion) -> Motion:
    """The matrix product: `right` applied first."""
    return _freeze([[sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3)] for i in range(3)])


def determinant(motion: Motion) -> int:
    """+1 for a rotation, -1 for a reflection."""
    (a, b, c), (d, e, f), (g, h, i) = motion
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def order(motion: Motion) -> int:
    """How often the motion is repeated until the base is back."""
    power, count = motion, 1
    while power != IDENTITY:
        power, count = multiply(motion, power), count + 1
    return count


def vector_action(motion: Motion) -> SignedPermutation:
    """The motion as a signed permutation of (x, y, z)."""
    index = [next(j for j in range(3) if row[j]) for row in motion]
    return SignedPermutation.of(index, [row[j] for row, j in zip(motion, index, strict=True)])


def _diagonal(x: int, y: int, z: int) -> Motion:
    return ((x, 0, 0), (0, y, 0), (0, 0, z))


def _freeze(rows: list[list[int]]) -> Motion:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return ((a, b, c), (d, e, f), (g, h, i))
