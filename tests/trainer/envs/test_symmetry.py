"""For real: the mirrored world steps to the mirrored state and pays the same reward."""

from __future__ import annotations

import mujoco
import pytest
import torch

from symaug_trainer.envs.mdp import rewards
from tests.trainer.envs.worlds import ROBOT, MirrorWorld, Recorded, make, mirrored, small, twin

ELEMENTS = ROBOT.group.elements[1:]
ALL_TERMS = dict.fromkeys(rewards.TERMS, 1.0)
STEPS = 25
DRAWS = 4000


@pytest.fixture(scope="module")
def twin_model() -> mujoco.MjModel:
    return twin()


@pytest.mark.parametrize("name", ["laptop", "paper"])
@pytest.mark.parametrize("task", ["velocity", "position"])
def test_mirrored_worlds_stay_mirrored(twin_model, name, task):
    """Observations, every reward term, terminations and resets, over some steps with resets in between."""
    config = small(name, task, num_envs=24, rewards=ALL_TERMS, episode_s=0.4)
    original = Recorded(config, seed=5, num_threads=1, model=twin_model)
    original.reset()
    worlds = [MirrorWorld(config, of=original, element=g, model=twin_model) for g in ELEMENTS]
    generator = torch.Generator().manual_seed(1)
    ended = torch.zeros(24, dtype=torch.int64)
    seen = dict.fromkeys(ALL_TERMS, 0.0)
    for _ in range(STEPS):
        actions = 1.5 * torch.randn(24, 12, generator=generator)
        obs, reward, dones, extras = original.step(actions)
        ended += dones
        seen = {
            term: max(most, float(original.reward_terms()[term].abs().max())) for term, most in seen.items()
        }
        for world in worlds:
            g = world.element
            image, image_reward, image_dones, image_extras = world.step(world.action_map.apply(actions, g))
            expected = world.observation_map.apply(obs["policy"], g)
            torch.testing.assert_close(image["policy"], expected, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(image_reward, reward, rtol=1e-4, atol=1e-4)
            for term, values in original.reward_terms().items():
                other = world.reward_terms()[term]
                torch.testing.assert_close(other, values, rtol=2e-3, atol=1e-4, msg=f"{term} under {g}")
            assert torch.equal(image_dones, dones)
            assert torch.equal(image_extras["time_outs"], extras["time_outs"])
    assert ended.min() >= 1  # everyone was reset
    quiet = {term for term, most in seen.items() if most == 0.0}
    assert quiet <= {"termination", "stalling", "stand_still"}, quiet  # the others really said something


def test_the_published_robot_is_not_quite_symmetric():
    """The same comparison notices the model's own unevenness, so it could notice a wrong term."""
    config = small("laptop", "velocity", num_envs=8, rewards=ALL_TERMS)
    original = Recorded(config, seed=5, num_threads=1)
    original.reset()
    world = MirrorWorld(config, of=original, element="sagittal")
    actions = torch.zeros(8, 12)
    for _ in range(10):
        obs = original.step(actions)[0]["policy"]
        image = world.step(actions)[0]["policy"]
    difference = (image - world.observation_map.apply(obs, "sagittal")).abs().max()
    assert difference > 1e-3


@pytest.mark.parametrize("name", ["laptop", "paper"])
@pytest.mark.parametrize("task", ["velocity", "position"])
@pytest.mark.parametrize("element", ELEMENTS)
def test_episode_starts_are_symmetric_in_distribution(name, task, element):
    """First and second moments of everything that is drawn, against those of its image."""
    env = make(small(name, task, num_envs=1))
    starts = env.sample_starts(torch.zeros(DRAWS, dtype=torch.int64))
    image = mirrored(starts, env, element)

    def features(s) -> torch.Tensor:
        heading = torch.stack((s.heading_w.cos(), s.heading_w.sin(), s.steered.float()), 1)
        return torch.cat([s.qpos, s.qvel, s.command, heading, s.target_w], dim=1).double()

    def moments(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Estimates of all first and second moments, and the variances of these estimates."""
        x = torch.cat([x, torch.ones(DRAWS, 1)], dim=1)
        mean = x.T @ x / DRAWS
        return mean, (x.square().T @ x.square() / DRAWS - mean.square()) / DRAWS

    (one, one_var), (other, other_var) = moments(features(starts)), moments(features(image))
    error, spread = (one - other).abs(), (one_var + other_var).clamp(min=0.0).sqrt()
    assert (error <= 5.5 * spread + 1e-9).all(), float((error / (spread + 1e-9)).max())
