"""ALOHA's two arms (their published joint tree) and a cube, in plain MuJoCo, with the terms of gym-aloha."""

from __future__ import annotations

from collections.abc import Mapping

import mujoco
import numpy as np

from symaug.checks.live.mujoco_state import Carried, Moment, free_body
from symaug.checks.live.mujoco_world import Actions, MujocoWorld, Observe, joint_inputs
from symaug.semantics.robot import load_robot_symmetry

from ..models import add_servo, damped_tree

_SIDES = ("left", "right")
_CLOSED, _STROKE = 0.021, 0.036  # m: the slide of a closed gripper, and how far it opens
_POSE = "limbs * (vector + quaternion(wxyz))"
_PULL = 0.1  # m that a hand moves for an action of one, so that random actions stay within reach


def transfer_cube() -> MujocoWorld:
    """Joint by joint. No reward: whichever hand it is for, it has a side (see the spec)."""
    model = _spec(servos=True).compile()
    joints = load_robot_symmetry("aloha").joints
    scale, offset = _units(joints)
    plain = joint_inputs(model, joints)

    def apply(m: Moment, action: np.ndarray) -> None:
        plain.apply(m, offset + scale * action)

    return _world(model, Actions(len(joints), apply), {}, {}, {})


def transfer_cube_ee() -> MujocoWorld:
    """By the poses of the hands, which follow mocap bodies."""
    return _by_hands(either=False)


def either_hand() -> MujocoWorld:
    """The same, from a hand that is drawn to the other."""
    return _by_hands(either=True)


def _by_hands(*, either: bool) -> MujocoWorld:
    model = _spec(servos=False).compile()
    hands = [int(model.body(f"mocap_{side}").mocapid[0]) for side in _SIDES]
    grippers = [model.actuator(f"{side}_arm_gripper").id for side in _SIDES]
    starts = model.body_pos[[model.body(f"mocap_{side}").id for side in _SIDES]].copy()

    def poses(m: Moment) -> np.ndarray:
        return np.concatenate([m.data.mocap_pos[hands], m.data.mocap_quat[hands]], axis=1)

    def put(m: Moment, values: np.ndarray) -> None:
        both = values.reshape(2, 7)
        m.data.mocap_pos[hands], m.data.mocap_quat[hands] = both[:, :3], both[:, 3:]

    def apply(m: Moment, action: np.ndarray) -> None:
        both = action.reshape(2, 8)
        m.data.mocap_pos[hands] = starts + _PULL * both[:, :3]
        turned = 0.3 * both[:, 3:7] + [1.0, 0.0, 0.0, 0.0]  # near upright; no quaternion has length zero
        m.data.mocap_quat[hands] = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        m.data.ctrl[grippers] = _CLOSED + _STROKE * both[:, 7]

    def fingers(m: Moment) -> np.ndarray:
        return np.outer(m.data.ctrl[grippers], [1.0, -1.0])

    def near(m: Moment) -> float:
        giver = model.body(f"{_SIDES[int(m.task['giver'][0] > 0)]}_arm_gripper").id
        return -float(np.linalg.norm(m.data.xpos[giver] - m.data.body("cube").xpos))

    terms: dict[str, Observe] = {"mocap_pose": poses, "gripper_ctrl": fingers}
    task: dict[str, str | Carried] = {"mocap": Carried(_POSE, lambda m: poses(m).ravel(), put)}
    if either:
        terms["giver"] = lambda m: m.task["giver"]
        task["giver"] = "pseudoscalar"
    return _world(model, Actions(16, apply), terms, task, {"near": near} if either else {})


def _spec(*, servos: bool) -> mujoco.MjSpec:
    robot = load_robot_symmetry("aloha")
    spec = damped_tree(robot, armature=0.05, damping=1.0)
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[2, 2, 1])
    cube = spec.worldbody.add_body(name="cube")
    cube.add_freejoint()
    cube.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.02] * 3, mass=0.05)
    for name in robot.joints:
        if servos or name.endswith("gripper"):
            add_servo(spec, name, 50.0)
    if not servos:
        _with_mocap(spec)
    return spec


def _with_mocap(spec: mujoco.MjSpec) -> None:
    model = spec.compile()
    data = mujoco.MjData(model)
    _pose(model, data)
    mujoco.mj_kinematics(model, data)
    turns = {"left": [1, 0, 0, 0], "right": [0, 0, 0, 1]}  # the right hand's frame is turned about z
    for side in _SIDES:
        hand = f"{side}_arm_wrist_rotate"
        spec.worldbody.add_body(name=f"mocap_{side}", mocap=True, pos=data.body(hand).xpos)
        weld = spec.add_equality(type=mujoco.mjtEq.mjEQ_WELD, name1=f"mocap_{side}", name2=hand)
        weld.objtype = mujoco.mjtObj.mjOBJ_BODY
        weld.data[:11] = [0, 0, 0, 0, 0, 0, *turns[side], 1]


def _pose(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    robot = load_robot_symmetry("aloha")
    scale, offset = _units(robot.joints)
    for name, a, b in zip(robot.joints, scale, offset, strict=True):
        data.qpos[model.joint(name).qposadr[0]] = b + a * robot.default_pose[name]


def _units(joints: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Grippers are given as 0 closed, 1 open, and slide in metres."""
    is_gripper = np.array([name.endswith("gripper") for name in joints])
    return np.where(is_gripper, _STROKE, 1.0), np.where(is_gripper, _CLOSED, 0.0)


def _world(
    model: mujoco.MjModel,
    actions: Actions,
    terms: Mapping[str, Observe],
    task: Mapping[str, str | Carried],
    rewards: Mapping,
) -> MujocoWorld:
    joints = load_robot_symmetry("aloha").joints
    scale, offset = _units(joints)
    q = [int(model.joint(name).qposadr[0]) for name in joints]
    v = [int(model.joint(name).dofadr[0]) for name in joints]

    def reset(m: Moment, rng: np.random.Generator) -> None:
        _pose(model, m.data)
        place = int(model.jnt_qposadr[int(model.body("cube").jntadr[0])])
        m.data.qpos[place : place + 3] = [rng.uniform(-0.2, 0.2), rng.uniform(0.4, 0.6), 0.05]
        turned = rng.normal(size=4)
        m.data.qpos[place + 3 : place + 7] = turned / np.linalg.norm(turned)
        m.task["giver"] = rng.choice([-1.0, 1.0], size=1)

    observations: dict[str, Observe] = {
        "qpos": lambda m: (m.data.qpos[q] - offset) / scale,
        "qvel": lambda m: m.data.qvel[v] / scale,
        "env_state": lambda m: np.concatenate([m.data.body("cube").xpos, m.data.body("cube").xquat]),
        **terms,
    }
    return MujocoWorld(
        model,
        joints,
        observations={"policy": observations},
        actions=actions,
        reset=reset,
        task={**free_body("cube"), **task},
        rewards=rewards,
        substeps=5,
        exact=True,
        num_envs=4,
    )
