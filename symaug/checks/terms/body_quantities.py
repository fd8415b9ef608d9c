"""Quantities that only a model can tell: per-body arrays of MuJoCo, places of limbs, actuator inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.bodies import body_images, poses
from symaug.checks.mechanics.lines import random_configurations
from symaug.checks.mechanics.mirror import StateMaps, state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.terms.mirror_worlds import Quantity, Worlds
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_ARRAYS = {
    "cfrc_ext": "MuJoCo's cfrc_ext: torque and force on each body, in the model's order of bodies",
    "cvel": "MuJoCo's cvel: angular and linear velocity of each body, in the model's order of bodies",
    "cinert": "MuJoCo's cinert: inertia of each body, in the model's order of bodies",
}
_LIMB_PLACES = ("foot_pos", "feet_pos", "foot_positions", "feet_positions", "fingertip_position")
_LIMB_SPEEDS = ("foot_vel", "feet_vel", "foot_velocities", "feet_velocities", "fingertip_velocity")
_PART = "(pseudovector + vector)"


def body_quantities_of(
    name: str, width: int, worlds: Worlds, twin: mujoco.MjModel, seed: int
) -> Iterator[Quantity]:
    """What a term of this name may be on the symmetrised model `twin`."""
    key = name.lower().rsplit(".", 1)[-1]
    if key in _ARRAYS:
        values = _measured(worlds, twin, seed, lambda data: getattr(data, key).ravel().copy())
        if values is None:
            return
        size = getattr(mujoco.MjData(twin), key).shape[1]
        for first, head in ((1, ""), (0, "6 * scalar + ")):  # Gymnasium leaves the world's row out
            if width == size * (twin.nbody - first):
                yield Quantity(
                    _ARRAYS[key],
                    _by_body(worlds.robot, twin, head) if size == 6 else "",
                    lambda element, skip=size * first: values(element)[:, skip:],
                    inexact=True,
                )
    elif key in (*_LIMB_PLACES, *_LIMB_SPEEDS) and width == 3 * len(worlds.robot.limbs):
        view = ModelView.of(worlds.robot, twin)
        tips = [view.joint_ids[view.joints.index(joints[-1])] for joints in worlds.robot.limbs.values()]
        bodies = twin.jnt_bodyid[tips]

        def read(data: mujoco.MjData) -> np.ndarray:
            if key in _LIMB_PLACES:
                return data.xanchor[tips].ravel().copy()
            jacobians, turning = np.zeros((len(tips), 3, twin.nv)), np.zeros((3, twin.nv))
            for jacobian, tip, body in zip(jacobians, tips, bodies, strict=True):
                mujoco.mj_jac(twin, data, jacobian, turning, data.xanchor[tip], int(body))
            return (jacobians @ data.qvel).ravel()

        values = _measured(worlds, twin, seed, read)
        if values is not None:
            yield Quantity("a place on each limb or its velocity", "limbs * vector", values, inexact=True)


def inputs(worlds: Worlds, twin: mujoco.MjModel, width: int, seed: int) -> list[Quantity]:
    """The model's actuator inputs in its own order, if an action has as many numbers."""
    if width != twin.nu:
        return []
    maps = _maps(worlds, twin)
    if maps is None:
        return []
    count = len(next(iter(worlds.images.values())).time)
    ctrl = np.random.default_rng(seed).normal(size=(count, twin.nu))
    driven = [twin.joint(int(j)).name for j in twin.actuator_trnid[:, 0]]
    shown = next((name for name, order in worlds.orders.items() if list(order) == driven), None)
    written = "" if shown is None else f"joints(order={shown})" if shown else "joints"
    return [
        Quantity("the inputs of the model's actuators, in their order", written, lambda e: maps[e].ctrl(ctrl))
    ]


def _maps(worlds: Worlds, twin: mujoco.MjModel) -> dict[str, StateMaps] | None:
    try:
        return {element: state_maps(worlds.robot, twin, element) for element in worlds.images}
    except UserError:
        return None


def _measured(
    worlds: Worlds, twin: mujoco.MjModel, seed: int, read: Callable[[mujoco.MjData], np.ndarray]
) -> Callable[[str], np.ndarray] | None:
    """Read random states of the model, with forces on its bodies, and their images."""
    maps, rng = _maps(worlds, twin), np.random.default_rng(seed)
    if maps is None:
        return None
    robot, view = worlds.robot, ModelView.of(worlds.robot, twin)
    count = len(next(iter(worlds.images.values())).time)
    qpos = random_configurations(view, rng, count)
    qvel, forces = rng.normal(size=(count, twin.nv)), rng.normal(size=(count, twin.nbody, 6))
    forces[:, twin.body_weldid == 0] = 0
    data = mujoco.MjData(twin)

    @cache
    def values(element: str) -> np.ndarray:
        polar = np.asarray(robot.motions[element], dtype=np.float64)
        axial = polar * robot.determinant(element)
        rows, bodies = [], _all_images(view, robot, element)
        for q, v, f in zip(qpos, qvel, forces, strict=True):
            data.qpos[:], data.qvel[:] = maps[element].qpos(q), maps[element].qvel(v)
            data.xfrc_applied[bodies, :3] = f[:, :3] @ polar.T
            data.xfrc_applied[bodies, 3:] = f[:, 3:] @ axial.T
            mujoco.mj_kinematics(twin, data)
            mujoco.mj_comPos(twin, data)
            mujoco.mj_fwdVelocity(twin, data)
            mujoco.mj_rnePostConstraint(twin, data)
            rows.append(read(data))
        return np.array(rows)

    return values


def _all_images(view: ModelView, robot: Robot, element: str) -> list[int]:
    """For every body the one in its place in the mirror, welded ones too; int [nbody]."""
    model, start = view.model, poses(view, view.model.qpos0)
    images, rigid = list(range(model.nbody)), body_images(view, robot, element)
    for body in range(1, model.nbody):
        root = int(model.body_weldid[body])
        if root not in rigid:
            continue
        image = rigid[root]
        there = image.transform @ np.linalg.inv(start[root]) @ start[body]
        near = np.flatnonzero(model.body_weldid == image.body)
        frames = np.linalg.inv(start[image.body]) @ start[near]
        com = there[:3, :3] @ model.body_ipos[body] + there[:3, 3]
        coms = frames[:, :3, 3] + np.einsum("nij,nj->ni", frames[:, :3, :3], model.body_ipos[near])
        images[body] = int(near[np.linalg.norm(coms - com, axis=1).argmin()])
    return images


def _by_body(robot: Robot, twin: mujoco.MjModel, head: str) -> str:
    each, rest = divmod(twin.nbody - 2, len(robot.limbs))
    if rest or not each:
        return ""
    return (
        f"{head}pseudovector + vector + limbs * {each} * {_PART}"
        if each > 1
        else (f"{head}pseudovector + vector + limbs * {_PART}")
    )
