"""Types that contradict what a term's name says are found by name; right ones, however written, are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symaug.checks import validate
from symaug.checks.mechanics.loading import load_model
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.checks.physics import check_physics
from symaug.checks.terms import check_terms, terms_of
from symaug.compiler.compile import compile_spec
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import list_specs, specs_dir


def check(path_or_name, *, group="policy"):
    program = compile_spec(path_or_name)
    robot = load_robot_symmetry(program.robot)
    twin = robot.model and symmetrised_twin(load_model(robot.model, robot.joints).model, robot)
    results = {each.name: each for each in check_terms(robot, program, 4, 0, twin)}
    assert list(results) == terms_of(program)
    return results[f"terms/{group}"]


def edited(tmp_path: Path, spec: str, *edits: tuple[str, str]) -> Path:
    """A copy of a shipped spec with texts replaced."""
    text = (specs_dir() / f"{spec}.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, f"{old!r} is not in {spec}"
        text = text.replace(old, new)
    path = tmp_path / "edited.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("spec", list_specs())
def test_shipped_specs_pass(spec):
    assert check(spec).status == "pass"
    assert check(spec, group="actions").status in ("pass", "skip")


VELOCITY = [
    ("base_lin_vel:      vector", "base_lin_vel: pseudovector", "base_lin_vel", "vector"),
    ("base_lin_vel:      vector", "base_lin_vel: 3 * scalar", "base_lin_vel", "vector"),
    ("base_ang_vel:      pseudovector", "base_ang_vel: vector", "base_ang_vel", "pseudovector"),
    ("base_ang_vel:      pseudovector", "base_ang_vel: pseudovector[xzy]", "base_ang_vel", "pseudovector"),
    ("projected_gravity: vector", "projected_gravity: pseudovector", "projected_gravity", "vector"),
    (
        "vector[xy] + pseudovector[z]",
        "vector",
        "velocity_command",
        "vector[xy] + pseudovector[z]",
    ),
    (
        "vector[xy] + pseudovector[z]",
        "vector[xy] + scalar",
        "velocity_command",
        "vector[xy] + pseudovector[z]",
    ),
    (
        "vector[xy] + pseudovector[z]",
        "vector[yx] + pseudovector[z]",
        "velocity_command",
        "vector[xy] + pseudovector[z]",
    ),
    ("joint_pos:         joints", "joint_pos: unsigned(joints)", "joint_pos", "joints"),
    ("joint_vel:         joints", "joint_vel: limbs * vector", "joint_vel", "joints"),
    ("last_action:       joints", "last_action: unsigned(joints)", "last_action", "joints"),
]


@pytest.mark.parametrize("old, new, term, right", VELOCITY, ids=[new for _, new, *_ in VELOCITY])
def test_a_wrong_type_is_named_and_the_right_one_suggested(tmp_path, old, new, term, right):
    result = check(edited(tmp_path, "anymal_d/velocity", (old, new)))
    assert result.status == "fail"
    assert next(iter(result.breakdown)) == term and len(result.breakdown) == 1
    assert f"`{term}` does not move as" in result.detail
    assert result.suggestion == f"{term}: {right}"


def test_several_mistakes_are_all_named(tmp_path):
    result = check(
        edited(
            tmp_path,
            "anymal_d/position",
            ("base_lin_vel:      vector", "base_lin_vel: pseudovector"),
            ("base_ang_vel:      pseudovector", "base_ang_vel: vector"),
            ("target_position:   vector[xy]", "target_position: 2 * scalar"),
            ("remaining_time:    scalar", "remaining_time: pseudoscalar"),
        )
    )
    assert set(result.breakdown) == {"base_lin_vel", "base_ang_vel", "target_position", "remaining_time"}
    edits = set((result.suggestion or "").split("; "))
    assert {"target_position: vector[xy]", "remaining_time: scalar"} <= edits


def test_one_term_in_another_order_is_named(tmp_path):
    wrong = (
        ("joint_order: isaaclab\n", ""),
        ("joint_vel:         joints", "joint_vel: joints(order=isaaclab)"),
    )
    result = check(edited(tmp_path, "anymal_d/velocity", *wrong))
    assert result.status == "fail" and list(result.breakdown) == ["joint_vel"]
    assert result.suggestion == "joint_vel: joints" and "order" in result.detail


def test_last_action_is_typed_as_the_actions_are(tmp_path):
    wrong = ("joint_order: isaaclab\n", ""), ("\nactions: joints", "\nactions: joints(order=isaaclab)")
    result = check(edited(tmp_path, "anymal_d/velocity", *wrong))
    assert list(result.breakdown) == ["last_action"]
    assert result.suggestion == "last_action: joints(order=isaaclab)"


ANT = [
    (
        "scalar + quaternion(wxyz) + positions(joints)",
        "scalar + quaternion(xyzw) + positions(joints)",
        "qpos",
    ),
    ("scalar + quaternion(wxyz) + positions(joints)", "5 * scalar + positions(joints)", "qpos"),
    ("vector + pseudovector + joints", "pseudovector + vector + joints", "qvel"),
    ("vector + pseudovector + joints", "2 * vector + joints", "qvel"),
    ("vector + pseudovector + joints", "vector + pseudovector + joints(order=actuators)", "qvel"),
    (
        "pseudovector + vector + limbs * 3 * (pseudovector + vector)",
        "vector + pseudovector + limbs * 3 * (vector + pseudovector)",
        "cfrc_ext",
    ),
    (
        "pseudovector + vector + limbs * 3 * (pseudovector + vector)",
        "3 * limbs * (pseudovector + vector) + pseudovector + vector",
        "cfrc_ext",
    ),
]


@pytest.mark.parametrize("old, new, term", ANT, ids=[new for _, new, _ in ANT])
def test_mujoco_arrays_are_measured_in_the_order_of_the_model(tmp_path, old, new, term):
    result = check(edited(tmp_path, "ant/run", (f" {old}\n", f" {new}\n")))
    assert result.status == "fail" and list(result.breakdown) == [term]
    assert result.suggestion == f"{term}: {old}"


def test_actions_beside_mujoco_arrays_are_the_inputs_of_the_model(tmp_path):
    wrong = ("actions: joints(order=actuators)", "actions: joints")
    result = check(edited(tmp_path, "ant/run", wrong), group="actions")
    assert result.status == "fail" and result.suggestion == "actions: joints(order=actuators)"


def test_unknown_names_and_widths_are_not_judged(tmp_path):
    unusual = (
        ("base_lin_vel:      vector", "base_lin_vel: vector[xyz] + scalar"),
        ("projected_gravity: vector", "foo: pseudovector"),
        ("joint_vel:         joints", "joint_vel: joints[*_HAA]"),
    )
    result = check(edited(tmp_path, "anymal_d/velocity", *unusual))
    assert result.status == "pass"
    assert result.detail.endswith("not measured: base_lin_vel, foo, joint_vel")


@pytest.mark.parametrize(
    "written, status",
    [
        ("history(5, pseudovector)", "pass"),
        ("history(5, pseudovector, order=term)", "pass"),
        ("history(5, vector)", "fail"),
        ("history(5, vector, order=term)", "fail"),
    ],
)
def test_a_history_moves_as_what_it_repeats(tmp_path, written, status):
    result = check(
        edited(tmp_path, "anymal_d/velocity", ("base_ang_vel:      pseudovector", f"base_ang_vel: {written}"))
    )
    assert result.status == status
    assert status == "pass" or result.suggestion == "base_ang_vel: history(5, pseudovector)"


def test_a_scan_must_be_a_grid(tmp_path):
    shipped = "grid(17 x 11, order=xy)"
    for written, status in (
        ("grid(17 x 11, order=yx)", "pass"),
        ("187 * scalar", "fail"),
        ("17 * 11 * scalar", "fail"),
    ):
        result = check(edited(tmp_path, "anymal_d/velocity_rough", (shipped, written)))
        assert result.status == status and (status == "pass" or list(result.breakdown) == ["height_scan"])
        assert status == "pass" or result.suggestion == f"height_scan: {shipped}"


def test_terms_come_with_the_physics_and_wait_for_its_geometry():
    program = compile_spec("anymal_d/velocity")
    robot = load_robot_symmetry("anymal_d")
    results = {each.name: each for each in check_physics(robot, 2, 0, program)}
    assert results["terms/policy"].status == results["terms/actions"].status == "pass"
    flipped = {name: action.without_signs() for name, action in robot.joint_actions.items()}
    wrong = {each.name: each for each in check_physics(replace(robot, joint_actions=flipped), 2, 0, program)}
    assert wrong["terms/policy"].status == "skip" and "geometry" in wrong["terms/policy"].detail


def test_terms_of_a_robot_without_a_model_are_checked_too(tmp_path):
    assert validate("g1/velocity").check("terms/policy").status == "pass"
    wrong = edited(tmp_path, "g1/velocity", ("base_ang_vel:      pseudovector", "base_ang_vel: vector"))
    assert list(validate(wrong).check("terms/policy").breakdown) == ["base_ang_vel"]
