"""Gymnasium's own Ant-v5 behind the protocol: it moves and sees alike, and its reward has a side."""

from __future__ import annotations

import pytest

import symaug
from symaug.checks.live import LiveEnvironment
from symaug.checks.live.environment import check_environment
from symaug.diagnostics import UserError
from symaug.semantics.robot import load_robot_symmetry

pytest.importorskip("gymnasium.envs.mujoco.ant_v5")

from gymnasium.envs.classic_control import CartPoleEnv
from gymnasium.envs.mujoco.ant_v5 import AntEnv

from benchmarks.mutation.worlds.ant import TERMS, DirectedAnt
from symaug.checks.live.gymnasium_world import GymnasiumWorld

ANT = load_robot_symmetry("ant")


def checked(world: LiveEnvironment, spec) -> dict:
    results = check_environment(world, ANT, symaug.compile(spec), samples=2, seed=0)
    world.close()
    return {result.name.removeprefix("environment/"): result for result in results}


def test_ant_moves_and_sees_alike_but_is_paid_for_one_direction():
    world = GymnasiumWorld(AntEnv, ANT.joints, terms=TERMS, exact=True, num_envs=2)
    assert isinstance(world, LiveEnvironment)
    results = checked(world, "ant/run")
    assert [name for name, result in results.items() if result.status == "fail"] == ["rewards"]
    assert list(results["rewards"].breakdown) == ["reward_forward"]
    assert "turn" in results["rewards"].detail and results["observations/policy"].violation < 1e-9


def test_ant_with_a_direction_is_paid_alike_and_a_wrong_order_of_motors_is_mended(tmp_path):
    def world() -> GymnasiumWorld:
        terms = (*TERMS, ("direction", 2))
        task = {"direction": "vector[xy]"}
        return GymnasiumWorld(DirectedAnt, ANT.joints, terms=terms, task=task, exact=True, num_envs=2)

    assert {result.status for result in checked(world(), "ant/direction").values()} <= {"pass", "skip"}
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("spec: ant/wrong\nextend: ant/direction\nactions: joints\n", encoding="utf-8")
    found = checked(world(), wrong)["dynamics"]
    assert found.status == "fail" and (found.suggestion or "").startswith(
        "`actions: joints(order=actuators)`"
    )


def test_what_is_no_such_environment():
    with pytest.raises(UserError, match="the terms are 27 numbers wide, the environment's observation 105"):
        GymnasiumWorld(AntEnv, ANT.joints, terms=TERMS[:2], num_envs=1)
    with pytest.raises(UserError, match="`CartPoleEnv` is no MuJoCo environment of Gymnasium's: no `model`"):
        GymnasiumWorld(CartPoleEnv, ANT.joints, terms=TERMS, num_envs=1)
