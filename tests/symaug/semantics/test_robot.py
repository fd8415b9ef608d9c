from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import list_robots
from tests.symaug.documents import ROBOT

SQUARE = """\
robot: square
joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    turn: rotate z by 90 deg, swap (A B C D)
    mirror: reflect y, swap (A D)(B C), flip *_hip
  relations:
    - turn^4 = mirror^2 = e
    - mirror turn = turn^3 mirror
"""
HUMANOID = """\
robot: walker
joints: "{left,right}_{roll,pitch} waist_yaw"
limbs: {left: left_*, right: right_*, trunk: waist_*}
symmetry:
  generators:
    mirror: reflect y, rename left <-> right, flip *_roll waist_yaw
"""


def load(folder: Path, text: str) -> Robot:
    file = folder / "robot.yaml"
    file.write_text(text, encoding="utf-8")
    return load_robot_symmetry(str(file))


def code_of(folder: Path, text: str) -> str:
    with pytest.raises(SpecError) as error:
        load(folder, text)
    (diagnostic,) = error.value.diagnostics
    return diagnostic.code


def test_anymal_d():
    robot = load_robot_symmetry("anymal_d")
    assert robot.joints[:4] == ("LF_HAA", "LF_HFE", "LF_KFE", "LH_HAA")
    assert robot.joint_orders["isaaclab"][:5] == ("LF_HAA", "LH_HAA", "RF_HAA", "RH_HAA", "LF_HFE")
    assert robot.motions["sagittal"] == ((1, 0, 0), (0, -1, 0), (0, 0, 1))
    assert robot.motions["sagittal*transversal"] == ((-1, 0, 0), (0, -1, 0), (0, 0, 1))
    assert [robot.determinant(name) for name in robot.group.elements] == [1, -1, -1, 1]
    assert robot.limb_actions["transversal"].index == (1, 0, 3, 2)
    assert robot.default_pose["RH_KFE"] == 0.8
    assert robot.pose_diagnostics == ()
    assert robot.model is not None and robot.model.name == "anymal_d.xml"


def test_a_joint_order_is_as_its_braces_spell_it(tmp_path):
    orders = "joint_orders: {sim: 'waist_yaw {right,left}_{pitch,roll}'}\n"
    order = load(tmp_path, HUMANOID.replace("symmetry:", orders + "symmetry:")).joint_orders["sim"]
    assert order == ("waist_yaw", "right_pitch", "right_roll", "left_pitch", "left_roll")


@pytest.mark.parametrize("name", list_robots())
def test_every_shipped_robot_acts_as_its_group(name):
    robot = load_robot_symmetry(name)
    group = robot.group
    assert group.axiom_violations() == []
    for actions in (robot.joint_actions, robot.limb_actions):
        for i, a in enumerate(group.elements):
            for j, b in enumerate(group.elements):
                assert actions[a] @ actions[b] == actions[group.elements[group.product(i, j)]]
    for order in robot.joint_orders.values():
        assert sorted(order) == sorted(robot.joints)


def test_a_square_robot_has_the_dihedral_group_of_eight(tmp_path):
    robot = load(tmp_path, SQUARE)
    assert robot.group.order == 8
    assert robot.motions["turn"] == ((0, -1, 0), (1, 0, 0), (0, 0, 1))
    # a cycle (A B C D) carries A to the place of B: place B reads from A
    hips = [robot.joints.index(f"{limb}_hip") for limb in "ABCD"]
    assert robot.joint_actions["turn"].index[hips[1]] == hips[0]
    assert robot.limb_actions["turn"].index == (3, 0, 1, 2)


def test_a_quarter_turn_closes_no_single_axis_and_no_oblong_grid(tmp_path):
    load(tmp_path, SQUARE)
    spec = "spec: s\nrobot: robot.yaml\nactions: joints\nobservations:\n  o:\n    t: "
    for bad, code in (("vector[x]", "SA302"), ("grid(3 x 2, order=xy)", "SA306")):
        file = tmp_path / "spec.yaml"
        file.write_text(spec + bad + "\n", encoding="utf-8")
        with pytest.raises(SpecError) as error:
            symaug.compile(file)
        (diagnostic,) = error.value.diagnostics
        assert diagnostic.code == code and "`turn`" in diagnostic.message
    for good in ("vector[xy]", "vector[z]", "grid(3 x 3, order=xy)"):
        file.write_text(spec + good + "\n", encoding="utf-8")
        symaug.compile(file)


def test_a_humanoid_by_renaming(tmp_path):
    robot = load(tmp_path, HUMANOID)
    assert robot.joints == ("left_roll", "left_pitch", "right_roll", "right_pitch", "waist_yaw")
    assert robot.joint_actions["mirror"].index == (2, 3, 0, 1, 4)
    assert robot.joint_actions["mirror"].sign == (-1, 1, -1, 1, -1)
    assert robot.limb_actions["mirror"].index == (1, 0, 2)


def test_a_swap_of_single_joints_acts_on_limbs_as_a_whole(tmp_path):
    swap = "swap (left_roll right_roll)(left_pitch right_pitch)"
    assert load(tmp_path, HUMANOID.replace("rename left <-> right", swap)).limb_actions["mirror"].index == (
        1,
        0,
        2,
    )
    torn = HUMANOID.replace("rename left <-> right", "swap (left_roll right_roll)")
    assert code_of(tmp_path, torn) == "SA217"


def test_limbs_that_list_their_joints_differently_do_not_pair_up(tmp_path):
    crossed = ROBOT.replace('"{LF,LH,RF,RH}_{HAA,HFE,KFE}"', '"{LF,LH,RF}_{HAA,HFE,KFE} RH_{HFE,HAA,KFE}"')
    with pytest.raises(SpecError) as error:
        load(tmp_path, crossed)
    assert {d.code for d in error.value.diagnostics} == {"SA210"}
    assert "joint 1 of `LH` is `LH_HAA`, of `RH` it is `RH_HFE`" in error.value.diagnostics[0].notes[0]


def test_two_mirrors_of_one_plane_are_two_stories_about_one_body(tmp_path):
    twice = ROBOT.replace("reflect x", "reflect y")
    assert code_of(tmp_path, twice) == "SA211"
    same = HUMANOID + "    other: reflect y, rename right <-> left, flip *_roll waist_yaw\n"
    assert code_of(tmp_path, same) == "SA212"


def test_an_endless_group_is_refused(tmp_path):
    head = 'robot: r\njoints: "j{0,1,2,3,4,5}"\nlimbs: {all: "*"}\nsymmetry:\n  generators:\n'
    cycles = "    a: reflect x, swap (j0 j1)\n    b: reflect y, swap (j1 j2)(j3 j4)\n"
    cycles += "    c: reflect z, swap (j2 j3)(j4 j5)\n"
    assert code_of(tmp_path, head + cycles) == "SA215"


def test_a_relation_that_fails_names_the_first_joint_that_differs(tmp_path):
    with pytest.raises(SpecError) as error:
        load(tmp_path, ROBOT.replace("sagittal^2 = transversal^2 = e", "sagittal = transversal"))
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA214"
    assert diagnostic.notes[0] == "`sagittal` sends `LF_HAA` to -`RF_HAA`, `transversal` to `LH_HAA`"


def test_an_asymmetric_pose_loads_and_says_so(tmp_path):
    robot = load(tmp_path, ROBOT.replace('"*F_KFE": -0.8', '"*F_KFE": -0.7'))
    (diagnostic,) = robot.pose_diagnostics
    assert diagnostic.code == "SA216"
    assert "`LF_KFE` rests at -0.7, but `LH_KFE` carried there rests at -0.8" in diagnostic.notes[0]


def test_degrees_are_as_good_as_radians(tmp_path):
    robot = load(tmp_path, ROBOT.replace('"*_HAA": 0.0', '"*_HAA": 0 deg').replace("0.4", "45 deg"))
    assert robot.default_pose["LF_HFE"] == pytest.approx(0.7853981633974483)
    assert robot.pose_diagnostics == ()


def test_joints_in_another_order_and_subsets():
    robot = load_robot_symmetry("anymal_d")
    assert robot.joint_action("sagittal", ["RF_KFE", "LF_KFE"]).index == (1, 0)
    with pytest.raises(ValueError, match="not closed"):
        robot.joint_action("sagittal", ["RF_KFE"])
    with pytest.raises(ValueError, match="no joint named"):
        robot.joint_action("sagittal", ["RF_KNEE"])
