"""Opening an environment by name: what is wrong is said, whosever fault it is."""

from __future__ import annotations

import pytest

from symaug.checks.live import open_world
from symaug.diagnostics import UserError

MODULE = """
class World:
    num_envs, num_actions, joint_names = 1, 2, ("left", "right")
    observation_terms, task_types, exact = {"policy": [("joint_pos", 2)]}, {}, True
    def sample_resets(self, count, seed): ...
    def begin(self, state): ...
    def step(self, actions): ...
    def close(self): ...

def make():
    return World()

def nothing():
    return None

def broken():
    return 1 / 0
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "some_robot_of_mine.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "some_robot_of_mine"


def complaint(entry: str):
    with pytest.raises(UserError) as error:
        open_world(entry)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA606"
    return diagnostic


def test_a_function_in_the_working_folder(module):
    assert open_world(f"{module}:make").num_actions == 2


def test_what_is_no_environment(module):
    assert "module:function" in complaint("anymal_d").helps[0]
    assert "no module `nowhere`" in complaint("nowhere.at.all:make").message
    assert "`make`" in complaint(f"{module}:mak").helps[0]
    lacking = complaint(f"{module}:nothing")
    assert "`NoneType`" in lacking.message and "`sample_resets`" in lacking.notes[0]
    failed = complaint(f"{module}:broken")
    assert failed.notes[0].endswith("ZeroDivisionError: division by zero")
    assert "some_robot_of_mine.py:17" in failed.notes[0]


def test_a_mistake_inside_the_users_functions_names_function_and_line(module):
    world = open_world(f"{module}:make")
    with pytest.raises(UserError, match=r"`begin` .* returned no `Reading` but a `NoneType`"):
        world.begin(None)
    with pytest.raises(UserError, match=r"`step` .* failed") as error:
        world.step()
    assert "some_robot_of_mine" in error.value.diagnostics[0].message
    assert "TypeError" in error.value.diagnostics[0].notes[0]
    world.close()
