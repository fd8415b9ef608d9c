"""What can be read of an environment between its steps; evaluation and checks look at nothing else."""

from __future__ import annotations

import torch

from symaug_trainer.envs.ledger import RewardLedger
from symaug_trainer.envs.mdp.view import CONTACT_FORCE, View
from symaug_trainer.envs.physics import Physics
from symaug_trainer.envs.starts import EpisodeStarts


class Readings:
    """Properties of `LeggedEnv`, which fills the attributes.

    Attributes:
        termination_terms: the terminations [N] bool of the last step by name, without time-outs; what broke
            down is `simulation_error`.
        failed_joint: [N] int64, index of the joint with a dead motor, -1 healthy. Not observed.
    """

    physics: Physics
    termination_terms: dict[str, torch.Tensor]
    failed_joint: torch.Tensor
    _view: View
    _ledger: RewardLedger
    _heading_w: torch.Tensor
    _steered: torch.Tensor

    def reward_terms(self) -> dict[str, torch.Tensor]:
        """The reward terms [N] of the last step, without weight and time step."""
        return self._ledger.terms()

    def read_starts(self) -> EpisodeStarts:
        """The present states as starts of episodes: `write_starts` puts an environment there again."""
        qpos, qvel = self.physics.read()
        return EpisodeStarts(
            qpos=qpos,
            qvel=qvel,
            command=self._view.command.clone(),
            heading_w=self._heading_w.clone(),
            steered=self._steered.clone(),
            target_w=self._view.target_w.clone(),
            failed_joint=self.failed_joint.clone(),
        )

    @property
    def tracking_error(self) -> torch.Tensor:
        """[N] of the last step, before any reset: |v_xy - command_xy| in m/s, or m to the target."""
        return self._ledger.error

    @property
    def base_pos(self) -> torch.Tensor:
        """[N, 3] m, world."""
        return self.physics.state.base_pos_w

    @property
    def base_quat(self) -> torch.Tensor:
        """[N, 4] (w, x, y, z)."""
        return self.physics.state.base_quat

    @property
    def base_lin_vel_b(self) -> torch.Tensor:
        """[N, 3] m/s, base frame."""
        return self._view.base_lin_vel

    @property
    def base_ang_vel_b(self) -> torch.Tensor:
        """[N, 3] rad/s, base frame."""
        return self.physics.state.base_ang_vel_b

    @property
    def joint_torque(self) -> torch.Tensor:
        """[N, J] Nm that the motors applied last."""
        return self.physics.state.joint_torque

    @property
    def commands(self) -> torch.Tensor:
        """[N, 3] wanted vx, vy, wz."""
        return self._view.command

    @property
    def target_w(self) -> torch.Tensor:
        """[N, 2] m, world."""
        return self._view.target_w

    @property
    def foot_contact(self) -> torch.Tensor:
        """[N, F] bool, in the order of `cfg.feet`."""
        return self.physics.state.foot_force > CONTACT_FORCE
