"""Do joints turn about the mirror images of one another's axes? The measurement behind the geometry check.

A joint i takes its value from joint j = index[i]. Moving the robot by the declared map must then move the
line of j onto the line of i: the axis as s·det(R)·R·a_j = a_i for a hinge (an axial vector), s·R·a_j = a_i
for a slide, and the anchor onto the line. Every quantity is dimensionless; distances are in units of the
robot's extent.
"""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from symaug.checks.mechanics.bodies import world_motion
from symaug.checks.mechanics.mirror import CoordinateMap, coordinate_maps
from symaug.checks.mechanics.model import ModelView

AXIS_TOLERANCE = 1e-2
ANCHOR_TOLERANCE = 2e-2


@dataclass(frozen=True)
class LineErrors:
    """How far each joint's line is from where the map says, [n] each, in the order of `ModelView.joints`.

    Attributes:
        axis: |s·det(R)·R·a_j - a_i|, from 0 to 2; 2 is a wrong sign.
        anchor: distance of the mapped anchor to the line, over the robot's extent; 0 for slides.
    """

    axis: np.ndarray
    anchor: np.ndarray

    @property
    def maps(self) -> bool:
        """Whether every line is mapped onto a line, to tolerance."""
        return not bool(self.off.any())

    @property
    def off(self) -> np.ndarray:
        """Bool [n]: the joints whose lines are not mapped; not-a-numbers are not."""
        return ~((self.axis <= AXIS_TOLERANCE) & (self.anchor <= ANCHOR_TOLERANCE))

    def worse(self, other: LineErrors) -> LineErrors:
        """The larger error of each joint; not-a-numbers stay."""
        return LineErrors(np.maximum(self.axis, other.axis), np.maximum(self.anchor, other.anchor))


@dataclass(frozen=True)
class LineProbe:
    """Joint lines at some configurations, measured once, so that many maps can be tried on them.

    Attributes:
        view: the model.
        configurations: qpos [k, nq].
        axis, anchor: of each joint there, world frame, [k, n, 3] each.
    """

    view: ModelView
    configurations: np.ndarray
    axis: np.ndarray
    anchor: np.ndarray

    @classmethod
    def of(cls, view: ModelView, configurations: np.ndarray) -> LineProbe:
        """Measure the lines at configurations [k, nq]."""
        return cls(view, configurations, *joint_lines(view, configurations))

    def errors(self, motion: np.ndarray, joints: CoordinateMap) -> LineErrors:
        """The worst errors over the configurations under a base motion [3, 3] and a joint action."""
        view = self.view
        qpos_map, _ = coordinate_maps(view, motion, joints)
        image_axis, image_anchor = joint_lines(view, qpos_map(self.configurations))
        axis, anchor = moved_lines(view, motion, self.axis, self.anchor)
        wanted_axis = joints.sign[:, None] * axis[:, joints.index]
        wanted_anchor = anchor[:, joints.index]
        off_line = np.linalg.norm(np.cross(wanted_anchor - image_anchor, image_axis), axis=-1) / view.extent
        off_axis = np.linalg.norm(wanted_axis - image_axis, axis=-1)
        return LineErrors(off_axis.max(axis=0), np.where(view.is_hinge, off_line, 0.0).max(axis=0))


def line_errors(
    view: ModelView, motion: np.ndarray, joints: CoordinateMap, configurations: np.ndarray
) -> LineErrors:
    """The worst errors over configurations [k, nq] under a base motion [3, 3] and a joint action."""
    return LineProbe.of(view, configurations).errors(motion, joints)


def joint_lines(view: ModelView, configurations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Axes and anchors of the joints at configurations [k, nq], world frame, [k, n, 3] each."""
    data, ids = view.scratch, view.joint_ids
    axis, anchor = (np.empty((len(configurations), len(ids), 3)) for _ in range(2))
    for k, qpos in enumerate(configurations):
        data.qpos[:] = qpos
        mujoco.mj_kinematics(view.model, data)
        axis[k], anchor[k] = data.xaxis[ids], data.xanchor[ids]
    return axis, anchor


def moved_lines(
    view: ModelView, motion: np.ndarray, axis: np.ndarray, anchor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lines [..., n, 3] after the base motion [3, 3]: a hinge's axis is axial, a slide's is not."""
    world = world_motion(view, motion)
    handed = np.where(view.is_hinge, round(float(np.linalg.det(motion))), 1)
    return handed[:, None] * (axis @ world[:3, :3].T), anchor @ world[:3, :3].T + world[:3, 3]


def reference_configuration(view: ModelView) -> np.ndarray:
    """All joints at zero, qpos [nq]: a wrong sign shows at its own joint there, not at those it carries."""
    qpos = view.model.qpos0.copy()
    qpos[view.qpos_adr] = 0.0
    return qpos


def random_configurations(view: ModelView, rng: np.random.Generator, count: int) -> np.ndarray:
    """Joints within their limits (at most ±1.5 about the middle), any base pose, qpos [count, nq]."""
    model = view.model
    qpos = np.tile(model.qpos0, (count, 1))
    limited = model.jnt_limited[view.joint_ids].astype(bool)
    low, high = model.jnt_range[view.joint_ids].T
    middle = np.where(limited, (low + high) / 2, 0.0)
    half = np.where(limited, np.minimum((high - low) / 2, 1.5), 1.5)
    qpos[:, view.qpos_adr] = middle + half * rng.uniform(-1, 1, (count, len(view.joints)))
    if view.free_joint is not None:
        start = model.jnt_qposadr[view.free_joint]
        qpos[:, start : start + 3] = rng.uniform(-1, 1, (count, 3))
        turn = rng.normal(size=(count, 4))
        qpos[:, start + 3 : start + 7] = turn / np.linalg.norm(turn, axis=1, keepdims=True)
    return qpos
