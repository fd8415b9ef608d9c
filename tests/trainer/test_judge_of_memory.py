"""The judge of memory: the augmented states equal those seen in the really mirrored simulation.

A policy is rolled out in one environment; its twin environments are the same world transformed by each group
element: initial states, commands, failed joints, observation noise and actions are mirrored by the rules of
mechanics (`symaug.checks.mechanics.mirror`), never by the compiled program, and MuJoCo simulates each world
by itself on the symmetrised model. A copy of the nets remembers what it sees there. Episodes are short, so
that resets fall inside rollouts.
"""

from __future__ import annotations

import copy
import dataclasses

import mujoco
import pytest
import torch

from symaug.checks.mechanics.mirror import state_maps
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import load_robot_symmetry
from symaug_trainer.envs.config import JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from tests.trainer.rollouts import make_runner, train_config

ROBOT = load_robot_symmetry("anymal_d")
ROLLOUTS = 4
TOLERANCE = 1e-4
"""Float32 nets on float64 physics; a wrong memory is off by 0.1 and more (see the last tests)."""


@pytest.fixture(scope="module")
def twin_model() -> mujoco.MjModel:
    return symmetrised_twin(mujoco.MjModel.from_xml_path(str(ROBOT.model)), ROBOT)


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


@dataclasses.dataclass
class Seen:
    """What the nets remembered in the mirrored worlds after each rollout, and what the trainer says they
    would."""

    real: list[dict[str, dict[str, torch.Tensor]]]
    augmented: list[dict[str, dict[str, torch.Tensor]]]
    original: list[dict[str, torch.Tensor]]
    resets: list[int]
    """How many episodes ended in each step."""
    observations_differ: float


def roll(model: mujoco.MjModel, *, symmetric: bool = True) -> Seen:
    """Rollouts and updates of MemoryAugmentedPPO beside its mirrored worlds."""
    config = preset("laptop", "velocity", failure=JointFailureConfig(("LF_HAA", "LF_HFE", "LF_KFE"), 0.8))
    config = dataclasses.replace(config, num_envs=8, episode_s=0.32)  # 16 steps, 6 a rollout
    original = Recorded(config, seed=3, model=model, num_threads=1)
    runner = make_runner(original, train_config())
    algorithm = runner.alg
    elements = algorithm.images.elements[1:]
    worlds = {
        g: Mirrored(config, seed=0, model=model, num_threads=1, original=original, element=g)
        for g in elements
    }
    for world in (original, *worlds.values()):  # so that episodes end at different steps
        world.episode_length_buf = 2 * torch.arange(config.num_envs)
    for parameters in (algorithm.actor.parameters(), algorithm.critic.parameters()):
        for parameter in parameters:
            parameter.data *= 2.0  # a net that remembers
    nets = {g: {name: copy.deepcopy(net) for name, net in models(algorithm).items()} for g in elements}
    seen = Seen([], [], [], [], 0.0)
    obs = original.get_observations()
    for _ in range(ROLLOUTS):
        for g in elements:
            for name, net in models(algorithm).items():
                nets[g][name].load_state_dict(net.state_dict())  # the parameters that act
        with torch.inference_mode():
            for _ in range(runner.cfg["num_steps_per_env"]):
                actions = algorithm.act(obs)
                for g, world in worlds.items():
                    mirrored = world.get_observations()
                    expected = algorithm.images.observations["policy"].apply(obs["policy"], g)
                    difference = float((mirrored["policy"] - expected).abs().max())
                    seen.observations_differ = max(seen.observations_differ, difference)
                    for net in nets[g].values():
                        net(mirrored)
                obs, rewards, dones, extras = original.step(actions)
                algorithm.process_env_step(obs, rewards, dones, extras)
                seen.resets.append(int(dones.sum()))
                for g, world in worlds.items():
                    _, mirrored_rewards, mirrored_dones, _ = world.step(world.of_joints(actions))
                    if symmetric:
                        assert torch.equal(mirrored_dones, dones)
                        torch.testing.assert_close(mirrored_rewards, rewards, rtol=1e-4, atol=1e-4)
                    for net in nets[g].values():
                        net.reset(mirrored_dones)
            algorithm.compute_returns(obs)
        seen.original.append(
            {n: torch.cat(net.get_hidden_state()).clone() for n, net in models(algorithm).items()}
        )
        algorithm.update()
        seen.real.append(
            {
                n: {g: torch.cat(nets[g][n].get_hidden_state()).clone() for g in elements}
                for n in ("actor", "critic")
            }
        )
        seen.augmented.append(
            {
                n: {g: torch.cat([part[:, i] for part in memory.state]) for i, g in enumerate(elements)}
                for n, memory in algorithm.memories.items()
            }
        )
    return seen


def models(algorithm) -> dict[str, torch.nn.Module]:
    return {"actor": algorithm.actor, "critic": algorithm.critic}


def worst(seen: Seen, guess=None) -> float:
    """Largest difference between the states of the mirrored worlds and the augmented ones (or another
    guess)."""
    return max(
        float((real[name][g] - (guess(original[name]) if guess else augmented[name][g])).abs().max())
        for real, augmented, original in zip(seen.real, seen.augmented, seen.original, strict=True)
        for name in real
        for g in real[name]
    )


@pytest.fixture(scope="module")
def seen(twin_model) -> Seen:
    return roll(twin_model)


def test_the_mirrored_worlds_are_really_mirrored(seen):
    assert seen.observations_differ < TOLERANCE


def test_episodes_ended_inside_and_between_rollouts_and_not_all_at_once(seen):
    assert sum(seen.resets) >= 8
    assert max(seen.resets) < 8 and sum(ended > 0 for ended in seen.resets) >= 4


def test_augmented_states_equal_those_seen_in_the_mirrored_worlds(seen):
    assert worst(seen) < TOLERANCE


def test_repeated_states_fail(seen):
    """Giving images the original's state, as a flat augmentation would."""
    assert worst(seen, guess=lambda original: original) > 0.1


def test_forgotten_states_fail(seen):
    """Starting the images of every rollout from zero."""
    assert worst(seen, guess=torch.zeros_like) > 0.1


def test_on_the_asymmetric_model_the_test_itself_fails():
    """The published robot is not quite symmetric, and the judge sees it."""
    published = mujoco.MjModel.from_xml_path(str(ROBOT.model))
    assert worst(roll(published, symmetric=False)) > 10 * TOLERANCE
