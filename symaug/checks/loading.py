"""Load an MJCF or URDF to examine a robot's joints: without meshes, the root loose, spare joints held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import mujoco

from symaug.diagnostics import UserError, did_you_mean
from symaug.shipped import files_like

_ONE_DOF = (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)
_FLOORS = (mujoco.mjtGeom.mjGEOM_PLANE, mujoco.mjtGeom.mjGEOM_HFIELD)


@dataclass(frozen=True)
class LoadedModel:
    """A compiled model and what was changed to get it.

    Attributes:
        model: with a floor at z = 0 added when the world has none.
        held: joints of the file that the robot document does not name; they are fixed at their zero.
        without_meshes: whether mesh geometry was left out because its files are missing.
    """

    model: mujoco.MjModel
    held: tuple[str, ...] = ()
    without_meshes: bool = False


def load_model(path: Path, joints: Collection[str]) -> LoadedModel:
    """Load the model at `path` as a robot that moves by `joints`.

    A URDF's root is given a floating base unless it is called `world`, and its collision shapes carry no
    mass.

    Raises:
        UserError: SA602 when the file is missing or MuJoCo cannot make a model of it.
    """
    if not path.is_file():
        helps = did_you_mean(path.name, files_like(path.parent, path.name))
        raise UserError.of("SA602", f"there is no model file `{path}`", helps=helps)
    try:
        spec, held = _parse(path, joints, with_meshes=True)
        return LoadedModel(spec.compile(), held)
    except ValueError as first:
        if not _is_about_files(first):
            raise _unloadable(path, first) from first
    try:
        spec, held = _parse(path, joints, with_meshes=False)
        return LoadedModel(spec.compile(), held, without_meshes=True)
    except ValueError as second:
        raise _unloadable(path, second) from second


def _parse(
    path: Path, joints: Collection[str], *, with_meshes: bool
) -> tuple[mujoco.MjSpec, tuple[str, ...]]:
    spec = mujoco.MjSpec.from_file(str(path))
    if path.suffix.lower() == ".urdf":
        _prepare_urdf(spec, path)
    if not with_meshes:
        _drop_meshes(spec)
    held = [joint for joint in spec.joints if joint.type in _ONE_DOF and joint.name not in joints]
    names = tuple(joint.name for joint in held)
    _delete_joints(spec, held)
    if not any(geom.type in _FLOORS for geom in spec.worldbody.geoms):
        spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1])
    return spec, names


def _delete_joints(spec: mujoco.MjSpec, joints: list[mujoco.MjsJoint]) -> None:
    names = {joint.name for joint in joints}
    for actuator in [each for each in spec.actuators if each.target in names]:
        spec.delete(actuator)
    for sensor in [each for each in spec.sensors if each.objname in names]:
        spec.delete(sensor)
    for equality in [each for each in spec.equalities if names & {each.name1, each.name2}]:
        spec.delete(equality)
    for key in list(spec.keys) if joints else []:
        spec.delete(key)  # their widths no longer fit
    for joint in joints:
        spec.delete(joint)


def _prepare_urdf(spec: mujoco.MjSpec, path: Path) -> None:
    for geom in spec.geoms:
        geom.density = 0  # links without <inertial> would get the mass of their collision shapes
    # MuJoCo welds the root link to the world, unless told otherwise; here only a link named `world` is the
    # world.
    root = spec.worldbody.first_body()
    if root is not None and not root.joints and not _is_anchored(path):
        root.add_freejoint()


def _is_anchored(path: Path) -> bool:
    robot = ElementTree.parse(path).getroot()
    children = {child.get("link") for child in robot.iterfind("joint/child")}
    return "world" in {link.get("name") for link in robot.iterfind("link")} - children


def _drop_meshes(spec: mujoco.MjSpec) -> None:
    for geom in list(spec.geoms):
        if geom.type == mujoco.mjtGeom.mjGEOM_MESH:
            spec.delete(geom)
    for mesh in list(spec.meshes):
        spec.delete(mesh)
    for texture in list(spec.textures):
        spec.delete(texture)
    for material in list(spec.materials):
        material.textures = [""] * len(material.textures)


def _is_about_files(error: ValueError) -> bool:
    text = str(error).lower()
    return "opening file" in text or "open file" in text or "no decoder" in text or "not found" in text


def _unloadable(path: Path, error: ValueError) -> UserError:
    reason = " ".join(str(error).split()).removeprefix("Error: ")
    return UserError.of("SA602", f"MuJoCo cannot load `{path}`: {reason}")
