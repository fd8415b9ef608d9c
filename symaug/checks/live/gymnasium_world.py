"""An environment of Gymnasium's MuJoCo family as a `LiveEnvironment`: its own observations, rewards, ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from symaug.checks.live.mujoco_state import RobotState, stacked
from symaug.checks.live.world import Reading, WorldState
from symaug.checks.mechanics.states import solve_to_the_end
from symaug.diagnostics import UserError

_REWARD = "reward_"


class GymnasiumWorld:
    """Copies of an environment derived from `gymnasium.envs.mujoco.MujocoEnv`, stepped one after the other.

    Nothing of it is rebuilt: `reset` draws how episodes begin, `step` acts, observes, pays and ends. It is
    put into states by `set_state` and shows what its `_get_obs` says. The terms of its reward are
    the entries of `step`'s `info` that begin with `reward_`; without any, the reward is one term.

    Args:
        make: makes one copy; wrappers are taken off.
        joint_names: the robot's joints in the order in which observations list them.
        terms: (name, width) of the terms of the observation, in order.
        task: what an episode carries besides the simulator's state: attributes of the environment (arrays
            that `reset` draws), by name with their type.
        exact: whether the model is its own mirror image; then its solver is run to convergence.
        num_envs: how many copies.

    Raises:
        UserError: SA601 the model lacks a joint; SA606 the terms are not as wide as the observation, or what
            `make` makes is no such environment.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        joint_names: Sequence[str],
        *,
        terms: Sequence[tuple[str, int]],
        task: Mapping[str, str] | None = None,
        exact: bool = False,
        num_envs: int = 8,
    ) -> None:
        self._envs = [make().unwrapped for _ in range(num_envs)]
        lacking = [n for n in ("model", "data", "set_state", "_get_obs") if not hasattr(self._envs[0], n)]
        if lacking:
            kind = type(self._envs[0]).__name__
            raise UserError.of(
                "SA606", f"`{kind}` is no MuJoCo environment of Gymnasium's: no `{lacking[0]}`"
            )
        if exact:
            for env in self._envs:
                solve_to_the_end(env.model)
        self.joint_names, self.num_envs, self.exact = tuple(joint_names), num_envs, exact
        self.task_types = dict(task or {})
        self.observation_terms = {"policy": list(terms)}
        self.num_actions = int(self._envs[0].action_space.shape[0])
        self._robot = RobotState(self._envs[0].model, self.joint_names)
        shown, said = self._envs[0].observation_space.shape[0], sum(width for _, width in terms)
        if shown != said:
            raise UserError.of(
                "SA606", f"the terms are {said} numbers wide, the environment's observation {shown}"
            )

    def sample_resets(self, count: int, seed: int) -> WorldState:
        """See `LiveEnvironment`: its own `reset`."""
        env, rows = self._envs[0], []
        for rank in range(count):
            env.reset(seed=seed if rank == 0 else None)
            rows.append(self._row(env))
        return stacked(rows, list(self.task_types))

    def begin(self, state: WorldState) -> Reading:
        """See `LiveEnvironment`."""
        for rank, env in enumerate(self._envs):
            env.reset(seed=0)
            for name in self.task_types:
                setattr(env, name, np.array(state.task[name][rank]))
            self._robot.write(env.data, state, rank)
            env.set_state(env.data.qpos.copy(), env.data.qvel.copy())
        seen = np.stack([env._get_obs() for env in self._envs])
        return Reading({"policy": seen}, {}, {}, self._state())

    def step(self, actions: np.ndarray) -> Reading:
        """See `LiveEnvironment`. Actions are clipped to the environment's range, as its wrappers would."""
        seen, ended, paid = [], [], []
        for env, action in zip(self._envs, np.asarray(actions, dtype=np.float64), strict=True):
            space = env.action_space
            found, reward, terminated, _, info = env.step(np.clip(action, space.low, space.high))
            terms = {name: float(value) for name, value in info.items() if name.startswith(_REWARD)}
            seen.append(found)
            ended.append(bool(terminated))
            paid.append(terms or {"reward": float(reward)})
        rewards = {name: np.array([each[name] for each in paid]) for name in paid[0]}
        return Reading({"policy": np.stack(seen)}, rewards, {"terminated": np.array(ended)}, self._state())

    def close(self) -> None:
        """See `LiveEnvironment`."""
        for env in self._envs:
            env.close()

    def _row(self, env: Any) -> dict[str, np.ndarray]:
        task = {name: np.asarray(getattr(env, name), np.float64).reshape(-1) for name in self.task_types}
        return self._robot.row(env.data) | task

    def _state(self) -> WorldState:
        return stacked([self._row(env) for env in self._envs], list(self.task_types))
