"""Where a robot's joints are, for pictures: read from its model at the default pose."""

from __future__ import annotations

from importlib.util import find_spec as find_module
from typing import TYPE_CHECKING

from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

Place = tuple[float, float, float]


def joint_places(robot: Robot) -> dict[str, Place] | None:
    """A point on each joint's axis in the base frame (m, x forward), in the default pose.

    None where there is no model, it cannot be loaded, or no simulator is installed to load it with.
    """
    if robot.model is None or any(find_module(module) is None for module in ("numpy", "mujoco")):
        return None
    import mujoco

    from symaug.checks.mechanics.loading import load_model
    from symaug.checks.mechanics.model import ModelView

    try:
        loaded = load_model(robot.model, robot.joints)
        view = ModelView.of(robot, loaded.model, loaded.held)
    except UserError:
        return None
    data = view.scratch
    data.qpos[:] = view.model.qpos0
    data.qpos[view.qpos_adr] = [robot.default_pose.get(name, 0.0) for name in view.joints]
    mujoco.mj_kinematics(view.model, data)
    rotation = data.xmat[view.base_body].reshape(3, 3)
    points = (data.xanchor[view.joint_ids] - data.xpos[view.base_body]) @ rotation
    return {name: (float(x), float(y), float(z)) for name, (x, y, z) in zip(view.joints, points, strict=True)}
