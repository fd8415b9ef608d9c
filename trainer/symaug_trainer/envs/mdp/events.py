"""What happens when an episode starts: the robot's state and the joint failure."""

from __future__ import annotations

import torch

from symaug_trainer.envs.config import JointFailureConfig, ResetConfig
from symaug_trainer.envs.mdp.random import Random


def sample_base(
    config: ResetConfig, height: float, n: int, random: Random
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Where the base starts: upright with any yaw.

    Returns:
        position [n, 3] m, orientation [n, 4] wxyz, linear velocity [n, 3] m/s in the world frame,
        angular velocity [n, 3] rad/s in the base frame.
    """
    position = random.uniform((n, 3), -config.base_xy, config.base_xy)
    position[:, 2] = height
    half_yaw = random.uniform(n, -config.yaw, config.yaw) / 2.0
    orientation = torch.zeros(n, 4, device=position.device)
    orientation[:, 0], orientation[:, 3] = half_yaw.cos(), half_yaw.sin()
    velocity = random.uniform((n, 6), -config.base_velocity, config.base_velocity)
    return position, orientation, velocity[:, :3], velocity[:, 3:]


def sample_joints(config: ResetConfig, default: torch.Tensor, n: int, random: Random) -> torch.Tensor:
    """Joint positions [n, J] rad: the default pose times a factor a joint."""
    return default * random.uniform((n, len(default)), *config.joint_scale)


def sample_failure(config: JointFailureConfig, joints: torch.Tensor, n: int, random: Random) -> torch.Tensor:
    """The dead joint of each episode [n] int64: one of `joints` (indices [K], uniform), or -1 for none."""
    fails = random.uniform(n, 0.0, 1.0) < config.probability
    choice = random.uniform(n, 0.0, 1.0)
    if not len(joints):
        return torch.full_like(fails, -1, dtype=torch.int64)
    which = joints[(choice * len(joints)).long().clamp(max=len(joints) - 1)]
    return torch.where(fails, which, -1)
