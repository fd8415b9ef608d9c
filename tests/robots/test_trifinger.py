"""TriFinger: published kinematics, its three turns, and what `trifinger-cube-lift` observes after them."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

import symaug
from symaug.checks import validate
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import robots_dir

FINGERS = ("0", "120", "240")
PARTS = ("base_to_upper", "upper_to_middle", "middle_to_lower")
JOINTS = [f"finger_{part}_joint_{finger}" for finger in FINGERS for part in PARTS]
AXES = {"base_to_upper": (0, 1, 0), "upper_to_middle": (1, 0, 0), "middle_to_lower": (1, 0, 0)}
LIMITS = {"base_to_upper": (-0.33, 1.0), "upper_to_middle": (0.0, 1.57), "middle_to_lower": (-2.7, 0.0)}
MASS = 3 * (0.26689 + 0.27163 + 0.05569 + 0.0092)  # kg
# rad and m: from robot_properties_fingers' tests/trifingerpro_kinematics_data.json; all fingers bent alike
ANGLES_TO_TIPS = [
    (
        (0.1988521312508383, 0.8897835312111577, -2.019488080167178),
        [
            (0.05091218020801411, 0.03012390215059141, 0.10730117080405478),
            (0.0006319744195217858, -0.05915319249748725, 0.10730117080405478),
            (-0.05154415462753592, 0.029029290346895803, 0.10730117080405478),
        ],
    ),
    (
        (-0.0165287332552582, 1.2499636266886571, -1.2517892021506123),
        [
            (0.0894666791943001, 0.20204361199382956, 0.0809933198170355),
            (0.13024156106187268, -0.17850222297141133, 0.0809933198170355),
            (-0.21970824025617275, -0.023541389022418337, 0.0809933198170355),
        ],
    ),
]
TURN = np.array([[-0.5, -np.sqrt(3) / 2, 0], [np.sqrt(3) / 2, -0.5, 0], [0, 0, 1]])
MOTIONS = {"turn": TURN, "turn*turn": TURN @ TURN}


@pytest.fixture(scope="module")
def trifinger() -> Robot:
    return load_robot_symmetry("trifinger")


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(robots_dir() / "trifinger" / "trifinger.xml"))


def tips(model: mujoco.MjModel, angles: np.ndarray) -> np.ndarray:
    """Where the three fingertips are, m, [3, 3]."""
    data = mujoco.MjData(model)
    data.qpos[:] = angles
    mujoco.mj_kinematics(model, data)
    return np.array([data.body(f"finger_tip_link_{finger}").xpos for finger in FINGERS])


def test_the_model_has_the_published_joints_masses_and_tips(trifinger, model):
    assert list(trifinger.joints) == JOINTS == [model.joint(i).name for i in range(model.njnt)]
    assert model.body_mass.sum() == pytest.approx(MASS)
    for name in JOINTS:
        part = name.removeprefix("finger_").split("_joint_")[0]
        np.testing.assert_allclose(model.joint(name).axis, AXES[part])
        np.testing.assert_allclose(model.joint(name).range, LIMITS[part])
    for angles, expected in ANGLES_TO_TIPS:
        np.testing.assert_allclose(tips(model, np.tile(angles, 3)), expected, atol=1e-12)


def test_the_group_is_three_turns_and_the_fingers_follow_them_backwards(trifinger):
    assert trifinger.group.elements == ("e", "turn", "turn*turn")
    np.testing.assert_allclose(trifinger.motions["turn"], TURN, atol=1e-15)
    # `finger_120` is mounted at -120 degrees, so a turn by +120 carries it to where finger 0 was.
    action = trifinger.joint_action("turn")
    assert action.index == (3, 4, 5, 6, 7, 8, 0, 1, 2) and set(action.sign) == {1}
    assert trifinger.limb_actions["turn"].index == (1, 2, 0)


def test_the_model_obeys_the_turns(trifinger):
    report = validate("trifinger")
    statuses = {check.name: check.status for check in report.checks}
    assert statuses.pop("dynamics/contact step") == "skip"  # the base is fixed
    assert set(statuses.values()) == {"pass"}
    for name in ("geometry/joint axes", "dynamics/step", "dynamics/as published"):
        violation = report.check(name).violation
        assert violation is not None and violation < 1e-12


@pytest.mark.parametrize(
    "old, new",
    [
        ("swap (finger_0 finger_240 finger_120)", "swap (finger_0 finger_120 finger_240)"),
        ("rotate z by 120 deg", "rotate z by -120 deg"),
    ],
)
def test_fingers_in_the_order_of_their_names_are_found_wrong(tmp_path, old, new):
    for name in ("robot.yaml", "trifinger.xml"):
        text = (robots_dir() / "trifinger" / name).read_text()
        (tmp_path / name).write_text(text.replace(old, new))
    report = validate(tmp_path / "robot.yaml", samples=2)
    assert report.check("geometry/joint axes").status == "fail"
    assert report.check("geometry/joint anchors").status == "fail"


# --- the observation of the lifting task -----------------------------------------------------------


def quaternion_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The product of two quaternions (x, y, z, w)."""
    return np.append(a[3] * b[:3] + b[3] * a[:3] + np.cross(a[:3], b[:3]), a[3] * b[3] - np.dot(a[:3], b[:3]))


def corners(orientation: np.ndarray, position: np.ndarray) -> np.ndarray:
    """The eight corners of a cube of 65 mm under an orientation (x, y, z, w) and a position, m, [8, 3]."""
    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, np.roll(orientation, 1))
    signs = [[(-1) ** (i >> bit & 1) for bit in range(3)] for i in range(8)]
    return 0.0325 * np.array(signs) @ matrix.reshape(3, 3).T + position


def test_the_spec_has_the_139_numbers_of_the_flattened_observation():
    program = symaug.compile("trifinger/cube")
    space = program.space("observations/policy")
    assert space.width == 139 and program.space("actions").width == 9
    names = [term.name for term in space.terms]
    assert names == sorted(names)  # trifinger_rl_datasets sorts by key before it flattens
    assert program.tasks is not None and program.tasks.unreached == ()


@pytest.mark.parametrize("element", MOTIONS)
def test_observations_of_the_turned_world_are_the_turned_observations(model, trifinger, element):
    rng = np.random.default_rng(3)
    motion = MOTIONS[element]
    r = -np.array(
        [0, 0, np.sin(np.pi / 3), np.cos(np.pi / 3)]
    )  # minus: else three turns were not the identity
    r = quaternion_product(r, r) if element == "turn*turn" else r
    angles = np.tile([0.2, 0.8, -1.5], 3) + rng.uniform(-0.2, 0.2, 9)
    orientation, position = rng.normal(size=4), rng.normal(size=3)
    orientation /= np.linalg.norm(orientation)
    # A finger takes its angles over from the one whose tip the motion carries to its place.
    at_rest = tips(model, np.tile([0.2, 0.8, -1.5], 3))
    source = [int(np.abs(at_rest @ motion.T - tip).sum(axis=1).argmin()) for tip in at_rest]
    image_angles = angles.reshape(3, 3)[source].ravel()

    def observe(angles: np.ndarray, orientation: np.ndarray, position: np.ndarray) -> dict[str, np.ndarray]:
        return {
            "achieved_goal.object_keypoints": corners(orientation, position).ravel(),
            "camera_observation.object_orientation": orientation,
            "camera_observation.object_position": position,
            "robot_observation.fingertip_position": tips(model, angles).ravel(),
            "robot_observation.position": angles,
        }

    here = observe(angles, orientation, position)
    there = observe(image_angles, quaternion_product(r, orientation), motion @ position)
    space = symaug.compile("trifinger/cube").space("observations/policy")
    whole = np.zeros(space.width)
    slices = {term.name: slice(term.start, term.stop) for term in space.terms}
    for name, numbers in here.items():
        whole[slices[name]] = numbers
    image = np.array(space.action(element).apply(list(whole)))
    for name, numbers in there.items():
        np.testing.assert_allclose(image[slices[name]], numbers, atol=1e-12, err_msg=name)
