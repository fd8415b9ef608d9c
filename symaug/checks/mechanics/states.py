"""Random simulator states for the dynamics checks: in the air and standing on the floor."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.colliders import colliding_geoms
from symaug.checks.mechanics.lines import random_configurations
from symaug.checks.mechanics.model import ModelView

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_PENETRATION = 0.02  # m: how deep the lowest collider starts in the floor
_POSE_SPREAD, _TILT_SPREAD = 0.03, 0.02  # rad, around the default pose and upright
_MEETS_FLOOR = 1


@dataclass(frozen=True)
class State:
    """A state s and an input a: qpos [nq], qvel [nv], ctrl [nu], and the generalised force applied [nv].

    The force stands in for the actuators of models that have none. `act` [nu] are the activations of
    actuators that have dynamics, in the units of their input; of the others nothing is read.
    """

    qpos: np.ndarray
    qvel: np.ndarray
    ctrl: np.ndarray
    force: np.ndarray
    act: np.ndarray


def random_states(view: ModelView, rng: np.random.Generator, count: int) -> list[State]:
    """Anywhere the joint limits allow, any base pose, velocities of order 1."""
    return [_moving(view, rng, qpos, 1.0) for qpos in random_configurations(view, rng, count)]


def standing_states(
    view: ModelView, floored: mujoco.MjModel, robot: Robot, rng: np.random.Generator, count: int
) -> list[State]:
    """Near the default pose and upright, the lowest collider a little into the floor; floating base only."""
    if view.free_joint is None:
        raise ValueError("a fixed base cannot be put on the floor")
    model, data = view.model, mujoco.MjData(floored)
    base = int(model.jnt_qposadr[view.free_joint])
    pose = np.array([robot.default_pose.get(name, 0.0) for name in view.joints])
    states = []
    for _ in range(count):
        qpos = model.qpos0.copy()
        qpos[view.qpos_adr] = pose + _POSE_SPREAD * rng.uniform(-1, 1, len(pose))
        tilt = np.concatenate([[1.0], _TILT_SPREAD * rng.uniform(-1, 1, 3)])
        qpos[base : base + 3] = 0.3 * rng.uniform(-1, 1, 3)
        qpos[base + 3 : base + 7] = tilt / np.linalg.norm(tilt)
        data.qpos[:] = qpos
        mujoco.mj_kinematics(floored, data)
        qpos[base + 2] -= _clearance(floored, data) + _PENETRATION
        states.append(_moving(view, rng, qpos, 0.3))
    return states


def in_air(model: mujoco.MjModel) -> mujoco.MjModel:
    """A copy without contacts, with a converged solver, in which a NaN stays one."""
    air = copy.copy(model)
    solve_to_the_end(air)
    air.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_CONTACT)
    return air


def on_floor(model: mujoco.MjModel, *, round_cones: bool = False) -> mujoco.MjModel:
    """A copy whose collision shapes meet the floor and nothing else, solver as in `in_air`.

    Shapes of the robot do not meet one another: MuJoCo's convex collider is not exactly even under mirrors.
    `round_cones` replaces friction pyramids, which have a square's symmetries only, by elliptic cones.
    """
    floored = copy.copy(model)
    solve_to_the_end(floored)
    if round_cones:
        floored.opt.cone = int(mujoco.mjtCone.mjCONE_ELLIPTIC)
    floored.geom_contype[:] = 0
    floored.geom_conaffinity[:] = 0
    floored.geom_conaffinity[colliding_geoms(model)] = _MEETS_FLOOR
    floored.geom_contype[floor_geoms(model)] = _MEETS_FLOOR
    return floored


def floor_geoms(model: mujoco.MjModel) -> list[int]:
    """Ids of the planes that stand still."""
    static = model.body_weldid[model.geom_bodyid] == 0
    return np.flatnonzero(static & (model.geom_type == int(mujoco.mjtGeom.mjGEOM_PLANE))).tolist()


@contextmanager
def simulator_warnings() -> Iterator[list[str]]:
    """Collect what MuJoCo warns of, which it would otherwise print and append to a log file."""
    heard: list[str] = []
    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(heard.append)
    try:
        yield heard
    finally:
        mujoco.set_mju_user_warning(before)


def contacts(model: mujoco.MjModel, states: list[State]) -> int:
    """How many contact points some states have, all together."""
    data, count = mujoco.MjData(model), 0
    for state in states:
        data.qpos[:] = state.qpos
        mujoco.mj_fwdPosition(model, data)
        count += int(data.ncon)
    return count


def solve_to_the_end(model: mujoco.MjModel) -> None:
    """Have the solver run to convergence, whatever it costs, and let a NaN stay one; in place."""
    # Only a converged solve is independent of the order of the constraints, which mirroring changes.
    model.opt.solver = int(mujoco.mjtSolver.mjSOL_NEWTON)
    model.opt.tolerance = 1e-15
    model.opt.iterations, model.opt.ls_iterations, model.opt.noslip_iterations = 100, 100, 0
    model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_AUTORESET)


def _moving(view: ModelView, rng: np.random.Generator, qpos: np.ndarray, speed: float) -> State:
    model = view.model
    limited = model.actuator_ctrllimited.astype(bool)
    low, high = np.where(limited[:, None], np.clip(model.actuator_ctrlrange, -1, 1), [-1.0, 1.0]).T
    force = rng.normal(size=model.nv) if model.nu == 0 else np.zeros(model.nv)
    ctrl = rng.uniform(low, high)
    return State(qpos, speed * rng.normal(size=model.nv), ctrl, force, rng.uniform(low, high))


def _clearance(model: mujoco.MjModel, data: mujoco.MjData) -> float:
    away, ends = 10.0, np.zeros(6)
    pairs = [
        (floor, geom) for floor in floor_geoms(model) for geom in colliding_geoms(model) if geom != floor
    ]
    return min((mujoco.mj_geomDistance(model, data, f, g, away, ends) for f, g in pairs), default=0.0)
