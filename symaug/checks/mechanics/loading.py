"""Load an MJCF or URDF to examine a robot's joints: without meshes, the root loose, spare joints held."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import mujoco

from symaug.checks.mechanics.mending import (
    drop_meshes,
    drop_other_actuators,
    hold_spare_joints,
    mend_inertias,
)
from symaug.diagnostics import UserError, did_you_mean
from symaug.shipped import files_like

_ONE_COORDINATE = (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)
_FLOORS = (mujoco.mjtGeom.mjGEOM_PLANE, mujoco.mjtGeom.mjGEOM_HFIELD)


@dataclass(frozen=True)
class LoadedModel:
    """A compiled model and what was changed to get it.

    Attributes:
        model: with a floor at z = 0 added when the world has none.
        held: joints of the file that the robot document does not name, and free bodies beside the robot; they
            are fixed at their zero.
        without_meshes: whether mesh geometry was left out because its files are missing.
        undriven: actuators left out because they drive something else than one joint, or are muscles.
        mended: bodies whose inertia no distribution of mass has, changed to the nearest that one has.
    """

    model: mujoco.MjModel
    held: tuple[str, ...] = ()
    without_meshes: bool = False
    undriven: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Concessions:
    without_meshes: bool = False
    mended: bool = False


def load_model(path: Path, joints: Collection[str] | None, *, meshes: bool = True) -> LoadedModel:
    """Load the model at `path` as a robot that moves by `joints`; None: by all hinges and slides with a name.

    A URDF's root is given a floating base unless it is called `world`, and its collision shapes carry no
    mass. What MuJoCo refuses only for missing meshes or unphysical inertias is loaded without the ones and
    with the others mended. Without `meshes` none are read, which saves seconds; only a body whose inertia
    comes from its meshes still needs them.

    Raises:
        UserError: SA601 when one of the joints turns like a ball, SA602 when the file is missing or MuJoCo
            cannot make a model of it.
    """
    if not path.is_file():
        helps = did_you_mean(path.name, files_like(path.parent, path.name))
        raise UserError.of("SA602", f"there is no model file `{path}`", helps=helps)
    allowed = _Concessions(without_meshes=not meshes)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what is deprecated in somebody's file
                return _load(path, joints, allowed)
        except ValueError as error:
            wider = _conceding(allowed, str(error).lower())
            if wider == allowed:
                raise _unloadable(path, error) from error
            allowed = wider


def _conceding(allowed: _Concessions, error: str) -> _Concessions:
    """What more must be allowed after this error; nothing more when it is about something else."""
    if any(words in error for words in ("opening file", "open file", "no decoder", "not found")):
        return replace(allowed, without_meshes=True)
    if "inertia" in error or "mass" in error:
        return replace(allowed, mended=True)
    return allowed


def _load(path: Path, joints: Collection[str] | None, allowed: _Concessions) -> LoadedModel:
    spec = mujoco.MjSpec.from_file(str(path))
    if path.suffix.lower() == ".urdf":
        _prepare_urdf(spec, path)
    if allowed.without_meshes:
        drop_meshes(spec)
    if joints is None:
        joints = {joint.name for joint in spec.joints if joint.type in _ONE_COORDINATE and joint.name}
    mended = mend_inertias(spec) if allowed.mended else ()
    balls = [j.name for j in spec.joints if j.type == mujoco.mjtJoint.mjJNT_BALL and j.name in joints]
    if balls:
        raise UserError.of(
            "SA601",
            f"joint `{balls[0]}` is a ball joint; only hinges and slides have a coordinate to map",
            helps=("model it as three hinges, or leave it out of the document: then it is held",),
        )
    held, undriven = hold_spare_joints(spec, joints), drop_other_actuators(spec)
    if not any(geom.type in _FLOORS for geom in spec.worldbody.geoms):
        spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1])
    return LoadedModel(spec.compile(), held, allowed.without_meshes, undriven, mended)


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


def _unloadable(path: Path, error: ValueError) -> UserError:
    reason = " ".join(str(error).split()).removeprefix("Error: ")
    return UserError.of("SA602", f"MuJoCo cannot load `{path}`: {reason}")
