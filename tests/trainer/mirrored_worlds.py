"""One world, and the same world transformed by each group element, simulated by MuJoCo each by itself.

Initial states, commands, failed joints, observation noise and actions are mirrored by the rules of mechanics
(`symaug.checks.mechanics.mirror`), never by the compiled program, on the symmetrised model.
"""

from __future__ import annotations

import dataclasses

import mujoco
import torch

from symaug.checks.mechanics.mirror import state_maps
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import load_robot_symmetry
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv

ROBOT = load_robot_symmetry("anymal_d")


def twin_model() -> mujoco.MjModel:
    """ANYmal D with each body's inertia averaged with its mirror images'."""
    return symmetrised_twin(mujoco.MjModel.from_xml_path(str(ROBOT.model)), ROBOT)


def short_episodes() -> EnvConfig:
    """Eight environments whose episodes are so short that resets fall inside rollouts."""
    config = preset("laptop", "velocity", failure=JointFailureConfig(("LF_HAA", "LF_HFE", "LF_KFE"), 0.8))
    return dataclasses.replace(config, num_envs=8, episode_s=0.32)  # 16 steps, 6 a rollout


class Recorded(LeggedEnv):
    """The original world; keeps what is drawn at random."""

    def sample_starts(self, env_ids):
        self.starts = super().sample_starts(env_ids)
        return self.starts

    def sample_noise(self):
        self.noise = super().sample_noise()
        return self.noise


class Mirrored(LeggedEnv):
    """The world transformed by one element: everything random is the original's, mirrored."""

    def __init__(self, *args, original: Recorded, element: str, **kwargs):
        self.original, self.element = original, element
        self.motion = torch.tensor(ROBOT.motions[element], dtype=torch.float64)
        self.maps = state_maps(ROBOT, kwargs["model"], element)
        super().__init__(*args, **kwargs)

    def of_joints(self, values: torch.Tensor) -> torch.Tensor:
        """Joint coordinates [..., 12] in the environment's order, mirrored."""
        action = ROBOT.joint_action(self.element, self.joint_names)
        return torch.tensor(action.sign, dtype=values.dtype) * values[..., list(action.index)]

    def of_vector(self, values: torch.Tensor) -> torch.Tensor:
        """Polar vectors [..., 3], mirrored."""
        return values @ self.motion.T.to(values.dtype)

    def of_pseudovector(self, values: torch.Tensor) -> torch.Tensor:
        """Axial vectors [..., 3], mirrored."""
        return float(torch.linalg.det(self.motion).round()) * self.of_vector(values)

    def sample_starts(self, env_ids):
        starts = self.original.starts
        nothing = torch.zeros(len(env_ids), 1)
        planar = self.of_vector(torch.cat([starts.command[:, :2], nothing], 1))
        turn = self.of_pseudovector(torch.cat([nothing, nothing, starts.command[:, 2:]], 1))
        where_failed = list(ROBOT.joint_action(self.element, self.joint_names).index)
        failed = [where_failed.index(joint) if joint >= 0 else -1 for joint in starts.failed_joint.tolist()]
        return dataclasses.replace(
            starts,
            qpos=torch.from_numpy(self.maps.qpos(starts.qpos.numpy())),
            qvel=torch.from_numpy(self.maps.qvel(starts.qvel.numpy())),
            command=planar + turn,
            failed_joint=torch.tensor(failed),
        )

    def sample_noise(self):
        if not hasattr(self.original, "noise"):
            return super().sample_noise()
        kinds = {
            "base_lin_vel": self.of_vector,
            "base_ang_vel": self.of_pseudovector,
            "projected_gravity": self.of_vector,
            "velocity_command": lambda zero: zero,  # no noise on the command
            "joint_pos": self.of_joints,
            "joint_vel": self.of_joints,
            "last_action": self.of_joints,
        }
        names, widths = zip(*self.observation_terms, strict=True)
        blocks = self.original.noise.split(list(widths), dim=1)
        return torch.cat([kinds[name](block) for name, block in zip(names, blocks, strict=True)], dim=1)
