"""Property (b) from the declaration: right ranges pass on every shipped spec, planted mistakes are named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symaug.checks.resets import check_resets
from symaug.semantics.resets import Reset, resolve_resets
from symaug.semantics.robot import load_robot_of_spec, load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.shipped import find_spec, list_specs
from symaug.syntax.documents import load_spec

NINETY = 1.5707963267948966


def check(robot: str, *ranges: tuple[str, float, float], relative: bool = False):
    return check_resets(load_robot_symmetry(robot), [Reset(*one, relative) for one in ranges])


@pytest.mark.parametrize("spec", list_specs())
def test_shipped_specs_pass(spec):
    loaded = load_spec(find_spec(spec))
    problems = []
    resets = resolve_resets(loaded, problems)
    result = check_resets(load_robot_of_spec(loaded), resets)
    assert not problems and result.status == "pass", result.detail
    assert resets and all(reset.quantity.partition(".")[0] in result.detail for reset in resets)


def test_without_resets_it_is_skipped():
    assert check("anymal_d").status == "skip"


WRONG = [
    ("anymal_d", ("base_lin_vel.y", 0, 0.5), "0..0.5 would become -0.5..0 under sagittal", "-0.5..0.5"),
    ("anymal_d", ("base_lin_vel.y", -0.3, 0.5), "-0.3..0.5 would become -0.5..0.3", "-0.5..0.5"),
    ("anymal_d", ("base_lin_vel.x", 0.1, 0.1), "0.1..0.1 would become -0.1..-0.1 under tra", "-0.1..0.1"),
    ("anymal_d", ("base_ang_vel.x", 0, 1), "0..1 would become -1..0 under sagittal", "-1..1"),
    ("anymal_d", ("base_pos.y", 0, 2), "0..2 would become -2..0 under sagittal", "-2..2"),
    ("g1", ("base_yaw", 0, NINETY), "0..90 deg would become -90..0 deg", "-90..90 deg"),
    ("g1", ("base_roll", -0.1, 0.3), "-0.1..0.3 would become -0.3..0.1", "-0.3..0.3"),
    ("anymal_d", ("joint_vel", -0.1, 0.3), "-0.1..0.3 would become -0.3..0.1", "-0.3..0.3"),
    ("anymal_d", ("joint_pos", -0.1, 0.3), "-0.1..0.3 would become -0.3..0.1", "-0.3..0.3"),
]


@pytest.mark.parametrize("robot, wrong, told, right", WRONG, ids=[f"{c[0]} {c[1][0]}" for c in WRONG])
def test_a_range_that_is_not_its_own_image_is_named_with_the_one_that_is(robot, wrong, told, right):
    result = check(robot, wrong)
    assert result.status == "fail" and result.violation > 0.1
    assert result.detail.startswith(wrong[0]) and told in result.detail
    assert result.suggestion == f"{wrong[0]}: {right}"
    assert next(iter(result.breakdown)).startswith(wrong[0])


def test_polar_and_axial_vectors_differ():
    """A mirror of y turns vy, ωx and ωz: G1 may start walking and pitching, not drifting or rolling."""
    assert check("g1", ("base_lin_vel.x", 0, 1), ("base_ang_vel.y", 0, 1)).status == "pass"
    result = check("g1", ("base_lin_vel.x", 0, 1), ("base_ang_vel.x", 0, 1), ("base_ang_vel.z", 0, 1))
    assert set(result.breakdown) == {"base_ang_vel.x", "base_ang_vel.z"}


@pytest.mark.parametrize("ends", [(0, 6.28), (-3.14159, 3.14159), (NINETY, 3 * NINETY), (1, 8)])
def test_yaw_is_compared_around_the_circle(ends):
    assert check("anymal_d", ("base_yaw", *ends)).status == "pass"


def test_factors_on_a_symmetric_pose_are_symmetric_and_absolute_ranges_about_zero():
    assert check("anymal_d", ("joint_pos", 0.5, 1.7), relative=True).status == "pass"
    assert check("anymal_d", ("joint_pos", -0.3, 0.3)).status == "pass"
    assert check("trifinger", ("joint_pos", 0.1, 0.3)).status == "pass"  # nothing flips there
    assert check("anymal_d", ("joint_vel", 3, 5), relative=True).status == "pass"  # of a default of zero


def test_a_pose_that_is_no_fixed_point_fails_and_names_the_joint():
    robot = load_robot_symmetry("anymal_d")
    uneven = replace(robot, default_pose={**robot.default_pose, "LF_HAA": 0.1})
    result = check_resets(uneven, [Reset("base_yaw", -4, 4, False)])
    assert result.status == "fail" and "joint_pos of LF_HAA" in result.breakdown


def test_factors_on_shifted_joints_fail():
    """Where a joint's image is shifted, its distance from the pose is kept, not its ratio to it."""
    robot = load_robot_symmetry("anymal_d")
    names = {"LF_HAA": 0.0, "RF_HAA": 1.0, "LH_HAA": 0.0, "RH_HAA": 1.0}
    actions = {}
    for name, action in robot.joint_actions.items():
        offset = [1.0 if robot.joints[i][3:] == "HAA" and "sagittal" in name else 0.0 for i in range(12)]
        actions[name] = SignedPermutation(action.index, action.sign, tuple(offset))
    shifted = replace(robot, joint_actions=actions, default_pose={**robot.default_pose, **names})
    result = check_resets(shifted, [Reset("joint_pos", 0.5, 1.5, True)])
    assert result.status == "fail" and result.suggestion == "joint_pos: default * 1..1"
    assert check_resets(shifted, [Reset("joint_pos", 1, 1, True)]).status == "pass"


def test_quarter_turns_exchange_axes():
    result = check("ant", ("base_lin_vel.x", -1, 1), ("base_lin_vel.y", -0.5, 0.5))
    assert result.status == "fail"
    assert result.suggestion == "base_lin_vel.x: -1..1; base_lin_vel.y: -1..1"
    assert check("ant", ("base_lin_vel.x", -1, 1), ("base_lin_vel.y", -1, 1)).status == "pass"


def test_no_box_is_its_own_image_under_a_third_of_a_turn():
    result = check("trifinger", ("base_lin_vel.x", -1, 1), ("base_lin_vel.y", -1, 1))
    assert result.status == "fail" and result.violation == pytest.approx(0.268, abs=1e-3)
    assert result.suggestion == "base_lin_vel.x: 0..0; base_lin_vel.y: 0..0"
    assert check("trifinger", ("base_lin_vel.z", 0, 1), ("base_yaw", 0, 1)).status == "pass"


def test_roll_and_pitch_that_change_places_are_nearly_a_box_when_small():
    small = check("ant", ("base_roll", -0.1, 0.1), ("base_pitch", -0.1, 0.1), ("base_yaw", -4, 4))
    assert small.status == "warn" and "first order" in small.detail
    large = check("ant", ("base_roll", -1, 1), ("base_pitch", -1, 1), ("base_yaw", -4, 4))
    assert large.status == "fail"
    uneven = check("ant", ("base_roll", -0.1, 0.1), ("base_pitch", -0.2, 0.2), ("base_yaw", -4, 4))
    assert uneven.status == "fail" and uneven.suggestion == "base_roll: -0.2..0.2"
    assert check("anymal_d", ("base_roll", -1, 1), ("base_pitch", -1, 1)).status == "pass"
