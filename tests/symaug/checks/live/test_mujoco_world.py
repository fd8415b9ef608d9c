"""A plain MuJoCo environment behind the protocol, as docs/checks.md shows it; its mistakes and its users'."""

from __future__ import annotations

import re
from pathlib import Path

import mujoco
import numpy as np
import pytest
from typer.testing import CliRunner

import symaug
from symaug.checks.live import LiveEnvironment
from symaug.checks.live.environment import check_environment
from symaug.checks.live.mujoco_state import free_body
from symaug.checks.live.mujoco_world import Actions, MujocoWorld, joint_inputs
from symaug.diagnostics import UserError
from symaug.semantics.robot import load_robot_symmetry
from symaug_cli.app import app

DOCS = Path(__file__).parents[4] / "docs" / "checks.md"
SLED = """
<mujoco><option gravity="0 0 0"/><worldbody>
  <body name="sled"><freejoint/><geom size=".1" mass="1"/>
    <body pos="0 .2 0"><joint name="left" axis="0 1 0"/><geom size=".05" pos="0 0 .1" mass=".1"/></body>
    <body pos="0 -.2 0"><joint name="right" axis="0 1 0"/><geom size=".05" pos="0 0 .1" mass=".1"/></body>
  </body>
  <body name="ball" pos="1 0 0"><freejoint/><geom size=".1" mass="1"/></body>
</worldbody><actuator><motor joint="right"/><motor joint="left"/></actuator></mujoco>
"""
ROBOT = """
robot: sled
joints: left right
limbs: {L: left, R: right}
symmetry:
  generators:
    mirror: reflect y, swap (L R)
"""
SPEC = """
spec: sled/run
robot: sled.yaml
observations:
  policy:
    joint_pos: joints
    ball: vector
    ball_spin: TYPE
actions: joints
memory: {actor: replay, critic: replay}
"""


def example(name: str) -> str:
    """The first block of Python in docs/checks.md that mentions it."""
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if name in block)


def draw(m, rng):
    m.data.qvel[:] = rng.normal(size=m.model.nv)
    m.data.qpos[9:12] += rng.normal(size=3)


def sled(**changes) -> MujocoWorld:
    model = mujoco.MjModel.from_xml_string(SLED)
    terms = {
        "joint_pos": lambda m: m.data.qpos[7:9],
        "ball": lambda m: m.data.body("ball").xpos,
        "ball_spin": lambda m: m.data.qvel[11:14],
    }
    given = {
        "observations": {"policy": terms | changes.pop("terms", {})},
        "actions": joint_inputs(model, ["left", "right"]),
        "reset": draw,
        "task": free_body("ball"),
        "exact": True,
        "num_envs": 4,
    }
    return MujocoWorld(model, ["left", "right"], **(given | changes))


def checked(world, folder: Path, spin: str = "pseudovector"):
    (folder / "sled.yaml").write_text(ROBOT, encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC.replace("TYPE", spin), encoding="utf-8")
    robot, program = load_robot_symmetry(folder / "sled.yaml"), symaug.compile(folder / "spec.yaml")
    results = check_environment(world, robot, program, samples=4, seed=0)
    return {result.name.removeprefix("environment/"): result for result in results}


def test_the_example_of_the_docs_runs_and_finds_a_wrong_type(tmp_path, monkeypatch):
    code = example("MujocoWorld").replace("exact=True", "num_envs=4, exact=True")
    (tmp_path / "my_ant.py").write_text(code, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(
        "spec: ant/wrong\nextend: ant/run\nobservations:\n  policy:\n    qvel: vector + vector + joints\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    arguments = ["--env", "my_ant:make", "--only", "environment", "--samples", "4"]
    right = CliRunner().invoke(app, ["validate", "ant/run", *arguments])
    assert right.exit_code == 0, right.output
    wrong = CliRunner().invoke(app, ["validate", "wrong.yaml", "--json", *arguments])
    assert wrong.exit_code == 1
    assert "`qvel: vector + pseudovector + joints`" in wrong.output


def test_objects_are_mirrored_with_the_robot(tmp_path):
    world = sled()
    assert isinstance(world, LiveEnvironment) and world.observation_terms["policy"][1] == ("ball", 3)
    state = world.begin(world.sample_resets(4, 0)).state
    for _ in range(3):
        state = world.step(np.ones((4, 2))).state
    again = world.begin(state).state
    for name, values in state.quantities().items():
        np.testing.assert_allclose(again.quantities()[name], values, atol=1e-12, err_msg=name)
    results = checked(world, tmp_path)
    assert [result.status for result in results.values()] == ["pass", "pass", "pass", "skip", "skip"], results
    wrong = checked(world, tmp_path, "vector")["observations/policy"]
    assert list(wrong.breakdown) == ["ball_spin"] and "`ball_spin: pseudovector`" in (wrong.suggestion or "")


def test_inputs_go_by_joints_not_by_actuators():
    world = sled()
    world.begin(world.sample_resets(4, 0))
    world.step(np.tile([1.0, 0.5], (4, 1)))
    np.testing.assert_array_equal(world._copies[0].data.ctrl, [0.5, 1.0])


def test_a_number_that_is_not_finite_fails_where_it_is(tmp_path):
    result = checked(sled(terms={"ball": lambda m: [np.nan, 0, 0]}), tmp_path)["observations/policy"]
    assert result.status == "fail" and list(result.breakdown) == ["ball"]


def growing():
    seen = []

    def reading(m):
        seen.append(1)
        return [0.0] * (2 if len(seen) < 3 else 3)

    return reading


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"terms": {"ball": growing()}}, "term `ball` (`reading`) gives 3 numbers where it gave 2"),
        ({"terms": {"ball": lambda m: None}}, "term `ball` gives no numbers but `None`"),
        ({"terms": {"ball": lambda m: "fast"}}, "term `ball` gives no array of numbers but a `str`"),
        ({"terms": {"ball": lambda m: [[1], [1, 2]]}}, "term `ball` gives no array of numbers but a `list`"),
        ({"rewards": {"near": lambda m: [1, 2]}}, "term `near` gives 2 numbers where it gave 1"),
        ({"task": {"goal": "vector"}}, "`reset` draws no `goal`"),
    ],
)
def test_what_a_users_function_may_not_give(changes, words):
    with pytest.raises(UserError, match=re.escape(words)) as error:
        world = sled(**changes)
        world.begin(world.sample_resets(4, 0))
        world.step(np.zeros((4, 2)))
    assert error.value.diagnostics[0].code == "SA606"


def test_joints_that_are_not_there():
    model = mujoco.MjModel.from_xml_string(SLED)
    with pytest.raises(UserError, match="no hinge or slide called `lefd`") as error:
        MujocoWorld(model, ["lefd"], observations={}, actions=Actions(0, draw), reset=draw)
    assert "`left`" in error.value.diagnostics[0].helps[0]
    with pytest.raises(UserError, match="no actuator of the model drives the joint `wing`"):
        joint_inputs(model, ["wing"])
