"""An environment and its mirror image: the same episodes and noise seen through one group element."""

from __future__ import annotations

from dataclasses import replace

import mujoco
import torch

import symaug
from symaug.checks.mechanics.mirror import mirror_state
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import load_robot_symmetry
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.envs.starts import EpisodeStarts

ROBOT = load_robot_symmetry("anymal_d")
FRONT_LEFT = JointFailureConfig(("LF_HAA", "LF_HFE", "LF_KFE"))


def small(name: str, task: str, num_envs: int = 16, **changes) -> EnvConfig:
    return replace(preset(name, task, failure=FRONT_LEFT), num_envs=num_envs, **changes)


def make(config: EnvConfig, seed: int = 0, **options) -> LeggedEnv:
    return LeggedEnv(config, seed=seed, num_threads=1, **options)


def twin() -> mujoco.MjModel:
    return symmetrised_twin(mujoco.MjModel.from_xml_path(str(ROBOT.model)), ROBOT)


def mirrored(starts: EpisodeStarts, env: LeggedEnv, element: str) -> EpisodeStarts:
    """The same episodes in the transformed world, by the rules of mechanics."""
    motion = torch.tensor(ROBOT.motions[element]).float()
    det = float(torch.linalg.det(motion))
    action = ROBOT.joint_action(element, env.joint_names)
    image_of = {source: joint for joint, source in enumerate(action.index)} | {-1: -1}
    qpos, qvel = mirror_state(ROBOT, env.model, element, starts.qpos.numpy(), starts.qvel.numpy())
    return EpisodeStarts(
        qpos=torch.from_numpy(qpos),
        qvel=torch.from_numpy(qvel),
        command=starts.command * torch.tensor([motion[0, 0], motion[1, 1], det]),
        heading_w=starts.heading_w * det,
        steered=starts.steered,
        target_w=starts.target_w @ motion[:2, :2].T,
        failed_joint=torch.tensor([image_of[int(joint)] for joint in starts.failed_joint]),
    )


class Recorded(LeggedEnv):
    """Keeps the randomness it draws."""

    def sample_starts(self, env_ids):
        self.starts = super().sample_starts(env_ids)
        return self.starts

    def sample_noise(self):
        self.noise = super().sample_noise()
        return self.noise


class MirrorWorld(LeggedEnv):
    """Draws nothing: takes the randomness of another environment through one element."""

    def __init__(self, config: EnvConfig, *, of: Recorded, element: str, **options) -> None:
        self.of, self.element = of, element
        program = symaug.compile(f"anymal_d/{config.task}")
        self.observation_map = symaug.Transform(program.space("observations/policy"), program.group)
        self.action_map = symaug.Transform(program.space("actions"), program.group)
        super().__init__(config, seed=0, num_threads=1, **options)

    def sample_starts(self, env_ids):
        return mirrored(self.of.starts, self, self.element)

    def sample_noise(self):
        return self.observation_map.apply(self.of.noise, self.element)
