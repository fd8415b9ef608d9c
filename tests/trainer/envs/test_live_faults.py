"""Faults planted in a copy of the environment, or in its spec, are caught and named; else all passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

import symaug
from symaug.checks.live import LiveEnvironment
from symaug.checks.live.environment import check_environment
from symaug.checks.report import CheckResult
from symaug_trainer.envs.config import OBSERVATIONS, EnvConfig
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.envs.live import LeggedWorld, open_config
from symaug_trainer.envs.mdp import rewards, terminations
from tests.trainer.envs.worlds import ROBOT, small, twin

COPIES = 16


@pytest.fixture(scope="module")
def twin_model() -> mujoco.MjModel:
    return twin()


def polar(folder: Path) -> Path:
    spec = folder / "polar.yaml"
    spec.write_text(
        "spec: polar\nextend: anymal_d/velocity\nobservations:\n  policy:\n    velocity_command: vector\n",
        encoding="utf-8",
    )
    return spec


def opened(config: EnvConfig, model: mujoco.MjModel, kind: type[LeggedWorld] = LeggedWorld) -> LeggedWorld:
    env = LeggedEnv(replace(config, noise={}), seed=0, model=model, num_threads=1, auto_reset=False)
    return kind(env, exact=True)


def checked(world: LiveEnvironment, spec: str | Path = "anymal_d/velocity") -> dict[str, CheckResult]:
    results = check_environment(world, ROBOT, symaug.compile(spec), samples=COPIES, seed=0)
    world.close()
    return {result.name.removeprefix("environment/"): result for result in results}


def failed(results: dict[str, CheckResult]) -> list[str]:
    return [name for name, result in results.items() if result.status == "fail"]


@pytest.mark.parametrize("name", ["laptop", "paper"])
@pytest.mark.parametrize("task", ["velocity", "position"])
def test_the_environment_as_it_is_passes(twin_model, name, task):
    results = checked(opened(small(name, task, COPIES, episode_s=0.4), twin_model), f"anymal_d/{task}")
    assert {result.status for result in results.values()} == {"pass"}, results
    assert results["dynamics"].violation < 1e-9
    assert results["rewards"].violation < 1e-4
    _, _, quiet = results["rewards"].detail.partition("not exercised: ")
    assert quiet in ("", "stand_still"), quiet  # the others really said something


def test_the_published_robot_is_excused_but_not_what_is_wrong_with_its_spec(tmp_path):
    world = open_config(small("laptop", "velocity", COPIES), twin=False, num_threads=1)
    results = check_environment(world, ROBOT, symaug.compile("anymal_d/velocity"), samples=COPIES, seed=0)
    assert all(result.status == "pass" for result in results), results
    assert 0.05 < results[1].violation < 0.3 and "own unevenness" in results[1].detail
    results = checked(world, polar(tmp_path))
    assert failed(results) == ["observations/policy"]
    assert "`velocity_command: vector[xy] + pseudovector[z]`" in (
        results["observations/policy"].suggestion or ""
    )


def test_a_reward_that_prefers_the_left_feet(twin_model, monkeypatch):
    def feet_air_time(v):
        landed = (v.air_time - 0.5) * v.first_contact * torch.tensor([2.0, 2.0, 1.0, 1.0])
        return landed.sum(1) * v.asked_to_move

    monkeypatch.setitem(rewards.TERMS, "feet_air_time", feet_air_time)
    results = checked(opened(small("laptop", "velocity", COPIES), twin_model))
    assert failed(results) == ["rewards"]
    result = results["rewards"]
    assert list(result.breakdown) == ["feet_air_time"]
    assert "`feet_air_time` under sagittal" in result.detail
    assert "listens to LF, LH more than to RF, RH" in result.detail


def test_a_yaw_reward_that_forgets_the_sign(twin_model, monkeypatch):
    def track_ang_vel_z_exp(v):
        return torch.exp(-4.0 * (v.command[:, 2].abs() - v.physics.base_ang_vel_b[:, 2]).square())

    monkeypatch.setitem(rewards.TERMS, "track_ang_vel_z_exp", track_ang_vel_z_exp)
    results = checked(opened(small("paper", "velocity", COPIES), twin_model))
    assert failed(results) == ["rewards"]
    assert list(results["rewards"].breakdown) == ["track_ang_vel_z_exp"]


def test_a_termination_on_one_knee(twin_model, monkeypatch):
    knee = ROBOT.joint_orders["isaaclab"].index("RF_KFE")

    def bent_knee(v):
        return (v.physics.joint_pos - v.default_joint_pos)[:, knee].abs() > 0.5

    monkeypatch.setitem(terminations.TERMS, "bent_knee", bent_knee)
    results = checked(opened(small("laptop", "velocity", COPIES), twin_model))
    assert "terminations" in failed(results)
    result = results["terminations"]
    assert list(result.breakdown) == ["bent_knee"]
    assert "`bent_knee` listens to RF more than to LF" in result.detail


class Shuffled(LeggedWorld):
    """Says one order of observations and gives another."""

    order: tuple[str, ...] = ()

    def _observations(self):
        given, start, parts = super()._observations()["policy"], 0, {}
        for name, width in self.env.observation_terms:
            parts[name] = given[:, start : start + width]
            start += width
        return {"policy": np.concatenate([parts[name] for name in self.order], axis=1)}


def test_two_terms_in_the_wrong_order(twin_model):
    names = OBSERVATIONS["velocity"]

    class World(Shuffled):
        order = ("base_ang_vel", "base_lin_vel", *names[2:])

    results = checked(opened(small("laptop", "velocity", COPIES), twin_model, World))
    assert failed(results) == ["observations/policy"]
    result = results["observations/policy"]
    assert {*result.breakdown} == {"base_lin_vel", "base_ang_vel"}
    assert "`base_lin_vel` and `base_ang_vel` are exchanged" in result.detail

    World.order = (*names[:3], "joint_pos", "velocity_command", *names[5:])
    result = checked(opened(small("laptop", "velocity", COPIES), twin_model, World))["observations/policy"]
    assert "`velocity_command` and `joint_pos` are exchanged" in result.detail


def test_joints_in_the_order_of_the_model(twin_model):
    class World(LeggedWorld):
        def _observations(self):
            given = super()._observations()["policy"].copy()
            order = [self.joint_names.index(name) for name in ROBOT.joints]
            for start in (12, 24, 36):
                given[:, start : start + 12] = given[:, start : start + 12][:, order]
            return {"policy": given}

    result = checked(opened(small("laptop", "velocity", COPIES), twin_model, World))["observations/policy"]
    assert {*result.breakdown} == {"joint_pos", "joint_vel", "last_action"}
    assert "leave `joint_order` out" in (result.suggestion or "")


def test_a_spec_without_the_joint_order(twin_model, tmp_path):
    text = (symaug.shipped.specs_dir() / "anymal_d" / "velocity.yaml").read_text(encoding="utf-8")
    spec = tmp_path / "canonical.yaml"
    spec.write_text(text.replace("joint_order: isaaclab\n", ""), encoding="utf-8")
    results = checked(opened(small("laptop", "velocity", COPIES), twin_model), spec)
    assert failed(results) == ["layout", "dynamics", "observations/policy"]
    assert results["layout"].suggestion == "`joint_order: isaaclab`"
    assert "`joint_order: isaaclab`" in (results["observations/policy"].suggestion or "")
    assert "joints(order=isaaclab)" in (results["dynamics"].suggestion or "")


def test_a_command_declared_polar(twin_model, tmp_path):
    results = checked(opened(small("laptop", "velocity", COPIES), twin_model), polar(tmp_path))
    assert failed(results) == ["observations/policy"]
    result = results["observations/policy"]
    assert list(result.breakdown) == ["velocity_command"]
    assert (result.suggestion or "").startswith("`velocity_command: vector[xy] + pseudovector[z]` (violation")


class Remembering(LeggedWorld):
    """Adds the last three joint velocities and angular velocities, the step as the outer index."""

    def __init__(self, env, *, exact):
        super().__init__(env, exact=exact)
        self.observation_terms = {
            "policy": [*env.observation_terms, ("joint_vel_history", 36), ("ang_vel_history", 9)]
        }
        self.past: list[np.ndarray] = []

    def begin(self, state):
        self.past = []
        return super().begin(state)

    def _observations(self):
        now = super()._observations()["policy"]
        self.past = [*(self.past or [now, now])[-2:], now]
        columns = [each[:, 24:36] for each in self.past] + [each[:, 3:6] for each in self.past]
        return {"policy": np.concatenate([now, *columns], axis=1)}


def test_a_history_in_the_wrong_order(twin_model, tmp_path):
    spec = tmp_path / "history.yaml"
    lines = ("spec: history", "extend: anymal_d/velocity", "observations:", "  policy:")
    terms = ("joint_vel_history: history(3, joints{})", "ang_vel_history: history(3, pseudovector)")
    for order, right in ((", order=term", False), ("", True)):
        text = "\n".join([*lines, *(f"    {term.format(order)}" for term in terms)])
        spec.write_text(text, encoding="utf-8")
        results = checked(opened(small("laptop", "velocity", COPIES), twin_model, Remembering), spec)
        assert failed(results) == ([] if right else ["observations/policy"])
        if not right:
            result = results["observations/policy"]
            assert list(result.breakdown) == ["joint_vel_history"]
            assert (result.suggestion or "").startswith("`joint_vel_history: history(3, joints)` (violation")
