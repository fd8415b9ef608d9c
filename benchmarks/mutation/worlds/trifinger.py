"""TriFinger and a cube, in plain MuJoCo, with the terms of trifinger_rl_datasets."""

from __future__ import annotations

from itertools import product

import mujoco
import numpy as np

from symaug.checks.live.mujoco_state import Moment, free_body
from symaug.checks.live.mujoco_world import MujocoWorld, Observe, joint_inputs
from symaug.semantics.robot import load_robot_symmetry

_HALF = 0.0325  # m, of the cube's edge
_CORNERS = np.array(list(product((-_HALF, _HALF), repeat=3)))
_TURNED = "vector[yx] + vector[xy]"  # (x, y, z, w), multiplied from the left: see specs/trifinger/cube.yaml


def cube() -> MujocoWorld:
    """Lifting the cube; the three fingers are alike in the model, so that it is its own image as it is."""
    robot = load_robot_symmetry("trifinger")
    spec = mujoco.MjSpec.from_file(str(robot.model))
    body = spec.worldbody.add_body(name="cube")
    body.add_freejoint()
    body.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[_HALF] * 3, mass=0.094)
    model = spec.compile()
    q = [int(model.joint(name).qposadr[0]) for name in robot.joints]
    v = [int(model.joint(name).dofadr[0]) for name in robot.joints]
    drives = [model.actuator(name).id for name in robot.joints]
    tips = [model.body(f"finger_tip_link_{finger}").id for finger in (0, 120, 240)]
    lower = [model.body(f"finger_lower_link_{finger}").id for finger in (0, 120, 240)]

    def reset(m: Moment, rng: np.random.Generator) -> None:
        m.data.qpos[q] = [robot.default_pose[name] for name in robot.joints]
        start = int(model.body("cube").jntadr[0])
        place = int(model.jnt_qposadr[start])
        m.data.qpos[place : place + 3] = [*_in_disc(rng, 0.12), 0.04]
        m.data.qpos[place + 3 : place + 7] = _quaternion(rng)
        m.task["goal_pos"] = np.array([*_in_disc(rng, 0.12), rng.uniform(0.05, 0.15)])
        m.task["goal_quat"] = np.roll(_quaternion(rng), -1)

    def corners(m: Moment) -> np.ndarray:
        return m.data.body("cube").xpos + _CORNERS @ m.data.body("cube").xmat.reshape(3, 3).T

    def wanted(m: Moment) -> np.ndarray:
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, np.roll(m.task["goal_quat"], 1))
        return m.task["goal_pos"] + _CORNERS @ matrix.reshape(3, 3).T

    def velocities(m: Moment) -> np.ndarray:
        found = np.zeros((3, 6))
        for tip, row in zip(tips, found, strict=True):
            mujoco.mj_objectVelocity(m.model, m.data, mujoco.mjtObj.mjOBJ_XBODY, tip, row, 0)
        return found[:, 3:]

    def forces(m: Moment) -> np.ndarray:
        found, wrench = np.zeros(3), np.zeros(6)
        for rank in range(m.data.ncon):
            touching = model.geom_bodyid[m.data.contact[rank].geom].tolist()
            mujoco.mj_contactForce(m.model, m.data, rank, wrench)
            found += [wrench[0] * (link in touching) for link in lower]
        return found

    terms: dict[str, Observe] = {
        "achieved_goal.object_keypoints": corners,
        "action": lambda m: m.last_action,
        "camera_observation.confidence": lambda m: 0.9,
        "camera_observation.delay": lambda m: 0.1 + m.data.time % 0.1,
        "camera_observation.object_keypoints": corners,
        "camera_observation.object_orientation": lambda m: np.roll(m.data.body("cube").xquat, -1),
        "camera_observation.object_position": lambda m: m.data.body("cube").xpos,
        "desired_goal.object_keypoints": wanted,
        "robot_observation.fingertip_force": forces,
        "robot_observation.fingertip_position": lambda m: m.data.xpos[tips],
        "robot_observation.fingertip_velocity": velocities,
        "robot_observation.position": lambda m: m.data.qpos[q],
        "robot_observation.robot_id": lambda m: 3.0,
        "robot_observation.torque": lambda m: m.data.actuator_force[drives],
        "robot_observation.velocity": lambda m: m.data.qvel[v],
    }
    return MujocoWorld(
        model,
        robot.joints,
        observations={"policy": terms},
        actions=joint_inputs(model, robot.joints, scale=0.2),
        reset=reset,
        task={
            **free_body("cube", _TURNED),
            "goal_pos": "vector",
            "goal_quat": _TURNED,
        },
        rewards={"keypoints": lambda m: np.exp(-10 * np.linalg.norm(corners(m) - wanted(m), axis=1).mean())},
        substeps=10,
        exact=True,
        num_envs=4,
    )


def _in_disc(rng: np.random.Generator, radius: float) -> np.ndarray:
    angle, size = rng.uniform(-np.pi, np.pi), radius * np.sqrt(rng.uniform())
    return size * np.array([np.cos(angle), np.sin(angle)])


def _quaternion(rng: np.random.Generator) -> np.ndarray:
    drawn = rng.normal(size=4)
    return drawn / np.linalg.norm(drawn)
