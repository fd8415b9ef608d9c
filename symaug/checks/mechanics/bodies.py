"""Which rigid body is the mirror image of which, and how one's frame maps onto the other's.

A rigid body here is a body that a joint moves together with everything welded to it; it is named by that
body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.inertia import pseudo_inertia
from symaug.checks.mechanics.mirror import state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot


@dataclass(frozen=True)
class BodyImage:
    """Where one rigid body goes under one element.

    Attributes:
        body: MuJoCo id of the image.
        transform: [4, 4] takes coordinates in the source's frame to coordinates in the image's (may mirror).
    """

    body: int
    transform: np.ndarray


def moving_bodies(model: mujoco.MjModel) -> list[int]:
    """Ids of the rigid bodies: every body that has joints of its own."""
    return [body for body in range(1, model.nbody) if model.body_jntnum[body] > 0]


def body_images(view: ModelView, robot: Robot, element: str) -> dict[int, BodyImage]:
    """The image of every rigid body under `element`; a bijection.

    Frames are compared with all joints at the model's reference and its image, which is every configuration's
    answer when the joint lines map (geometry.py checks that).

    Raises:
        UserError: SA604 when the joints of one body go to several.
    """
    model, images = view.model, image_bodies(view, robot, element)
    start = model.qpos0.copy()
    if view.free_joint is not None:  # base and world coincide, so the base motion is the world's
        adr = model.jnt_qposadr[view.free_joint]
        start[adr : adr + 7] = (0, 0, 0, 1, 0, 0, 0)
    source = poses(view, start)
    target = poses(view, state_maps(robot, model, element).qpos(start))
    motion = world_motion(view, np.asarray(robot.motions[element]))
    return {
        body: BodyImage(image, np.linalg.inv(target[image]) @ motion @ source[body])
        for body, image in images.items()
    }


def image_bodies(view: ModelView, robot: Robot, element: str) -> dict[int, int]:
    """Ids only: rigid body to its image.

    Raises:
        UserError: SA604 when the joints of one body go to several.
    """
    model = view.model
    owner = model.jnt_bodyid[view.joint_ids]
    images: dict[int, int] = {}
    if view.free_joint is not None:
        images[view.base_body] = view.base_body
    for image, source in enumerate(robot.joint_action(element, view.joints).index):
        body, target = int(owner[source]), int(owner[image])
        if images.setdefault(body, target) != target:
            names = " and ".join(f"`{model.body(b).name}`" for b in (images[body], target))
            raise UserError.of(
                "SA604", f"{element} sends joints of body `{model.body(body).name}` to {names}"
            )
    if len(set(images.values())) != len(images):
        raise UserError.of("SA604", f"{element} sends joints of several bodies to one")
    return images


def world_motion(view: ModelView, motion: np.ndarray) -> np.ndarray:
    """A base motion [3, 3] as a transform of the world [4, 4].

    A floating base lives in a world that the motion maps onto itself; a fixed one is mapped about its own
    frame.
    """
    world = np.eye(4)
    world[:3, :3] = motion
    if view.free_joint is not None:
        return world
    base = poses(view, view.model.qpos0)[view.base_body]
    return base @ world @ np.linalg.inv(base)


def composite_inertias(view: ModelView) -> dict[int, np.ndarray]:
    """Pseudo-inertia [4, 4] of every rigid body about its frame, welded bodies included."""
    model = view.model
    placement = poses(view, model.qpos0)
    composite = {body: np.zeros((4, 4)) for body in moving_bodies(model)}
    for body, root in enumerate(model.body_weldid):
        if int(root) in composite:
            inside = np.linalg.inv(placement[root]) @ placement[body]
            composite[int(root)] += inside @ pseudo_inertia(model, body) @ inside.T
    return composite


def poses(view: ModelView, qpos: np.ndarray) -> np.ndarray:
    """World poses of all bodies at qpos [nq], [nbody, 4, 4]."""
    model, data = view.model, view.scratch
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    poses = np.zeros((model.nbody, 4, 4))
    poses[:, :3, :3] = data.xmat.reshape(-1, 3, 3)
    poses[:, :3, 3] = data.xpos
    poses[:, 3, 3] = 1.0
    return poses
