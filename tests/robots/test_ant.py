"""Ant: published numbers, dynamics, and what Ant-v5 observes in worlds turned and mirrored by hand."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

import symaug
from symaug.checks import validate
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import robots_dir

# Gymnasium's ant.xml: where each leg stands (m), its ankle's axis, its limits (deg). Hips turn about z, +-30.
LEGS = {
    "1": ((0.2, 0.2), (-1, 1, 0), (30, 70)),
    "2": ((-0.2, 0.2), (1, 1, 0), (-70, -30)),
    "3": ((-0.2, -0.2), (-1, 1, 0), (-70, -30)),
    "4": ((0.2, -0.2), (1, 1, 0), (30, 70)),
}
JOINTS = [f"{joint}_{leg}" for leg in LEGS for joint in ("hip", "ankle")]
MOTORS = [f"{joint}_{leg}" for leg in "4123" for joint in ("hip", "ankle")]


@pytest.fixture(scope="module")
def ant() -> Robot:
    return load_robot_symmetry("ant")


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(robots_dir() / "ant" / "ant.xml"))


def test_the_model_has_the_published_joints_and_motors(ant, model):
    assert list(ant.joints) == JOINTS == [model.joint(i).name for i in range(1, model.njnt)]
    assert [model.joint(model.actuator_trnid[i, 0]).name for i in range(model.nu)] == MOTORS
    assert list(ant.joint_orders["actuators"]) == MOTORS
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    for leg, (place, axis, limits) in LEGS.items():
        hip, ankle = model.joint(f"hip_{leg}"), model.joint(f"ankle_{leg}")
        np.testing.assert_allclose(hip.axis, (0, 0, 1))
        np.testing.assert_allclose(ankle.axis, np.array(axis) / np.sqrt(2))
        np.testing.assert_allclose(np.rad2deg(hip.range), (-30, 30))
        np.testing.assert_allclose(np.rad2deg(ankle.range), limits)
        np.testing.assert_allclose(data.xanchor[hip.id][:2], place)
        np.testing.assert_allclose(data.xanchor[ankle.id][:2], 2 * np.array(place))


def test_the_group_is_that_of_a_square(ant):
    assert ant.group.order == 8
    assert ant.group.generators == ("turn", "mirror")
    turn, mirror = ant.group.index("turn"), ant.group.index("mirror")
    assert ant.group.product(turn, mirror) != ant.group.product(mirror, turn)


def moved(robot: Robot, element: str) -> dict[str, str]:
    """For each joint the one that it takes its value from, with the sign."""
    action = robot.joint_action(element)
    return {
        joint: ("-" if sign < 0 else "+") + robot.joints[index]
        for joint, index, sign in zip(robot.joints, action.index, action.sign, strict=True)
    }


def test_turn_and_mirror_by_hand(ant):
    # Leg 1 goes to the place of leg 2. The foot that was lowered by +50 deg of ankle_1, whose axis becomes
    # (-1, -1, 0), is lowered by -50 deg of ankle_2, whose axis is (1, 1, 0).
    assert moved(ant, "turn") == {
        "hip_1": "+hip_4",
        "ankle_1": "+ankle_4",
        "hip_2": "+hip_1",
        "ankle_2": "-ankle_1",
        "hip_3": "+hip_2",
        "ankle_3": "+ankle_2",
        "hip_4": "+hip_3",
        "ankle_4": "-ankle_3",
    }
    # Left for right: legs 1 and 4, 2 and 3. A mirror turns every hip around.
    assert moved(ant, "mirror")["hip_1"] == "-hip_4"
    assert moved(ant, "mirror")["ankle_2"] == "+ankle_3"


def test_the_model_obeys_all_eight_elements_even_on_the_floor(ant):
    report = validate("ant")
    assert {check.status for check in report.checks} == {"pass"}
    for name in ("dynamics/step", "dynamics/contact step", "dynamics/as published"):
        violation = report.check(name).violation
        assert violation is not None and violation < 1e-12


@pytest.mark.parametrize(
    "old, new, guilty",
    [
        ("flip ankle_2 ankle_4", "flip ankle_1 ankle_3", {"ankle_1", "ankle_2", "ankle_3", "ankle_4"}),
        (", flip ankle_2 ankle_4", "", {"ankle_2", "ankle_4"}),
        (", flip hip_*", "", {"hip_1", "hip_2", "hip_3", "hip_4"}),
        (", flip hip_*", ", flip hip_* ankle_*", {"ankle_1", "ankle_2", "ankle_3", "ankle_4"}),
    ],
)
def test_irregular_signs_cannot_be_guessed(tmp_path, old, new, guilty):
    for name in ("robot.yaml", "ant.xml"):
        text = (robots_dir() / "ant" / name).read_text()
        if name == "robot.yaml":
            assert old in text
            text = text.replace(old, new)
            text = text[: text.index("  relations:")]
        (tmp_path / name).write_text(text)
    check = validate(tmp_path / "robot.yaml", samples=2).check("geometry/joint axes")
    assert check.status == "fail"
    assert set(list(check.breakdown)[: len(guilty)]) == guilty  # those that they carry come after them


# --- Ant-v5's observation ---------------------------------------------------------------------------


def observe(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """What Ant-v5 observes: positions without x and y, velocities, contact forces clipped to +-1."""
    mujoco.mj_rnePostConstraint(model, data)
    forces = np.clip(data.cfrc_ext[1:], -1, 1).ravel()
    return np.concatenate([data.qpos[2:], data.qvel, forces])


def motion(element: str) -> np.ndarray:
    """The element's base motion, from its name."""
    matrix = np.eye(3)
    for factor in element.split("*"):
        matrix = (
            matrix
            @ {
                "e": np.eye(3),
                "turn": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
                "mirror": np.diag([1.0, -1, 1]),
            }[factor]
        )
    return matrix


def image_of_joints(element: str) -> tuple[np.ndarray, np.ndarray]:
    """Where each joint's value comes from and its sign, from the published places and axes alone."""
    matrix = motion(element)
    handed = np.linalg.det(matrix) * matrix
    index, sign = [], []
    for place, axis, _ in LEGS.values():
        source = min(LEGS, key=lambda k: np.abs(matrix[:2, :2] @ LEGS[k][0] - place).max())
        for joint, mine, its in (("hip", (0, 0, 1), (0, 0, 1)), ("ankle", axis, LEGS[source][1])):
            index.append(JOINTS.index(f"{joint}_{source}"))
            sign.append(np.sign(np.array(mine) @ handed @ np.array(its)))
    return np.array(index), np.array(sign)


def rolled_out(model: mujoco.MjModel, qpos: np.ndarray, qvel: np.ndarray, torques: np.ndarray) -> np.ndarray:
    """The observations of six steps from a state, under torques [6, 8] in the order of JOINTS."""
    data = mujoco.MjData(model)
    data.qpos[:], data.qvel[:] = qpos, qvel
    seen = []
    for torque in torques:
        data.ctrl[:] = torque[[JOINTS.index(name) for name in MOTORS]]
        mujoco.mj_step(model, data)
        seen.append(observe(model, data))
    return np.array(seen)


@pytest.mark.parametrize(
    "element",
    ["turn", "mirror", "turn*turn", "turn*mirror", "mirror*turn", "turn*turn*turn", "turn*turn*mirror"],
)
def test_observations_of_the_moved_world_are_the_moved_observations(model, element):
    rng = np.random.default_rng(5)
    program = symaug.compile("ant/run")
    qpos = np.concatenate([[0.3, -0.2, 0.45], rng.normal(size=4), rng.uniform(-0.3, 0.3, 8)])
    qpos[3:7] = np.array([1, 0, 0, 0]) + 0.1 * qpos[3:7]
    qpos[3:7] /= np.linalg.norm(qpos[3:7])
    for leg, (_, _, limits) in LEGS.items():
        qpos[7 + JOINTS.index(f"ankle_{leg}")] = np.deg2rad(np.mean(limits))
    qvel, torques = rng.normal(size=14), rng.uniform(-1, 1, (6, 8))

    matrix, (index, sign) = motion(element), image_of_joints(element)
    base = np.zeros(9)
    mujoco.mju_quat2Mat(base, qpos[3:7])
    orientation = np.zeros(4)
    mujoco.mju_mat2Quat(orientation, (matrix @ base.reshape(3, 3) @ matrix.T).ravel())
    orientation *= np.sign(orientation[0] * qpos[3])
    axial = np.linalg.det(matrix) * matrix
    image_qpos = np.concatenate([matrix @ qpos[:3], orientation, sign * qpos[7:][index]])
    image_qvel = np.concatenate([matrix @ qvel[:3], axial @ qvel[3:6], sign * qvel[6:][index]])

    seen = rolled_out(model, qpos, qvel, torques)
    expected = rolled_out(model, image_qpos, image_qvel, sign * torques[:, index])
    action = program.space("observations/policy").action(element)
    assert np.abs(seen[:, 27:]).max() > 0.1  # the feet are on the floor
    for here, there in zip(seen, expected, strict=True):
        np.testing.assert_allclose(action.apply(list(here)), there, atol=1e-9)

    motors = program.space("actions").action(element)
    order = [JOINTS.index(name) for name in MOTORS]
    np.testing.assert_array_equal(motors.apply(list(torques[0][order])), (sign * torques[0][index])[order])


def test_the_spec_has_ant_v5s_105_numbers():
    program = symaug.compile("ant/run")
    terms = [(term.name, term.start, term.stop) for term in program.space("observations/policy").terms]
    assert terms == [("qpos", 0, 13), ("qvel", 13, 27), ("cfrc_ext", 27, 105)]
    assert program.space("actions").width == 8
    assert program.tasks is not None and program.tasks.unreached == ()


def test_a_direction_makes_the_reward_the_same_for_all_elements():
    program = symaug.compile("ant/direction")
    space = program.space("observations/policy")
    assert [term.name for term in space.terms] == ["qpos", "qvel", "cfrc_ext", "direction"]
    rng = np.random.default_rng(0)
    seen = rng.normal(size=space.width)
    for element in program.group.elements:
        image = np.array(space.action(element).apply(list(seen)))
        # speed along the direction: the velocity starts at 13, the direction at 105
        assert image[13:15] @ image[105:] == pytest.approx(seen[13:15] @ seen[105:])


def test_names_of_legs_are_gymnasiums_and_two_of_them_mislead(ant):
    stands = {limb: LEGS[joints[0][-1]][0] for limb, joints in ant.limbs.items()}
    assert stands["front_right_leg"] == (-0.2, 0.2)  # behind, on the left
    assert stands["right_back_leg"] == (0.2, -0.2)  # in front, on the right
