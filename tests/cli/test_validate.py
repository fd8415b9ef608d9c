"""`symaug validate`: which checks run, what becomes of warnings, where the report goes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from symaug.shipped import find_spec
from symaug_cli.app import app

WORLD = """
import numpy as np
from symaug.checks.live import WorldState

JOINTS = {joints}

class World:
    num_envs, num_actions, exact = 4, 12, True
    joint_names = JOINTS
    observation_terms = {{"policy": ()}}
    task_types = {{}}
    closed = False

    def sample_resets(self, count, seed):
        rng = np.random.default_rng(seed)
        zero = np.zeros((count, 3))
        quat = np.tile([1.0, 0, 0, 0], (count, 1))
        velocity = rng.uniform(-0.5, 0.5, (count, 3)) + [0, {drift}, 0]
        joints = np.zeros((count, 12))
        return WorldState(zero, quat, velocity, zero, joints, joints)

    def begin(self, state):
        raise AssertionError("only resets are to be checked")

    step = begin

    def close(self):
        open("closed", "w").close()

def make():
    return World()
"""


def call(*arguments: object):
    return CliRunner().invoke(app, ["validate", *map(str, arguments)])


def names(result) -> list[str]:
    return [check["name"] for check in json.loads(result.stdout)["checks"]]


@pytest.mark.parametrize(
    ("arguments", "areas"),
    [
        (("--only", "algebra"), {"algebra"}),
        (("--only", "geometry/joint *", "--only", "tasks"), {"geometry", "tasks"}),
        (("--skip", "geometry", "--skip", "dynamics", "--skip", "terms"), {"algebra", "tasks", "resets"}),
        (("--only", "resets"), {"resets"}),
    ],
)
def test_only_what_is_chosen_runs(arguments, areas):
    result = call("anymal_d/velocity", "--json", *arguments)
    assert result.exit_code == 0, result.output
    assert {name.partition("/")[0] for name in names(result)} == areas


def test_one_check_alone_runs_alone():
    assert names(call("anymal_d/velocity", "--json", "--only", "geometry/gravity")) == ["geometry/gravity"]
    assert names(call("anymal_d/velocity", "--json", "--only", "dynamics/step")) == ["dynamics/step"]


def test_what_does_not_run_is_not_imported():
    code = (
        "import sys; from symaug.checks import validate; "
        "validate('anymal_d/velocity', only=['algebra', 'tasks', 'resets']); "
        "print([name for name in ('mujoco', 'numpy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_unknown_check_is_answered_with_the_nearest():
    result = call("anymal_d/velocity", "--only", "geometri", "--skip", "*axis*")
    assert result.exit_code == 2 and "Traceback" not in result.output
    assert "error[SA607]: no check is called `geometri`" in result.stderr
    assert "did you mean `geometry`" in result.stderr
    assert "`*axis*` matches no check" in result.stderr


def test_strict_counts_warnings_and_checks_that_could_not_run(tmp_path):
    spec = tmp_path / "task.yaml"
    text = find_spec("anymal_d/velocity").read_text()
    spec.write_text(text.replace("train: fail(LF_{HAA,HFE,KFE})", "train: fail(LF_HAA)"))
    chosen = ("--only", "tasks", "--only", "algebra")
    assert call(spec, *chosen).exit_code == 0
    warned = call(spec, "--strict", *chosen)
    assert warned.exit_code == 1 and "not valid, strictly: 7 checks, 1 warned" in warned.stdout
    assert call(spec, "--strict", *chosen, "--skip", "tasks").exit_code == 0
    # ALOHA names no model: that geometry could not run is no pass
    assert call("aloha/transfer_cube").exit_code == 0
    assert call("aloha/transfer_cube", "--strict").exit_code == 1
    assert call("aloha/transfer_cube", "--strict", "--skip", "geometry", "--skip", "dynamics").exit_code == 0


def test_resets_that_are_not_their_own_image_fail_with_the_range(tmp_path):
    spec = tmp_path / "task.yaml"
    text = find_spec("anymal_d/velocity").read_text()
    spec.write_text(text.replace("y: -0.5..0.5", "y: 0..0.5", 1))
    result = call(spec, "--only", "resets")
    assert result.exit_code == 1
    assert "base_lin_vel.y 0..0.5 would become -0.5..0 under sagittal" in re.sub(r"\s+", " ", result.stdout)
    assert "help: base_lin_vel.y: -0.5..0.5" in result.stdout


def test_samples_and_seed_reach_the_checks():
    one, other = (
        call("anymal_d", "--json", "--only", "dynamics/as published", "--seed", seed, "--samples", 2)
        for seed in (1, 2)
    )
    assert one.stdout != other.stdout and json.loads(other.stdout)["seed"] == 2
    none = call("anymal_d", "--samples", 0)
    assert none.exit_code == 2 and "SA605" in none.stderr


def test_the_table_is_followed_by_the_tasks():
    result = call("anymal_d/velocity", "--only", "tasks")
    assert "fail(LF_HAA RF_HAA LH_HAA RH_HAA)" in result.stdout
    assert "valid: 1 checks" in result.stdout
    assert "reached from" not in call("anymal_d/velocity", "--only", "algebra").stdout


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone(tmp_path):
    page = tmp_path / "report.html"
    result = call("anymal_d/velocity", "--only", "tasks", "--only", "resets", "--html", page)
    assert result.exit_code == 0 and "wrote" in result.stderr
    text = page.read_text()
    parsed = _Page()
    parsed.feed(text)
    assert not parsed.open and not parsed.links
    assert {"table", "svg", "circle"} <= set(parsed.seen)
    assert "resets/declared" in text and "fail(LF_HAA RF_HAA" in text
    nowhere = call("anymal_d", "--only", "algebra", "--html", tmp_path / "no" / "x.html")
    assert nowhere.exit_code == 2 and "SA701" in nowhere.stderr


def test_the_tasks_are_drawn(tmp_path):
    picture = tmp_path / "tasks.svg"
    result = CliRunner().invoke(app, ["show", "anymal_d/velocity", "--tasks-svg", str(picture)])
    assert result.exit_code == 0, result.output
    assert ElementTree.fromstring(picture.read_text()).tag.endswith("svg")
    none = CliRunner().invoke(app, ["show", "aloha/transfer_cube", "--tasks-svg", str(picture)])
    assert none.exit_code == 2 and "names no tasks" in none.stderr


@pytest.fixture
def world(tmp_path, monkeypatch):
    from symaug.semantics.robot import load_robot_symmetry

    monkeypatch.chdir(tmp_path)
    joints = load_robot_symmetry("anymal_d").joints

    def write(name: str, drift: float) -> str:
        (tmp_path / f"{name}.py").write_text(WORLD.format(joints=joints, drift=drift))
        return f"{name}:make"

    return write


def test_an_environment_of_ones_own_is_examined_and_closed(world, tmp_path):
    chosen = ("--only", "resets/sampled", "--json")
    even = call("anymal_d/velocity", "--env", world("even_world", 0.0), *chosen)
    assert even.exit_code == 0, even.output
    assert names(even) == ["resets/sampled"] and (tmp_path / "closed").exists()
    uneven = call("anymal_d/velocity", "--env", world("drifting_world", 0.05), *chosen)
    assert uneven.exit_code == 1
    (check,) = json.loads(uneven.stdout)["checks"]
    assert check["detail"].startswith("base_lin_vel y under ")


def test_resets_outside_of_the_declared_ranges_are_told(world):
    result = call(
        "anymal_d/velocity", "--env", world("other_world", 0.2), "--only", "resets/ranges", "--json"
    )
    assert result.exit_code == 0
    (check,) = json.loads(result.stdout)["checks"]
    assert check["status"] == "warn" and "base_lin_vel.y" in check["breakdown"]


def test_an_environment_that_is_none_is_an_error(world):
    for entry, told in (("nowhere:make", "SA606"), ("anymal_d/velocty", "SA801")):
        result = call("anymal_d/velocity", "--env", entry, "--only", "resets/sampled")
        assert result.exit_code == 2 and told in result.stderr, result.output


def test_a_check_that_needs_an_environment_says_so():
    result = call("anymal_d/velocity", "--only", "resets/sampled", "--only", "environment", "--json")
    assert [check["status"] for check in json.loads(result.stdout)["checks"]] == ["skip", "skip"]


@pytest.mark.parametrize("task", ["anymal_d/velocity/joint_failure", "anymal_d/position"])
def test_resets_of_the_shipped_environments_are_symmetric_and_as_declared(task):
    spec = "/".join(task.split("/")[:2])
    result = call(spec, "--env", task, "--only", "resets", "--json", "--strict")
    assert result.exit_code == 0, result.output
    assert names(result) == ["resets/declared", "resets/sampled", "resets/ranges"]
