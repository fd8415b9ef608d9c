"""A group element in one line: how the base moves, which limbs change places, what joints change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from symaug.semantics.motion import Motion, determinant

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_AXES = "xyz"


def draw_element(robot: Robot, element: str) -> str:
    """For example `y → −y    LF ⇄ RF  LH ⇄ RH    −*_HAA`."""
    parts = [_motion(robot.motions[element])]
    limbs = tuple(robot.limbs)
    parts.append("  ".join(_cycles(limbs, robot.limb_actions[element].index)))
    negative = {
        joint for joint, sign in zip(robot.joints, robot.joint_actions[element].sign, strict=True) if sign < 0
    }
    parts.append(" ".join(f"−{name}" for name in _grouped(robot, negative)))
    offsets = zip(robot.joints, robot.joint_actions[element].offset, strict=True)
    parts.append(" ".join(f"{joint}{offset:+.3g}" for joint, offset in offsets if offset))
    return "    ".join(part for part in parts if part) or "nothing moves"


def _motion(matrix: Motion) -> str:
    """Where the axes that move go, `y → −y`; a turn or mirror in words when they do not go to axes."""
    moved = []
    for axis, name in enumerate(_AXES):  # column j of the matrix is the image of axis j
        rows = [row for row in range(3) if matrix[row][axis]]
        if len(rows) > 1:
            return _turn(matrix)
        image = ("−" if matrix[rows[0]][axis] < 0 else "") + _AXES[rows[0]]
        if image != name:
            moved.append(f"{name} → {image}")
    return ", ".join(moved)


def _turn(matrix: Motion) -> str:
    """`turn about z by 120°`, `mirror across (0.5, 0.87, 0)`, or a turn and the inversion after it."""
    proper = determinant(matrix)
    (a, b, c), (d, e, f), (g, h, i) = ([proper * entry for entry in row] for row in matrix)
    angle = math.degrees(math.acos(max(-1.0, min(1.0, (a + e + i - 1.0) / 2.0))))
    axis = [h - f, c - g, d - b]
    half_turn = angle > 179.999
    if half_turn:  # the axis is then a column of R + 1
        axis = max(([a + 1, d, g], [b, e + 1, h], [c, f, i + 1]), key=lambda column: math.hypot(*column))
    length = math.hypot(*axis)
    axis = [round(entry / length, 2) + 0.0 for entry in axis]
    if min(axis) < 0 >= max(axis):  # about −z by 120° is about z by −120°
        axis, angle = [-entry + 0.0 for entry in axis], -angle
    letters = [name for name, entry in zip(_AXES, axis, strict=True) if entry]
    where = letters[0] if len(letters) == 1 else "(" + ", ".join(f"{entry:g}" for entry in axis) + ")"
    if proper < 0 and half_turn:
        return f"mirror across {where}"
    return f"turn about {where} by {angle:.4g}°" + (" and invert" if proper < 0 else "")


def _cycles(names: Sequence[str], index: Sequence[int]) -> list[str]:
    """Cycles in the direction in which things move: what is at `index[i]` goes to `i`."""
    goes_to = {source: target for target, source in enumerate(index)}
    drawn, seen = [], set()
    for first in range(len(names)):
        cycle, at = [], first
        while at not in seen:
            seen.add(at)
            cycle.append(names[at])
            at = goes_to[at]
        if len(cycle) == 2:
            drawn.append(f"{cycle[0]} ⇄ {cycle[1]}")
        elif len(cycle) > 2:
            drawn.append(" → ".join([*cycle, cycle[0]]))
    return drawn


def _grouped(robot: Robot, chosen: set[str]) -> list[str]:
    """The chosen joints; one that is chosen in every limb that has it is written once, `*_HAA`."""
    by_suffix: dict[str, list[str]] = {}
    for limb, joints in robot.limbs.items():
        for joint in joints:
            by_suffix.setdefault(joint.replace(limb, "*", 1), []).append(joint)
    names = []
    for suffix, joints in by_suffix.items():
        if chosen.issuperset(joints):
            names.append(suffix)
        else:
            names += [joint for joint in joints if joint in chosen]
    in_limbs = {joint for joints in robot.limbs.values() for joint in joints}
    return names + [joint for joint in robot.joints if joint in chosen - in_limbs]
