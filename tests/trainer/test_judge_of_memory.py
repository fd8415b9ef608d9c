"""The judge of memory: the augmented states equal those seen in the really mirrored simulation.

A policy is rolled out in one environment; its twin environments are the same world transformed by each group
element (`mirrored_worlds`). A copy of the nets remembers what it sees there. Episodes are short, so that
resets fall inside rollouts.
"""

from __future__ import annotations

import copy
import dataclasses

import mujoco
import pytest
import torch

from tests.trainer.mirrored_worlds import ROBOT, Mirrored, Recorded, short_episodes, twin_model
from tests.trainer.rollouts import make_runner, train_config

ROLLOUTS = 4
TOLERANCE = 1e-4
"""Float32 nets on float64 physics; a wrong memory is off by 0.1 and more (see the last tests)."""


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
    config = short_episodes()
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
def seen() -> Seen:
    return roll(twin_model())


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
