"""A shipped environment behind the protocol of live checks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from symaug.checks.live import LiveEnvironment
from symaug.checks.live.world import mirrored
from symaug.diagnostics import UserError
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text
from symaug_trainer.envs.config import JointFailureConfig
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.envs.live import LeggedWorld, open_task
from tests.trainer.envs.worlds import ROBOT, make, small
from tests.trainer.envs.worlds import mirrored as mirrored_starts


@pytest.fixture(scope="module")
def world():
    return open_task("anymal_d/velocity/joint_failure", num_envs=6, preset="paper", num_threads=1)


def test_it_is_a_live_environment(world):
    assert isinstance(world, LiveEnvironment) and world.exact
    state = world.sample_resets(6, 0)
    resolver = TypeResolver(ROBOT, world.joint_names)
    for name, values in state.task.items():
        assert resolver.resolve(parse_type(Text.alone(world.task_types[name]))).width == values.shape[1], name
    reading = world.begin(state)
    assert not reading.rewards and not reading.terminations
    assert reading.observations["policy"].shape == (6, sum(w for _, w in world.observation_terms["policy"]))
    reading = world.step(np.zeros((6, 12)))
    assert set(reading.rewards) == set(world.env.cfg.rewards)
    assert set(reading.terminations) == {"base_contact", "simulation_error"}


def test_resets_are_drawn_as_the_environment_draws_them(world):
    config = small("paper", "velocity", num_envs=6)
    env = make(replace(config, failure=JointFailureConfig(ROBOT.joints)), seed=3)
    env.random.generator.manual_seed(3)
    starts = env.sample_starts(torch.zeros(50, dtype=torch.int64))
    before = world.env.random.generator.get_state()
    drawn = world.sample_resets(50, 3)
    assert torch.equal(world.env.random.generator.get_state(), before)
    np.testing.assert_array_equal(drawn.base_pos, starts.qpos[:, :3].numpy())
    np.testing.assert_array_equal(drawn.task["command"], starts.command.numpy())
    failed = np.where(drawn.task["failed_joint"].any(1), drawn.task["failed_joint"].argmax(1), -1)
    np.testing.assert_array_equal(failed, starts.failed_joint.numpy())
    assert len({*failed}) > 8  # any joint
    env.close()


def test_a_state_that_was_read_is_where_it_begins_again(world):
    world.begin(world.sample_resets(6, 1))
    for _ in range(5):
        reading = world.step(np.ones((6, 12)))
    state = reading.state
    assert (state.task["elapsed"] == 5).all()
    again = world.begin(state)
    for name, values in state.quantities().items():
        np.testing.assert_array_equal(again.state.quantities()[name], values, err_msg=name)
    width = dict(world.observation_terms["policy"])["last_action"]
    np.testing.assert_allclose(
        again.observations["policy"][:, :-width], reading.observations["policy"][:, :-width], atol=1e-6
    )


def test_episodes_go_on_where_they_ended(world):
    state = world.sample_resets(6, 1)
    state.base_pos[0, 2], state.base_quat[0] = 0.3, (0.0, 1.0, 0.0, 0.0)  # on its back
    world.begin(state)
    readings = [world.step(np.zeros((6, 12))) for _ in range(20)]
    fell = [bool(reading.terminations["base_contact"][0]) for reading in readings]
    assert any(fell[:-1])
    assert (readings[-1].state.task["elapsed"] == 20).all() and readings[-1].state.base_quat[0, 0] < 0.5


def test_the_two_ways_to_mirror_agree(world):
    """`mirrored` of the protocol against the mirror that the environment's own tests use."""
    env = make(small("paper", "velocity", num_envs=6))
    starts = env.sample_starts(torch.arange(6))
    zero = np.zeros((6, 1))
    for element in ROBOT.group.elements:
        wanted = world._state(mirrored_starts(starts, env, element), zero).quantities()
        state = world._state(starts, zero)
        found = mirrored(state, ROBOT, element, world.joint_names, world.task_types).quantities()
        for name, values in wanted.items():
            np.testing.assert_allclose(found[name], values, atol=1e-12, err_msg=f"{name} under {element}")
    env.close()


def test_the_published_model(world):
    published = open_task("anymal_d/position", num_envs=2, twin=False, num_threads=1)
    assert not published.exact
    assert published.env.model.body_ipos[1, 1] != world.env.model.body_ipos[1, 1]
    assert not published.sample_resets(50, 0).task["failed_joint"].any()
    published.close()


def test_what_cannot_be_examined():
    env = LeggedEnv(small("laptop", "velocity", num_envs=2), seed=0, num_threads=1)
    with pytest.raises(ValueError, match="auto_reset"):
        LeggedWorld(env, exact=False)
    env.close()
    with pytest.raises(UserError, match="unknown task"):
        open_task("anymal_d/velocty")
