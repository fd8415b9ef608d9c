"""Where a robot's joints are, for pictures: read from its model at the default pose."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec as find_module
from typing import TYPE_CHECKING

from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

Place = tuple[float, float, float]


@dataclass(frozen=True)
class Bone:
    """A joint of a robot's skeleton in its default pose, in the base frame (m, x forward).

    Attributes:
        joint: its name.
        place: a point on its axis.
        parent: the joint that carries it; None where that is the base.
        end: a point further out on the body that it moves, for a joint that carries no other; None else.
    """

    joint: str
    place: Place
    parent: str | None
    end: Place | None


def joint_places(robot: Robot) -> dict[str, Place] | None:
    """A point on each joint's axis, see `skeleton`."""
    bones = skeleton(robot)
    return None if bones is None else {bone.joint: bone.place for bone in bones}


def skeleton(robot: Robot) -> tuple[Bone, ...] | None:
    """The robot's joints, in canonical order, and which carries which.

    None where there is no model, it cannot be loaded, or no simulator is installed to load it with.
    """
    if robot.model is None or any(find_module(module) is None for module in ("numpy", "mujoco")):
        return None
    import mujoco

    from symaug.checks.mechanics.loading import load_model
    from symaug.checks.mechanics.model import ModelView

    try:
        loaded = load_model(robot.model, robot.joints, meshes=False)
        view = ModelView.of(robot, loaded.model, loaded.held)
    except UserError:
        return None
    model, data = view.model, view.scratch
    data.qpos[:] = model.qpos0
    data.qpos[view.qpos_adr] = [robot.default_pose.get(name, 0.0) for name in view.joints]
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    rotation = data.xmat[view.base_body].reshape(3, 3)

    def in_base(point) -> Place:
        x, y, z = (point - data.xpos[view.base_body]) @ rotation
        return (float(x), float(y), float(z))

    joints = dict(zip(view.joints, (int(i) for i in view.joint_ids), strict=True))
    names = {rank: name for name, rank in joints.items()}

    def carrier(rank: int) -> str | None:
        """The joint before this one on its body, or the last one of the nearest body that has any."""
        body = int(model.jnt_bodyid[rank])
        before = [each for each in names if each < rank and model.jnt_bodyid[each] == body]
        while not before and body:
            body = int(model.body_parentid[body])
            before = [each for each in names if model.jnt_bodyid[each] == body]
        return names[max(before)] if before else None

    parents = {name: carrier(rank) for name, rank in joints.items()}
    carrying = set(parents.values())
    bones = []
    for name in robot.joints:
        anchor = data.xanchor[joints[name]]
        # The centre of mass is about half-way to the end of a last link.
        end = 2 * data.xipos[model.jnt_bodyid[joints[name]]] - anchor if name not in carrying else None
        bones.append(Bone(name, in_base(anchor), parents[name], None if end is None else in_base(end)))
    return tuple(bones)
