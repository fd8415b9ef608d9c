"""Do the collision shapes of paired bodies mirror? Only then can steps in contact commute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.bodies import body_images
from symaug.checks.mechanics.model import ModelView
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, worst_first

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

NAME = "geometry/colliders"
TOLERANCE = 1e-3  # of the robot's extent
_SURFACE = (
    "geom_friction",
    "geom_condim",
    "geom_solref",
    "geom_solimp",
    "geom_margin",
    "geom_gap",
    "geom_solmix",
)
_GEOM = mujoco.mjtGeom
_SHAPES = (
    _GEOM.mjGEOM_SPHERE,
    _GEOM.mjGEOM_CAPSULE,
    _GEOM.mjGEOM_CYLINDER,
    _GEOM.mjGEOM_BOX,
    _GEOM.mjGEOM_ELLIPSOID,
)


def check_colliders(view: ModelView, robot: Robot) -> CheckResult:
    """Pair every collision shape with one on the image body; warn when some have no partner.

    Shapes are compared by type, place, size and surface; meshes are not compared, so a model with mesh
    colliders warns.
    """
    shapes = colliding_geoms(view.model)
    if not shapes:
        return CheckResult(NAME, "skip", detail="the model has no collision shapes")
    off = dict.fromkeys(shapes, 0.0)
    for element in robot.group.elements[1:]:
        for geom, distance in _distances(view, robot, element, shapes).items():
            off[geom] = max(off[geom], distance)
    scale = view.extent
    named = worst_first(
        {_name(view.model, geom): d / scale for geom, d in off.items() if not d <= TOLERANCE * scale}
    )
    violation = max(off.values()) / scale
    if not named:
        detail = f"{len(shapes)} collision shapes, each with its image"
        return CheckResult(NAME, "pass", violation, TOLERANCE, detail)
    detail = f"no mirror image for {listed(list(named))}: contacts will not commute"
    return CheckResult(NAME, "warn", violation, TOLERANCE, detail, named)


def colliding_geoms(model: mujoco.MjModel) -> list[int]:
    """Ids of the geoms on moving bodies that collide with anything."""
    moving = model.body_weldid[model.geom_bodyid] > 0
    solid = (model.geom_contype != 0) | (model.geom_conaffinity != 0)
    return np.flatnonzero(moving & solid).tolist()


def _distances(view: ModelView, robot: Robot, element: str, shapes: list[int]) -> dict[int, float]:
    """Distance in metres from each shape's image to the nearest shape like it, the extent if none is."""
    model, far = view.model, view.extent
    images = body_images(view, robot, element)
    points = {geom: _outline(view, geom) for geom in shapes}
    distances = {}
    for geom in shapes:
        root = int(model.body_weldid[model.geom_bodyid[geom]])
        image = images[root]
        here = points[geom] @ image.transform[:3, :3].T + image.transform[:3, 3]
        there = [
            points[other]
            for other in shapes
            if int(model.body_weldid[model.geom_bodyid[other]]) == image.body and _alike(model, geom, other)
        ]
        distances[geom] = min((_apart(here, other) for other in there), default=far)
    return distances


def _outline(view: ModelView, geom: int) -> np.ndarray:
    """Points [k, 3] in the rigid body's frame that, with the size, say where a shape is."""
    model = view.model
    data = view.scratch
    data.qpos[:] = model.qpos0
    mujoco.mj_kinematics(model, data)
    root = int(model.body_weldid[model.geom_bodyid[geom]])
    size, kind = model.geom_size[geom], int(model.geom_type[geom])
    if kind == int(_GEOM.mjGEOM_BOX):
        corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * size
    elif kind == int(_GEOM.mjGEOM_ELLIPSOID):
        corners = np.concatenate([np.diag(size), -np.diag(size)])
    elif kind == int(_GEOM.mjGEOM_SPHERE):
        corners = np.zeros((1, 3))
    else:
        corners = np.array([(0, 0, size[1]), (0, 0, -size[1])])
    world = corners @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]
    return (world - data.xpos[root]) @ data.xmat[root].reshape(3, 3)


def _alike(model: mujoco.MjModel, geom: int, other: int) -> bool:
    kind = int(model.geom_type[geom])
    if kind != int(model.geom_type[other]) or kind not in map(int, _SHAPES):
        return False
    same = np.allclose(np.sort(model.geom_size[geom]), np.sort(model.geom_size[other]), rtol=1e-6)
    return bool(
        same and all(np.allclose(getattr(model, f)[geom], getattr(model, f)[other]) for f in _SURFACE)
    )


def _apart(points: np.ndarray, others: np.ndarray) -> float:
    distances = np.linalg.norm(points[:, None] - others[None], axis=2)
    return float(max(distances.min(axis=1).max(), distances.min(axis=0).max()))


def _name(model: mujoco.MjModel, geom: int) -> str:
    body = model.body(int(model.geom_bodyid[geom])).name
    return model.geom(geom).name or f"{body}/geom {geom - int(model.body_geomadr[model.geom_bodyid[geom]])}"
