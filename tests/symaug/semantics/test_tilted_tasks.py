"""A third of a turn tilts boxes: whether an image contains a range stays exact, parts are not looked for."""

from __future__ import annotations

import pytest

from symaug.semantics.robot import Robot
from symaug.semantics.task_kinds import RangeTask
from symaug.semantics.task_orbits import task_orbits
from tests.symaug.semantics.task_robots import THREE, tasks
from tests.symaug.semantics.test_robot import load


@pytest.fixture
def three(tmp_path) -> Robot:
    return load(tmp_path, THREE)


def test_a_third_of_a_turn_tilts_a_box(three):
    here, ahead = tasks("payload(x -0.1..0.1, y -0.1..0.1, 1..2) + payload(x 0.05, y 0.1, 1)", three)
    assert here.moved(three, "turn") is None
    assert isinstance(here, RangeTask) and isinstance(ahead, RangeTask)
    assert here.reaches(ahead, three, "e")
    # 120° back, the point lies at (0.0616, -0.0933): inside. Twice as far out it does not.
    assert here.reaches(ahead, three, "turn")
    (outside,) = tasks("payload(x 0.1, y 0.2, 1)", three)
    assert isinstance(outside, RangeTask) and not here.reaches(outside, three, "turn")
    (upright,) = tasks("payload(z 0..1, 1..2)", three)
    assert isinstance(upright, RangeTask) and upright.reaches(upright, three, "turn")


def test_tilted_images_count_when_they_contain_a_range_and_give_no_parts(three):
    # A sector in front of finger A; finger B stands 120° to the left of it.
    train, behind = "payload(x 0..1, y -0.5..0.5, 1)", "payload(x -0.2..-0.15, y 0.3..0.4, 1)"
    test = f"{behind} + payload(x -0.3..0, y 0..2, 1)"
    found = task_orbits(tasks(train, three), tasks(test, three), three)
    assert [pair and pair[1] for pair in found.reached.values()] == ["turn", None]
    assert found.partly == {}
