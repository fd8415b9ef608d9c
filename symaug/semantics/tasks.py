"""Tasks as objects on which the group acts, and which of them the training tasks reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symaug.diagnostics import Diagnostic, did_you_mean
from symaug.semantics.robot import Robot
from symaug.semantics.selection import select_names
from symaug.syntax.expressions import TaskPattern

KINDS = ("fail",)


@dataclass(frozen=True)
class TaskOrbits:
    """Training and test tasks, and how the symmetry connects them.

    Attributes:
        train: tasks that are trained on, such as `fail(LF_HAA)`.
        test: tasks that are tested on.
        reached: for each test task, a training task and the element that turns it into the test task; the
            first such pair in the order of elements and tasks. None where no training task reaches it.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    reached: dict[str, tuple[str, str] | None] = field(default_factory=dict)

    @property
    def unreached(self) -> tuple[str, ...]:
        """The test tasks that no training task is turned into."""
        return tuple(task for task in self.test if self.reached[task] is None)


def fail(joint: str) -> str:
    """The name of the task in which one joint's motor is dead."""
    return f"fail({joint})"


def resolve_tasks(
    patterns: Sequence[TaskPattern], order: Sequence[str], problems: list[Diagnostic]
) -> tuple[str, ...]:
    """The tasks that patterns such as `fail(LF_*)` stand for, joints in tensor order."""
    tasks: dict[str, None] = {}
    for pattern in patterns:
        if pattern.kind.text not in KINDS:
            message = f"unknown task `{pattern.kind}`"
            helps = did_you_mean(pattern.kind.text, KINDS)
            problems.append(Diagnostic("SA401", message, pattern.kind.span, helps=helps))
            continue
        if not pattern.patterns:
            message = f"`{pattern.kind}` does not say which joints"
            helps = ("write `fail(LF_*)` or `fail(*)`",)
            problems.append(Diagnostic("SA401", message, pattern.span, helps=helps))
            continue
        for joint in select_names(pattern.patterns, order, "joint", problems) or ():
            tasks[fail(joint)] = None
    return tuple(tasks)


def task_orbits(train: Sequence[str], test: Sequence[str], robot: Robot) -> TaskOrbits:
    """Which training task reaches which test task, by which element."""
    reached: dict[str, tuple[str, str] | None] = dict.fromkeys(test)
    for element in robot.group.elements:
        moved = robot.joint_actions[element].inverse()
        image = {
            fail(joint): fail(robot.joints[moved.index[rank]]) for rank, joint in enumerate(robot.joints)
        }
        for task in train:
            if image[task] in reached and reached[image[task]] is None:
                reached[image[task]] = (task, element)
    return TaskOrbits(tuple(train), tuple(test), reached)
