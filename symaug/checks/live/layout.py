"""Does the spec describe the tensors of this environment? By the names and widths the environment gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symaug.checks.live.world import LiveEnvironment
from symaug.checks.report import CheckResult
from symaug.diagnostics import did_you_mean

if TYPE_CHECKING:
    from symaug.compiler.program import Program, Space
    from symaug.semantics.robot import Robot

LAYOUT = "environment/layout"
_GROUP = "observations/"


@dataclass(frozen=True)
class Layout:
    """What the comparison of the layouts says.

    Attributes:
        result: the check.
        groups: observation groups whose width is the same on both sides.
        steppable: whether actions and joints fit, so that the environment can be mirrored at all.
    """

    result: CheckResult
    groups: tuple[str, ...]
    steppable: bool


@dataclass
class _Findings:
    wrong: dict[str, str]  # what is off, and how; the first is told
    named: dict[str, str]  # only called otherwise
    edits: list[str]


def check_layout(world: LiveEnvironment, robot: Robot, program: Program) -> Layout:
    """Compare groups, terms, their order and widths, actions and joint order.

    Terms that only have other names, at the same place and as wide, are a warning. The violation counts what
    differs; the breakdown names it.
    """
    found = _Findings({}, {}, [])
    declared = {name.removeprefix(_GROUP): s for name, s in program.spaces.items() if name.startswith(_GROUP)}
    for group in declared:
        if group not in world.observation_terms:
            hint = " ".join(did_you_mean(group, world.observation_terms))
            found.wrong[group] = f"the environment has no observation group `{group}`; {hint}"
    for group in world.observation_terms:
        if group not in declared:
            found.named[group] = f"the spec does not describe the environment's observation group `{group}`"
    common = [group for group in declared if group in world.observation_terms]
    for group in common:
        _compare_terms(group, declared[group], _slices(world.observation_terms[group]), found)
    width = program.space("actions").width
    if width != world.num_actions:
        found.wrong["actions"] = f"the environment takes {world.num_actions} actions, the spec has {width}"
    _compare_joints(world, robot, program, found)
    fitting = tuple(
        group
        for group in common
        if declared[group].width == sum(wide for _, wide in world.observation_terms[group])
    )
    joints_fit = set(world.joint_names) == set(robot.joints)
    return Layout(_result(found, common), fitting, joints_fit and width == world.num_actions)


def _result(found: _Findings, groups: Sequence[str]) -> CheckResult:
    off = found.wrong or found.named
    if not off:
        detail = f"{', '.join(groups)}: terms, widths, actions and joint order are the spec's"
        return CheckResult(LAYOUT, "pass", 0.0, 0.0, detail)
    first, *more = off.values()
    rest = f"; and {len(more)} more" if more else ""
    return CheckResult(
        LAYOUT,
        "fail" if found.wrong else "warn",
        float(len(found.wrong)),
        0.0,
        f"{first}{rest}",
        dict.fromkeys(off, 1.0),
        "; ".join(found.edits) or None,
    )


def _compare_terms(group: str, space: Space, built: Mapping[str, tuple[int, int]], found: _Findings) -> None:
    declared = {term.name: (term.start, term.stop) for term in space.terms}
    if list(declared.items()) == list(built.items()):
        return
    there = {place: name for name, place in built.items()}
    before = len(found.wrong)
    for name, place in declared.items():
        label = f"{group}.{name}"
        if built.get(name) == place:
            continue
        if name not in built and place in there and there[place] not in declared:
            found.named[label] = (
                f"`{name}` of the spec is called `{there[place]}` in the environment's `{group}`"
            )
        elif name not in built:
            hint = " ".join(did_you_mean(name, [each for each in built if each not in declared]))
            found.wrong[label] = f"the environment's `{group}` has no term `{name}`; {hint}".rstrip("; ")
        elif _width(built[name]) != _width(place):
            found.wrong[label] = (
                f"`{name}` of `{group}` is {_width(built[name])} wide here, {_width(place)} in the spec"
            )
        else:
            found.wrong[label] = (
                f"`{name}` of `{group}` is at {_shown(built[name])} here, at {_shown(place)} in the spec"
            )
    for name, place in built.items():
        if name not in declared and place not in declared.values():
            label = f"{group}.{name}"
            found.wrong[label] = f"the spec does not describe `{name}` at {_shown(place)} of `{group}`"
    same = {name: _width(place) for name, place in built.items()}
    if len(found.wrong) > before and same == {name: _width(place) for name, place in declared.items()}:
        found.edits.append(f"list the terms of `{group}` in this order: {', '.join(built)}")


def _compare_joints(world: LiveEnvironment, robot: Robot, program: Program, found: _Findings) -> None:
    ours, theirs = tuple(program.joint_order), tuple(world.joint_names)
    if ours == theirs:
        return
    unknown = [name for name in theirs if name not in robot.joints]
    if unknown:
        hint = " ".join(did_you_mean(unknown[0], robot.joints))
        found.wrong["joints"] = f"`{robot.name}` has no joint `{unknown[0]}` as the environment has; {hint}"
    elif missing := [name for name in ours if name not in theirs]:
        found.wrong["joints"] = f"the environment has no joint `{missing[0]}`"
    else:
        rank = next(rank for rank, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1])
        found.wrong["joints"] = (
            f"joint {rank + 1} is `{theirs[rank]}` in the environment, `{ours[rank]}` in the spec"
        )
        found.edits.append(order_edit(robot, theirs))


def order_edit(robot: Robot, order: Sequence[str]) -> str:
    """What to write so that the spec lists the joints in this order."""
    if tuple(order) == robot.joints:
        return "leave `joint_order` out of the spec"
    for name, joints in robot.joint_orders.items():
        if tuple(order) == joints:
            return f"`joint_order: {name}`"
    return f"add the order to the robot's `joint_orders` and name it in the spec: {' '.join(order)}"


def _slices(terms: Sequence[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    found, start = {}, 0
    for name, width in terms:
        found[name] = (start, start + width)
        start += width
    return found


def _width(place: tuple[int, int]) -> int:
    return place[1] - place[0]


def _shown(place: tuple[int, int]) -> str:
    return f"{place[0]}:{place[1]}"
