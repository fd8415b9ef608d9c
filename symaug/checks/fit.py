"""How well a declaration, a base motion and a joint action, fits the model: all gates of geometry at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import mujoco
import numpy as np

from symaug.checks.mechanics.bodies import world_motion
from symaug.checks.mechanics.lines import (
    ANCHOR_TOLERANCE,
    AXIS_TOLERANCE,
    LineErrors,
    LineProbe,
    reference_configuration,
)
from symaug.checks.mechanics.mirror import CoordinateMap, coordinate_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.twin import interval_images

GRAVITY_TOLERANCE = 1e-6
PLACE_TOLERANCE = 1e-2
LIMIT_TOLERANCE = 0.02
_UNLIMITED = 2 * np.pi  # a joint that may turn further than this has, for a hinge, no limit
_TWO_TURNS = 4 * np.pi - 0.02


@dataclass(frozen=True)
class Declaration:
    """What one generator says: the base motion [3, 3] and the action on the joints of a `ModelView`."""

    motion: np.ndarray
    joints: CoordinateMap


@dataclass(frozen=True)
class Fit:
    """How far a declaration is from a symmetry of the model's geometry.

    Attributes:
        gravity: how far it turns gravity, over gravity's size; 0 to 2.
        own: line errors with all joints at zero: whose mistake it is.
        lines: the worst of these and of random configurations: what it does to the joints it carries too.
        ranges: how far each joint's range is from the image of its source's, [n], rad or m.
        places: how far the centre of mass of the body that a joint moves is from the image of its source's,
            over the robot's extent, [n], with all joints at zero. No gate: robots are uneven.
    """

    gravity: float
    own: LineErrors
    lines: LineErrors
    ranges: np.ndarray
    places: np.ndarray

    @property
    def keeps_gravity(self) -> bool:
        """Whether the base motion keeps gravity's direction."""
        return self.gravity <= GRAVITY_TOLERANCE

    @property
    def keeps_ranges(self) -> bool:
        """Whether every range is mapped onto a range."""
        return bool((self.ranges <= LIMIT_TOLERANCE).all())

    @property
    def holds(self) -> bool:
        """Whether all gates are passed."""
        return self.keeps_gravity and self.lines.maps and self.keeps_ranges

    @property
    def violation(self) -> tuple[str, float]:
        """The first gate that is failed, and by how much; the axes' when none is."""
        gates = (
            ("axis", self.lines.axis, AXIS_TOLERANCE),
            ("anchor", self.lines.anchor, ANCHOR_TOLERANCE),
            ("gravity", np.array([self.gravity]), GRAVITY_TOLERANCE),
            ("ranges", self.ranges, LIMIT_TOLERANCE),
        )
        for gate, errors, tolerance in gates:
            if not (errors <= tolerance).all():
                return gate, float(errors.max())
        return "axis", float(self.lines.axis.max(initial=0.0))

    def of_gate(self, gate: str) -> float:
        """The largest violation of one of the gates named by `violation`."""
        errors = {"axis": self.lines.axis, "anchor": self.lines.anchor, "ranges": self.ranges}
        return self.gravity if gate == "gravity" else float(errors[gate].max(initial=0.0))


@dataclass(frozen=True)
class Bench:
    """A model ready to have declarations tried on it.

    Attributes:
        view: the model.
        reference: its joint lines with all joints at zero.
        random: and at random configurations.
    """

    view: ModelView
    reference: LineProbe
    random: LineProbe

    @classmethod
    def of(cls, view: ModelView, configurations: np.ndarray) -> Bench:
        """A bench with these random configurations, qpos [k, nq]."""
        reference = reference_configuration(view)[None]
        return cls(view, LineProbe.of(view, reference), LineProbe.of(view, configurations))

    def fit(self, declared: Declaration) -> Fit:
        """Measure one declaration."""
        motion, joints = declared.motion, declared.joints
        own = self.reference.errors(motion, joints)
        lines = own.worse(self.random.errors(motion, joints))
        places = np.diagonal(self.distances(declared)[:, joints.index])
        return Fit(self.gravity_turned(motion), own, lines, self._range_errors(joints), places)

    def distances(self, declared: Declaration) -> np.ndarray:
        """From the image of each joint's body to each joint's body, over the extent, [target, source].

        Between centres of mass, with all joints at zero; 0 for bodies without mass.
        """
        start = self.reference.configurations[0]
        qpos_map, _ = coordinate_maps(self.view, declared.motion, declared.joints)
        world = world_motion(self.view, declared.motion)
        moved = centres_of_mass(self.view, start) @ world[:3, :3].T + world[:3, 3]
        apart = moved[None] - centres_of_mass(self.view, qpos_map(start))[:, None]
        return np.nan_to_num(np.linalg.norm(apart, axis=-1) / self.view.extent)

    def gravity_turned(self, motion: np.ndarray) -> float:
        """|R g - g| over |g|."""
        gravity = self.view.model.opt.gravity
        size = float(np.linalg.norm(gravity)) or 1.0
        turned = world_motion(self.view, motion)[:3, :3] @ gravity
        return float(np.linalg.norm(turned - gravity)) / size

    @cached_property
    def ranges(self) -> np.ndarray:
        """Every joint's range [n, 2], rad or m; a hinge without limits has ±2π."""
        return self._clipped(self._limits)

    def range_images(self, joints: CoordinateMap) -> np.ndarray:
        """For each joint the image of its source's range, [n, 2]."""
        return self._clipped(interval_images(self._limits, joints))

    @cached_property
    def _limits(self) -> np.ndarray:
        model, ids = self.view.model, self.view.joint_ids
        ranges = model.jnt_range[ids]
        # Files write "no limit" as ±6.28 or more, which a shift must not turn into a limit.
        wide = (np.diff(ranges) >= _TWO_TURNS) & self.view.is_hinge[:, None]
        free = (model.jnt_limited[ids, None] == 0) | (self._clipped(ranges) != ranges) | wide
        return np.where(free, [-np.inf, np.inf], ranges)

    def _range_errors(self, joints: CoordinateMap) -> np.ndarray:
        images, ranges = self.range_images(joints), self.ranges
        return np.where(images == ranges, 0.0, np.abs(images - ranges)).max(axis=1, initial=0.0)

    def _clipped(self, ranges: np.ndarray) -> np.ndarray:
        hinges = self.view.is_hinge[:, None]
        return np.where(hinges, np.clip(ranges, -_UNLIMITED, _UNLIMITED), ranges)


def centres_of_mass(view: ModelView, qpos: np.ndarray) -> np.ndarray:
    """Centre of mass of the rigid body that each joint moves, world frame, [n, 3]; NaN without mass."""
    model, data = view.model, view.scratch
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    mass = np.bincount(model.body_weldid, model.body_mass, model.nbody)
    moment = np.zeros((model.nbody, 3))
    np.add.at(moment, model.body_weldid, model.body_mass[:, None] * data.xipos)
    bodies = model.jnt_bodyid[view.joint_ids]
    with np.errstate(invalid="ignore", divide="ignore"):
        return moment[bodies] / mass[bodies, None]
