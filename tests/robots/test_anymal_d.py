"""The model against the published numbers of anymal_d_simple_description, stated here."""

from __future__ import annotations

import itertools

import mujoco
import numpy as np
import pytest

from symaug.shipped import robots_dir

LEGS = ("LF", "RF", "LH", "RH")
FORWARD = {"F": 1.0, "H": -1.0}
LEFT = {"L": 1.0, "R": -1.0}

# kg; links behind fixed joints (and the payload's pan and tilt) merged into the body that moves them
MASS = {"base": 31.85171, "HIP": 0.36586, "THIGH": 5.1322, "SHANK": 0.79598}
TOTAL_MASS = 57.02787
# m; of the LF leg in frames parallel to the base's, other legs by x -> -x (hind) and y -> -y (right)
COM = {
    "base": (0.0133468252, -0.0000328103, 0.0273101013),
    "HIP": (0.0350469934, -0.0012267671, 0.0),
    "THIGH": (-0.0000879548, 0.0905112961, -0.1401880241),
    "SHANK": (0.0509335466, 0.0080859110, -0.0900193447),
}
# kg m^2 about the centre of mass: xx yy zz, then xy xz yz. The published thighs are not quite mirror images.
BASE_INERTIA = (0.53203959, 1.872671293, 1.699743696, 0.008841532945, -0.1566944715, 0.005791073964)
HIP_DIAGONAL = (0.0002385234975, 0.0005582456717, 0.0004433211192)
THIGH_DIAGONAL = (0.107958781, 0.1048802263, 0.01393288075)
THIGH_PRODUCTS = {
    "LF": (0.0001419904203, 0.0004030004477, 0.02005945031),
    "RF": (-0.0002812677453, 0.0002421946697, -0.02005945031),
    "LH": (-0.0002812677453, -0.0002421946697, 0.02005945031),
    "RH": (0.0001419904203, -0.0004030004477, -0.02005945031),
}
SHANK_DIAGONAL = (0.01666497095, 0.0189108916, 0.002531208026)
# m from the parent body's frame; mirrored like the centres of mass
ANCHOR = {"HAA": (0.304, 0.109, 0.0), "HFE": (0.069, 0.006, 0.0), "KFE": (0.0, 0.1805, -0.285)}
AXIS = {"HAA": (1.0, 0.0, 0.0), "HFE": (0.0, 1.0, 0.0), "KFE": (0.0, 1.0, 0.0)}
FULL_TURN = 9.42477796076938  # rad
LIMITS = {"L": (-0.7853985, 0.6108655), "R": (-0.6108655, 0.7853985)}  # HAA
EFFORT = 80.0  # Nm
FOOT, FOOT_RADIUS = (0.1, 0.014109, -0.362077), 0.031455


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(robots_dir() / "anymal_d" / "anymal_d.xml"))


def placed(leg: str, point: tuple[float, float, float]) -> np.ndarray:
    return np.array([FORWARD[leg[1]], LEFT[leg[0]], 1.0]) * point


def body_inertia(model: mujoco.MjModel, name: str) -> np.ndarray:
    """The inertia matrix about the centre of mass, in the body's frame."""
    rotation = np.zeros(9)
    mujoco.mju_quat2Mat(rotation, model.body(name).iquat)
    rotation = rotation.reshape(3, 3)
    return rotation @ np.diag(model.body(name).inertia) @ rotation.T


def six(matrix: np.ndarray) -> np.ndarray:
    return np.array([*np.diag(matrix), matrix[0, 1], matrix[0, 2], matrix[1, 2]])


def test_total_mass(model):
    assert model.body_mass.sum() == pytest.approx(TOTAL_MASS, abs=1e-6)
    assert [model.body(i).name for i in range(1, model.nbody)] == [
        "base",
        *(f"{leg}_{part}" for leg in LEGS for part in ("HIP", "THIGH", "SHANK")),
    ]


def test_base_mass_centre_and_inertia(model):
    assert model.body("base").mass[0] == pytest.approx(MASS["base"], rel=1e-8)
    np.testing.assert_allclose(model.body("base").ipos, COM["base"], atol=1e-9)
    np.testing.assert_allclose(six(body_inertia(model, "base")), BASE_INERTIA, atol=1e-8)


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize("part", ["HIP", "THIGH", "SHANK"])
def test_leg_masses_centres_and_inertias(model, leg, part):
    body = model.body(f"{leg}_{part}")
    assert body.mass[0] == pytest.approx(MASS[part], rel=1e-8)
    np.testing.assert_allclose(body.ipos, placed(leg, COM[part]), atol=1e-9)
    inertia = six(body_inertia(model, body.name))
    diagonal = {"HIP": HIP_DIAGONAL, "THIGH": THIGH_DIAGONAL, "SHANK": SHANK_DIAGONAL}[part]
    np.testing.assert_allclose(inertia[:3], diagonal, rtol=1e-7)
    if part == "THIGH":
        np.testing.assert_allclose(inertia[3:], THIGH_PRODUCTS[leg], atol=1e-9)


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize("joint", ["HAA", "HFE", "KFE"])
def test_joint_lines_limits_and_effort(model, leg, joint):
    name = f"{leg}_{joint}"
    body = model.body(model.joint(name).bodyid[0])
    np.testing.assert_allclose(body.pos, placed(leg, ANCHOR[joint]), atol=1e-12)
    np.testing.assert_allclose(body.quat, (1, 0, 0, 0), atol=1e-12)
    np.testing.assert_allclose(model.joint(name).pos, 0.0, atol=0)
    np.testing.assert_allclose(model.joint(name).axis, AXIS[joint], atol=1e-12)
    limits = LIMITS[leg[0]] if joint == "HAA" else (-FULL_TURN, FULL_TURN)
    np.testing.assert_allclose(model.joint(name).range, limits, atol=1e-9)
    assert model.joint(name).limited[0]
    servo = model.actuator(name)
    assert servo.trnid[0] == model.joint(name).id
    np.testing.assert_allclose(servo.forcerange, (-EFFORT, EFFORT))
    np.testing.assert_allclose(servo.gainprm[:1], 120.0)
    np.testing.assert_allclose(servo.biasprm[:3], (0.0, -120.0, -3.0))


@pytest.mark.parametrize("leg", LEGS)
def test_feet(model, leg):
    foot = model.geom(f"{leg}_FOOT")
    assert model.body(foot.bodyid[0]).name == f"{leg}_SHANK"
    np.testing.assert_allclose(foot.pos, placed(leg, FOOT), atol=1e-12)
    assert foot.size[0] == FOOT_RADIUS


@pytest.mark.parametrize("flip", [(1, -1, 1), (-1, 1, 1), (-1, -1, 1)])
def test_colliders_are_mirror_images_of_one_another(model, flip):
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_kinematics(model, data)
    robot = [i for i in colliders(model) if model.geom_bodyid[i] != 0]
    assert len(robot) == 9
    for geom in robot:
        image = min(robot, key=lambda i: np.abs(data.geom_xpos[i] - flip * data.geom_xpos[geom]).max())
        np.testing.assert_allclose(data.geom_xpos[image], flip * data.geom_xpos[geom], atol=1e-15)
        for field in ("type", "size", "friction", "condim", "solref", "solimp", "margin", "gap"):
            table = getattr(model, f"geom_{field}")
            np.testing.assert_array_equal(table[image], table[geom], err_msg=field)
        # Spheres, and a box whose axes are the base's: orientation is mirrored if axes stay parallel.
        if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_BOX:
            np.testing.assert_allclose(data.geom_xmat[geom].reshape(3, 3), np.eye(3), atol=1e-15)
        else:
            assert model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_SPHERE


def colliders(model: mujoco.MjModel) -> list[int]:
    return [i for i in range(model.ngeom) if model.geom_contype[i] or model.geom_conaffinity[i]]


def test_only_the_floor_collides(model):
    floor = model.geom("floor").id
    pairs = [
        {a, b}
        for a, b in itertools.combinations(range(model.ngeom), 2)
        if (model.geom_contype[a] & model.geom_conaffinity[b])
        or (model.geom_contype[b] & model.geom_conaffinity[a])
    ]
    assert len(pairs) == 9
    assert all(floor in pair for pair in pairs)


def test_home_is_the_default_pose_and_its_feet_carry_the_robot(model):
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("home").id)
    signs = {"HAA": 0.0, "HFE": 0.4, "KFE": -0.8}
    for leg, (joint, angle) in itertools.product(LEGS, signs.items()):
        assert data.joint(f"{leg}_{joint}").qpos[0] == pytest.approx(angle * FORWARD[leg[1]])
    carried = []
    for step in range(300):
        mujoco.mj_step(model, data)
        if step >= 100:
            carried.append(abs(sum(data.sensor(f"contact/{leg}_FOOT").data[3] for leg in LEGS)))
    assert 0.45 < data.qpos[2] < 0.6
    assert np.mean(carried) == pytest.approx(TOTAL_MASS * 9.81, rel=0.02)
    assert all(data.sensor(f"contact/{leg}_THIGH").data[0] == 0 for leg in LEGS)
    assert data.sensor("contact/base").data[0] == 0


def test_lying_on_its_belly_is_felt(model):
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.qpos[2] = 0.11
    for joint, angle in {"HFE": 1.4, "KFE": -2.6}.items():
        for leg in LEGS:
            data.joint(f"{leg}_{joint}").qpos[0] = angle * FORWARD[leg[1]]
    data.ctrl[:] = data.qpos[7:]
    for _ in range(50):
        mujoco.mj_step(model, data)
    assert np.linalg.norm(data.sensor("contact/base").data[1:]) > 50.0
