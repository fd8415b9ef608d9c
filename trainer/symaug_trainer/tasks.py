"""The tasks and policies that can be trained, by name: `anymal_d/velocity/joint_failure`, `memory-aug`.

A task id is `ROBOT/SETTING/VARIATION`. The variation says what differs between episodes and is never
observed; the in-distribution (ID) part of it is what training may see, the out-of-distribution (OOD) part is
what the robot's symmetry turns it into. Which joints those are repeats the spec's own `tasks:` section; a
test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from symaug.diagnostics import UserError, did_you_mean

HEALTHY = "none"
"""The condition in which no joint has failed."""


@dataclass(frozen=True)
class Task:
    """One trainable task.

    Attributes:
        id: `ROBOT/SETTING/VARIATION`.
        robot: name of the robot document.
        setting: the environment's task, `velocity` or `position`.
        variation: `none` (every episode healthy) or `joint_failure` (one motor may be dead for a whole
            episode).
        spec: name of the spec that describes the environment's observations and actions.
        privileged_spec: the same with a group `critic` of what only training sees; `spec` where nothing is
            hidden.
        id_joints: joints that fail during training.
        ood_joints: joints that fail only in evaluation.
    """

    id: str
    robot: str
    setting: str
    variation: str
    spec: str
    privileged_spec: str
    id_joints: tuple[str, ...]
    ood_joints: tuple[str, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """What an evaluation goes through: healthy, then every joint dead, ID joints first."""
        return (HEALTHY, *self.id_joints, *self.ood_joints)

    @property
    def id_conditions(self) -> tuple[str, ...]:
        """The conditions that count as in-distribution: the failures trained on, or healthy where none
        are."""
        return self.id_joints or (HEALTHY,)

    @property
    def ood_conditions(self) -> tuple[str, ...]:
        """The conditions never trained on."""
        return self.ood_joints


@dataclass(frozen=True)
class Policy:
    """What is trained on a task: a network with or without memory, and where its other conditions come from.

    Attributes:
        name: `baseline-id`, …, `memory-equivariant`.
        recurrent: LSTM actor and critic instead of MLPs.
        equivariant: networks whose layers commute with the robot's group.
        augmented: transformed copies of every rollout are learnt from as well.
        trains_on_all: episodes are drawn from the OOD joints too, the upper bound that augmentation is
            compared with.
    """

    name: str
    recurrent: bool
    equivariant: bool = False
    augmented: bool = False
    trains_on_all: bool = False

    def failing_joints(self, task: Task) -> tuple[str, ...]:
        """The joints that may fail while this policy trains on `task`."""
        return (
            (*task.id_joints, *task.ood_joints) if self.trains_on_all and task.id_joints else task.id_joints
        )


_ANYMAL_D_LEGS = ("LF", "LH", "RF", "RH")
_ANYMAL_D_LEG_JOINTS = ("HAA", "HFE", "KFE")


def _anymal_d(setting: str, variation: str) -> Task:
    joints = tuple(f"{leg}_{joint}" for leg in _ANYMAL_D_LEGS for joint in _ANYMAL_D_LEG_JOINTS)
    trained = (
        tuple(joint for joint in joints if joint.startswith("LF_")) if variation == "joint_failure" else ()
    )
    return Task(
        id=f"anymal_d/{setting}/{variation}",
        robot="anymal_d",
        setting=setting,
        variation=variation,
        spec=f"anymal_d/{setting}",
        privileged_spec=f"anymal_d/{setting}_privileged" if trained else f"anymal_d/{setting}",
        id_joints=trained,
        ood_joints=tuple(joint for joint in joints if joint not in trained),
    )


TASKS: dict[str, Task] = {
    task.id: task
    for task in (
        _anymal_d(setting, variation)
        for setting in ("velocity", "position")
        for variation in ("joint_failure", "none")
    )
}
"""Every task, by id."""

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy(
            f"{kind}-{data}",
            recurrent=kind == "memory",
            equivariant=data == "equivariant",
            augmented=data == "aug",
            trains_on_all=data == "rand",
        )
        for kind in ("memory", "baseline")
        for data in ("equivariant", "aug", "id", "rand")
    )
}
"""Every policy, by name."""

DEFAULT_POLICY = "memory-equivariant"
"""What is trained where no policy is named."""


def find_task(task_id: str) -> Task:
    """The task of that id.

    Raises:
        UserError: SA801, with the nearest ids and the whole list.
    """
    return _find(task_id, TASKS, code="SA801", what="task")


def find_policy(name: str) -> Policy:
    """The policy of that name.

    Raises:
        UserError: SA802, with the nearest names and the whole list.
    """
    return _find(name, POLICIES, code="SA802", what="policy")


def _find(name: str, table: dict, *, code: str, what: str):
    if name in table:
        return table[name]
    known = ", ".join(f"`{key}`" for key in table)
    raise UserError.of(
        code,
        f"unknown {what} `{name}`",
        notes=(f"known: {known}",),
        helps=did_you_mean(name, list(table)),
    )
