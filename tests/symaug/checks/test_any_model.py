"""Actuators of all kinds, tendons, constraints, odd URDFs; symmetries that only limits or gravity refuse."""

from __future__ import annotations

import pytest

from symaug.checks import validate
from symaug.diagnostics import UserError
from tests.symaug.checks.test_other_robots import statuses, urdf, write

TWO_ARMS = """<mujoco><worldbody><body name='base' pos='0 0 1'><freejoint/><geom size='.1' mass='5'/>
{left}{right}{more}</body>{beside}</worldbody>{rest}</mujoco>"""
TWO_JOINTS = """<body name='{side}' pos='0 {y} 0'>
<joint name='{side}_swing' axis='1 0 0' range='{low} {high}'/>
<geom type='capsule' size='.02' fromto='0 0 0 0 0 -.3' mass='1'/>
<body name='{side}_hand' pos='0 0 -.3'><joint name='{side}_nod' axis='0 1 0' range='-60 90'/>
<geom type='capsule' size='.02' fromto='0 0 0 .1 0 -.2' mass='.5'/></body></body>"""


def arms(tmp_path, rest="", more="", beside="", **changes):
    left = TWO_JOINTS.format(side="left", y=0.2, low=-30, high=60)
    right = TWO_JOINTS.format(side="right", y=-0.2, low=-60, high=30)
    mjcf = TWO_ARMS.format(left=left, right=right, more=more, beside=beside, rest=rest)
    for old, new in changes.items():
        mjcf = mjcf.replace(old, new)
    limbs = {"L": "left_*", "R": "right_*"}
    mirror = {"mirror": "reflect y, swap (L R), flip *_swing"}
    return write(tmp_path, mjcf, "{left,right}_{swing,nod}", limbs, mirror)


ACTUATORS = [
    "<motor joint='{0}_swing' gear='20'/><position joint='{0}_nod' kp='30' kv='1'/>",
    "<velocity joint='{0}_swing' kv='5'/><position joint='{0}_nod' kp='30' timeconst='.05'/>",
    "<intvelocity joint='{0}_swing' kp='9' actrange='-1 1'/><damper joint='{0}_nod' kv='3' ctrlrange='0 1'/>",
    "<general joint='{0}_swing' dyntype='filterexact' dynprm='.1' gainprm='8' biastype='affine' "
    "biasprm='0 -8 -1'/><general jointinparent='{0}_nod' dyntype='integrator' gainprm='3'/>",
    "<general joint='{0}_nod' gaintype='affine' gainprm='4 1 .5' biastype='affine' biasprm='1 2 -3'/>",
]


@pytest.mark.parametrize("pair", ACTUATORS)
def test_actuators_of_all_kinds_mirror_with_their_activations(tmp_path, pair):
    report = validate(arms(tmp_path, f"<actuator>{pair.format('left')}{pair.format('right')}</actuator>"))
    assert report.ok, report.failures()
    assert report.check("geometry/model").status == "pass"
    assert report.check("dynamics/step").violation < 1e-10


def test_a_published_gain_that_grows_to_one_side_is_evened_out(tmp_path):
    general = "<general joint='{0}_swing' gaintype='affine' gainprm='4 2 0'/>"
    report = validate(
        arms(tmp_path, f"<actuator>{general.format('left')}{general.format('right')}</actuator>")
    )
    assert report.check("dynamics/step").status == "pass"


def test_actuators_that_drive_no_single_joint_are_left_out_and_named(tmp_path):
    rest = (
        "<tendon><fixed name='both'><joint joint='left_nod' coef='1'/>"
        "<joint joint='right_nod' coef='1'/></fixed>"
        "</tendon><actuator><motor joint='left_nod'/><motor joint='right_nod'/>"
        "<motor name='pull' tendon='both'/>"
        "<muscle name='biceps' joint='left_nod'/></actuator>"
        "<sensor><actuatorfrc actuator='pull'/></sensor><keyframe><key ctrl='0 0 0 0'/></keyframe>"
    )
    report = validate(arms(tmp_path, rest))
    assert report.ok, report.failures()
    described = report.check("geometry/model")
    assert described.status == "warn" and "left out: pull, biceps" in described.detail
    assert report.check("dynamics/step").violation < 1e-10


def test_ball_joints_are_refused_by_name_and_held_when_not_declared(tmp_path):
    neck = "<body name='head'><joint name='neck' type='ball'/><geom size='.05' pos='0 0 .2'/></body>"
    path = arms(tmp_path, more=neck)
    assert "neck" in validate(path).check("geometry/model").detail
    text = path.read_text().replace('_{swing,nod}"', '_{swing,nod} neck"').replace("{L:", "{N: neck, L:")
    path.write_text(text)
    with pytest.raises(UserError, match=r"SA601.*`neck` is a ball joint"):
        validate(path)


def test_free_bodies_beside_the_robot_are_held(tmp_path):
    cube = "<body name='cube' pos='1 0 .1'><joint name='loose' type='free'/><geom size='.1'/></body>"
    report = validate(arms(tmp_path, beside=cube))
    assert report.ok, report.failures()
    assert "held at zero: loose" in report.check("geometry/model").detail
    assert report.check("geometry/model").detail.startswith("4 joints on a floating base")


MIMIC = "<equality><joint joint1='left_nod' joint2='left_swing' polycoef='0 {0} .2 0 0'/>{1}</equality>"
OTHER = "<joint joint1='right_nod' joint2='right_swing' polycoef='0 {0} .2 0 0'/>"
TENDON = "<tendon><fixed name='l' stiffness='{0}' range='-.5 1' limited='true'>"
TENDON += "<joint joint='left_swing' coef='1'/>"
TENDON += (
    "<joint joint='left_nod' coef='.5'/></fixed><fixed name='r' stiffness='{1}' range='{2}' limited='true'>"
)
TENDON += "<joint joint='right_swing' coef='{3}'/><joint joint='right_nod' coef='{4}'/></fixed></tendon>"


@pytest.mark.parametrize(
    "rest, status",
    [
        (MIMIC.format(0.5, OTHER.format(-0.5)), "pass"),  # the swing flips, the nod does not
        (MIMIC.format(0.5, OTHER.format(0.5)), "warn"),
        (MIMIC.format(0.5, ""), "warn"),
        ("<equality><joint joint1='left_nod' joint2='right_nod'/></equality>", "pass"),
        ("<equality><connect body1='left_hand' body2='right_hand' anchor='0 0 0'/></equality>", "warn"),
        (TENDON.format(5, 5, "-.5 1", -1, 0.5), "pass"),
        (TENDON.format(5, 5, "-1 .5", 1, -0.5), "pass"),
        (TENDON.format(5, 5, "-.5 1", 1, 0.5), "warn"),
        (TENDON.format(5, 7, "-.5 1", -1, 0.5), "warn"),
        (TENDON.format(5, 5, "-.4 1", -1, 0.5), "warn"),
    ],
)
def test_couplings_act_where_they_mirror_and_are_left_out_where_not(tmp_path, rest, status):
    report = validate(arms(tmp_path, rest))
    assert report.ok, report.failures()
    assert report.check("geometry/couplings").status == status
    assert report.check("dynamics/step").violation < 1e-9


def test_no_couplings_no_result(tmp_path):
    idle = "<tendon><fixed name='t'><joint joint='left_nod' coef='1'/></fixed></tendon>"
    assert "geometry/couplings" not in statuses(validate(arms(tmp_path, idle)))


@pytest.mark.parametrize(
    "inertia",
    [
        'ixx=".1" iyy=".1" izz=".1" ixy=".1" ixz=".1" iyz=".1"',  # of rank one, as in published files
        'ixx=".01" iyy=".01" izz=".1" ixy="0" ixz="0" iyz="0"',  # flatter than flat
    ],
)
def test_unphysical_inertias_of_a_urdf_are_mended_and_named(tmp_path, inertia):
    text = urdf("trunk").replace('ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"', inertia, 1)
    limbs, generators = {"L": "left_hip", "R": "right_hip", "T": "tail_hip"}, {"mirror": MIRROR + " tail_hip"}
    report = validate(write(tmp_path, text, "{left,right,tail}_hip", limbs, generators, suffix="urdf"))
    described = report.check("geometry/model")
    assert described.status == "warn" and "mended: trunk" in described.detail
    assert report.ok, report.failures()


MIRROR = "reflect y, swap (L R), flip left_hip right_hip"


def test_massless_links_between_joints_are_no_obstacle(tmp_path):
    text = (
        urdf("trunk")
        .replace('<mass value="1"/>', '<mass value="0"/>')
        .replace('ixx=".1" iyy=".1" izz=".1"', 'ixx="0" iyy="0" izz="0"')
    )
    limbs, generators = {"L": "left_hip", "R": "right_hip", "T": "tail_hip"}, {"mirror": MIRROR + " tail_hip"}
    report = validate(write(tmp_path, text, "{left,right,tail}_hip", limbs, generators, suffix="urdf"))
    assert report.ok, report.failures()
    assert "5 kg" in report.check("geometry/model").detail


def quadruped(tmp_path, generator, knees=None):
    """Four equal legs whose knees bend one way, as on a Unitree Go1; the base is even front to back."""
    leg = (
        "<body name='{0}_hip' pos='{1} {2} 0'><joint name='{0}_hip_joint' axis='1 0 0' range='-.9 .9'/>"
        "<geom size='.04' mass='.6'/><body name='{0}_thigh' pos='0 {3} 0'>"
        "<joint name='{0}_thigh_joint' axis='0 1 0' range='-3 3'/>"
        "<geom type='capsule' size='.02' fromto='0 0 0 0 0 -.2' mass='1'/>"
        "<body name='{0}_calf' pos='0 0 -.2'>"
        "<joint name='{0}_calf_joint' axis='0 1 0' range='-2.7 -.9'/>"
        "<geom type='capsule' size='.015' fromto='0 0 0 0 0 -.2' mass='.2'/></body></body></body>"
    )
    places = {"FL": (0.2, 0.05), "FR": (0.2, -0.05), "RL": (-0.2, 0.05), "RR": (-0.2, -0.05)}
    legs = "".join(leg.format(n, x, y, 0.08 if y > 0 else -0.08) for n, (x, y) in places.items())
    mjcf = (
        "<mujoco><compiler angle='radian'/><worldbody><body name='trunk' pos='0 0 1'><freejoint/>"
        f"<geom type='box' size='.2 .08 .05' mass='5'/>{legs}</body></worldbody></mujoco>"
    )
    limbs = {name: f"{name}_*" for name in places}
    return write(tmp_path, mjcf, "{FL,FR,RL,RR}_{hip,thigh,calf}_joint", limbs, {"g": generator})


def test_front_to_back_with_knees_that_bend_one_way_is_refused_for_its_limits(tmp_path):
    generator = "reflect x, swap (FL RL)(FR RR), flip *_thigh_joint *_calf_joint"
    report = validate(quadruped(tmp_path, generator))
    assert [each.name for each in report.failures()] == ["geometry/joint limits"]
    limits = report.check("geometry/joint limits")
    assert set(limits.breakdown) == {f"{leg}_calf_joint" for leg in ("FL", "FR", "RL", "RR")}
    assert "[-2.7, -0.9] to [0.9, 2.7]" in limits.detail and "calf_joint has [-2.7, -0.9]" in limits.detail
    assert report.check("dynamics/step").violation < 1e-10  # and nothing else would have told


def test_left_to_right_of_the_same_robot_is_right(tmp_path):
    assert validate(quadruped(tmp_path, "reflect y, swap (FL FR)(RL RR), flip *_hip_joint")).ok


def test_upside_down_is_refused_for_gravity(tmp_path):
    """Legs turned up at the thigh: exact in every joint line and in the masses."""
    path = quadruped(
        tmp_path, "reflect z, flip *, shift *_thigh_joint by 180 deg, shift *_calf_joint by 0 deg"
    )
    report = validate(path)
    assert (
        report.check("geometry/joint axes").status == report.check("geometry/joint anchors").status == "pass"
    )
    gravity = report.check("geometry/gravity")
    assert gravity.status == "fail" and "turns gravity over" in gravity.detail
    assert "reflect y" in gravity.detail + (gravity.suggestion or "")
    assert report.check("dynamics/mass matrix").violation < 1e-10
    assert report.check("dynamics/bias forces").status == "fail"
