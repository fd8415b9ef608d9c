"""`symaug robots`: every shipped robot, where its model is, and what it looks like."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import list_robots
from symaug.tools.group_name import group_name
from symaug_cli.app import app


def run(*arguments: str):
    return CliRunner().invoke(app, ["robots", *arguments])


def test_all_robots_are_listed():
    result = run()
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert names == list_robots()
    assert "not checked against a model" in result.stdout


def test_as_json_with_everything_that_is_known():
    result = run("anymal_d", "a1", "aloha", "--json")
    anymal, a1, aloha = json.loads(result.stdout)["robots"]
    assert anymal["group"] == "C2×C2" and anymal["joints"] == 12 and anymal["limbs"] == 4
    assert anymal["state"] == "ships" and "anymal_d/velocity" in anymal["specs"]
    assert a1["license"] == "MPL-2.0" and a1["package"] == "example-robot-data"
    assert a1["state"] in ("installed", "not installed")
    assert aloha["state"] == "none" and aloha["model"] == ""
    assert all(entry["picture"].endswith(f"{entry['name']}.svg") for entry in (anymal, a1, aloha))


def test_an_unknown_robot_gets_the_nearest_names():
    result = run("go3")
    assert result.exit_code == 2
    assert "error[SA010]" in result.stderr and "`go2`" in result.stderr


@pytest.mark.parametrize(
    ("robot", "name"), [("a1", "C2"), ("anymal_d", "C2×C2"), ("ant", "D4"), ("trifinger", "C3")]
)
def test_groups_have_their_usual_names(robot, name):
    assert group_name(load_robot_symmetry(robot).group) == name


def test_a_picture_shows_every_joint(tmp_path):
    assert run("anymal_d", "--svg", str(tmp_path / "robot.svg")).exit_code == 0
    root = ElementTree.parse(tmp_path / "robot.svg").getroot()
    circles = root.findall("{http://www.w3.org/2000/svg}circle")
    assert {circle[0].text for circle in circles} == set(load_robot_symmetry("anymal_d").joints)
    hollow = {circle[0].text for circle in circles if circle.get("fill") == "#fff"}
    assert hollow == {"LF_HAA", "LH_HAA", "RF_HAA", "RH_HAA"}


def test_what_cannot_be_drawn_says_why(tmp_path):
    nothing = run("aloha", "--svg", str(tmp_path / "robot.svg"))
    assert nothing.exit_code == 2 and "names no model" in nothing.stderr
    several = run("--svg", str(tmp_path / "robot.svg"))
    assert several.exit_code == 2 and "error[SA804]" in several.stderr
