"""An environment of any layout, without a robot: for groups that no environment of ours has, and for tests
in which it matters that something is learned, not what."""

from __future__ import annotations

import torch
from rsl_rl.env import VecEnv
from tensordict import TensorDict

import symaug


class RandomWorld(VecEnv):
    """A stable random linear system that actions push about; reward for being near a point. Symmetric in
    nothing, so that an equivariant net has every reason to leave its symmetry."""

    def __init__(self, program: symaug.Program, num_envs: int = 8, seed: int = 0) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.widths = {
            name.removeprefix("observations/"): space.width
            for name, space in program.spaces.items()
            if name.startswith("observations/")
        }
        self.num_envs, self.num_actions = num_envs, program.space("actions").width
        self.max_episode_length, self.device, self.cfg = 9, torch.device("cpu"), {}
        width = sum(self.widths.values())
        self.pull = self.random(width, width) / width**0.5 * 0.9
        self.push = self.random(self.num_actions, width) * 0.3
        self.state = self.random(num_envs, width)
        self.episode_length_buf = torch.arange(num_envs) % self.max_episode_length

    def random(self, *shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=self.generator)

    def get_observations(self) -> TensorDict:
        blocks = self.state.split(list(self.widths.values()), dim=1)
        return TensorDict(dict(zip(self.widths, blocks, strict=True)), [self.num_envs])

    def step(self, actions: torch.Tensor):
        noise = 0.1 * self.random(*self.state.shape)
        self.state = torch.tanh(self.state @ self.pull + actions @ self.push + noise)
        rewards = -(self.state - 0.5).square().mean(1)
        self.episode_length_buf = self.episode_length_buf + 1
        dones = self.episode_length_buf >= self.max_episode_length
        self.state[dones] = self.random(int(dones.sum()), self.state.shape[1])
        self.episode_length_buf[dones] = 0
        return self.get_observations(), rewards, dones, {"time_outs": torch.zeros_like(dones)}
