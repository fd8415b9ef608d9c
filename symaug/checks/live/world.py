"""What a check asks of a running environment: put it into states, step it, read what it says.

Everything is numpy, in the environment's own joint order, so that simulator and tensor library do not matter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import numpy as np

from symaug.diagnostics import UserError, did_you_mean
from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot


@dataclass(frozen=True)
class WorldState:
    """Where N copies of a world are; float64, one row a copy, world frame about each copy's own origin.

    Attributes:
        base_pos: [N, 3] m.
        base_quat: [N, 4] (w, x, y, z), world from base.
        base_lin_vel: [N, 3] m/s, of the base frame's origin, world frame.
        base_ang_vel: [N, 3] rad/s, base frame.
        joint_pos: [N, J] rad or m, absolute.
        joint_vel: [N, J] rad/s or m/s.
        task: [N, w] each: what else an episode carries (a command, a target, a failed joint as one-hot
            numbers), by name; `LiveEnvironment.task_types` says what each is.
    """

    base_pos: np.ndarray
    base_quat: np.ndarray
    base_lin_vel: np.ndarray
    base_ang_vel: np.ndarray
    joint_pos: np.ndarray
    joint_vel: np.ndarray
    task: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.base_pos)

    def quantities(self) -> dict[str, np.ndarray]:
        """Every quantity by name, [N, w] each: the six of the robot, then the task's."""
        robot = ("base_pos", "base_quat", "base_lin_vel", "base_ang_vel", "joint_pos", "joint_vel")
        return {name: getattr(self, name) for name in robot} | dict(self.task)


@dataclass(frozen=True)
class Reading:
    """What an environment shows after a step (or at the start of an episode).

    Attributes:
        observations: [N, width] for each observation group. Rows of episodes that ended in this step may hold
            anything.
        rewards: [N] for each reward term, unweighted or weighted; empty at the start of an episode.
        terminations: [N] bool for each termination term (without time-outs); empty at the start.
        state: the state behind all this.
    """

    observations: Mapping[str, np.ndarray]
    rewards: Mapping[str, np.ndarray]
    terminations: Mapping[str, np.ndarray]
    state: WorldState


@runtime_checkable
class LiveEnvironment(Protocol):
    """An environment that can be examined: N copies side by side, without observation noise or pushes.

    Attributes:
        num_envs: N.
        joint_names: the J joints in the order of observations, actions and `WorldState`.
        observation_terms: (name, width) of the terms of each observation group, in the order of the tensor.
        num_actions: width of an action.
        task_types: the type of each of `WorldState.task`, as a spec would write it (`vector[xy] +
            pseudovector[z]`); world-frame quantities too, as mirrored worlds share their origin.
        exact: whether the robot in it is its own mirror image to rounding (the symmetrised twin); otherwise
            only the robot's own unevenness can be reached.
    """

    num_envs: int
    joint_names: Sequence[str]
    observation_terms: Mapping[str, Sequence[tuple[str, int]]]
    num_actions: int
    task_types: Mapping[str, str]
    exact: bool

    def sample_resets(self, count: int, seed: int) -> WorldState:
        """How `count` episodes begin, drawn as the environment draws them. Nothing else changes."""
        ...

    def begin(self, state: WorldState) -> Reading:
        """Begin an episode in every copy, in these states [num_envs]; forget all that came before."""
        ...

    def step(self, actions: np.ndarray) -> Reading:
        """One control step with the actions [num_envs, num_actions], as a policy gives them."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


def mirrored(
    state: WorldState, robot: Robot, element: str, joint_names: Sequence[str], task_types: Mapping[str, str]
) -> WorldState:
    """The state in the world that `element` makes of this one, by the rules of mechanics (see
    `symaug.checks.mechanics.mirror` for the table).

    Raises:
        SpecError: a task type is wrong.
        UserError: SA606 a task quantity is not as wide as its type.
        ValueError: `joint_names` are not the robot's joints.
    """
    polar = np.asarray(robot.motions[element], dtype=np.float64)
    axial = polar * robot.determinant(element)
    action = robot.joint_action(element, joint_names)
    index, sign = list(action.index), np.asarray(action.sign, dtype=np.float64)
    quat = np.concatenate([state.base_quat[:, :1], state.base_quat[:, 1:] @ axial.T], axis=1)
    resolver = TypeResolver(robot, tuple(joint_names))
    position = robot.group.elements.index(element)
    task = {}
    for name, values in state.task.items():
        representation = resolver.resolve(parse_type(Text.alone(task_types[name])))
        if values.shape[1] != representation.width:
            width, type_ = values.shape[1], task_types[name]
            message = f"`{name}` of the task is {width} numbers, `{type_}` {representation.width}"
            raise UserError.of("SA606", message)
        linear = as_linear_map(representation.actions[position])
        task[name] = values @ np.asarray(linear.matrix(), dtype=np.float64).T + np.asarray(linear.offset)
    return WorldState(
        base_pos=state.base_pos @ polar.T,
        base_quat=quat,
        base_lin_vel=state.base_lin_vel @ polar.T,
        base_ang_vel=state.base_ang_vel @ axial.T,
        joint_pos=sign * state.joint_pos[:, index] + np.asarray(action.offset, dtype=np.float64),
        joint_vel=sign * state.joint_vel[:, index],
        task=task,
    )


def open_world(entry: str) -> LiveEnvironment:
    """Make an environment from `module:function`, which takes no arguments and returns a `LiveEnvironment`.

    Modules are also looked for in the working folder.

    Raises:
        UserError: SA606 there is no such module or function, it failed, or it returned something else.
    """
    module, colon, name = entry.partition(":")
    if not (module and colon and name):
        helps = ("write `module:function`, such as `my_robot:make`",)
        raise UserError.of("SA606", f"`{entry}` does not name an environment", helps=helps)
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    from symaug.checks.live.guarded import Guarded, failed

    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise failed(entry, error) from error
        raise UserError.of("SA606", f"there is no module `{error.name}` to open `{entry}` from") from error
    except Exception as error:
        raise failed(entry, error) from error
    if not callable(getattr(found, name, None)):
        known = [each for each, value in vars(found).items() if callable(value) and each[0] != "_"]
        helps = did_you_mean(name, known)
        raise UserError.of("SA606", f"module `{module}` has no function `{name}`", helps=helps)
    try:
        world = getattr(found, name)()
    except Exception as error:
        raise failed(entry, error) from error
    if not isinstance(world, LiveEnvironment):
        members = [each for each in sorted(_MEMBERS) if not hasattr(world, each)]
        message = f"`{entry}` returned no environment to examine but a `{type(world).__name__}`"
        notes = (f"it lacks {', '.join(f'`{each}`' for each in members)}",)
        raise UserError.of("SA606", message, notes=notes)
    return cast(LiveEnvironment, Guarded(world, entry))


_MEMBERS = {
    *LiveEnvironment.__annotations__,
    *("sample_resets", "begin", "step", "close"),
}
