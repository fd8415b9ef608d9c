"""The symmetrised twin: the published model with every unevenness averaged out over the group.

On a real robot's model a wrong sign weighs as much as a base centre of mass that sits two millimetres off the
mirror plane. On the twin only the declaration can be wrong, so f(g·s, g·a) = g·f(s, a) turns into a proof
(docs/checks.md). The twin keeps the kinematics, the collision shapes and the total mass.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.bodies import body_images, composite_inertias, image_bodies
from symaug.checks.mechanics.inertia import is_physical, pseudo_inertia, set_pseudo_inertia
from symaug.checks.mechanics.mirror import CoordinateMap, StateMaps, joint_map, state_maps
from symaug.checks.mechanics.model import ModelView

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_JOINT_FIELDS = ("jnt_stiffness", "jnt_stiffnesspoly", "jnt_margin", "jnt_solref", "jnt_solimp")
_DOF_FIELDS = (
    "dof_armature",
    "dof_damping",
    "dof_dampingpoly",
    "dof_frictionloss",
    "dof_solref",
    "dof_solimp",
)
_ACTUATOR_FIELDS = (
    "actuator_gainprm",
    "actuator_dynprm",
    "actuator_armature",
    "actuator_damping",
    "actuator_dampingpoly",
)
# An inertia that moves by less is rounding: leave the published digits alone.
_UNCHANGED = 1e-12


def symmetrised_twin(model: mujoco.MjModel, robot: Robot) -> mujoco.MjModel:
    """A copy of `model` whose dynamics commute with every element of the robot's group.

    Averaged over the group: mass, centre of mass and inertia of every rigid body (as pseudo-inertias, so the
    result is physical and the total mass stays), joint ranges, stiffness, rest positions, damping, friction
    and armature, actuator gains and limits. What is even already keeps its exact values. `model` itself is
    left alone.

    Raises:
        UserError: SA601 when the model's joints are not the robot's, SA603 or SA604 when the declared
        symmetry does not
            pair its actuators or bodies.
    """
    twin = copy.copy(model)
    view = ModelView.of(robot, twin)
    maps = [state_maps(robot, twin, element) for element in robot.group.elements]
    _average_bodies(view, robot)
    _average_joints(view, robot, maps)
    _average_actuators(twin, [each.ctrl for each in maps])
    mujoco.mj_setConst(twin, mujoco.MjData(twin))
    if any(_moves(each.qpos, twin.qpos0, view.qpos_adr) for each in maps):
        _average_constraint_weights(view, robot, maps)
    return twin


def _average_bodies(view: ModelView, robot: Robot) -> None:
    model, count = view.model, len(robot.group.elements)
    published = composite_inertias(view)
    inertia = {body: np.zeros((4, 4)) for body in published}
    gravcomp = np.zeros(model.nbody)
    for element in robot.group.elements:
        for body, image in body_images(view, robot, element).items():
            inertia[image.body] += image.transform @ published[body] @ image.transform.T / count
            gravcomp[image.body] += model.body_gravcomp[body] / count
    for body, average in inertia.items():
        model.body_gravcomp[body] = gravcomp[body]
        if not np.allclose(average, published[body], rtol=0, atol=_UNCHANGED * np.abs(average).max()):
            _set_composite(model, body, average, published[body])


def _set_composite(model: mujoco.MjModel, root: int, wanted: np.ndarray, published: np.ndarray) -> None:
    # What is welded on stays as it is while the root can make up the difference, so that names keep their
    # masses.
    own = pseudo_inertia(model, root) + wanted - published
    if not is_physical(own):
        own = wanted
        welded = (model.body_weldid == root) & (np.arange(model.nbody) != root)
        model.body_mass[welded] = 0.0
        model.body_inertia[welded] = 0.0
    set_pseudo_inertia(model, root, own)


def _average_joints(view: ModelView, robot: Robot, maps: list[StateMaps]) -> None:
    model = view.model
    joint_maps = [joint_map(robot, view, element) for element in robot.group.elements]
    forces = [CoordinateMap(each.index, each.sign, np.zeros_like(each.offset)) for each in joint_maps]
    ids = view.joint_ids
    for name in _JOINT_FIELDS:
        _average_rows(getattr(model, name), [ids[each.index] for each in joint_maps], ids)
    for name in _DOF_FIELDS:
        _average_rows(getattr(model, name), [each.qvel.index for each in maps], slice(None))
    _average_intervals(model.jnt_range, model.jnt_limited, joint_maps, ids)
    _average_intervals(model.jnt_actfrcrange, model.jnt_actfrclimited, forces, ids)
    adr = view.qpos_adr
    model.qpos_spring[adr] = np.mean([each.qpos(model.qpos_spring)[adr] for each in maps], axis=0)


def _average_actuators(model: mujoco.MjModel, ctrl_maps: list[CoordinateMap]) -> None:
    if model.nu == 0:
        return
    everything = np.arange(model.nu)
    rows = [each.index for each in ctrl_maps]
    biases, gains = model.actuator_biasprm.copy(), model.actuator_gainprm.copy()
    for name in _ACTUATOR_FIELDS:
        _average_rows(getattr(model, name), rows, everything)
    # A constant force turns round with the joint, and so do gains that depend on its position or velocity.
    constant = np.mean([each.sign * biases[each.index, 0] for each in ctrl_maps], axis=0)
    sloped = np.mean([each.sign[:, None] * gains[each.index, 1:3] for each in ctrl_maps], axis=0)
    affine = model.actuator_gaintype == int(mujoco.mjtGain.mjGAIN_AFFINE)
    _average_rows(model.actuator_biasprm, rows, everything)
    model.actuator_biasprm[:, 0] = constant
    model.actuator_gainprm[affine, 1:3] = sloped[affine]
    gear = model.actuator_gear[:, 0]
    gear[:] = np.sign(gear) * np.mean([np.abs(gear[each]) for each in rows], axis=0)
    forces = [CoordinateMap(each.index, each.sign, np.zeros_like(each.offset)) for each in ctrl_maps]
    _average_intervals(model.actuator_ctrlrange, model.actuator_ctrllimited, ctrl_maps, everything)
    _average_intervals(model.actuator_actrange, model.actuator_actlimited, ctrl_maps, everything)
    _average_intervals(model.actuator_forcerange, model.actuator_forcelimited, forces, everything)


def _average_rows(values: np.ndarray, sources: list[np.ndarray], targets: np.ndarray | slice) -> None:
    values[targets] = np.mean([values[source] for source in sources], axis=0)


def _average_intervals(
    ranges: np.ndarray, limited: np.ndarray, maps: list[CoordinateMap], rows: np.ndarray
) -> None:
    images = [interval_images(ranges[rows], each) for each in maps]
    everywhere = np.all([limited[rows][each.index] for each in maps], axis=0)
    ranges[rows[everywhere]] = np.mean(images, axis=0)[everywhere]


def interval_images(intervals: np.ndarray, mapping: CoordinateMap) -> np.ndarray:
    """Images of intervals [n, 2] of coordinates under a map: low ends stay below high ends."""
    moved = mapping.sign[:, None] * intervals[mapping.index] + mapping.offset[:, None]
    return np.sort(moved, axis=1)


def _moves(mapping: CoordinateMap, qpos: np.ndarray, adr: np.ndarray) -> bool:
    return not np.allclose(mapping(qpos)[adr], qpos[adr], rtol=0, atol=1e-12)


def _average_constraint_weights(view: ModelView, robot: Robot, maps: list[StateMaps]) -> None:
    # MuJoCo scales contact and limit softness by inverse weights at qpos0; where qpos0 has no symmetry,
    # restore it.
    model = view.model
    _average_rows(model.dof_invweight0, [each.qvel.index for each in maps], slice(None))
    weights = np.zeros_like(model.body_invweight0)
    for element in robot.group.elements:
        for body, image in image_bodies(view, robot, element).items():
            weights[image] += model.body_invweight0[body] / len(maps)
    moving = model.body_weldid > 0
    model.body_invweight0[moving] = weights[model.body_weldid[moving]]
