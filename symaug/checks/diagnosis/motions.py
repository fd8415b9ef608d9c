"""The base motions that a generator can declare, with the clause that declares each."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from symaug.semantics import motion

_LARGEST = 12  # turns by less than a twelfth are not guessed


def base_motions(orders: Iterable[int]) -> dict[str, np.ndarray]:
    """Clause to matrix [3, 3]: the three mirrors, the half turns, and every turn whose order is in `orders`.

    Upright ones (mirrors of x and y, turns about z) come first: they keep gravity on most models.
    """
    found = {f"reflect {axis}": motion.reflection(axis) for axis in "xyz"}
    for order in sorted({2, *orders}):
        if 2 <= order <= _LARGEST:
            for axis in "zxy":
                for part in range(1, order):
                    if gcd(part, order) == 1:
                        clause = f"rotate {axis} by {_angle(part, order)} deg"
                        found[clause] = motion.rotation(axis, Fraction(part, order))
    return {clause: np.asarray(matrix, dtype=np.float64) for clause, matrix in found.items()}


def order_of(index: np.ndarray) -> int:
    """After how many repetitions a permutation is the identity."""
    order, seen = 1, set()
    for start in range(len(index)):
        length, place = 0, start
        while place not in seen:
            seen.add(place)
            length, place = length + 1, int(index[place])
        order = lcm(order, length or 1)
    return order


def order_of_motion(matrix: np.ndarray) -> int:
    """After how many repetitions a base motion is the identity; 0 when that is more than a few."""
    power = matrix
    for order in range(1, _LARGEST + 1):
        if np.allclose(power, np.eye(3), rtol=0, atol=1e-9):
            return order
        power = power @ matrix
    return 0


def _angle(part: int, order: int) -> str:
    if 2 * part > order:  # the shorter way round
        part -= order
    whole, rest = divmod(360 * part, order)
    return str(whole) if rest == 0 else f"{360 * part}/{order}"
