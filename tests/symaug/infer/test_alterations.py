"""The same robot in other words gives the same map; another robot gives what is true of it."""

from __future__ import annotations

import random

import numpy as np
import pytest

pytest.importorskip("mujoco")

from symaug.checks import validate
from symaug.infer import Inference, infer
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import robots_dir
from tests.symaug.infer.altered import (
    ALTERATIONS,
    Altered,
    joints_of,
    load,
    load_side,
    shorten,
    turn_frame,
)

ROBOTS = {name: robots_dir() / name / f"{name}.xml" for name in ("anymal_d", "ant", "trifinger")}
Map = dict[str, tuple[str, int]]
"""Joint to the joint it is read from, and the sign."""


def declared(robot: str) -> set[frozenset]:
    """The maps of all elements of a shipped document but the identity."""
    document = load_robot_symmetry(robot)
    maps = []
    for element in document.group.elements[1:]:
        action = document.joint_actions[element]
        maps.append(
            frozenset(
                (joint, document.joints[source], sign)
                for joint, source, sign in zip(document.joints, action.index, action.sign, strict=True)
            )
        )
    return set(maps)


def found_maps(found: Inference, model: Altered) -> set[frozenset]:
    """The same of what was inferred, in the words and signs of the model before it was altered."""
    joints, maps = found.view.joints, []
    for move in found.chosen.moves[1:]:
        entries = set()
        for target, source in enumerate(move.joints.index):
            here, there = joints[target], joints[source]
            turned = (here in model.turned) != (there in model.turned)
            sign = -move.joints.sign[target] if turned else move.joints.sign[target]
            entries.add((model.names[here], model.names[there], sign))
        maps.append(frozenset(entries))
    return set(maps)


@pytest.mark.parametrize("robot", ROBOTS)
def test_as_shipped(robot, tmp_path):
    model = load(ROBOTS[robot])
    assert found_maps(infer(ROBOTS[robot]), model) == declared(robot)


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("seed", range(2))
def test_one_alteration(robot, alteration, seed, tmp_path):
    model = load(ROBOTS[robot])
    ALTERATIONS[alteration](model, random.Random(seed))
    assert found_maps(infer(model.write(tmp_path)), model) == declared(robot)


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("seed", range(2))
def test_all_alterations_together_and_the_document_is_valid(robot, seed, tmp_path):
    rng, model = random.Random(seed), load(ROBOTS[robot])
    for alter in rng.sample(list(ALTERATIONS.values()), len(ALTERATIONS)):
        alter(model, rng)
    found = infer(model.write(tmp_path))
    assert found_maps(found, model) == declared(robot)
    (tmp_path / "robot.yaml").write_text(found.text(tmp_path))
    report = validate(tmp_path / "robot.yaml", samples=2, only=("algebra", "geometry"))
    assert report.ok, report.failures()


def test_the_comparison_would_see_one_sign(tmp_path):
    model = load(ROBOTS["anymal_d"])
    model.turned = {"LF_HAA"}
    assert found_maps(infer(ROBOTS["anymal_d"]), model) != declared("anymal_d")


def test_one_turned_axis_shows_as_a_sign_of_its_own(tmp_path):
    model = load(ROBOTS["anymal_d"])
    joint = next(each for each in joints_of(model.spec) if each.name == "RF_KFE")
    joint.axis = -np.array(joint.axis)
    found = infer(model.write(tmp_path))
    at = found.view.joints.index("RF_KFE")
    plain = infer(ROBOTS["anymal_d"])
    for move, before in zip(found.chosen.moves[1:], plain.chosen.moves[1:], strict=True):
        source = before.joints.index[at]
        differ = {k for k, sign in enumerate(move.joints.sign) if sign != before.joints.sign[k]}
        assert move.motion == before.motion and differ == {at, source}


def test_a_payload_beside_the_middle_is_told(tmp_path):
    model = load(ROBOTS["anymal_d"])
    load_side(model, 15.0)
    found = infer(model.write(tmp_path))
    assert found_maps(found, model) == declared("anymal_d")
    for judged in found.chosen.generators.values():
        assert judged.status == "approximate" and "masses are uneven" in judged.reason
        assert judged.residuals.inertia > 0.1 and judged.residuals.anchors == pytest.approx(0, abs=1e-9)
    assert "approximate" in found.text()


def test_a_leg_shorter_by_two_percent_is_told(tmp_path):
    model = load(ROBOTS["anymal_d"])
    shorten(model, "LF_HFE", 0.98)
    found = infer(model.write(tmp_path))
    assert found_maps(found, model) == declared("anymal_d")
    sagittal = found.chosen.generators["sagittal"]
    assert sagittal.status == "approximate"
    assert "LF_KFE" in sagittal.reason and 1e-3 < sagittal.residuals.anchors < 1e-2


def test_a_leg_shorter_by_a_third_is_refused(tmp_path):
    model = load(ROBOTS["anymal_d"])
    shorten(model, "LF_HFE", 0.67)
    found = infer(model.write(tmp_path))
    assert not found.chosen.generators


def test_knees_that_bend_one_way_leave_left_and_right_only(tmp_path):
    model = load(ROBOTS["anymal_d"])
    for joint in joints_of(model.spec):
        if joint.name.endswith("KFE"):
            joint.limited, joint.range = True, [-2.7, -0.8]
    found = infer(model.write(tmp_path))
    assert list(found.chosen.generators) == ["sagittal"]
    refused = found.chosen.refused["transversal"]
    assert "limits differ" in refused.reason and "KFE" in refused.reason
    assert refused.residuals.limits == pytest.approx(3.5) and refused.residuals.axes == 0


def test_a_base_frame_askew_is_refused(tmp_path):
    model = load(ROBOTS["anymal_d"])
    turn_frame(model, np.radians(20))
    found = infer(model.write(tmp_path))
    # A half turn about z is one whichever way x points; the mirrors' planes are not the frame's.
    assert list(found.chosen.generators) == ["half_turn"]
