"""Reward terms: functions of the view, [N] each, unweighted, with Isaac Lab's names where it has the term.

Every term is invariant under the robot's symmetry group: norms, squares and sums over whole orbits.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from symaug_trainer.envs.mdp.view import CONTACT_FORCE, View

_TRACKING_VARIANCE = 0.25  # (0.5 m/s)^2 and (0.5 rad/s)^2
_AIR_TIME = 0.5  # s
_MAX_JOINT_SPEED = 7.5  # rad/s, ANYdrive
_MAX_FOOT_FORCE = 700.0  # N
_APPROACH_SPEED = 1.0  # m/s
_ARRIVED = 0.25  # m


def _sum_square(x: torch.Tensor) -> torch.Tensor:
    return x.square().sum(dim=1)


def track_lin_vel_xy_exp(v: View) -> torch.Tensor:
    """exp(-|error|² / 0.25) of the horizontal velocity, base frame."""
    return torch.exp(-v.velocity_error.square() / _TRACKING_VARIANCE)


def track_lin_vel_xy_linear(v: View) -> torch.Tensor:
    """1 - min(|error| / max(|command|, 0.4), 2): a gradient also where the exponential has none."""
    size = torch.linalg.vector_norm(v.command[:, :2], dim=1).clamp(min=0.4)
    return 1.0 - (v.velocity_error / size).clamp(max=2.0)


def track_ang_vel_z_exp(v: View) -> torch.Tensor:
    """exp(-error² / 0.25) of the yaw rate."""
    return torch.exp(-(v.command[:, 2] - v.physics.base_ang_vel_b[:, 2]).square() / _TRACKING_VARIANCE)


def _approach_error(v: View) -> tuple[torch.Tensor, torch.Tensor]:
    # Wanted: straight to the target at 1 m/s, slower over the last metre. (error, wanted speed), each [N].
    distance = v.distance
    speed = distance.clamp(max=_APPROACH_SPEED)
    wanted = v.to_target_w * (speed / distance.clamp(min=1e-6)).unsqueeze(1)
    return torch.linalg.vector_norm(wanted - v.physics.base_lin_vel_w[:, :2], dim=1), speed


def approach_exp(v: View) -> torch.Tensor:
    """`track_lin_vel_xy_exp` with the velocity that leads to the target as its command."""
    error, _ = _approach_error(v)
    return torch.exp(-error.square() / _TRACKING_VARIANCE)


def approach_linear(v: View) -> torch.Tensor:
    """`track_lin_vel_xy_linear` with the velocity that leads to the target as its command."""
    error, speed = _approach_error(v)
    return 1.0 - (error / speed.clamp(min=0.4)).clamp(max=2.0)


def target_proximity(v: View) -> torch.Tensor:
    """1 / (1 + d²), at every step."""
    return 1.0 / (1.0 + v.distance.square())


def target_tracking(v: View) -> torch.Tensor:
    """1 / (1 + d²) in the episode's last second, else 0."""
    return target_proximity(v) * (v.remaining_s < 1.0)


def exploration(v: View) -> torch.Tensor:
    """Cosine between the horizontal velocity and the way to the target."""
    velocity = v.physics.base_lin_vel_w[:, :2]
    lengths = torch.linalg.vector_norm(velocity, dim=1) * v.distance
    return (velocity * v.to_target_w).sum(1) / (lengths + 1e-6)


def stalling(v: View) -> torch.Tensor:
    """1 where the robot is slower than 0.1 m/s and farther than 0.5 m from the target."""
    slow = torch.linalg.vector_norm(v.base_lin_vel, dim=1) < 0.1
    return (slow & (v.distance > 0.5)).float()


def stand_still(v: View) -> torch.Tensor:
    """Σ|q - default| within 0.25 m of the target."""
    return (v.physics.joint_pos - v.default_joint_pos).abs().sum(1) * (v.distance < _ARRIVED)


def lin_vel_z_l2(v: View) -> torch.Tensor:
    """vz²."""
    return v.base_lin_vel[:, 2].square()


def ang_vel_xy_l2(v: View) -> torch.Tensor:
    """ωx² + ωy²."""
    return _sum_square(v.physics.base_ang_vel_b[:, :2])


def flat_orientation_l2(v: View) -> torch.Tensor:
    """gx² + gy² of the projected gravity."""
    return _sum_square(v.projected_gravity[:, :2])


def dof_torques_l2(v: View) -> torch.Tensor:
    """Σ τ²."""
    return _sum_square(v.physics.joint_torque)


def applied_torque_limits(v: View) -> torch.Tensor:
    """Σ of what the servos asked for beyond their limit, in Nm."""
    return (v.servo_torque.abs() - v.effort_limit).clamp(min=0.0).sum(1)


def dof_vel_l2(v: View) -> torch.Tensor:
    """Σ q̇²."""
    return _sum_square(v.physics.joint_vel)


def dof_vel_limits(v: View) -> torch.Tensor:
    """Σ clip(|q̇| - 7.5 rad/s, 0, 1)."""
    return (v.physics.joint_vel.abs() - _MAX_JOINT_SPEED).clamp(0.0, 1.0).sum(1)


def dof_acc_l2(v: View) -> torch.Tensor:
    """Σ q̈², with q̈ the change of velocity over one control step."""
    return _sum_square((v.physics.joint_vel - v.last_joint_vel) / v.dt)


def base_acc(v: View) -> torch.Tensor:
    """|a|² + 0.02 |α|² of the base, changes of velocity over one control step."""
    linear = (v.physics.base_lin_vel_w - v.last_lin_vel_w) / v.dt
    angular = (v.physics.base_ang_vel_b - v.last_ang_vel_b) / v.dt
    return _sum_square(linear) + 0.02 * _sum_square(angular)


def feet_acc(v: View) -> torch.Tensor:
    """Σ |a| of the feet, changes of velocity over one control step."""
    change = (v.physics.foot_vel_w - v.last_foot_vel_w) / v.dt
    return torch.linalg.vector_norm(change, dim=2).sum(1)


def action_rate_l2(v: View) -> torch.Tensor:
    """Σ (a - last a)²."""
    return _sum_square(v.action - v.last_action)


def feet_air_time(v: View) -> torch.Tensor:
    """Σ over feet that touch down of (time in the air - 0.5 s), while the robot is asked to move."""
    landed = ((v.air_time - _AIR_TIME) * v.first_contact).sum(1)
    return landed * v.asked_to_move


def contact_forces(v: View) -> torch.Tensor:
    """Σ over feet of max(|F| - 700 N, 0)²."""
    return _sum_square((v.physics.foot_force - _MAX_FOOT_FORCE).clamp(min=0.0))


def undesired_contacts(v: View) -> torch.Tensor:
    """How many thighs touch the floor."""
    return (v.physics.undesired_force > CONTACT_FORCE).sum(1).float()


def termination(v: View) -> torch.Tensor:
    """1 where the episode ended in a fall."""
    return v.terminated.float()


TERMS: dict[str, Callable[[View], torch.Tensor]] = {
    term.__name__: term
    for term in (
        track_lin_vel_xy_exp,
        track_lin_vel_xy_linear,
        track_ang_vel_z_exp,
        approach_exp,
        approach_linear,
        target_proximity,
        target_tracking,
        exploration,
        stalling,
        stand_still,
        lin_vel_z_l2,
        ang_vel_xy_l2,
        flat_orientation_l2,
        dof_torques_l2,
        applied_torque_limits,
        dof_vel_l2,
        dof_vel_limits,
        dof_acc_l2,
        base_acc,
        feet_acc,
        action_rate_l2,
        feet_air_time,
        contact_forces,
        undesired_contacts,
        termination,
    )
}
