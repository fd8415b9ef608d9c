"""A plain MuJoCo environment as a `LiveEnvironment`: a model, and functions that read it.

See docs/checks.md for an example of twenty lines.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from symaug.checks.live.mujoco_state import Carried, Moment, RobotState, stacked
from symaug.checks.live.world import Reading, WorldState
from symaug.checks.mechanics.states import solve_to_the_end
from symaug.diagnostics import UserError

Observe = Callable[[Moment], Any]
"""Reads a term: its numbers, as an array, a list or a number."""


@dataclass(frozen=True)
class Actions:
    """What the numbers of an action do.

    Attributes:
        width: how many there are.
        apply: puts an action [width] into effect, usually into `data.ctrl`, before the simulator steps.
    """

    width: int
    apply: Callable[[Moment, np.ndarray], None]


def joint_inputs(
    model: mujoco.MjModel,
    joints: Sequence[str],
    *,
    scale: float = 1.0,
    offset: Sequence[float] | float = 0.0,
) -> Actions:
    """Actions that are a number for each joint, in this order: its actuator gets offset + scale · number.

    With motors these are torques; with position servos joint targets, where `offset` may be the default pose.

    Raises:
        UserError: SA601 a joint has no actuator.
    """
    driven = {model.joint(int(j)).name: k for k, j in enumerate(model.actuator_trnid[:, 0])}
    missing = [name for name in joints if name not in driven]
    if missing:
        raise UserError.of("SA601", f"no actuator of the model drives the joint `{missing[0]}`")
    inputs, middle = [driven[name] for name in joints], np.asarray(offset, dtype=np.float64)

    def apply(m: Moment, action: np.ndarray) -> None:
        m.data.ctrl[inputs] = middle + scale * action

    return Actions(len(joints), apply)


class MujocoWorld:
    """Copies of a MuJoCo model, stepped one after the other; see `LiveEnvironment` for what its members mean.

    Args:
        model: the world: robot, floor, objects.
        joint_names: the robot's joints in the order in which observations list them.
        observations: by group, by term, in the order of the tensor: what reads it.
        actions: what an action does.
        reset: draws how an episode begins, into `data.qpos`, `data.qvel` (which hold the model's own start)
            and `task`.
        task: what else an episode carries, by name: a type for what `reset` puts into `Moment.task` and
            nothing changes after; a `Carried` for what the simulator moves (`free_body`).
        rewards, terminations: by term, what reads them.
        substeps: simulator steps for each action.
        exact: whether the model is its own mirror image, as `symmetrised_twin` makes it. Then the solver is
            run to convergence and with round friction cones, so that agreement is to rounding. It is a copy
            that is changed: the functions have to read `Moment.model`, not the one given.
        num_envs: how many copies.

    Raises:
        UserError: SA601 the model lacks a joint; SA606 a function of the user's returned no numbers.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        joint_names: Sequence[str],
        *,
        observations: Mapping[str, Mapping[str, Observe]],
        actions: Actions,
        reset: Callable[[Moment, np.random.Generator], None],
        task: Mapping[str, str | Carried] | None = None,
        rewards: Mapping[str, Callable[[Moment], float]] | None = None,
        terminations: Mapping[str, Callable[[Moment], bool]] | None = None,
        substeps: int = 1,
        exact: bool = False,
        num_envs: int = 8,
    ) -> None:
        self.model = copy.copy(model)
        if exact:
            solve_to_the_end(self.model)
            self.model.opt.cone = int(mujoco.mjtCone.mjCONE_ELLIPTIC)
        self.joint_names, self.num_envs, self.exact = tuple(joint_names), num_envs, exact
        self.num_actions, self._actions, self._substeps = actions.width, actions, substeps
        self._functions = {group: dict(terms) for group, terms in observations.items()}
        self._rewards, self._terminations = dict(rewards or {}), dict(terminations or {})
        self._reset, self._task = reset, dict(task or {})
        self.task_types = {
            name: each if isinstance(each, str) else each.type for name, each in self._task.items()
        }
        self._robot = RobotState(self.model, self.joint_names)
        self._copies = [self._moment() for _ in range(num_envs)]
        first = self._moment()
        self._draw(first, np.random.default_rng(0))
        mujoco.mj_forward(self.model, first.data)
        self.observation_terms = {
            group: [(name, len(_numbers(name, read, first))) for name, read in terms.items()]
            for group, terms in self._functions.items()
        }

    def sample_resets(self, count: int, seed: int) -> WorldState:
        """See `LiveEnvironment`."""
        rng, moment, rows = np.random.default_rng(seed), self._moment(), []
        for _ in range(count):
            self._draw(moment, rng)
            rows.append(self._row(moment))
        return stacked(rows, list(self._task))

    def begin(self, state: WorldState) -> Reading:
        """See `LiveEnvironment`."""
        for rank, m in enumerate(self._copies):
            mujoco.mj_resetData(self.model, m.data)
            m.last_action = np.zeros(self.num_actions)
            m.task = {}
            self._robot.write(m.data, state, rank)
            for name, each in self._task.items():
                if isinstance(each, str):
                    m.task[name] = np.array(state.task[name][rank])
                else:
                    each.write(m, state.task[name][rank])
            mujoco.mj_forward(self.model, m.data)
        return Reading(self._observed(), {}, {}, self._state())

    def step(self, actions: np.ndarray) -> Reading:
        """See `LiveEnvironment`."""
        for m, action in zip(self._copies, np.asarray(actions, dtype=np.float64), strict=True):
            self._actions.apply(m, action)
            mujoco.mj_step(self.model, m.data, self._substeps)
            mujoco.mj_forward(self.model, m.data)  # what is derived belongs to the state it is read with
            m.last_action = np.array(action)
        rewards = {name: self._all(name, read, 1)[:, 0] for name, read in self._rewards.items()}
        ended = {name: self._all(name, read, 1)[:, 0] > 0 for name, read in self._terminations.items()}
        return Reading(self._observed(), rewards, ended, self._state())

    def close(self) -> None:
        """See `LiveEnvironment`."""

    def _moment(self) -> Moment:
        return Moment(self.model, mujoco.MjData(self.model), np.zeros(self.num_actions))

    def _draw(self, moment: Moment, rng: np.random.Generator) -> None:
        mujoco.mj_resetData(self.model, moment.data)
        moment.task = {}
        self._reset(moment, rng)
        lacking = [n for n, each in self._task.items() if isinstance(each, str) and n not in moment.task]
        if lacking:
            raise UserError.of("SA606", f"`reset` draws no `{lacking[0]}` into the moment's `task`")

    def _row(self, m: Moment) -> dict[str, np.ndarray]:
        row = self._robot.row(m.data)
        for name, each in self._task.items():
            values = m.task[name] if isinstance(each, str) else each.read(m)
            row[name] = np.array(values, dtype=np.float64).reshape(-1)
        return row

    def _state(self) -> WorldState:
        return stacked([self._row(m) for m in self._copies], list(self._task))

    def _observed(self) -> dict[str, np.ndarray]:
        groups = {}
        for group, terms in self.observation_terms.items():
            functions = self._functions[group]
            groups[group] = np.concatenate(
                [self._all(name, functions[name], width) for name, width in terms], axis=1
            )
        return groups

    def _all(self, name: str, read: Observe, width: int) -> np.ndarray:
        rows = [_numbers(name, read, m) for m in self._copies]
        for row in rows:
            if len(row) != width:
                raise UserError.of(
                    "SA606", f"{_called(name, read)} gives {len(row)} numbers where it gave {width}"
                )
        return np.stack(rows)


def _numbers(name: str, read: Observe, moment: Moment) -> np.ndarray:
    value = read(moment)
    try:
        numbers = np.array([] if value is None else value, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        kind = type(value).__name__
        message = f"{_called(name, read)} gives no array of numbers but a `{kind}`"
        raise UserError.of("SA606", message, notes=(str(error),)) from error
    if not numbers.size:
        raise UserError.of("SA606", f"{_called(name, read)} gives no numbers but `{value!r}`")
    return numbers


def _called(name: str, read: Observe) -> str:
    function = getattr(read, "__name__", "")
    return f"the term `{name}`" + (f" (`{function}`)" if function not in ("", "<lambda>") else "")
