"""Commands: what the robot is asked to do, drawn once an episode, and the heading controller."""

from __future__ import annotations

import math

import torch

from symaug_trainer.envs.config import CommandConfig
from symaug_trainer.envs.mdp.random import Random


def sample_velocity(config: CommandConfig, n: int, random: Random) -> tuple[torch.Tensor, ...]:
    """Velocity commands: command [n, 3], heading target [n] rad, whether the heading steers it [n] bool."""
    limits = (config.lin_vel_x, config.lin_vel_y, config.ang_vel_z)
    command = torch.stack([random.uniform(n, -limit, limit) for limit in limits], dim=1)
    heading = random.uniform(n, -math.pi, math.pi)
    standing = random.uniform(n, 0.0, 1.0) < config.standing
    command[standing] = 0.0
    steered = ~standing if config.heading_stiffness > 0.0 else torch.zeros_like(standing)
    return command, heading, steered


def sample_target(config: CommandConfig, start_w: torch.Tensor, random: Random) -> torch.Tensor:
    """Targets [n, 2] m around where the robots start: uniform in distance and in direction."""
    distance = random.uniform(len(start_w), *config.distance)
    direction = random.uniform(len(start_w), -math.pi, math.pi)
    return start_w + distance.unsqueeze(1) * torch.stack((direction.cos(), direction.sin()), dim=1)


def steer(config: CommandConfig, heading: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Yaw rates [n] that turn headings, given as (cos, sin) [n, 2], to heading targets [n] rad."""
    error = target - torch.atan2(heading[:, 1], heading[:, 0])
    wrapped = torch.atan2(error.sin(), error.cos())
    return (config.heading_stiffness * wrapped).clamp(-config.ang_vel_z, config.ang_vel_z)
