"""Gymnasium's own Ant-v5, as it is, and one that pays for a direction that it draws and shows."""

from __future__ import annotations

import numpy as np
from gymnasium.envs.mujoco.ant_v5 import AntEnv
from gymnasium.spaces import Box

from symaug.checks.live.gymnasium_world import GymnasiumWorld
from symaug.semantics.robot import load_robot_symmetry

TERMS = (("qpos", 13), ("qvel", 14), ("cfrc_ext", 78))
"""As `observation_structure` of Ant-v5 says."""


class DirectedAnt(AntEnv):
    """Ant-v5, but the way that pays is drawn for each episode; the reward's other terms are Ant-v5's."""

    def __init__(self) -> None:
        self.direction = np.array([1.0, 0.0])
        super().__init__()
        whole = self.observation_space.shape[0] + 2
        self.observation_space = Box(-np.inf, np.inf, (whole,), np.float64)

    def reset_model(self):
        angle = self.np_random.uniform(-np.pi, np.pi)
        self.direction = np.array([np.cos(angle), np.sin(angle)])
        return super().reset_model()

    def step(self, action):
        before = self.data.body(self._main_body).xpos[:2].copy()
        seen, _, terminated, truncated, info = super().step(action)
        moved = self.data.body(self._main_body).xpos[:2] - before
        info["reward_forward"] = float(moved @ self.direction) / self.dt
        reward = sum(value for name, value in info.items() if name.startswith("reward_"))
        return seen, reward, terminated, truncated, info

    def _get_obs(self):
        return np.concatenate([super()._get_obs(), self.direction])


def run() -> GymnasiumWorld:
    """Ant-v5. It pays for speed along +x, so its reward is no one's but `mirror`'s."""
    return GymnasiumWorld(AntEnv, _joints(), terms=TERMS, exact=True, num_envs=4)


def direction() -> GymnasiumWorld:
    """The directed one."""
    terms = (*TERMS, ("direction", 2))
    return GymnasiumWorld(
        DirectedAnt, _joints(), terms=terms, task={"direction": "vector[xy]"}, exact=True, num_envs=4
    )


def _joints() -> tuple[str, ...]:
    return load_robot_symmetry("ant").joints
