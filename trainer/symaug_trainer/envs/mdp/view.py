"""What the terms look at: all environments after a control step, and what follows from their state."""

from __future__ import annotations

import torch

from symaug_trainer.envs.physics import PhysicsState

CONTACT_FORCE = 1.0
"""N above which a contact counts (Isaac Lab's threshold)."""


class View:
    """N environments seen by the terms; all tensors float32 unless said otherwise.

    Attributes:
        physics: the engine's state.
        default_joint_pos: [J] rad.
        base_lin_vel: [N, 3] m/s in the base frame.
        projected_gravity: [N, 3] unit vector of gravity in the base frame.
        heading: [N, 2] (cos, sin) of the yaw angle.
        action, last_action: [N, J] raw policy output of this and the step before.
        applied_targets: [N, J] rad, what the servos were told.
        command: [N, 3] (vx, vy, wz) in the base frame; zero for the position task.
        target_w: [N, 2] m, world; zero for the velocity task.
        to_target_w: [N, 2] m from the base to the target, world.
        remaining: [N] share of the episode that remains, 1 at its start; remaining_s the same in seconds.
        asked_to_move: [N] bool, whether command or target ask for a horizontal motion.
        in_contact: [N, F] bool; first_contact: [N, F] bool, touched down in this step.
        air_time: [N, F] s in the air, before a touch-down in this step is taken into account.
        terminated: [N] bool.
    """

    def __init__(
        self, physics: PhysicsState, default_joint_pos: torch.Tensor, effort: torch.Tensor, dt: float
    ) -> None:
        n, joints, feet = len(physics.base_pos_w), len(default_joint_pos), physics.foot_force.shape[1]
        device = default_joint_pos.device

        def zeros(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
            return torch.zeros(n, *shape, device=device, dtype=dtype)

        self.physics, self.default_joint_pos, self.effort_limit, self.dt = (
            physics,
            default_joint_pos,
            effort,
            dt,
        )
        self.base_lin_vel, self.projected_gravity = zeros(3), zeros(3)
        self.heading, self.to_target_w = zeros(2), zeros(2)
        self.action, self.last_action, self.applied_targets = zeros(joints), zeros(joints), zeros(joints)
        self.servo_torque = zeros(joints)
        self.command, self.target_w = zeros(3), zeros(2)
        self.remaining, self.remaining_s, self.asked_to_move = zeros(), zeros(), zeros(dtype=torch.bool)
        self.in_contact, self.first_contact = zeros(feet, dtype=torch.bool), zeros(feet, dtype=torch.bool)
        self.air_time = zeros(feet)
        self.terminated = zeros(dtype=torch.bool)
        self.last_joint_vel, self.last_lin_vel_w, self.last_ang_vel_b = zeros(joints), zeros(3), zeros(3)
        self.last_foot_vel_w = zeros(feet, 3)

    def derive(self) -> None:
        """Recompute what follows from the physics state alone."""
        p = self.physics
        w, vector = p.base_quat[:, 0:1], p.base_quat[:, 1:4]
        twice = 2.0 * torch.linalg.cross(vector, p.base_lin_vel_w, dim=1)
        self.base_lin_vel = p.base_lin_vel_w - w * twice + torch.linalg.cross(vector, twice, dim=1)
        qw, qx, qy, qz = p.base_quat.unbind(1)
        xz, yz = 2.0 * (qw * qy - qx * qz), -2.0 * (qy * qz + qw * qx)
        self.projected_gravity = torch.stack((xz, yz, 2.0 * (qx * qx + qy * qy) - 1.0), dim=1)
        forward = torch.stack((1.0 - 2.0 * (qy * qy + qz * qz), 2.0 * (qx * qy + qw * qz)), dim=1)
        self.heading = torch.nn.functional.normalize(forward, dim=1)
        self.to_target_w = self.target_w - p.base_pos_w[:, 0:2]

    def follow_feet(self) -> None:
        """Advance air times by one step. Call once a step, after `derive`."""
        self.in_contact = self.physics.foot_force > CONTACT_FORCE
        self.first_contact = self.in_contact & (self.air_time > 0.0)
        self.air_time += self.dt

    def remember(self) -> None:
        """Close the step: what was now becomes what was last. Call after rewards and resets."""
        p = self.physics
        self.air_time *= ~self.in_contact
        self.last_joint_vel.copy_(p.joint_vel)
        self.last_lin_vel_w.copy_(p.base_lin_vel_w)
        self.last_ang_vel_b.copy_(p.base_ang_vel_b)
        self.last_foot_vel_w.copy_(p.foot_vel_w)

    def forget(self, env_ids: torch.Tensor) -> None:
        """Clear what environments carry from step to step; call when their episode starts."""
        for carried in (self.action, self.last_action, self.air_time):
            carried[env_ids] = 0.0

    @property
    def distance(self) -> torch.Tensor:
        """[N] m from the base to the target."""
        return torch.linalg.vector_norm(self.to_target_w, dim=1)
