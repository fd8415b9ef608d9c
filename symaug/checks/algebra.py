"""The algebra of a declared symmetry, enumerated completely; exact wherever nothing is mixed or shifted.

Every product of the Cayley table is checked in every space of the compiled program, so nothing here is
sampled. Needs neither numpy nor a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symaug.checks.report import CheckResult, worst_first
from symaug.semantics import motion
from symaug.semantics.linear_map import as_linear_map, compose, differences
from symaug.semantics.signed_permutation import SignedPermutation

if TYPE_CHECKING:
    from symaug.compiler.program import Program, Space
    from symaug.semantics.group import Group
    from symaug.semantics.linear_map import Action
    from symaug.semantics.robot import Robot

_POSE_TOLERANCE = 1e-6  # rad; pose entries are typed by hand, π to a few digits


def check_algebra(robot: Robot, program: Program | None) -> list[CheckResult]:
    """The group, base motions, joints, default pose, and every space of `program` (None: the robot alone)."""
    results = [
        check_group(robot.group),
        check_base_motions(robot),
        check_homomorphism("algebra/joints", robot.group, robot.joint_actions, robot.joints),
        check_default_pose(robot),
    ]
    if program is not None:
        results += [check_space(name, space, program.group) for name, space in program.spaces.items()]
    return results


def check_group(group: Group) -> CheckResult:
    """The Cayley table is a group's."""
    found = group.axiom_violations()
    names = ", ".join(group.elements)
    return _exact("algebra/group", len(found), f"{len(group.elements)} elements: {names}", "; ".join(found))


def check_base_motions(robot: Robot) -> CheckResult:
    """R(a*b) = R(a) R(b) for every pair, and every R is orthogonal."""
    group, wrong = robot.group, {}
    for i, left in enumerate(group.elements):
        rows = robot.motions[left]
        transpose = tuple(zip(*rows, strict=True))
        if not motion.is_identity(motion.multiply(rows, transpose)):  # type: ignore[arg-type]
            wrong[left] = 1.0
        for j, right in enumerate(group.elements):
            product = motion.multiply(rows, robot.motions[right])
            if motion.key(product) != motion.key(robot.motions[group.elements[group.table[i][j]]]):
                wrong[f"{left} · {right}"] = 1.0
    return _exact(
        "algebra/base motions",
        len(wrong),
        "orthogonal, and products agree with the group's table",
        "the base motions do not multiply as the group does: " + ", ".join(wrong),
        wrong,
    )


def check_space(name: str, space: Space, group: Group) -> CheckResult:
    """Terms tile the width, no term leaks into another, and ρ(a*b) = ρ(a) ρ(b) for every pair."""
    position = 0
    for term in space.terms:
        if term.start != position or term.stop <= term.start:
            return _exact(f"algebra/{name}", 1, "", f"term `{term.name}` does not follow the one before it")
        position = term.stop
    if position != space.width:
        return _exact(f"algebra/{name}", 1, "", f"the terms add up to {position}, the width is {space.width}")
    owner = [term.name for term in space.terms for _ in range(term.start, term.stop)]
    return check_homomorphism(f"algebra/{name}", group, space.elements, owner, closed=True)


def check_homomorphism(
    name: str,
    group: Group,
    actions: Mapping[str, Action],
    labels: tuple[str, ...] | list[str],
    *,
    closed: bool = False,
) -> CheckResult:
    """Every product of the Cayley table holds, entry by entry.

    Args:
        name: of the result.
        group: the group.
        actions: one action an element.
        labels: what to call each entry when it disagrees; joints or terms.
        closed: also demand that entries only change places with entries of the same label.
    """
    width, wrong = len(labels), dict.fromkeys(labels, 0.0)
    missing = [
        element for element in group.elements if element not in actions or len(actions[element]) != width
    ]
    if missing:
        return _exact(name, len(missing), "", f"no map of width {width} for {', '.join(missing)}")
    for k in differences(actions[group.elements[0]], SignedPermutation.identity(width)):
        wrong[labels[k]] += 1
    if closed:
        for action in actions.values():
            for k, sources in enumerate(as_linear_map(action).sources):
                wrong[labels[k]] += any(labels[source] != labels[k] for source in sources)
    for i, left in enumerate(group.elements):
        for j, right in enumerate(group.elements):
            made = compose(actions[left], actions[right])
            for k in differences(made, actions[group.elements[group.table[i][j]]]):
                wrong[labels[k]] += 1
    guilty = worst_first({label: count for label, count in wrong.items() if count})
    return _exact(
        name,
        int(sum(wrong.values())),
        f"width {width}, all {len(group.elements) ** 2} products agree",
        f"the maps do not multiply as the group does, in {', '.join(guilty)}",
        guilty,
    )


def check_default_pose(robot: Robot) -> CheckResult:
    """The default pose is its own image, so positions relative to it transform like positions."""
    pose = [float(robot.default_pose.get(joint, 0.0)) for joint in robot.joints]
    moved: dict[str, float] = {}
    for action in robot.joint_actions.values():
        for joint, before, after in zip(robot.joints, pose, action.apply(pose), strict=True):
            moved[joint] = max(moved.get(joint, 0.0), abs(after - before))
    guilty = worst_first({joint: shift for joint, shift in moved.items() if not shift <= _POSE_TOLERANCE})
    violation = max(moved.values(), default=0.0)
    detail = "a fixed point of every element"
    if guilty:
        detail = f"the default pose moves by {violation:.3g} rad, at {', '.join(guilty)}"
    status = "fail" if guilty else "pass"
    return CheckResult("algebra/default pose", status, violation, _POSE_TOLERANCE, detail, guilty)


def _exact(
    name: str, errors: int, right: str, wrong: str, breakdown: Mapping[str, float] | None = None
) -> CheckResult:
    status = "fail" if errors else "pass"
    return CheckResult(name, status, float(errors), 0.0, wrong if errors else right, breakdown or {})
