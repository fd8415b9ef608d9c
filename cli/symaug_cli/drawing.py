"""One line for a group element: how the base moves, which limbs change places, which joints change sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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
    return "    ".join(part for part in parts if part) or "nothing moves"


def _motion(matrix: Sequence[Sequence[int]]) -> str:
    """Where the axes that move go: column j of the matrix is the image of axis j."""
    moved = []
    for axis, name in enumerate(_AXES):
        row = next(row for row in range(3) if matrix[row][axis])
        image = ("−" if matrix[row][axis] < 0 else "") + _AXES[row]
        if image != name:
            moved.append(f"{name} → {image}")
    return ", ".join(moved)


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
