"""Changes to a parsed model before it is compiled: what is not needed goes, what is unphysical is mended.

Every function changes the spec in place and says what it changed.
"""

from __future__ import annotations

from collections.abc import Collection

import mujoco
import numpy as np

_TINY_MASS, _TINY_INERTIA = 1e-9, 1e-12  # kg, kg m²
_FLAT = 1e-6  # of a body's largest second moment: the smallest that its other ones are raised to
_TRANSMISSIONS = (mujoco.mjtTrn.mjTRN_JOINT, mujoco.mjtTrn.mjTRN_JOINTINPARENT)
_GAINS = (mujoco.mjtGain.mjGAIN_FIXED, mujoco.mjtGain.mjGAIN_AFFINE)
_BIASES = (mujoco.mjtBias.mjBIAS_NONE, mujoco.mjtBias.mjBIAS_AFFINE)
_DYNAMICS = (
    mujoco.mjtDyn.mjDYN_NONE,
    mujoco.mjtDyn.mjDYN_INTEGRATOR,
    mujoco.mjtDyn.mjDYN_FILTER,
    mujoco.mjtDyn.mjDYN_FILTEREXACT,
)


def hold_spare_joints(spec: mujoco.MjSpec, joints: Collection[str]) -> tuple[str, ...]:
    """Fix the hinges, slides and ball joints that are not among `joints` at their zero, and free bodies that
    carry none of them (a cube on the floor); the names of the joints.
    """
    spare = [
        joint
        for joint in spec.joints
        if joint.name not in joints
        and (joint.type != mujoco.mjtJoint.mjJNT_FREE or not _carries(joint.parent, joints))
    ]
    names = {joint.name or f"the one of body {joint.parent.name}" for joint in spare}
    ordered = tuple(joint.name or f"the one of body {joint.parent.name}" for joint in spare)
    for actuator in [each for each in spec.actuators if each.target in names]:
        _delete_actuator(spec, actuator)
    for sensor in [each for each in spec.sensors if each.objname in names]:
        spec.delete(sensor)
    for equality in [each for each in spec.equalities if names & {each.name1, each.name2}]:
        spec.delete(equality)
    if spare:
        _delete_keys(spec)
    for joint in spare:
        spec.delete(joint)
    return ordered


def drop_other_actuators(spec: mujoco.MjSpec) -> tuple[str, ...]:
    """Take out actuators that are no function of one joint's state and input: those that drive tendons, sites
    or bodies, muscles, plugins; their names.
    """
    others = [
        actuator
        for actuator in spec.actuators
        if actuator.trntype not in _TRANSMISSIONS
        or actuator.gaintype not in _GAINS
        or actuator.biastype not in _BIASES
        or actuator.dyntype not in _DYNAMICS
        or actuator.plugin.active
    ]
    names = tuple(actuator.name or f"the one of {actuator.target}" for actuator in others)
    for actuator in others:
        _delete_actuator(spec, actuator)
    if others:
        _delete_keys(spec)
    return names


def drop_meshes(spec: mujoco.MjSpec) -> None:
    """Take out mesh geometry and textures, whose files may be missing."""
    for geom in list(spec.geoms):
        if geom.type == mujoco.mjtGeom.mjGEOM_MESH:
            spec.delete(geom)
    for mesh in list(spec.meshes):
        spec.delete(mesh)
    for texture in list(spec.textures):
        spec.delete(texture)
    for material in list(spec.materials):
        material.textures = [""] * len(material.textures)


def mend_inertias(spec: mujoco.MjSpec) -> tuple[str, ...]:
    """Make inertias physical: no second moment of mass below zero. The names of the bodies changed.

    Moving bodies without mass get next to none, which MuJoCo asks for.
    """
    mended = [body.name for body in spec.bodies if body.explicitinertial and _mend(body)]
    spec.compiler.boundmass = max(spec.compiler.boundmass, _TINY_MASS)
    spec.compiler.boundinertia = max(spec.compiler.boundinertia, _TINY_INERTIA)
    return tuple(mended)


def _mend(body: mujoco.MjsBody) -> bool:
    full = np.array(body.fullinertia)
    if np.isnan(full[0]):
        inertia = np.diag(body.inertia)
    else:
        xx, yy, zz, xy, xz, yz = full
        inertia = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    second = 0.5 * np.trace(inertia) * np.eye(3) - inertia
    values, axes = np.linalg.eigh(second)
    floor = _FLAT * max(values[-1], 0.0)
    if values[0] >= 0 or not np.isfinite(values).all():
        return False
    second = axes @ np.diag(np.maximum(values, floor)) @ axes.T
    inertia = np.trace(second) * np.eye(3) - second
    if np.isnan(full[0]):
        body.inertia = np.diag(inertia)
    else:
        body.fullinertia = [*np.diag(inertia), inertia[0, 1], inertia[0, 2], inertia[1, 2]]
    return True


def _carries(body: mujoco.MjsBody, joints: Collection[str]) -> bool:
    inside = [body, *body.find_all(mujoco.mjtObj.mjOBJ_BODY)]
    return any(joint.name in joints for each in inside for joint in each.joints)


def _delete_actuator(spec: mujoco.MjSpec, actuator: mujoco.MjsActuator) -> None:
    for sensor in [each for each in spec.sensors if each.objname == actuator.name and actuator.name]:
        if sensor.objtype == mujoco.mjtObj.mjOBJ_ACTUATOR:
            spec.delete(sensor)
    spec.delete(actuator)


def _delete_keys(spec: mujoco.MjSpec) -> None:
    for key in list(spec.keys):
        spec.delete(key)  # their widths no longer fit
