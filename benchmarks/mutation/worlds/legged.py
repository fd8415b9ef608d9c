"""Legged robots on flat and on hilly ground, in plain MuJoCo, with the terms of their shipped specs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import mujoco
import numpy as np

from symaug.checks.live.mujoco_state import Moment
from symaug.checks.live.mujoco_world import MujocoWorld, Observe, joint_inputs
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import Robot, load_robot_symmetry

EPISODE = 6.0  # s
HILLS = 5  # the group of the ground's geoms, which the scan sees
_SCAN = np.array([(x, y) for y in np.linspace(-0.5, 0.5, 11) for x in np.linspace(-0.8, 0.8, 17)])


def anymal_d_rough() -> MujocoWorld:
    """ANYmal D's symmetrised twin among hills."""
    return _legged("anymal_d", height=0.65, command=True, scan=True)


def g1_velocity() -> MujocoWorld:
    """G1 follows a command."""
    return _legged("g1", height=0.8, command=True)


def g1_position() -> MujocoWorld:
    """G1 walks to a target before time runs out."""
    return _legged("g1", height=0.8, command=False)


def g1_rough() -> MujocoWorld:
    """G1 follows a command among hills."""
    return _legged("g1", height=0.8, command=True, scan=True)


def _legged(name: str, *, height: float, command: bool, scan: bool = False) -> MujocoWorld:
    robot = load_robot_symmetry(name)
    assert robot.model is not None
    spec = mujoco.MjSpec.from_file(str(robot.model))
    spec.geom("floor").group = HILLS
    if scan:
        _with_hills(spec, robot)
    model = symmetrised_twin(spec.compile(), robot)
    return _world(robot, model, height=height, command=command, scan=scan)


def _with_hills(spec: mujoco.MjSpec, robot: Robot) -> None:
    """Domes, each with its images, so that the ground is its own image about the world's origin."""
    rng = np.random.default_rng(7)
    for _ in range(8):
        place, radius = rng.uniform(-3, 3, 2), rng.uniform(0.5, 1.5)
        top = rng.uniform(0.05, 0.25)
        for motion in robot.motions.values():
            x, y, _ = np.asarray(motion, dtype=np.float64) @ [*place, 0.0]
            spec.worldbody.add_geom(
                type=mujoco.mjtGeom.mjGEOM_SPHERE,
                size=[radius, 0, 0],
                pos=[x, y, top - radius],
                contype=1,
                conaffinity=1,
                group=HILLS,
            )


def _world(robot: Robot, model: mujoco.MjModel, *, height: float, command: bool, scan: bool) -> MujocoWorld:
    order = robot.joint_orders["isaaclab"]
    pose = np.array([robot.default_pose[name] for name in order])
    q = [int(model.joint(name).qposadr[0]) for name in order]
    v = [int(model.joint(name).dofadr[0]) for name in order]

    def reset(m: Moment, rng: np.random.Generator) -> None:
        yaw = rng.uniform(-np.pi, np.pi)
        m.data.qpos[:3] = [*rng.uniform(-1.5, 1.5, 2), height]
        m.data.qpos[3:7] = [np.cos(yaw / 2), 0, 0, np.sin(yaw / 2)]
        m.data.qvel[:6] = rng.uniform(-0.5, 0.5, 6)
        m.data.qpos[q] = pose
        if command:
            m.task["command"] = rng.uniform(-1, 1, 3)
        else:
            m.task["target"] = rng.uniform(-3, 3, 2)

    def seen_from_base(vector: Callable[[Moment], np.ndarray]) -> Observe:
        return lambda m: m.data.xmat[1].reshape(3, 3).T @ vector(m)

    def target_position(m: Moment) -> np.ndarray:
        return (m.data.xmat[1].reshape(3, 3).T @ ([*m.task["target"], 0.0] - m.data.qpos[:3]))[:2]

    joints: Mapping[str, Observe] = {
        "joint_pos": lambda m: m.data.qpos[q] - pose,
        "joint_vel": lambda m: m.data.qvel[v],
        "last_action": lambda m: m.last_action,
    }
    terms: dict[str, Observe] = {
        "base_lin_vel": seen_from_base(lambda m: m.data.qvel[:3]),
        "base_ang_vel": lambda m: m.data.qvel[3:6],
        "projected_gravity": seen_from_base(lambda m: np.array([0.0, 0.0, -1.0])),
    }
    if command:
        terms |= {"velocity_command": lambda m: m.task["command"], **joints}
    else:
        terms |= {
            **joints,
            "remaining_time": lambda m: EPISODE - m.data.time,
            "target_position": target_position,
        }
    if scan:
        terms["height_scan"] = height_scan
    return MujocoWorld(
        model,
        order,
        observations={"policy": terms},
        actions=joint_inputs(model, order, scale=0.5, offset=list(pose)),
        reset=reset,
        task={"command": "vector[xy] + pseudovector[z]"} if command else {"target": "vector[xy]"},
        substeps=4,
        exact=True,
        num_envs=4,
    )


def height_scan(m: Moment) -> np.ndarray:
    """The base's height above the ground, [187], at points of a level grid that turns with the base."""
    base, matrix = m.data.qpos[:3], m.data.xmat[1].reshape(3, 3)
    forward = matrix[:2, 0] / np.linalg.norm(matrix[:2, 0])
    points = base[:2] + _SCAN @ np.array([forward, [-forward[1], forward[0]]])
    hills = np.flatnonzero(
        (m.model.geom_group == HILLS) & (m.model.geom_type == mujoco.mjtGeom.mjGEOM_SPHERE)
    )
    centres, radii = m.data.geom_xpos[hills], m.model.geom_size[hills, 0]
    away = np.square(points[:, None] - centres[:, :2]).sum(axis=2)
    domes = centres[:, 2] + np.sqrt(np.maximum(np.square(radii) - away, 0.0))
    return base[2] - np.where(away < np.square(radii), domes, 0.0).max(axis=1, initial=0.0)
