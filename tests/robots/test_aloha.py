"""ALOHA: the published arms, the mirror between them, and hands' poses after it."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

import symaug
from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import specs_dir

from .chains import Joint, check_lines, depth_first, stand_in

X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)
# gym-aloha's vx300s_left.xml, which vx300s_right.xml repeats: body position (m), axis, limits (rad)
ARM = {
    "waist": ((0, 0, 0.079), Z, (-3.14158, 3.14158)),
    "shoulder": ((0, 0, 0.04805), Y, (-1.85005, 1.25664)),
    "elbow": ((0.05955, 0, 0.3), Y, (-1.76278, 1.6057)),
    "forearm_roll": ((0.2, 0, 0), X, (-3.14158, 3.14158)),
    "wrist_angle": ((0.1, 0, 0), Y, (-1.8675, 2.23402)),
    "wrist_rotate": ((0.069744, 0, 0), X, (-3.14158, 3.14158)),
}
# Where the bases stand: the right one is turned about z by 180 deg (`euler="0 0 3.1416"` there).
BASES = {"left": ((-0.469, 0.5, 0), (1, 0, 0, 0)), "right": ((0.469, 0.5, 0), (0, 0, 0, 1))}
# A gripper is one number for two fingers that slide apart along the hand's y axis, 0.021 to 0.057 m. Here it
# is the finger on the +y side of the world: the left one of the left hand, the right one of the right hand.
FINGER, OPENING = (0.0687, 0, 0), (0.021, 0.057)
OUTWARD = {"left": (0, 1, 0), "right": (0, -1, 0)}


def arm(side: str) -> list[Joint]:
    place, turn = BASES[side]
    joints, parent = [], None
    for name, (pos, axis, limits) in ARM.items():
        joint = Joint(f"{side}_arm_{name}", parent, pos, axis, limits)
        if parent is None:  # the first frame holds the base's place and turn
            joint = Joint(joint.name, None, (place[0], place[1], pos[2]), axis, limits, turn)
        joints.append(joint)
        parent = joint.name
    return [*joints, Joint(f"{side}_arm_gripper", parent, FINGER, OUTWARD[side], OPENING, slides=True)]


TREE = [*arm("left"), *arm("right")]
MIRROR = np.diag([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def aloha() -> Robot:
    return load_robot_symmetry("aloha")


def test_joints_are_gym_alohas_in_its_order(aloha):
    assert list(aloha.joints) == list(depth_first(TREE))
    assert aloha.joints[6] == "left_arm_gripper" and aloha.joints[7] == "right_arm_waist"


def test_the_mirror_by_hand(aloha):
    action = aloha.joint_action("mirror")
    assert action.index == (*range(7, 14), *range(7))
    #  waist, shoulder, elbow, forearm_roll, wrist_angle, wrist_rotate, gripper
    assert action.sign == (-1, 1, 1, -1, 1, -1, 1) * 2
    assert aloha.motions["mirror"] == ((-1, 0, 0), (0, 1, 0), (0, 0, 1))


def test_joint_lines_and_limits_map_onto_their_images(tmp_path):
    report = check_lines("aloha", TREE, tmp_path, floating=False)
    assert report.ok, report.failures()
    for name in ("geometry/joint axes", "geometry/joint anchors", "geometry/joint limits"):
        violation = report.check(name).violation
        assert violation is not None and violation < 1e-12


@pytest.mark.parametrize(
    "old, new, guilty",
    [
        ("flip *_waist *_forearm", "flip *_forearm", "waist"),
        ("flip *_waist", "flip *_wrist_angle *_waist", "wrist_angle"),
        ("flip *_waist", "flip *_gripper *_waist", "gripper"),
        # the habit of four-legged robots: their sagittal mirror is y, and here no arm has an image in it
        ("reflect x", "reflect y", "waist"),
    ],
)
def test_a_wrong_mirror_is_found(tmp_path, old, new, guilty):
    report = check_lines("aloha", TREE, tmp_path, (old, new), floating=False)
    assert not report.ok
    found = report.check("geometry/joint axes").breakdown | report.check("geometry/joint anchors").breakdown
    assert f"left_arm_{guilty}" in found


def test_one_arm_alone_is_no_part_of_the_robot(tmp_path):
    spec = (specs_dir() / "aloha" / "transfer_cube.yaml").read_text()
    (tmp_path / "spec.yaml").write_text(spec.replace("qvel:      joints", "qvel: joints[left_arm_*]"))
    with pytest.raises(SpecError) as caught:
        symaug.compile(tmp_path / "spec.yaml")
    (problem,) = caught.value.diagnostics
    assert problem.code == "SA303" and "right_arm_waist" in problem.notes[0]


# --- poses of the hands --------------------------------------------------------------------------------


def hands(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions [2, 3] and orientations [2, 3, 3] of the mocap bodies that hold the hands, left then right.

    A mocap body starts unturned, so its frame differs from the hand's by the turn of the arm's base.
    """
    model = mujoco.MjModel.from_xml_string(stand_in(TREE, floating=False))
    data = mujoco.MjData(model)
    data.qpos[:] = angles
    mujoco.mj_kinematics(model, data)
    bodies = [data.body(f"{side}_arm_wrist_rotate") for side in ("left", "right")]
    turns = [np.eye(3), np.diag([-1.0, -1.0, 1.0])]
    matrices = [body.xmat.reshape(3, 3) @ turn for body, turn in zip(bodies, turns, strict=True)]
    return np.array([body.xpos for body in bodies]), np.array(matrices)


def quaternion(matrix: np.ndarray) -> np.ndarray:
    """(w, x, y, z) with w >= 0."""
    result = np.zeros(4)
    mujoco.mju_mat2Quat(result, matrix.ravel())
    return result if result[0] >= 0 else -result


def poses(angles: np.ndarray) -> np.ndarray:
    """What the term `mocap_pose` holds, [14]."""
    places, matrices = hands(angles)
    return np.concatenate(
        [np.append(place, quaternion(m)) for place, m in zip(places, matrices, strict=True)]
    )


def test_hands_of_the_mirrored_arms_have_the_mirrored_poses(aloha):
    rng = np.random.default_rng(2)
    program = symaug.compile("aloha/transfer_cube_ee")
    space = program.space("observations/policy")
    term = next(term for term in space.terms if term.name == "mocap_pose")
    mirrored = aloha.joint_action("mirror")
    for _ in range(5):
        angles = rng.uniform(-0.6, 0.6, 14)
        here, there = poses(angles), poses(np.array(mirrored.apply(list(angles))))
        places, matrices = hands(angles)
        np.testing.assert_allclose(there[:3], MIRROR @ places[1], atol=1e-12)
        np.testing.assert_allclose(there[3:7], quaternion(MIRROR @ matrices[1] @ MIRROR), atol=1e-9)
        whole = np.zeros(space.width)
        whole[term.start : term.stop] = here
        image = np.array(space.action("mirror").apply(list(whole)))[term.start : term.stop]
        np.testing.assert_allclose(image, there, atol=1e-9)
        # and as actions: each hand's pose, then its opening
        action = np.concatenate([here[:7], [0.2], here[7:], [0.7]])
        expected = np.concatenate([there[:7], [0.7], there[7:], [0.2]])
        np.testing.assert_allclose(
            program.space("actions").action("mirror").apply(list(action)), expected, atol=1e-9
        )


def test_widths_are_gym_alohas():
    joint_space = symaug.compile("aloha/transfer_cube")
    assert joint_space.space("observations/policy").width == 14 + 14 + 7
    assert joint_space.space("actions").width == 14
    assert symaug.compile("aloha/transfer_cube_ee").space("actions").width == 16


def test_the_giver_tells_the_two_tasks_apart():
    space = symaug.compile("aloha/either_hand").space("observations/policy")
    assert space.terms[-1].name == "giver"
    assert space.action("mirror").sign[-1] == -1 and space.action("mirror").index[-1] == space.width - 1
