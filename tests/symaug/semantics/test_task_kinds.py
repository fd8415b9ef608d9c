"""Tasks as objects: their text is parsed back to them, and the group acts on them as on the robot."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.semantics.robot import Robot
from symaug.semantics.task_kinds import RANGE_KINDS, Axis, Fail, Healthy, RangeTask
from tests.symaug.semantics.task_robots import MIRRORED, tasks
from tests.symaug.semantics.test_robot import SQUARE, load


@pytest.fixture(scope="module", params=[MIRRORED, SQUARE], ids=["mirrors", "quarter turns"])
def robot(request, tmp_path_factory) -> Robot:
    return load(tmp_path_factory.mktemp("robot"), request.param)


def interval(axis: Axis) -> st.SearchStrategy:
    finite = st.floats(max(axis.lowest, -1e6), 1e6)
    ends = st.tuples(finite, finite).map(lambda pair: (min(pair), max(pair)))
    halves = st.one_of(finite.map(lambda x: (x, math.inf)), finite.map(lambda x: (-math.inf, x)))
    omitted = [st.just(axis.omitted)] if axis.omitted else []
    return st.one_of(ends, *omitted, *([halves] if axis.endless else []))


RANGES = st.sampled_from(sorted(RANGE_KINDS)).flatmap(
    lambda name: st.builds(
        RangeTask, st.just(RANGE_KINDS[name]), st.tuples(*map(interval, RANGE_KINDS[name].axes))
    )
)


@given(RANGES)
def test_the_text_of_a_range_is_parsed_back_to_it(robot, task):
    assert tasks(str(task), robot) == (task,)


def test_the_text_of_other_tasks_is_parsed_back_to_them(robot):
    listed = (Healthy(), *map(Fail, robot.joints))
    assert tasks(" + ".join(map(str, listed)), robot) == listed


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("payload( x 0..30 cm,y 0 .. 0.2 m , 2000..6000 g )", "payload(x 0..0.3 m, y 0..0.2 m, 2..6 kg)"),
        ("payload(2..6 kg, y -.5..5e-1, x -inf..inf)", "payload(y -0.5..0.5 m, 2..6 kg)"),
        ("payload(z 0.1..0.1 m, 5)", "payload(z 0.1 m, 5 kg)"),
        ("payload(x 0..inf m, y -inf..0, 2..6 kg)", "payload(x 0..inf m, y -inf..0 m, 2..6 kg)"),
        (
            "command(yaw -90..90 deg/s, x 0..1 m/s)",
            "command(x 0..1 m/s, yaw -1.57079632679..1.57079632679 rad/s)",
        ),
        ("command(x 0..1, y 0, roll 0)", "command(x 0..1 m/s)"),
        ("command(y 0)", "command(x 0 m/s)"),
        ("none", "none"),
    ],
)
def test_many_ways_to_write_a_task_have_one_canonical_text(robot, written, canonical):
    (task,) = tasks(written, robot)
    assert str(task) == canonical
    assert tasks(canonical, robot) == (task,)


def test_a_task_written_twice_is_one_task(robot):
    first, *others = robot.joints
    found = tasks(f"fail({first}) + none + payload(1 kg) + fail(*) + none + payload(1000 g)", robot)
    assert found[:2] == (Fail(first), Healthy()) and str(found[2]) == "payload(1 kg)"
    assert found[3:] == tuple(map(Fail, others))


@given(st.one_of(RANGES, st.just(Healthy()), st.integers(0, 7).map(lambda rank: rank)))
def test_the_group_acts(robot, task):
    task = Fail(robot.joints[task]) if isinstance(task, int) else task
    elements, table = robot.group.elements, robot.group.table
    assert task.moved(robot, "e") == task
    for i, left in enumerate(elements):
        for j, right in enumerate(elements):
            first = task.moved(robot, right)
            assert first is not None
            assert first.moved(robot, left) == task.moved(robot, elements[table[i][j]]), (left, right)


@given(RANGES)
def test_a_range_reaches_its_own_image_and_no_larger_one(robot, task):
    for element in robot.group.elements:
        moved = task.moved(robot, element)
        assert moved is not None and task.reaches(moved, robot, element)
        low, high = moved.box[0]
        if math.isfinite(high):
            larger = RangeTask(task.kind, ((low, high + 0.1 + abs(high)), *moved.box[1:]))
            assert not task.reaches(larger, robot, element)


def test_velocities_are_mirrored_as_vectors_and_rates_as_pseudovectors(robot):
    (task,) = tasks("command(x 1..2, y 3..4, z 5..6, roll 1..2, pitch 3..4, yaw 5..6)", robot)
    mirror = next(name for name in robot.group.generators if robot.determinant(name) < 0)
    moved = task.moved(robot, mirror)
    assert str(moved) == (
        "command(x 1..2 m/s, y -4..-3 m/s, z 5..6 m/s, roll -2..-1 rad/s, pitch 3..4 rad/s, yaw -6..-5 rad/s)"
    )


def test_the_failure_of_a_joint_becomes_that_of_the_joint_it_is_carried_to(robot):
    if robot.name == "square":
        assert Fail("A_knee").moved(robot, "turn") == Fail("B_knee")
        assert Fail("A_knee").moved(robot, "turn*turn") == Fail("C_knee")
    else:
        assert Fail("LF_HAA").moved(robot, "sagittal") == Fail("RF_HAA")
        assert Fail("waist").moved(robot, "sagittal") == Fail("waist")
