"""How the base may be turned when an episode starts, as ranges of roll, pitch and yaw, and their images.

An element with the base motion R turns an orientation Q into R Q Rᵀ. Where R carries every axis to itself or
its opposite, roll, pitch and yaw change their signs as a pseudovector does. Where it exchanges axes, Q = Rz
Ry Rx becomes a product in another order, and a box of the three angles becomes something that is no box.
"""

from __future__ import annotations

import math
from itertools import product

from symaug.semantics.boxes import Box, Interval, shadow
from symaug.semantics.motion import Motion, determinant, multiply

ANGLES = ("base_roll", "base_pitch", "base_yaw")
_CIRCLE = 2 * math.pi
_WHOLE = 0.01
"""rad: by so much a range may miss the circle and still mean all of it (`0..6.28`)."""


def is_whole(interval: Interval) -> bool:
    """Whether the range of an angle is all of the circle."""
    return interval[1] - interval[0] >= _CIRCLE - _WHOLE


def angle_images(motion: Motion, box: Box) -> Box | None:
    """The ranges of roll, pitch and yaw after `motion`, by whole turns near those before; None if no box.

    Args:
        motion: of the base.
        box: the ranges of roll, pitch and yaw, rad.
    """
    axial = determinant(motion)
    turns_axes = any(motion[i][j] for i in range(3) for j in range(3) if i != j)
    if turns_axes and any(_tilts(ends) for ends in box[:2]):
        return None
    if turns_axes and _tilts(box[2]) and not _is_about_z(motion):
        return None
    diagonal = [[axial * motion[i][j] if i == j else 0 for j in range(3)] for i in range(3)]
    if turns_axes:  # roll and pitch are zero and stay so
        diagonal[0][0] = diagonal[1][1] = 1
    moved = (shadow(row, box) for row in diagonal)
    return tuple(_beside(ends, own) for ends, own in zip(moved, box, strict=True))


def excess(motion: Motion, box: Box) -> tuple[float, ...]:
    """By how much, rad, the image of a box of roll, pitch and yaw under `motion` stands out of it, by angle.

    Corners, middles of edges and of faces are moved, so that it is close to the largest, not exact.
    """
    transposed: Motion = tuple(zip(*motion, strict=True))  # type: ignore[assignment]
    moved = [
        _angles(multiply(multiply(motion, _turned(*angles)), transposed))
        for angles in product(*((low, (low + high) / 2, high) for low, high in box))
    ]
    return tuple(
        max(_outside(angle, ends) for angle in angles)
        for angles, ends in zip(zip(*moved, strict=True), box, strict=True)
    )


def _tilts(interval: Interval) -> bool:
    return interval != (0.0, 0.0)


def _is_about_z(motion: Motion) -> bool:
    return abs(abs(motion[2][2]) - 1) < 1e-9


def _beside(image: Interval, own: Interval) -> Interval:
    """The same range of an angle, by whole turns as near to `own` as can be; `own` if it is the circle."""
    if is_whole(image):
        return own
    turns = _CIRCLE * round((sum(own) - sum(image)) / 2 / _CIRCLE)
    return image[0] + turns, image[1] + turns


def _outside(angle: float, interval: Interval) -> float:
    middle, half = sum(interval) / 2, (interval[1] - interval[0]) / 2
    away = abs((angle - middle + math.pi) % _CIRCLE - math.pi)
    return 0.0 if is_whole(interval) else max(0.0, away - half)


def _turned(roll: float, pitch: float, yaw: float) -> Motion:
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a), math.sin(a)) for a in (roll, pitch, yaw))
    about_x: Motion = ((1, 0, 0), (0, cr, -sr), (0, sr, cr))
    about_y: Motion = ((cp, 0, sp), (0, 1, 0), (-sp, 0, cp))
    about_z: Motion = ((cy, -sy, 0), (sy, cy, 0), (0, 0, 1))
    return multiply(about_z, multiply(about_y, about_x))


def _angles(matrix: Motion) -> tuple[float, float, float]:
    roll = math.atan2(matrix[2][1], matrix[2][2])
    pitch = -math.asin(max(-1.0, min(1.0, matrix[2][0])))
    return roll, pitch, math.atan2(matrix[1][0], matrix[0][0])
