"""The published robot's unevenness is told by body, joint and actuator, and as a bound on the transform."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

from symaug.checks import validate
from symaug.checks.asymmetry import acceleration_errors
from symaug.checks.mechanics.mirror import state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.unevenness import differences

NAME = "dynamics/as published"


def set_mass(model, name, factor):
    body = model.body(name).id
    model.body_mass[body] *= factor
    model.body_inertia[body] *= factor
    mujoco.mj_setConst(model, mujoco.MjData(model))


def found(model, robot):
    return {each.key: each for each in differences(ModelView.of(robot, model), robot)}


def bound(model, robot):
    view = ModelView.of(robot, model)
    maps = {element: state_maps(robot, model, element) for element in robot.group.elements[1:]}
    return acceleration_errors(view, robot, maps, np.random.default_rng(0), 8)


@pytest.fixture
def even(anymal, model):
    from symaug.checks.mechanics.twin import symmetrised_twin

    return symmetrised_twin(model, anymal)


def test_an_even_robot_differs_in_nothing(anymal, even):
    assert found(even, anymal) == {}
    assert bound(even, anymal)[0] < 1e-10


def test_a_heavy_thigh_is_named_with_its_image(anymal, even):
    set_mass(even, "LF_THIGH", 1.01)
    one = found(even, anymal)["LF_THIGH: mass (kg)"]
    assert "kg heavier than its image" in one.sentence
    assert one.value == pytest.approx(even.body("LF_THIGH").mass[0] * (1 - 1 / 1.01))


def test_a_centre_of_mass_off_the_mirror_plane_is_told_in_millimetres(anymal, even):
    even.body_ipos[even.body("base").id, 1] += 2.1e-3
    one = found(even, anymal)["base: centre of mass (mm)"]
    assert (
        one.sentence.startswith("base: centre of mass")
        and "off the mirror plane of `sagittal`" in one.sentence
    )
    share = even.body("base").mass[0] / _rigid_mass(even, "base")
    assert one.value == pytest.approx(2.1 * share, rel=1e-6)


def _rigid_mass(model, name):
    return model.body_mass[model.body_weldid == model.body(name).id].sum()


def test_joints_and_actuators_are_compared(anymal, even):
    joint = even.joint("LF_KFE").dofadr[0]
    even.dof_damping[joint] += 0.5
    even.dof_armature[joint] += 0.01
    even.dof_frictionloss[joint] += 0.2
    even.actuator_gainprm[0, 0] *= 1.1
    even.actuator_forcerange[0] *= 0.5
    even.actuator_forcelimited[0] = 1
    keys = " ".join(found(even, anymal))
    for word in ("LF_KFE: damping", "LF_KFE: armature", "LF_KFE: friction loss", "actuator gain"):
        assert word in keys
    assert "force limits" in keys


def test_the_bound_grows_with_the_unevenness(anymal, even):
    set_mass(even, "LF_SHANK", 1.05)
    little, joint, worst = bound(even, anymal)
    assert 0.001 < little < worst < 0.2
    assert joint.endswith("KFE") or joint.endswith("HFE") or joint.endswith("HAA")
    set_mass(even, "LF_SHANK", 1.2)
    assert bound(even, anymal)[0] > 2 * little


def test_the_report_says_what_to_expect_and_never_fails():
    check = validate("anymal_d").check(NAME)
    assert check.status in ("pass", "warn")
    assert check.detail.startswith("expect a policy transform to be off by about ")
    assert "off the mirror plane of `transversal`" in check.detail
    assert 0 < check.breakdown["accelerations (relative)"] < 0.3
