"""The little that an environment asks of a physics engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch


@dataclass(frozen=True)
class PhysicsState:
    """What an engine tells after every control step: float32 tensors that the engine overwrites in place.

    N environments, J joints and F feet in the orders the environment asked for. World frame `_w`, base
    frame `_b`.
    """

    base_pos_w: torch.Tensor
    """[N, 3] m"""
    base_quat: torch.Tensor
    """[N, 4] base orientation, (w, x, y, z)"""
    base_lin_vel_w: torch.Tensor
    """[N, 3] m/s, of the base frame's origin"""
    base_ang_vel_b: torch.Tensor
    """[N, 3] rad/s"""
    joint_pos: torch.Tensor
    """[N, J] rad"""
    joint_vel: torch.Tensor
    """[N, J] rad/s"""
    joint_torque: torch.Tensor
    """[N, J] Nm, what the motors really applied in the last substep"""
    foot_force: torch.Tensor
    """[N, F] N, size of the net contact force with the floor, in the last substep; as the two below"""
    undesired_force: torch.Tensor
    """[N, U] N"""
    fatal_force: torch.Tensor
    """[N, K] N"""
    foot_vel_w: torch.Tensor
    """[N, F, 3] m/s"""


@dataclass(frozen=True)
class ContactNames:
    """The bodies whose contact with the floor an environment looks at."""

    feet: Sequence[str]
    undesired: Sequence[str]
    fatal: Sequence[str]


class Physics(Protocol):
    """Many copies of one robot on a floor with joint position servos, in the environment's joint order."""

    num_envs: int
    substep_dt: float
    joint_names: tuple[str, ...]
    effort_limit: torch.Tensor
    """[J] Nm"""
    state: PhysicsState

    def step(self, targets: torch.Tensor, substeps: int) -> torch.Tensor:
        """Hold the joint position targets [N, J] (rad) for some substeps, then refresh `state`.

        Returns:
            [N] bool: False where the simulation broke down (not finite, or absurdly fast).
        """
        ...

    def servo_torque(self, targets: torch.Tensor) -> torch.Tensor:
        """[N, J] Nm that the servos would ask for in `state`, unlimited and with all motors alive."""
        ...

    def write(self, env_ids: torch.Tensor, qpos: torch.Tensor, qvel: torch.Tensor) -> None:
        """Put environments into states and forget their past.

        `qpos` [n, nq] and `qvel` [n, nv] are the engine's own vectors.
        """
        ...

    def read(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Copies of the engine's own qpos [N, nq] and qvel [N, nv], float64, as `write` takes them."""
        ...

    def set_dead_motor(self, env_ids: torch.Tensor, joint: torch.Tensor) -> None:
        """Kill the motor of one joint in each environment; all others live.

        `joint` [n] indexes `joint_names`; -1 kills none.
        """
        ...

    def make_qpos(
        self, base_pos: torch.Tensor, base_quat: torch.Tensor, joint_pos: torch.Tensor
    ) -> torch.Tensor:
        """The engine's position vector [n, nq] float64 from base position, orientation (wxyz) and joints."""
        ...

    def make_qvel(self, lin_w: torch.Tensor, ang_b: torch.Tensor, joint_vel: torch.Tensor) -> torch.Tensor:
        """The engine's velocity vector [n, nv] float64 from base velocities and joint velocities."""
        ...

    def refresh(self) -> None:
        """Read `state` from the engine again."""
        ...

    def close(self) -> None:
        """Free what the engine holds."""
        ...
