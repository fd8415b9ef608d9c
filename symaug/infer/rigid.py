"""Vectors and rigid motions in plain Python: for three numbers, numpy costs twenty times as much."""

from __future__ import annotations

import math
from dataclasses import dataclass

Vector = tuple[float, float, float]


def add(a: Vector, b: Vector) -> Vector:
    """a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def subtract(a: Vector, b: Vector) -> Vector:
    """a - b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def scaled(factor: float, a: Vector) -> Vector:
    """The vector, so many times as long."""
    return factor * a[0], factor * a[1], factor * a[2]


def dot(a: Vector, b: Vector) -> float:
    """The inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """The outer product, right-handed."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def length(a: Vector) -> float:
    """|a|."""
    return math.sqrt(dot(a, a))


def angle_about(axis: Vector, start: Vector, end: Vector) -> float | None:
    """How far `start` turns about a unit vector to point like `end`, rad; None when either lies along it."""
    start, end = (subtract(v, scaled(dot(axis, v), axis)) for v in (start, end))
    if min(length(start), length(end)) < 1e-3:
        return None
    return math.atan2(dot(axis, cross(start, end)), dot(start, end))


@dataclass(frozen=True)
class Rigid:
    """x' = rotation · x + offset.

    Attributes:
        rows: of the rotation.
        offset: in metres.
    """

    rows: tuple[Vector, Vector, Vector]
    offset: Vector

    def turn(self, a: Vector) -> Vector:
        """A direction, moved."""
        x, y, z = self.rows
        return dot(x, a), dot(y, a), dot(z, a)

    def __call__(self, a: Vector) -> Vector:
        """A point, moved."""
        return add(self.turn(a), self.offset)

    def after(self, first: Rigid) -> Rigid:
        """The motion that does `first`, then this one."""
        columns = [self.turn((first.rows[0][k], first.rows[1][k], first.rows[2][k])) for k in range(3)]
        x, y, z = ((columns[0][k], columns[1][k], columns[2][k]) for k in range(3))
        return Rigid((x, y, z), self(first.offset))


STILL = Rigid(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0))


def slide(along: Vector) -> Rigid:
    """A shift by a vector."""
    return Rigid(STILL.rows, along)


def turn_about(axis: Vector, origin: Vector, angle: float) -> Rigid:
    """A turn by `angle` (rad) about the line through `origin` along the unit vector `axis`."""
    x, y, z = axis
    c, s = math.cos(angle), math.sin(angle)
    d = 1.0 - c
    rows = (
        (c + d * x * x, d * x * y - s * z, d * x * z + s * y),
        (d * x * y + s * z, c + d * y * y, d * y * z - s * x),
        (d * x * z - s * y, d * y * z + s * x, c + d * z * z),
    )
    return Rigid(rows, subtract(origin, Rigid(rows, (0.0, 0.0, 0.0)).turn(origin)))
