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
        to_target_w: [N, 2] m from the base to the target, world; distance: [N] its length.
        remaining: [N] share of the episode that remains, 1 at its start; remaining_s the same in seconds.
        asked_to_move: [N] bool, whether command or target ask for a horizontal motion.
        in_contact: [N, F] bool; first_contact: [N, F] bool, touched down in this step.
        air_time: [N, F] s in the air, before a touch-down in this step is taken into account.
        terminated: [N] bool.
        failed_joint: [N, J] 1 where the joint's motor is dead, 0 elsewhere.
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
        self._rotation_of_products = _rotation_of_products().to(device)
        self.heading, self.to_target_w, self.distance = zeros(2), zeros(2), zeros()
        self.action, self.last_action, self.applied_targets = zeros(joints), zeros(joints), zeros(joints)
        self.servo_torque, self.failed_joint = zeros(joints), zeros(joints)
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
        products = p.base_quat.unsqueeze(2) * p.base_quat.unsqueeze(1)
        rotation = (products.flatten(1) @ self._rotation_of_products).view(-1, 3, 3)  # world from base
        self.base_lin_vel = (rotation * p.base_lin_vel_w.unsqueeze(2)).sum(dim=1)
        self.projected_gravity = -rotation[:, 2]
        forward = rotation[:, 0:2, 0]
        self.heading = forward / torch.linalg.vector_norm(forward, dim=1, keepdim=True).clamp(min=1e-6)
        self.to_target_w = self.target_w - p.base_pos_w[:, 0:2]
        self.distance = torch.linalg.vector_norm(self.to_target_w, dim=1)

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
    def velocity_error(self) -> torch.Tensor:
        """[N] m/s, horizontal, between command and base velocity, base frame."""
        return torch.linalg.vector_norm(self.command[:, :2] - self.base_lin_vel[:, :2], dim=1)


def _rotation_of_products() -> torch.Tensor:
    # [16, 9]: the rotation matrix (by rows) is linear in the products q_i q_j of a unit quaternion wxyz.
    w, x, y, z = range(4)
    rows = (
        {(w, w): 1, (x, x): 1, (y, y): -1, (z, z): -1},
        {(x, y): 2, (w, z): -2},
        {(x, z): 2, (w, y): 2},
        {(x, y): 2, (w, z): 2},
        {(w, w): 1, (x, x): -1, (y, y): 1, (z, z): -1},
        {(y, z): 2, (w, x): -2},
        {(x, z): 2, (w, y): -2},
        {(y, z): 2, (w, x): 2},
        {(w, w): 1, (x, x): -1, (y, y): -1, (z, z): 1},
    )
    table = torch.zeros(16, 9)
    for column, entry in enumerate(rows):
        for (i, j), value in entry.items():
            table[4 * i + j, column] = value
    return table
