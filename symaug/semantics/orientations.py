"""Orientations: rotations R from a frame into the world, under a motion M of both.

Whatever the numbers, the mirrored robot in the mirrored world has orientation M R Mᵀ: a conjugation, which is
a rotation again even where M is a reflection. The same holds for the base, for a body relative to the base
(with `limbs *`, when the frames of mirrored bodies are mirrored), and for the inverse of any of them.
"""

from __future__ import annotations

from symaug.semantics.representations import (
    Representation,
    direct_sum,
    pseudovector,
    scalar,
    vector,
)
from symaug.semantics.robot import Robot

QUATERNION_ORDERS = ("wxyz", "xyzw")
EULER_ORDERS = ("rpy", "ypr")
SIX_D_ORDERS = ("columns", "rows")


def rotation_matrix(robot: Robot) -> Representation:
    """Nine numbers, row by row: R' = M R Mᵀ, which is M ⊗ M on the flattened matrix."""
    return vector(robot).times(vector(robot))


def rotation_6d(robot: Robot, order: str) -> tuple[Representation | None, int]:
    """The first two columns of R (Zhou et al., CVPR 2019): one column after the other, or row by row.

    The two columns are those of the x and y axes, so they must be closed under the group. Returns None and
    the guilty element where they are not.
    """
    plane, element = vector(robot).restricted((0, 1))
    if plane is None:
        return None, element
    whole = vector(robot)
    return (plane.times(whole) if order == "columns" else whole.times(plane)), 0


def quaternion(robot: Robot, order: str) -> Representation:
    """(w, x, y, z) or (x, y, z, w): w stays, and the axis is a pseudovector.

    Both signs of a quaternion go along: -q is mapped to minus the image of q.
    """
    parts = [scalar(robot), pseudovector(robot)]
    return direct_sum(parts if order == "wxyz" else parts[::-1])


def euler(robot: Robot, order: str) -> tuple[Representation | None, int]:
    """Roll, pitch and yaw of R = Rz(yaw) Ry(pitch) Rx(roll), or in the order yaw, pitch, roll.

    An element acts linearly on them only when it maps every axis onto itself, up to sign. Returns None and
    the guilty element otherwise.
    """
    for rank, name in enumerate(robot.group.elements):
        if any(entry for i, row in enumerate(robot.motions[name]) for j, entry in enumerate(row) if i != j):
            return None, rank
    part, _ = pseudovector(robot).restricted((0, 1, 2) if order == "rpy" else (2, 1, 0))
    return part, 0
