"""Observation terms: functions of the view, named as in Isaac Lab, [N, width] each."""

from __future__ import annotations

from collections.abc import Callable

import torch

from symaug_trainer.envs.mdp.view import View


def base_lin_vel(v: View) -> torch.Tensor:
    """[N, 3] m/s, base frame."""
    return v.base_lin_vel


def base_ang_vel(v: View) -> torch.Tensor:
    """[N, 3] rad/s, base frame."""
    return v.physics.base_ang_vel_b


def projected_gravity(v: View) -> torch.Tensor:
    """[N, 3] unit vector, base frame."""
    return v.projected_gravity


def velocity_command(v: View) -> torch.Tensor:
    """[N, 3] wanted vx, vy (m/s) and yaw rate (rad/s), base frame."""
    return v.command


def joint_pos(v: View) -> torch.Tensor:
    """[N, J] rad, relative to the default pose."""
    return v.physics.joint_pos - v.default_joint_pos


def joint_vel(v: View) -> torch.Tensor:
    """[N, J] rad/s."""
    return v.physics.joint_vel


def last_action(v: View) -> torch.Tensor:
    """[N, J] the policy's last output, unscaled."""
    return v.action


def remaining_time(v: View) -> torch.Tensor:
    """[N, 1] share of the episode that remains, 1 to 0."""
    return v.remaining.unsqueeze(1)


def target_position(v: View) -> torch.Tensor:
    """[N, 2] m to the target, in the base frame turned upright (yaw only)."""
    cos, sin = v.heading.unbind(1)
    x, y = v.to_target_w.unbind(1)
    return torch.stack((cos * x + sin * y, cos * y - sin * x), dim=1)


def failed_joint(v: View) -> torch.Tensor:
    """[N, J] 1 where the joint's motor is dead; what no robot observes."""
    return v.failed_joint


TERMS: dict[str, Callable[[View], torch.Tensor]] = {
    term.__name__: term
    for term in (
        base_lin_vel,
        base_ang_vel,
        projected_gravity,
        velocity_command,
        joint_pos,
        joint_vel,
        last_action,
        remaining_time,
        target_position,
        failed_joint,
    )
}
