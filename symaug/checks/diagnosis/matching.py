"""The joint action that a base motion has on a model, found from the model alone.

With all joints at zero a symmetry moves the line of each joint onto the line of its image, and the image of a
joint is carried by the image of what carries it. So joints are matched down the tree: two match when their
lines coincide, up to the axis' direction, and what they carry can be matched. The direction is the sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from symaug.checks.fit import LIMIT_TOLERANCE, PLACE_TOLERANCE, Bench, Declaration
from symaug.checks.mechanics.lines import ANCHOR_TOLERANCE, AXIS_TOLERANCE, joint_lines, moved_lines
from symaug.checks.mechanics.mirror import CoordinateMap, coordinate_maps
from symaug.checks.mechanics.model import ModelView

_ROOT = -1


def matched_joints(bench: Bench, declared: Declaration) -> CoordinateMap | None:
    """The action under `declared.motion`, with the declared shifts; None when some joint has no image.

    Where lines coincide, so that several images are possible, joints with mirrored ranges come first, then
    those whose bodies are in the mirrored place, then the declared one.
    """
    return _Matching(bench, declared).action()


@dataclass(frozen=True)
class _Matching:
    bench: Bench
    declared: Declaration

    def action(self) -> CoordinateMap | None:
        sources = self._assigned(_ROOT, _ROOT)
        index = np.full(len(self.bench.view.joints), _ROOT)
        while sources:
            target, source = sources.popitem()
            index[target] = source
            sources.update(self._assigned(target, source) or {})
        if (index == _ROOT).any():
            return None
        sign = self.signs[np.arange(len(index)), index]
        return replace(self.declared.joints, index=index, sign=sign)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        parents = carrying_joints(self.bench.view)
        below: dict[int, list[int]] = {joint: [] for joint in range(_ROOT, len(parents))}
        for joint, parent in enumerate(parents):
            below[int(parent)].append(joint)
        return below

    @cached_property
    def lines(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        # Sources with all joints at zero, moved; targets at the image of that, where shifted joints are
        # shifted.
        reference, motion = self.bench.reference, self.declared.motion
        moved = moved_lines(reference.view, motion, reference.axis[0], reference.anchor[0])
        qpos_map, _ = coordinate_maps(reference.view, motion, self.declared.joints)
        axis, anchor = joint_lines(reference.view, qpos_map(reference.configurations))
        return *moved, axis[0], anchor[0]

    @cached_property
    def signs(self) -> np.ndarray:
        moved_axis, _, axis, _ = self.lines
        return np.where(axis @ moved_axis.T < 0, -1.0, 1.0)

    @cached_property
    def coincide(self) -> np.ndarray:
        """Bool [target, source]."""
        view = self.bench.view
        moved_axis, moved_anchor, axis, anchor = self.lines
        turned = self.signs[:, :, None] * moved_axis[None]
        off_axis = np.linalg.norm(turned - axis[:, None], axis=-1)
        apart = np.cross(moved_anchor[None] - anchor[:, None], axis[:, None])
        off_line = np.linalg.norm(apart, axis=-1) / view.extent
        near = (off_line <= ANCHOR_TOLERANCE) | ~view.is_hinge[:, None]
        alike = view.is_hinge[:, None] == view.is_hinge[None]
        return (off_axis <= AXIS_TOLERANCE) & near & alike

    @cached_property
    def _matches(self) -> dict[tuple[int, int], bool]:
        return {}

    def match(self, target: int, source: int) -> bool:
        """Whether both lines coincide, and what they carry can be matched."""
        pair = (target, source)
        if pair not in self._matches:
            self._matches[pair] = bool(self.coincide[pair]) and self._assigned(target, source) is not None
        return self._matches[pair]

    def _assigned(self, target: int, source: int) -> dict[int, int] | None:
        """For each joint that `target` carries, the one that `source` carries; None when it cannot be."""
        targets, sources = self.children[target], self.children[source]
        if len(targets) != len(sources):
            return None
        liked = {i: sorted(sources, key=lambda j, i=i: self._doubts(i, j)) for i in targets}
        return assignment(liked, self.match)

    @cached_property
    def distances(self) -> np.ndarray:
        return self.bench.distances(self.declared)

    def _doubts(self, target: int, source: int) -> tuple[bool, int, bool]:
        low, high = self.signs[target, source] * self.bench.ranges[source]
        shift = self.declared.joints.offset[target]
        image = np.array([min(low, high), max(low, high)]) + shift
        wanted = self.bench.ranges[target]
        close = (image == wanted) | (np.abs(image - wanted) <= LIMIT_TOLERANCE)
        misplaced = int(self.distances[target, source] / PLACE_TOLERANCE)
        return not close.all(), misplaced, int(self.declared.joints.index[target]) != source


def carrying_joints(view: ModelView) -> np.ndarray:
    """For each joint the next one down the tree towards the base that moves it, -1 for none, int [n]."""
    model = view.model
    place = {int(joint): k for k, joint in enumerate(view.joint_ids)}
    last: dict[int, int] = {0: _ROOT}  # body to the last joint that moves it
    carried_by = np.full(len(view.joints), _ROOT)
    for body in range(1, model.nbody):  # parents come first
        carrier = last[int(model.body_parentid[body])]
        start, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
        for joint in range(start, start + count):
            if joint in place:
                carried_by[place[joint]] = carrier
                carrier = place[joint]
        last[body] = carrier
    return carried_by


def assignment(liked: dict[int, list[int]], match: Callable[[int, int], bool]) -> dict[int, int] | None:
    """A matching of every key to a value of its own, the first liked where possible; None: there is none."""
    taken: dict[int, int] = {}

    def find(target: int, seen: set[int]) -> bool:
        for source in liked[target]:
            if source not in seen and match(target, source):
                seen.add(source)
                if source not in taken or find(taken[source], seen):
                    taken[source] = target
                    return True
        return False

    if not all(find(target, set()) for target in liked):
        return None
    return {target: source for source, target in taken.items()}
