"""Fixed bases, slides, quarter turns, shifted zeros, shapes: what ANYmal D does not have."""

from __future__ import annotations

import dataclasses
import math

import mujoco
import numpy as np
import pytest

from symaug.checks import validate
from symaug.checks.colliders import check_colliders
from symaug.checks.geometry import check_geometry
from symaug.checks.mechanics.loading import load_model
from symaug.checks.mechanics.mirror import mirror_ctrl, mirror_state
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.checks.physics import check_physics
from symaug.semantics.robot import load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation


def write(folder, mjcf, joints, limbs, generators, suffix="xml"):
    (folder / f"model.{suffix}").write_text(mjcf)
    lines = "".join(f"    {name}: {text}\n" for name, text in generators.items())
    limb_lines = ", ".join(f"{name}: {text}" for name, text in limbs.items())
    path = folder / "robot.yaml"
    path.write_text(
        f'robot: probe\nmodel: model.{suffix}\njoints: "{joints}"\nlimbs: {{{limb_lines}}}\n'
        f"symmetry:\n  generators:\n{lines}"
    )
    return path


def statuses(report):
    return {check.name: check.status for check in report.checks}


ARM = """
<body name='{side}' pos='0 {y} 0'>
  <joint name='{side}_lift' type='slide' axis='0 0 1' range='-.2 .4'/>
  <joint name='{side}_reach' type='slide' axis='0 1 0' range='{reach}'/>
  <geom type='box' size='.05 .04 .03' pos='.1 {dy} 0' mass='1'/>
  <body name='{side}_hand' pos='.2 {dy} 0'>
    <joint name='{side}_turn' axis='0 0 1' range='{turn}'/>
    <joint name='{side}_nod' axis='0 1 0' range='-.5 1'/>
    <geom type='capsule' size='.02' fromto='0 0 0 .2 {dy} 0' mass='.5'/>
  </body>
</body>"""


def gantry(tmp_path, generator, tilt=""):
    left = ARM.format(side="left", y=0.3, dy=0.1, reach="-.1 .3", turn="-1 .5")
    right = ARM.format(side="right", y=-0.3, dy=-0.1, reach="-.3 .1", turn="-.5 1")
    mjcf = (
        "<mujoco><compiler angle='radian'/><worldbody>"
        f"<body name='frame' pos='1 2 3' {tilt}>{left}{right}</body></worldbody></mujoco>"
    )
    joints = "{left,right}_{lift,reach,turn,nod}"
    return write(tmp_path, mjcf, joints, {"L": "left_*", "R": "right_*"}, {"mirror": generator})


def test_a_fixed_base_with_slides_and_two_joints_a_body(tmp_path):
    report = validate(gantry(tmp_path, "reflect y, swap (L R), flip *_reach *_turn"))
    assert report.ok, report.failures()
    assert report.check("geometry/joint axes").violation < 1e-12
    assert report.check("dynamics/step").violation < 1e-10
    assert report.check("dynamics/contact step").status == "skip"


@pytest.mark.parametrize(
    "flips, guilty",
    [
        ("*_turn", "reach"),
        ("*_reach", "turn"),
        ("*_reach *_turn *_lift", "lift"),
        ("*_reach *_turn *_nod", "nod"),
    ],
)
def test_slides_and_hinges_have_signs_of_their_own(tmp_path, flips, guilty):
    check = validate(gantry(tmp_path, f"reflect y, swap (L R), flip {flips}")).check("geometry/joint axes")
    assert check.status == "fail"
    assert set(list(check.breakdown)[:2]) == {f"left_{guilty}", f"right_{guilty}"}
    assert check.suggestion is not None and f"flip *_{guilty}" in check.suggestion


def test_a_tilted_fixed_base_feels_gravity_in_its_own_frame(tmp_path):
    right = "reflect y, swap (L R), flip *_reach *_turn"
    assert validate(gantry(tmp_path, right, "euler='0 0.5 0'")).ok  # the plane still holds gravity
    rolled = statuses(validate(gantry(tmp_path, right, "euler='0.5 0 0'")))
    assert rolled["geometry/gravity"] == "fail"
    assert rolled["geometry/joint axes"] == rolled["geometry/joint anchors"] == "pass"


LEG = """
<body name='{leg}_thigh' pos='{x} {y} 0' euler='0 0 {yaw}'>
  <joint name='{leg}_hip' axis='0 1 0' range='-60 60' damping='{damping}'/>
  <geom type='capsule' size='.02' fromto='0 0 0 .15 0 -.1' mass='{mass}'/>
  <body pos='.15 0 -.1'>
    <joint name='{leg}_knee' axis='0 1 0' range='-60 120'/>
    <geom type='capsule' size='.02' fromto='0 0 0 .05 0 -.2' mass='.2'/>
  </body>
</body>"""


def crawler(tmp_path, generators):
    legs = (
        ("A", 0.2, 0, 0, 0.3, 0.1),
        ("B", 0, 0.2, 90, 0.4, 0.3),
        ("C", -0.2, 0, 180, 0.3, 0.1),
        ("D", 0, -0.2, 270, 0.3, 0.2),
    )
    return on_legs(tmp_path, legs, generators)


def on_legs(tmp_path, legs, generators):
    """A round base on legs (name, x, y, yaw in deg, mass, damping), each of a hip and a knee."""
    names = [name for name, *_ in legs]
    keys = ("leg", "x", "y", "yaw", "mass", "damping")
    bodies = "".join(LEG.format(**dict(zip(keys, leg, strict=True))) for leg in legs)
    motors = "".join(f"<motor joint='{leg}_{joint}'/>" for leg in names for joint in ("hip", "knee"))
    mjcf = (
        "<mujoco><worldbody><body name='base' pos='0 0 1'><freejoint/>"
        f"<geom type='cylinder' size='.2 .05' mass='4'/>{bodies}</body></worldbody>"
        f"<actuator>{motors}</actuator></mujoco>"
    )
    joints = f"{{{','.join(names)}}}_{{hip,knee}}"
    return write(tmp_path, mjcf, joints, {leg: f"{leg}_*" for leg in names}, generators)


def test_quarter_turns_form_a_cyclic_group_with_reflections(tmp_path):
    path = crawler(
        tmp_path, {"turn": "rotate z by 90 deg, swap (A B C D)", "mirror": "reflect y, swap (B D)"}
    )
    report = validate(path)
    assert report.ok, report.failures()
    assert len(load_robot_symmetry(path).group.elements) == 8
    assert all(
        report.check(f"dynamics/{name}").violation < 1e-10 for name in ("bias forces", "step", "contact step")
    )
    assert "damping (N m s)" in " ".join(report.check("dynamics/as published").breakdown)


def around(names):
    """Legs at equal angles about the base; one is heavier, which the twin evens out."""
    step = 2 * math.pi / len(names)
    return [
        (
            leg,
            0.2 * math.cos(k * step),
            0.2 * math.sin(k * step),
            math.degrees(k * step),
            0.3 + 0.1 * (k == 1),
            0.1,
        )
        for k, leg in enumerate(names)
    ]


@pytest.mark.parametrize(
    "names, turn, order", [("ABC", "rotate z by 120 deg", 3), ("ABCDEF", "rotate z by 60 deg", 6)]
)
def test_turns_that_mix_the_axes_of_a_floating_base(tmp_path, names, turn, order):
    path = on_legs(tmp_path, around(names), {"turn": f"{turn}, swap ({' '.join(names)})"})
    report = validate(path)
    assert report.ok, report.failures()
    assert load_robot_symmetry(path).group.order == order
    for name in ("geometry/joint axes", "dynamics/mass matrix", "dynamics/bias forces", "dynamics/step"):
        assert report.check(name).violation < 1e-12
    touching = report.check("dynamics/contact step")
    assert touching.status == "pass" and touching.violation < 1e-9


def test_a_turn_by_a_third_the_wrong_way_round_is_found(tmp_path):
    path = on_legs(tmp_path, around("ABC"), {"turn": "rotate z by 120 deg, swap (C B A)"})
    report = validate(path)
    assert report.check("geometry/joint anchors").status == "fail"
    assert report.check("dynamics/step").status == "fail"


def test_a_turn_the_wrong_way_round_is_found(tmp_path):
    report = validate(crawler(tmp_path, {"turn": "rotate z by 90 deg, swap (D C B A)"}))
    assert report.check("geometry/joint anchors").status == "fail"


def test_symmetry_of_the_twin_holds_for_a_group_with_fourfold_turns(tmp_path):
    robot = load_robot_symmetry(crawler(tmp_path, {"turn": "rotate z by 90 deg, swap (A B C D)"}))
    model = mujoco.MjModel.from_xml_path(str(robot.model))
    twin = symmetrised_twin(model, robot)
    thighs = [twin.body(f"{leg}_thigh").id for leg in "ABCD"]
    assert np.allclose(twin.body_mass[thighs], twin.body_mass[thighs[0]], rtol=1e-14)
    assert twin.body_mass.sum() == pytest.approx(model.body_mass.sum())
    hips = [int(twin.jnt_dofadr[twin.joint(f"{leg}_hip").id]) for leg in "ABCD"]
    assert np.allclose(twin.dof_damping[hips], 0.175)


def shifted(tmp_path):
    """Two levers whose zeros differ: the right one's is a quarter turn from the left one's mirror image."""
    lever = (
        "<joint name='{0}_hip' axis='0 0 1' range='{1}'/>"
        "<geom type='capsule' size='.02' fromto='0 0 0 {2}' mass='1'/>"
    )
    hand = (
        "<body name='{0}_hand' pos='{1}'><joint name='{0}_nod' axis='{2}' range='-1 1'/>"
        "<geom size='.03' mass='.2'/></body>"
    )
    left = lever.format("left", "-1 0.5", ".3 0 0") + hand.format("left", ".3 0 0", "0 1 0")
    right = lever.format("right", "1.0707963 2.5707963", "0 -.3 0") + hand.format("right", "0 -.3 0", "1 0 0")
    mjcf = (
        "<mujoco><compiler angle='radian'/><worldbody><body name='base' pos='0 0 1'>"
        f"<freejoint/><geom size='.1' mass='5'/><body name='left' pos='0 .2 0'>{left}</body>"
        f"<body name='right' pos='0 -.2 0'>{right}</body></body></worldbody><actuator>"
        "<position name='l' joint='left_hip' kp='3' gear='2'/>"
        "<position name='r' joint='right_hip' kp='3' gear='2'/>"
        "</actuator></mujoco>"
    )
    path = write(
        tmp_path,
        mjcf,
        "{left,right}_{hip,nod}",
        {"L": "left_*", "R": "right_*"},
        {"mirror": "reflect y, swap (L R)"},
    )
    robot, quarter = load_robot_symmetry(path), math.pi / 2
    signs = {
        "left_hip": (-1, quarter),
        "right_hip": (-1, quarter),
        "left_nod": (1, 0.0),
        "right_nod": (1, 0.0),
    }
    action = robot.joint_actions["mirror"]
    action = SignedPermutation.of(action.index, *zip(*(signs[j] for j in robot.joints), strict=True))
    return dataclasses.replace(robot, joint_actions={**robot.joint_actions, "mirror": action})


def test_affine_maps_shift_positions_and_servo_targets(tmp_path):
    robot = shifted(tmp_path)
    results = {check.name: check for check in check_physics(robot, 8, 0)}
    assert all(check.status in ("pass", "skip", "warn") for check in results.values()), results
    assert results["dynamics/step"].violation < 1e-9
    model = mujoco.MjModel.from_xml_path(str(robot.model))
    qpos, qvel = model.qpos0.copy(), np.ones(model.nv)
    left, right = (model.joint(name).qposadr[0] for name in ("left_hip", "right_hip"))
    qpos[left] = 0.25
    image, velocity = mirror_state(robot, model, "mirror", qpos, qvel)
    assert image[right] == pytest.approx(math.pi / 2 - 0.25)
    assert velocity[model.joint("right_hip").dofadr[0]] == -1
    assert mirror_ctrl(robot, model, "mirror", np.array([0.5, 0.0]))[1] == pytest.approx(math.pi - 0.5)


def test_a_missing_shift_is_found(tmp_path):
    robot = shifted(tmp_path)
    action = robot.joint_actions["mirror"]
    unshifted = dataclasses.replace(action, offset=(0.0,) * len(action.offset))
    wrong = dataclasses.replace(robot, joint_actions={**robot.joint_actions, "mirror": unshifted})
    results = {check.name: check for check in check_physics(wrong, 8, 0)}
    assert results["geometry/joint axes"].status == "fail"
    assert results["geometry/joint limits"].status == "fail"


SHAPES = [
    ("sphere", "size='.1' pos='.1 {y} 0'", "size='.1' pos='.1 {y} .05'"),
    (
        "box",
        "size='.1 .2 .3' pos='0 {y} 0' euler='{a} 0 10'",
        "size='.1 .2 .3' pos='0 {y} 0' euler='{a} 0 11'",
    ),
    (
        "ellipsoid",
        "size='.1 .2 .3' pos='0 {y} 0' euler='{a} 0 0'",
        "size='.1 .2 .31' pos='0 {y} 0' euler='{a} 0 0'",
    ),
    ("cylinder", "size='.1 .2' pos='0 {y} 0' euler='{a} 0 0'", "size='.1 .2' pos='0 {y} 0' euler='-{a} 0 0'"),
    ("capsule", "size='.1 .2' pos='0 {y} 0' euler='{a} 0 0'", "size='.12 .2' pos='0 {y} 0' euler='{a} 0 0'"),
    ("sphere", "size='.1' friction='1 .005 .0001'", "size='.1' friction='.9 .005 .0001'"),
]


@pytest.mark.parametrize("kind, even, odd", SHAPES, ids=[f"{s[0]}-{i}" for i, s in enumerate(SHAPES)])
def test_every_collision_shape_is_compared_up_to_its_own_symmetry(tmp_path, kind, even, odd):
    def status(left, right):
        body = (
            "<body name='{0}' pos='0 {1} 0'><joint name='{0}_hip' axis='1 0 0'/><geom type='{2}' {3}/></body>"
        )
        left, right = left.format(y=0.2, a=20), right.format(y=-0.2, a=-20).replace("--", "")
        mjcf = (
            "<mujoco><worldbody><body name='base'><freejoint/><geom size='.1'/>"
            + body.format("left", 0.5, kind, left)
            + body.format("right", -0.5, kind, right)
            + "</body></worldbody></mujoco>"
        )
        limbs = {"L": "left_hip", "R": "right_hip"}
        path = write(
            tmp_path, mjcf, "left_hip right_hip", limbs, {"mirror": "reflect y, swap (L R), flip *_hip"}
        )
        robot = load_robot_symmetry(path)
        return check_colliders(
            ModelView.of(robot, mujoco.MjModel.from_xml_path(str(robot.model))), robot
        ).status

    mirrored = even.replace(" 0 10'", " 0 -10'")  # a mirror turns the yaw of the box around
    assert status(even, mirrored) == "pass"
    assert status(even, odd) == "warn"


URDF = """<robot name="probe">
<link name="{root}"><inertial><mass value="5"/>
<inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>
<collision><geometry><box size="1 1 1"/></geometry></collision></link>{limbs}</robot>"""
LIMB = """<link name="{0}"><inertial><origin xyz="0 0 -.2"/><mass value="1"/>
<inertia ixx=".1" iyy=".1" izz=".1" ixy="0" ixz="0" iyz="0"/></inertial>
<visual><geometry><mesh filename="nowhere/{0}.stl"/></geometry></visual>
<collision><geometry><mesh filename="nowhere/{0}.stl"/></geometry></collision></link>
<joint name="{0}_hip" type="revolute"><parent link="{2}"/><child link="{0}"/><origin xyz="0 {1} 0"/>
<axis xyz="1 0 0"/><limit lower="-1" upper="1" effort="1" velocity="1"/></joint>"""


def urdf(root):
    limbs = "".join(LIMB.format(name, y, root) for name, y in (("left", 0.5), ("right", -0.5), ("tail", 0.0)))
    return URDF.format(root=root, limbs=limbs)


def test_a_urdf_gets_a_floating_base_no_mass_from_shapes_and_holds_spare_joints(tmp_path):
    limbs = {"L": "left_hip", "R": "right_hip"}
    generators = {"mirror": "reflect y, swap (L R), flip *_hip"}
    path = write(tmp_path, urdf("trunk"), "left_hip right_hip", limbs, generators, suffix="urdf")
    report = validate(path)
    assert report.ok, report.failures()
    described = report.check("geometry/model")
    assert described.status == "warn"
    assert "floating base, 8 kg" in described.detail and "tail_hip" in described.detail
    assert "meshes are missing" in described.detail


def test_a_urdf_that_hangs_on_a_link_called_world_is_fixed(tmp_path):
    (tmp_path / "arm.urdf").write_text(urdf("world"))
    loaded = load_model(tmp_path / "arm.urdf", ("left_hip", "right_hip", "tail_hip"))
    assert loaded.model.njnt == 3 and loaded.held == ()


def test_geometry_reports_not_a_number_as_a_failure(anymal, model):
    model.jnt_axis[5] = math.nan
    view = ModelView.of(anymal, model)
    results = check_geometry(view, anymal, np.random.default_rng(0), 2).results
    assert {check.name: check.status for check in results}["geometry/joint axes"] == "fail"
