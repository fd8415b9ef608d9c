"""Stop at the first number that is not finite, and name it: a policy that has seen a NaN never recovers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from rsl_rl.algorithms import PPO
from rsl_rl.env import VecEnv
from tensordict import TensorDict

from symaug.diagnostics import UserError


class Diverged(UserError):
    """Training met a NaN or an infinity (SA705). The command line exits with 1."""


class NotFinite(Exception):
    """Something became NaN or infinite; the message says what."""


class FiniteEnv(VecEnv):
    """An environment that raises NotFinite as soon as an action, observation or reward is not finite.

    Args:
        env: everything is passed on to it.
        observation_terms: names and widths of the blocks of the observation group `policy`, for the message.
    """

    def __init__(self, env: VecEnv, observation_terms: list[tuple[str, int]]) -> None:
        self._env = env
        self._columns = [name for name, width in observation_terms for _ in range(width)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    @property
    def episode_length_buf(self) -> torch.Tensor:  # type: ignore[override]
        """The environment's own; rsl_rl assigns to it."""
        return self._env.episode_length_buf

    @episode_length_buf.setter
    def episode_length_buf(self, steps: torch.Tensor) -> None:
        self._env.episode_length_buf = steps

    def get_observations(self) -> TensorDict:
        """As the environment gives them."""
        return self._env.get_observations()

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict]:
        """The environment's step.

        Raises:
            NotFinite: naming the actions, the observation term, or the rewards.
        """
        if not torch.isfinite(actions).all():
            raise NotFinite("an action")
        observations, rewards, dones, extras = self._env.step(actions)
        finite = torch.isfinite(observations["policy"]).all(dim=0)
        if not finite.all():
            raise NotFinite(f"the observation term `{self._columns[int((~finite).nonzero()[0])]}`")
        if not torch.isfinite(rewards).all():
            raise NotFinite("a reward")
        return observations, rewards, dones, extras


def require_finite_update(alg: PPO, losses: Mapping[str, float]) -> None:
    """Look at what an update returned and at what it left behind.

    Raises:
        NotFinite: naming the loss or the parameter.
    """
    for name, value in losses.items():
        if not torch.isfinite(torch.as_tensor(value)):
            raise NotFinite(f"the loss `{name}`")
    for name, model in (("actor", alg.actor), ("critic", alg.critic)):
        for parameter, tensor in model.state_dict().items():
            if not torch.isfinite(tensor).all():
                raise NotFinite(f"the {name}'s parameter `{parameter}`")
