"""The picture of tasks on a robot: every joint has its place and its look, and limbs move as they should."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from symaug.checks.mechanics.places import joint_places
from symaug.checks.subject import load_subject
from symaug.shipped import list_specs
from symaug.tools.limb_layout import limb_directions
from symaug.tools.task_drawing import draw_tasks
from tests.symaug.documents import SPEC, write

WITH_TASKS = [spec for spec in list_specs() if load_subject(spec).tasks is not None]
SVG = "{http://www.w3.org/2000/svg}"


def discs(picture: str) -> dict[str, ElementTree.Element]:
    """The circles by what their tips begin with."""
    root = ElementTree.fromstring(picture)
    made = {}
    for circle in root.iter(f"{SVG}circle"):
        tip = circle.find(f"{SVG}title")
        if tip is not None:
            made[str(tip.text)] = circle
    return made


@pytest.mark.parametrize("spec", WITH_TASKS)
def test_every_joint_has_a_disc_and_none_lie_on_each_other(spec):
    subject = load_subject(spec)
    for places in (joint_places(subject.robot), None):
        found = discs(draw_tasks(subject.tasks, subject.robot, places))
        assert len(found) == len(subject.robot.joints)
        points = [(float(disc.get("cx")), float(disc.get("cy"))) for disc in found.values()]
        nearest = min(math.dist(a, b) for k, a in enumerate(points) for b in points[:k])
        assert nearest > 26


def test_discs_tell_what_is_trained_reached_and_never_reached(tmp_path):
    spec = SPEC.replace("train: fail(LF_*)", "train: fail(LF_HAA)").replace(
        "test: fail(*)", "test: fail(*_H*)"
    )
    subject = load_subject(write(tmp_path, spec=spec))
    picture = draw_tasks(subject.tasks, subject.robot)
    found = discs(picture)
    assert "trained" in found["fail(LF_HAA): trained on"].get("class")
    assert "never" in found["fail(LF_HFE): never reached"].get("class")
    assert "none" in found["LF_KFE: no task"].get("class")
    reached = found["fail(RF_HAA) is fail(LF_HAA) under sagittal"]
    assert "reached" in reached.get("class") and reached.get("style") == "fill: #0072b2"
    for words in ("trained on", "reached by sagittal: 1 joint<", "tested, never reached", "no task"):
        assert words in picture


def test_other_tasks_are_listed(tmp_path):
    spec = SPEC.replace("train: fail(LF_*)", "train: none + payload(x 0..0.3 m, 0..15 kg)")
    spec = spec.replace("test: fail(*)", "test: none + payload(x -0.3..0 m, 0..15 kg) + payload(0..99 kg)")
    subject = load_subject(write(tmp_path, spec=spec))
    picture = draw_tasks(subject.tasks, subject.robot, title="a < b")
    assert not discs(picture) and "a &lt; b" in picture
    assert "payload(x -0.3..0 m, 0..15 kg) ← payload(x 0..0.3 m, 0..15 kg)  by transversal" in picture
    assert "never reached" in picture


@pytest.mark.parametrize("spec", ["anymal_d/velocity", "ant/run"])
def test_directions_come_from_the_model(spec):
    robot = load_subject(spec).robot
    measured = limb_directions(robot, joint_places(robot))
    left_front = next(iter(robot.limbs))
    assert 0 < measured[left_front].angle < math.pi / 2
    assert not any(one.central for one in measured.values())


@pytest.mark.parametrize("spec", WITH_TASKS)
def test_directions_move_as_limbs_do(spec):
    """A mirror of y turns the picture's left to its right, and so on for every element."""
    robot = load_subject(spec).robot
    for places in (joint_places(robot), None):
        made = limb_directions(robot, places)
        limbs = list(robot.limbs)
        for element in robot.group.elements:
            (a, b, _), (c, d, _), _ = robot.motions[element]
            for target, source in enumerate(robot.limb_actions[element].index):
                one, other = made[limbs[source]], made[limbs[target]]
                assert one.central == other.central
                x, y = math.cos(one.angle), math.sin(one.angle)
                moved = math.atan2(c * x + d * y, a * x + b * y)
                apart = (moved - other.angle + math.pi) % (2 * math.pi) - math.pi
                assert one.central or abs(apart) < 0.02


def test_there_are_as_many_colours_as_elements():
    subject = load_subject("ant/run")
    colours = set(re.findall(r"fill: (#[0-9a-f]{6})\"", draw_tasks(subject.tasks, subject.robot)))
    assert len(colours) == len({pair[1] for pair in subject.tasks.reached.values()} - {"e"})
