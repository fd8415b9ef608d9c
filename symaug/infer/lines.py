"""What the matching looks at: joint lines, ranges and bodies of sources, moved, and of targets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.diagnosis.matching import carrying_joints
from symaug.checks.fit import LIMIT_TOLERANCE, PLACE_TOLERANCE, Bench, centres_of_mass
from symaug.checks.mechanics.bodies import world_motion
from symaug.checks.mechanics.lines import ANCHOR_TOLERANCE, AXIS_TOLERANCE, joint_lines, moved_lines
from symaug.checks.mechanics.mirror import CoordinateMap, coordinate_maps
from symaug.infer.rigid import Rigid, Vector, cross, dot, length, scaled, subtract

ROOT = -1
"""What carries the first joints."""


ELSEWHERE = 15
"""So many steps of the tolerance for places (hundredths of the robot's extent) away, a body is no image of
another: right maps on 80 models have 8 at most, wrong ones at least 35."""


@dataclass(frozen=True)
class Line:
    """A joint with all joints at zero: its axis, a point on it, and where its body is (None: no mass).

    For a source they are moved by the base motion; for a target they are on the base's image.
    """

    axis: Vector
    anchor: Vector
    place: Vector | None


@dataclass(frozen=True)
class Lines:
    """Both sides of a matching.

    Attributes:
        sources, targets: by joint.
        hinge: by joint; False where it slides.
        low, high: ranges, rad or m; a hinge without limits has ±2π.
        below: the joints that each joint carries directly; `ROOT` is the base.
        extent: the robot's size, m.
    """

    sources: Sequence[Line]
    targets: Sequence[Line]
    hinge: Sequence[bool]
    low: Sequence[float]
    high: Sequence[float]
    below: dict[int, list[int]]
    extent: float

    def sign(self, target: int, source: int, turned: Rigid) -> int | None:
        """±1 when the lines coincide once the target's is moved by `turned`; None when they do not."""
        if self.hinge[target] != self.hinge[source]:
            return None
        from_, to = self.sources[source], self.targets[target]
        axis = turned.turn(to.axis)
        sign = 1 if dot(axis, from_.axis) >= 0 else -1
        if length(subtract(scaled(sign, from_.axis), axis)) > AXIS_TOLERANCE:
            return None
        if self.hinge[target]:
            apart = cross(subtract(from_.anchor, turned(to.anchor)), axis)
            if length(apart) > ANCHOR_TOLERANCE * self.extent:
                return None
        return sign

    def keeps_range(self, target: int, source: int, sign: int, shift: float) -> bool:
        """Whether the source's range is mapped onto the target's."""
        free = (self._free(source), self._free(target))
        if any(free):
            return all(free)
        ends = sorted((sign * self.low[source] + shift, sign * self.high[source] + shift))
        off = max(abs(ends[0] - self.low[target]), abs(ends[1] - self.high[target]))
        return off <= LIMIT_TOLERANCE

    def middle(self, joint: int) -> float:
        """The middle of a range."""
        return (self.low[joint] + self.high[joint]) / 2

    def misplaced(self, target: int, source: int, turned: Rigid) -> int:
        """How far the target's body is from the source's image, in steps of the tolerance."""
        from_, to = self.sources[source].place, self.targets[target].place
        if from_ is None or to is None:
            return 0
        return int(length(subtract(turned(to), from_)) / self.extent / PLACE_TOLERANCE)

    def _free(self, joint: int) -> bool:
        limit = 2 * math.pi - 0.01 if self.hinge[joint] else math.inf
        return self.low[joint] <= -limit and self.high[joint] >= limit


def measure_lines(bench: Bench, motion: np.ndarray) -> Lines:
    """Both sides of a matching under a base motion [3, 3]."""
    view, start = bench.view, bench.reference.configurations
    count = len(view.joints)
    still = CoordinateMap(np.arange(count), np.ones(count), np.zeros(count))
    there = coordinate_maps(view, motion, still)[0](start)
    moved_axis, moved_anchor = moved_lines(view, motion, bench.reference.axis[0], bench.reference.anchor[0])
    axis, anchor = joint_lines(view, there)
    world = world_motion(view, motion)
    moved_place = centres_of_mass(view, start[0]) @ world[:3, :3].T + world[:3, 3]
    below: dict[int, list[int]] = {joint: [] for joint in range(ROOT, count)}
    for joint, parent in enumerate(carrying_joints(view)):
        below[int(parent)].append(joint)
    return Lines(
        sources=_lines(moved_axis, moved_anchor, moved_place),
        targets=_lines(axis[0], anchor[0], centres_of_mass(view, there[0])),
        hinge=view.is_hinge.tolist(),
        low=bench.ranges[:, 0].tolist(),
        high=bench.ranges[:, 1].tolist(),
        below=below,
        extent=view.extent,
    )


def _lines(axis: np.ndarray, anchor: np.ndarray, place: np.ndarray) -> list[Line]:
    return [
        Line(tuple(a), tuple(p), tuple(c) if np.isfinite(c).all() else None)
        for a, p, c in zip(axis.tolist(), anchor.tolist(), place.tolist(), strict=True)
    ]
