"""G1 against the joint tree of unitree_ros' g1.xml (robots/g1_description, commit 727e8f8), stated here."""

from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import robots_dir, specs_dir

from .chains import Joint, breadth_first, check_lines, depth_first

X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)
# Joint and parent without `_joint`, body position (m), axis, limits (rad), body orientation where not 1
PUBLISHED = [
    ("left_hip_pitch", None, (0, 0.06445, -0.1027), Y, (-2.35, 3.05), (0.984807, 0, -0.17365, 0)),
    ("left_hip_roll", "left_hip_pitch", (0, 0.0523, 0), X, (-0.26, 2.53)),
    ("left_hip_yaw", "left_hip_roll", (0.01966, -0.0012139, -0.1241), Z, (-2.75, 2.75)),
    (
        "left_knee",
        "left_hip_yaw",
        (-0.078292, -0.0017335, -0.177225),
        Y,
        (-0.33489, 2.5449),
        (0.967714, 0, 0.252052, 0),
    ),
    (
        "left_ankle_pitch",
        "left_knee",
        (0, 0.0040687, -0.30007),
        Y,
        (-0.68, 0.73),
        (0.99678, 0, -0.0801788, 0),
    ),
    ("left_ankle_roll", "left_ankle_pitch", (0, 0, -0.017558), X, (-0.2618, 0.2618)),
    ("right_hip_pitch", None, (0, -0.06445, -0.1027), Y, (-2.35, 3.05), (0.984807, 0, -0.17365, 0)),
    ("right_hip_roll", "right_hip_pitch", (0, -0.0523, 0), X, (-2.53, 0.26)),
    ("right_hip_yaw", "right_hip_roll", (0.01966, 0.0012139, -0.1241), Z, (-2.75, 2.75)),
    (
        "right_knee",
        "right_hip_yaw",
        (-0.078292, 0.0017335, -0.177225),
        Y,
        (-0.33489, 2.5449),
        (0.967714, 0, 0.252052, 0),
    ),
    (
        "right_ankle_pitch",
        "right_knee",
        (0, -0.0040687, -0.30007),
        Y,
        (-0.68, 0.73),
        (0.99678, 0, -0.0801788, 0),
    ),
    ("right_ankle_roll", "right_ankle_pitch", (0, 0, -0.017558), X, (-0.2618, 0.2618)),
    ("torso", None, (0, 0, 0), Z, (-2.618, 2.618)),
    (
        "left_shoulder_pitch",
        "torso",
        (-0.0025, 0.10396, 0.25928),
        Y,
        (-2.9671, 2.7925),
        (0.990268, 0.139172, 0, 0),
    ),
    (
        "left_shoulder_roll",
        "left_shoulder_pitch",
        (0, 0.052, 0),
        X,
        (-1.5882, 2.2515),
        (0.990268, -0.139172, 0, 0),
    ),
    ("left_shoulder_yaw", "left_shoulder_roll", (-0.00354, 0.0062424, -0.1032), Z, (-2.618, 2.618)),
    ("left_elbow_pitch", "left_shoulder_yaw", (0, 0.00189, -0.0855), Y, (-0.2268, 3.4208)),
    ("left_elbow_roll", "left_elbow_pitch", (0.1, 0, 0), X, (-2.0943, 2.0943)),
    ("left_zero", "left_elbow_roll", (0.17, 0, 0), Y, (-0.523598, 0.523598)),
    ("left_one", "left_zero", (-0.026525, -0.0188, -5e-05), Z, (-1, 1.2)),
    ("left_two", "left_one", (0, -0.0431, 0), Z, (0, 1.84)),
    ("left_three", "left_elbow_roll", (0.205, 0.004, 0.02395), Z, (-1.84, 0.3)),
    ("left_four", "left_three", (0.0471, -0.0036, 0), Z, (-1.84, 0)),
    ("left_five", "left_elbow_roll", (0.205, 0.004, -0.02395), Z, (-1.84, 0.3)),
    ("left_six", "left_five", (0.0471, -0.0036, 0), Z, (-1.84, 0)),
    (
        "right_shoulder_pitch",
        "torso",
        (-0.0025, -0.10396, 0.25928),
        Y,
        (-2.9671, 2.7925),
        (0.990268, -0.139172, 0, 0),
    ),
    (
        "right_shoulder_roll",
        "right_shoulder_pitch",
        (0, -0.052, 0),
        X,
        (-2.2515, 1.5882),
        (0.990268, 0.139172, 0, 0),
    ),
    ("right_shoulder_yaw", "right_shoulder_roll", (-0.00354, -0.0062424, -0.1032), Z, (-2.618, 2.618)),
    ("right_elbow_pitch", "right_shoulder_yaw", (0, -0.00189, -0.0855), Y, (-0.2268, 3.4208)),
    ("right_elbow_roll", "right_elbow_pitch", (0.1, 0, 0), X, (-2.0943, 2.0943)),
    ("right_zero", "right_elbow_roll", (0.17, 0, 0), Y, (-0.523598, 0.523598)),
    ("right_one", "right_zero", (-0.026525, 0.0188, -5e-05), Z, (-1.2, 1)),
    ("right_two", "right_one", (0, 0.0431, 0), Z, (-1.84, 0)),
    ("right_three", "right_elbow_roll", (0.205, -0.004, 0.02395), Z, (-0.3, 1.84)),
    ("right_four", "right_three", (0.0471, 0.0036, 0), Z, (0, 1.84)),
    ("right_five", "right_elbow_roll", (0.205, -0.004, -0.02395), Z, (-0.3, 1.84)),
    ("right_six", "right_five", (0.0471, 0.0036, 0), Z, (0, 1.84)),
]
TREE = [
    Joint(f"{name}_joint", parent and f"{parent}_joint", *rest)  # type: ignore[arg-type]
    for name, parent, *rest in PUBLISHED
]


@pytest.fixture(scope="module")
def g1() -> Robot:
    return load_robot_symmetry("g1")


def test_joints_are_those_of_the_published_file_in_its_order(g1):
    assert list(g1.joints) == list(depth_first(TREE))
    assert len(g1.joints) == 37


def test_isaac_labs_order_is_breadth_first_with_siblings_by_name(g1):
    order = g1.joint_orders["isaaclab"]
    assert list(order) == breadth_first(TREE)
    # positions of a few joints as Isaac Lab 2.3 prints them
    assert [order.index(f"{name}_joint") for name in ("torso", "left_knee", "left_zero", "right_two")] == [
        2,
        11,
        25,
        36,
    ]


def test_the_mirror_by_hand(g1):
    action = g1.joint_action("sagittal")
    moved = {
        joint: ("-" if sign < 0 else "+") + g1.joints[index]
        for joint, index, sign in zip(g1.joints, action.index, action.sign, strict=True)
    }
    assert moved["left_hip_pitch_joint"] == "+right_hip_pitch_joint"
    assert moved["right_ankle_roll_joint"] == "-left_ankle_roll_joint"
    assert moved["torso_joint"] == "-torso_joint"
    assert moved["left_zero_joint"] == "+right_zero_joint"
    assert moved["left_six_joint"] == "-right_six_joint"
    assert g1.group.elements == ("e", "sagittal")


def test_joint_lines_and_limits_map_onto_their_images(tmp_path):
    report = check_lines("g1", TREE, tmp_path, floating=True)
    assert report.ok, report.failures()
    assert report.check("geometry/joint axes").violation < 1e-5
    assert report.check("geometry/joint anchors").violation < 1e-5
    assert report.check("geometry/joint limits").status == "pass"


@pytest.mark.parametrize(
    "old, new, guilty",
    [
        ("torso_joint *_{one", "*_{one", "torso_joint"),
        ("_{one,two,three,four,five,six}", "_{zero,one,two,three,four,five,six}", "left_zero_joint"),
        ("flip *_roll_joint", "flip *_{hip,ankle,shoulder}_roll_joint", "left_elbow_roll_joint"),
        ("flip *_roll_joint", "flip *_knee_joint *_roll_joint", "right_knee_joint"),
    ],
)
def test_a_wrong_sign_is_found_at_its_joint(tmp_path, old, new, guilty):
    check = check_lines("g1", TREE, tmp_path, (old, new), floating=True).check("geometry/joint axes")
    assert check.status == "fail"
    assert guilty in list(check.breakdown)[:2]


def write_spec(folder: Path, robot_edit: tuple[str, str], spec_edit: tuple[str, str] = ("", "")) -> Path:
    """The shipped velocity spec beside a copy of the robot, each with one text replaced."""
    for source, target, (old, new) in (
        (robots_dir() / "g1" / "robot.yaml", folder / "robots" / "g1" / "robot.yaml", robot_edit),
        (specs_dir() / "g1" / "velocity.yaml", folder / "velocity.yaml", spec_edit),
    ):
        text = source.read_text()
        assert old in text
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new))
    return folder / "velocity.yaml"


def test_the_default_pose_alone_finds_a_sign_that_is_wrong(tmp_path):
    edit = ("flip *_roll_joint", "flip *_{hip,ankle,elbow}_roll_joint")
    with pytest.raises(SpecError) as caught:
        symaug.compile(write_spec(tmp_path, edit))
    (problem,) = caught.value.diagnostics
    assert problem.code == "SA216" and "`left_shoulder_roll_joint` rests at 0.16" in problem.notes[0]


def test_one_leg_alone_is_no_part_of_the_robot(tmp_path):
    edit = ("joint_vel:         joints", "joint_vel: joints[left_knee_joint torso_joint]")
    with pytest.raises(SpecError) as caught:
        symaug.compile(write_spec(tmp_path, ("", ""), edit))
    (problem,) = caught.value.diagnostics
    assert problem.code == "SA303" and "`right_knee_joint`" in problem.helps[0]


@pytest.mark.parametrize("task", ["velocity", "position"])
def test_both_settings_have_the_papers_123_numbers(task):
    program = symaug.compile(f"g1/{task}")
    space = program.space("observations/policy")
    assert space.width == 123 and program.space("actions").width == 37
    action = space.action("sagittal")
    start = next(term.start for term in space.terms if term.name == "joint_pos")
    # Isaac Lab's joint 0 is the left hip's pitch, read from the right one at 1; joint 2 is the torso
    assert (action.index[start], action.sign[start]) == (start + 1, 1)
    assert (action.index[start + 2], action.sign[start + 2]) == (start + 2, -1)


def test_rough_ground_adds_a_scan_whose_left_and_right_change_places():
    space = symaug.compile("g1/velocity_rough").space("observations/policy")
    scan = space.terms[-1]
    assert (scan.name, scan.start, space.width) == ("height_scan", 123, 310)
    action = space.action("sagittal")
    # 17 points along x, then the next y: the first row is read from the last of 11 rows
    assert action.index[scan.start : scan.start + 17] == tuple(range(123 + 170, 310))
    assert set(action.sign[scan.start :]) == {1}


@pytest.mark.parametrize("task", ["velocity", "position"])
def test_the_left_hip_teaches_the_right_hip(task):
    tasks = symaug.compile(f"g1/{task}").tasks
    assert tasks is not None and tasks.unreached == () and len(tasks.test) == 6
    assert tasks.reached["fail(right_hip_yaw_joint)"] == ("fail(left_hip_yaw_joint)", "sagittal")
