"""A first spec for a robot, from the names of its observation terms or from a running environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from symaug.checks.terms.naming import Namer
from symaug.diagnostics import Diagnostic, SpecError, UserError, did_you_mean
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import find_robot, list_robots
from symaug.syntax.names import NAME
from symaug.tools.skeleton import TermLine, spec_text

if TYPE_CHECKING:
    from symaug.checks.live.world import LiveEnvironment

USUAL = (
    "base_lin_vel",
    "base_ang_vel",
    "projected_gravity",
    "velocity_command",
    "joint_pos",
    "joint_vel",
    "last_action",
)
"""What most legged robots observe, in the order of Isaac Lab's velocity tasks."""


@dataclass(frozen=True)
class Draft:
    """A spec to go on from.

    Attributes:
        text: the document, in its canonical form; it compiles.
        doubtful: terms whose lines are marked, because their names do not say what they are.
    """

    text: str
    doubtful: tuple[str, ...]


def draft_spec(
    robot: str | Path,
    observations: Sequence[str] | LiveEnvironment,
    *,
    joint_order: str | None = None,
    output: Path | None = None,
) -> Draft:
    """Draft a spec.

    Args:
        robot: a robot's name or the path of its document.
        observations: names of terms, which make one group `policy`; or an environment, which says its groups,
            names, widths and the order of its joints.
        joint_order: which of the robot's orders the tensors use; the canonical one without it. An
            environment's is found.
        output: where the document will be: its name and the path of its robot follow from it.

    Raises:
        SpecError: the robot's document is wrong, SA005 or SA011 for a term.
        UserError: SA706 the environment's joints are not the robot's, SA713 no such joint order.
    """
    found = load_robot_symmetry(robot)
    groups: Mapping[str, Sequence[tuple[str, int | None]]]
    if isinstance(observations, Sequence):
        groups = {"policy": [(name, None) for name in observations]}
        joints, order = _chosen(found, joint_order)
    else:
        groups = dict(observations.observation_terms)
        joints, order = _matching(found, observations.joint_names)
    problems = list(_name_problems(groups))
    if problems:
        raise SpecError(problems)
    namer = Namer(found, joints)
    lines: dict[str, list[TermLine]] = {}
    for group, terms in groups.items():
        guesses = [(name, namer.guess(name, width)) for name, width in terms]
        lines[group] = [TermLine(name, guess.type, guess.doubt) for name, guess in guesses]
    text = spec_text(
        _spec_name(found, output),
        _reference(found, robot, output),
        lines,
        joint_order=order,
        other_orders=tuple(found.joint_orders),
    )
    doubtful = [term.name for group in lines.values() for term in group if term.doubt]
    return Draft(text, tuple(dict.fromkeys(doubtful)))


def _chosen(robot: Robot, joint_order: str | None) -> tuple[Sequence[str], str | None]:
    if joint_order is None:
        return robot.joints, None
    if joint_order not in robot.joint_orders:
        helps = did_you_mean(joint_order, robot.joint_orders)
        message = f"robot `{robot.name}` has no joint order named `{joint_order}`"
        raise UserError.of("SA713", message, helps=helps)
    return robot.joint_orders[joint_order], joint_order


def _matching(robot: Robot, names: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The robot's order that lists these joints."""
    if tuple(names) == robot.joints:
        return robot.joints, None
    for order, joints in robot.joint_orders.items():
        if tuple(names) == joints:
            return joints, order
    unknown = [name for name in names if name not in robot.joints]
    if unknown or len(names) != len(robot.joints):
        helps = did_you_mean(unknown[0], robot.joints) if unknown else ()
        message = f"the environment's {len(names)} joints are not the {len(robot.joints)} of `{robot.name}`"
        raise UserError.of("SA706", message, helps=helps)
    helps = (f"name their order in the robot's document: `joint_orders: {{env: {' '.join(names)}}}`",)
    message = f"robot `{robot.name}` has no joint order that lists its joints as the environment does"
    raise UserError.of("SA713", message, helps=helps)


def _name_problems(groups: Mapping[str, Sequence[tuple[str, int | None]]]) -> Iterator[Diagnostic]:
    for group, terms in groups.items():
        seen: set[str] = set()
        for name, _ in terms:
            if not NAME.fullmatch(name):
                notes = ("names are letters, digits, `_`, `-` and `.`",)
                yield Diagnostic("SA011", f"`{name}` cannot be the name of a term", notes=notes)
            elif name in seen:
                yield Diagnostic("SA005", f"the term `{name}` comes twice in `{group}`")
            seen.add(name)


def _spec_name(robot: Robot, output: Path | None) -> str:
    task = output.stem if output is not None else "task"
    plain = robot.path.parent.name if robot.path.name == "robot.yaml" else robot.name
    return f"{plain}/{task}" if NAME.fullmatch(task) else f"{plain}/task"


def _reference(robot: Robot, given: str | Path, output: Path | None) -> str:
    """What the spec calls its robot: a name where that leads to the document, else a path from the spec."""
    name = robot.path.parent.name
    home = (output or Path("spec.yaml")).absolute()
    if str(given) in list_robots():
        return str(given)
    try:
        if find_robot(name, near=home).resolve() == robot.path.resolve():
            return name
    except UserError:
        pass
    return _relative(robot.path.resolve(), home.parent.resolve())


def _relative(path: Path, folder: Path) -> str:
    shared = next(parent for parent in (folder, *folder.parents) if path.is_relative_to(parent))
    up = len(folder.relative_to(shared).parts)
    made = "/".join([".."] * up + list(path.relative_to(shared).parts))
    return made if made.startswith(".") else f"./{made}"
