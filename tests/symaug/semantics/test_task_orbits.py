from __future__ import annotations

import pytest

from symaug.semantics.robot import Robot
from symaug.semantics.task_orbits import Cover, TaskOrbits, task_orbits
from tests.symaug.semantics.task_robots import MIRRORED, tasks
from tests.symaug.semantics.test_robot import SQUARE, load

LEFT_FRONT = "payload(x 0..0.3 m, y 0..0.2 m, 2..6 kg)"


@pytest.fixture
def quad(tmp_path) -> Robot:
    return load(tmp_path, MIRRORED)


def orbits(robot: Robot, train: str, test: str) -> TaskOrbits:
    return task_orbits(tasks(train, robot), tasks(test, robot), robot)


def test_dead_motors_reach_their_orbit_and_nothing_else(quad):
    found = orbits(quad, "fail(LF_* RF_HAA)", "fail(*)")
    assert found.reached["fail(LF_HAA)"] == ("fail(LF_HAA)", "e")
    assert found.reached["fail(RF_HAA)"] == ("fail(RF_HAA)", "e"), "the identity comes first"
    assert found.reached["fail(RH_KFE)"] == ("fail(LF_KFE)", "sagittal*transversal")
    assert found.unreached == ("fail(waist)",)
    assert [set(orbit) for orbit in found.orbits] == [
        {f"fail({leg}_HAA)" for leg in ("LF", "LH", "RF", "RH")},
        {f"fail({leg}_KFE)" for leg in ("LF", "LH", "RF", "RH")},
        {"fail(waist)"},
    ]


def test_the_table_has_a_line_an_orbit_and_a_line_a_range(quad):
    found = orbits(
        quad,
        f"none + fail(LF_KFE) + {LEFT_FRONT}",
        f"none + fail(*_KFE waist) + {LEFT_FRONT} + payload(9 kg)",
    )
    assert found.rows() == [
        ("none", "none", "e"),
        (
            "fail(LF_KFE RF_KFE LH_KFE RH_KFE)",
            "fail(LF_KFE)",
            "e, sagittal, transversal, sagittal*transversal",
        ),
        ("fail(waist)", "-", "never reached"),
        (LEFT_FRONT, LEFT_FRONT, "e"),
        ("payload(9 kg)", "-", "never reached"),
    ]


def test_of_more_than_four_elements_the_first_are_named():
    found = TaskOrbits(
        ("a",), tuple("abcde"), {task: ("a", f"g{task}") for task in "abcde"}, {}, (tuple("abcde"),)
    )
    assert found.rows()[0][2] == "ga, gb, gc and 2 more"


def test_quarter_turns_exchange_the_axes_of_a_range(tmp_path):
    square = load(tmp_path, SQUARE)
    test = "payload(x 0.3..0.4, y 0.1..0.2, 1) + payload(x 0..0.4, 1)"
    found = orbits(square, "payload(x 0.1..0.2, y 0.3..0.4, 1)", test)
    assert [pair is not None for pair in found.reached.values()] == [True, False]
    assert len(found.partly["payload(x 0..0.4 m, 1 kg)"].parts) == 4, "of eight images, those in front"


@pytest.mark.parametrize(
    ("test", "element"),
    [
        (LEFT_FRONT, "e"),
        ("payload(x 0.1..0.3, y -0.2..0, 2..6)", "sagittal"),
        ("payload(x -0.2, y 0.1, 4)", "transversal"),
        ("payload(x -0.3..0, y -0.2..0, z 1, 2..6)", "sagittal*transversal"),
    ],
)
def test_a_range_is_reached_when_it_lies_in_an_image(quad, test, element):
    found = orbits(quad, LEFT_FRONT, test)
    assert list(found.reached.values()) == [(LEFT_FRONT, element)]
    assert found.unreached == () and found.partly == {}


def test_sections_of_the_base_as_in_the_paper(quad):
    """Trained with a payload on the left front section; the other sections are what symmetry makes of it."""
    section = "payload(x {x} m, y {y} m, 0..15 kg)"
    trained = section.format(x="0..inf", y="0..inf")
    others = [
        section.format(x=x, y=y)
        for x, y in (("0..inf", "-inf..0"), ("-inf..0", "0..inf"), ("-inf..0", "-inf..0"))
    ]
    found = orbits(quad, trained, " + ".join(others))
    assert [pair and pair[1] for pair in found.reached.values()] == [
        "sagittal",
        "transversal",
        "sagittal*transversal",
    ]
    assert orbits(quad, trained, "payload(0..15 kg)").unreached == (), "the four together are the whole base"
    assert orbits(quad, trained, "payload(0..16 kg)").unreached == ("payload(0..16 kg)",)


def test_a_range_reached_in_part_says_which_part_and_what_is_left(quad):
    found = orbits(quad, LEFT_FRONT, "payload(x 0.1..0.5, y -0.2..0, 2..6)")
    (task,) = found.unreached
    assert found.reached[task] is None
    assert found.partly[task] == Cover(
        parts=(("payload(x 0.1..0.3 m, y -0.2..0 m, 2..6 kg)", LEFT_FRONT, "sagittal"),),
        rest=("payload(x 0.3..0.5 m, y -0.2..0 m, 2..6 kg)",),
    )
    assert found.rows() == [
        (task, LEFT_FRONT, "sagittal, in part"),
        ("", "-", "never reached: payload(x 0.3..0.5 m, y -0.2..0 m, 2..6 kg)"),
    ]


def test_a_range_that_only_touches_an_image_is_not_reached_at_all(quad):
    found = orbits(quad, "payload(x 0.1..0.3, 2..6)", "payload(x -0.1..0.1, 2..6) + payload(x 0.2, 6..7)")
    assert found.partly == {} and len(found.unreached) == 2


def test_kinds_do_not_reach_each_other(quad):
    found = orbits(quad, "none + payload(0..9 kg) + fail(waist)", "command(x 0 m/s) + fail(LF_KFE)")
    assert set(found.reached.values()) == {None} and found.partly == {}
