"""How a symmetry element moves a simulator state: what the world looks like in the mirror.

With the element's base motion R (3x3, orthogonal, acting on world axes about the world's origin) and its
joint action ρ, a state goes to

=====================  =========================  ================
quantity               frame                      image
=====================  =========================  ================
base position          world                      R p
base orientation       world from base            R Q Rᵀ
base linear velocity   world                      R v
base angular velocity  base                       det(R) R ω
joint position         -                          ρ q (with ρ's offset)
joint velocity, force  -                          ρ q̇ (without)
=====================  =========================  ================

R Q Rᵀ turns the quaternion (w, u) into (w, det(R) R u), so all of it is linear in the coordinates of
MuJoCo's free joint. Where R maps axes onto axes, it is one signed permutation of qpos and one of qvel, exact
in floating point; other rotations (by 120°) mix the three numbers of each of these vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.model import ModelView
from symaug.diagnostics import UserError, did_you_mean

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot


_DRIVES_JOINT = (int(mujoco.mjtTrn.mjTRN_JOINT), int(mujoco.mjtTrn.mjTRN_JOINTINPARENT))


@dataclass(frozen=True)
class CoordinateMap:
    """An affine signed permutation on coordinates: y[..., i] = sign[i] * x[..., index[i]] + offset[i].

    Attributes:
        index, sign, offset: as above, [n].
        mixed: vectors that are multiplied by a matrix instead: the first of their three coordinates, and the
            matrix [3, 3]. There `index` and `sign` are the identity's and `offset` is zero.
    """

    index: np.ndarray
    sign: np.ndarray
    offset: np.ndarray
    mixed: tuple[tuple[int, np.ndarray], ...] = ()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Apply the map to the last axis of `x` (float64 out, any leading shape)."""
        x = np.asarray(x, dtype=np.float64)
        y = self.sign * x[..., self.index] + self.offset
        for start, block in self.mixed:
            y[..., start : start + 3] = x[..., start : start + 3] @ block.T
        return y

    def matrix(self) -> np.ndarray:
        """The linear part as a dense orthogonal matrix [n, n]."""
        dense = np.zeros((len(self.index), len(self.index)))
        dense[np.arange(len(self.index)), self.index] = self.sign
        for start, block in self.mixed:
            dense[start : start + 3, start : start + 3] = block
        return dense


@dataclass(frozen=True)
class StateMaps:
    """How one element acts on a model's qpos [nq], qvel [nv] and ctrl [nu].

    `qvel` is also the map of everything that pairs with velocities: generalised forces, accelerations, and
    both sides of the mass matrix.
    """

    qpos: CoordinateMap
    qvel: CoordinateMap
    ctrl: CoordinateMap


def state_maps(robot: Robot, model: mujoco.MjModel, element: str) -> StateMaps:
    """Build the maps of one element; worth keeping when many states are to be mirrored.

    Raises:
        UserError: SA504 for an unknown element, SA601 when the model's joints are not the robot's, SA603 when
        an
            actuator drives something other than one joint or has no mirror image.
    """
    if element not in robot.group.elements:
        raise UserError.of(
            "SA504",
            f"robot `{robot.name}` has no symmetry element `{element}`",
            helps=did_you_mean(element, robot.group.elements),
        )
    view = ModelView.of(robot, model)
    joints = joint_map(robot, view, element)
    qpos, qvel = coordinate_maps(view, np.asarray(robot.motions[element]), joints)
    return StateMaps(qpos, qvel, _control_map(view, joints))


def joint_map(robot: Robot, view: ModelView, element: str) -> CoordinateMap:
    """The element's action on joint positions, in the order of `view.joints`."""
    action = robot.joint_action(element, view.joints)
    return CoordinateMap(
        np.asarray(action.index, dtype=np.intp),
        np.asarray(action.sign, dtype=np.float64),
        np.asarray(action.offset, dtype=np.float64),
    )


def coordinate_maps(
    view: ModelView, motion: np.ndarray, joints: CoordinateMap
) -> tuple[CoordinateMap, CoordinateMap]:
    """The maps of qpos and qvel under any base motion [3, 3] and joint action."""
    qpos, qvel = _identity(view.model.nq), _identity(view.model.nv)
    if view.free_joint is not None:
        qpos, qvel = _with_base(motion, qpos, qvel, view.model, view.free_joint)
    qpos.index[view.qpos_adr] = view.qpos_adr[joints.index]
    qpos.sign[view.qpos_adr] = joints.sign
    qpos.offset[view.qpos_adr] = joints.offset
    qvel.index[view.dof_adr] = view.dof_adr[joints.index]
    qvel.sign[view.dof_adr] = joints.sign
    return qpos, qvel


def mirror_state(
    robot: Robot, model: mujoco.MjModel, element: str, qpos: np.ndarray, qvel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Image of the states (qpos [..., nq], qvel [..., nv]) under `element`, float64, same leading shape.

    Raises:
        UserError: as `state_maps`.
    """
    maps = state_maps(robot, model, element)
    return maps.qpos(qpos), maps.qvel(qvel)


def mirror_ctrl(robot: Robot, model: mujoco.MjModel, element: str, ctrl: np.ndarray) -> np.ndarray:
    """Image of actuator inputs [..., nu] under `element`, in the units of each actuator (targets shift with
    offsets).

    Raises:
        UserError: as `state_maps`.
    """
    return state_maps(robot, model, element).ctrl(ctrl)


def actuator_joints(view: ModelView) -> np.ndarray:
    """For each actuator the position of its joint in `view.joints`, int [nu].

    Raises:
        UserError: SA603 when an actuator drives a tendon, a site or a body, or takes several inputs.
    """
    model = view.model
    drives_joint = np.isin(model.actuator_trntype, _DRIVES_JOINT)
    position = {int(j): k for k, j in enumerate(view.joint_ids)}
    joints = [
        position.get(int(j), -1) if ok else -1
        for j, ok in zip(model.actuator_trnid[:, 0], drives_joint, strict=True)
    ]
    unsupported = [model.actuator(i).name or f"#{i}" for i, j in enumerate(joints) if j < 0]
    if unsupported or len(joints) != model.nu:
        named = ", ".join(unsupported) or "one with several inputs"
        raise UserError.of("SA603", f"only actuators that drive one joint can be mirrored, not {named}")
    return np.asarray(joints, dtype=np.intp)


def actuator_images(view: ModelView, joint_index: np.ndarray) -> np.ndarray:
    """For each actuator the one whose input it takes over: it drives the source joint, and is the same kind;
    int [nu].

    Raises:
        UserError: SA603 when there is none.
    """
    model, joints = view.model, actuator_joints(view)
    alike: dict[tuple[int, ...], list[int]] = {}
    for i, joint in enumerate(joints):
        kind = (model.actuator_gaintype[i], model.actuator_biastype[i], model.actuator_dyntype[i])
        alike.setdefault((int(joint), *map(int, kind)), []).append(i)
    images = [0] * model.nu
    for (joint, *kind), group in alike.items():
        source = int(joint_index[joint])
        found = alike.get((source, *kind), [])
        if len(found) != len(group):
            raise UserError.of(
                "SA603",
                f"actuator `{model.actuator(group[0]).name}` has no mirror image: {len(group)} of its kind "
                f"drive `{view.joints[joint]}`, {len(found)} drive `{view.joints[source]}`",
            )
        for i, image in zip(group, found, strict=True):  # several on a joint pair up in their order
            images[i] = image
    return np.asarray(images, dtype=np.intp)


def _identity(size: int) -> CoordinateMap:
    return CoordinateMap(np.arange(size), np.ones(size), np.zeros(size))


def _with_base(
    motion: np.ndarray, qpos: CoordinateMap, qvel: CoordinateMap, model: mujoco.MjModel, joint: int
) -> tuple[CoordinateMap, CoordinateMap]:
    polar = np.asarray(motion, dtype=np.float64)
    axial = polar * round(float(np.linalg.det(polar)))
    q, v = int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])
    return _with_vectors(qpos, {q: polar, q + 4: axial}), _with_vectors(qvel, {v: polar, v + 3: axial})


def _with_vectors(mapping: CoordinateMap, blocks: dict[int, np.ndarray]) -> CoordinateMap:
    """The map with matrices [3, 3] at some coordinates, as signed permutations if they are."""
    if any((np.count_nonzero(block, axis=1) > 1).any() for block in blocks.values()):
        return replace(mapping, mixed=tuple(blocks.items()))
    index, sign = mapping.index.copy(), mapping.sign.copy()
    for start, block in blocks.items():
        index[start : start + 3] = start + np.abs(block).argmax(axis=1)
        sign[start : start + 3] = block.sum(axis=1)  # of the one entry in each row
    return replace(mapping, index=index, sign=sign)


def _control_map(view: ModelView, joints: CoordinateMap) -> CoordinateMap:
    model = view.model
    if model.nu == 0:
        return _identity(0)
    driven, images = actuator_joints(view), actuator_images(view, joints.index)
    gear = model.actuator_gear[:, 0]
    ctrl_sign = joints.sign[driven] * np.sign(gear) * np.sign(gear[images])
    # A position servo (force = gain * ctrl - stiffness * length) follows the joint's shift; a motor does not.
    gain, stiffness = model.actuator_gainprm[:, 0], -model.actuator_biasprm[:, 1]
    servo = (model.actuator_biastype == int(mujoco.mjtBias.mjBIAS_AFFINE)) & (gain != 0)
    follows = np.where(servo, stiffness / np.where(gain == 0, 1.0, gain), 0.0)
    return CoordinateMap(images, ctrl_sign, gear * joints.offset[driven] * follows)
