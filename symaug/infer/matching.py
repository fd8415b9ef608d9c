"""The joint action that a base motion has on a model, with the shifts that it needs, from the model alone.

A symmetry moves the line of each joint onto the line of its image, and what a joint carries onto what its
image carries. So joints are matched down the tree. Two match when their lines coincide, up to the axis'
direction (which gives the sign), and when what they carry can be matched after one of them is shifted, if it
has to be: where an arm's zero is not its own mirror image, a joint must turn before the next line is in
place. Those turns are few (a line lies in a plane through the axis, or at a distance from it), so all of them
are tried, no shift first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from symaug.checks.diagnosis.matching import carrying_joints
from symaug.checks.fit import LIMIT_TOLERANCE, PLACE_TOLERANCE, Bench, centres_of_mass
from symaug.checks.mechanics.bodies import world_motion
from symaug.checks.mechanics.lines import ANCHOR_TOLERANCE, AXIS_TOLERANCE, joint_lines, moved_lines
from symaug.checks.mechanics.mirror import CoordinateMap, coordinate_maps

_ROOT = -1
_MOST_TRIED = (
    20_000  # pairs of joints looked at for one base motion; a humanoid with hands takes some hundreds
)
_DIGITS = 3  # of a degree or a millimetre: documents say round numbers


@dataclass(frozen=True)
class Match:
    """A joint action that maps every joint line onto a line.

    Attributes:
        joints: q'[i] = sign[i]·q[index[i]] + offset[i], in the order of the view's joints.
        ties: joints that could as well be sent elsewhere, as far as lines, ranges and bodies tell.
    """

    joints: CoordinateMap
    ties: tuple[int, ...] = ()


Images = dict[int, tuple[int, int, float]]
"""Target joint to (source, sign, offset)."""


@dataclass(frozen=True, order=True)
class _Cost:
    """What is wrong with a match whose lines coincide, worst first."""

    ranges: int = 0  # joints whose ranges do not map
    shifts: int = 0  # joints that are shifted
    places: int = 0  # how far bodies are from their images, in steps of the tolerance

    def __add__(self, other: _Cost) -> _Cost:
        return _Cost(self.ranges + other.ranges, self.shifts + other.shifts, self.places + other.places)


@dataclass(frozen=True)
class _Found:
    cost: _Cost
    images: Images
    ties: frozenset[int] = frozenset()

    def __add__(self, other: _Found) -> _Found:
        return _Found(self.cost + other.cost, self.images | other.images, self.ties | other.ties)


class _GaveUp(Exception):
    """More possibilities than are worth trying."""


def match_joints(bench: Bench, motion: np.ndarray, order: int) -> Match | None:
    """The best action of the base motion [3, 3] on all joints; None when some line has no image.

    Args:
        bench: the model.
        motion: in the base frame, orthogonal.
        order: after how many repetitions the motion is the identity; the action will be, too.
    """
    try:
        found = _Search(bench, motion, order).best()
    except _GaveUp:
        return None
    if found is None:
        return None
    count = len(bench.view.joints)
    index, sign, offset = np.zeros(count, dtype=np.intp), np.ones(count), np.zeros(count)
    for target, (source, turned, shift) in found.images.items():
        index[target], sign[target], offset[target] = source, turned, shift
    return Match(CoordinateMap(index, sign, offset), tuple(sorted(found.ties)))


@dataclass
class _Search:
    bench: Bench
    motion: np.ndarray
    order: int
    tried: int = 0
    memo: dict[tuple[int, int], _Found | None] = field(default_factory=dict)

    def best(self) -> _Found | None:
        return self._children(_ROOT, _ROOT, np.eye(4))

    @cached_property
    def below(self) -> dict[int, list[int]]:
        parents = carrying_joints(self.bench.view)
        below: dict[int, list[int]] = {joint: [] for joint in range(_ROOT, len(parents))}
        for joint, parent in enumerate(parents):
            below[int(parent)].append(joint)
        return below

    @cached_property
    def lines(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Axes and anchors of sources with all joints at zero, moved; and of targets at zero, [n, 3] each."""
        reference = self.bench.reference
        view, start = reference.view, reference.configurations
        moved = moved_lines(view, self.motion, reference.axis[0], reference.anchor[0])
        axis, anchor = joint_lines(view, self._base_moved(start))
        return *moved, axis[0], anchor[0]

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Centres of mass of the bodies of sources, moved, and of targets, [n, 3] each; NaN without mass."""
        view, start = self.bench.view, self.bench.reference.configurations
        world = world_motion(view, self.motion)
        moved = centres_of_mass(view, start[0]) @ world[:3, :3].T + world[:3, 3]
        return moved, centres_of_mass(view, self._base_moved(start)[0])

    def _base_moved(self, configurations: np.ndarray) -> np.ndarray:
        count = len(self.bench.view.joints)
        still = CoordinateMap(np.arange(count), np.ones(count), np.zeros(count))
        return coordinate_maps(self.bench.view, self.motion, still)[0](configurations)

    # --- one joint ---------------------------------------------------------------------------------

    def pair(self, target: int, source: int, turned: np.ndarray) -> _Found | None:
        """The best match of `target` and all it carries with `source`, after shifts below it moved the
        target's links by `turned` [4, 4].
        """
        plain = bool(np.array_equal(turned, np.eye(4)))
        if plain and (target, source) in self.memo:
            return self.memo[target, source]
        self.tried += 1
        if self.tried > _MOST_TRIED:
            raise _GaveUp
        found = self._pair(target, source, turned)
        if plain:
            self.memo[target, source] = found
        return found

    def _pair(self, target: int, source: int, turned: np.ndarray) -> _Found | None:
        sign = self._sign(target, source, turned)
        if sign is None:
            return None
        best: _Found | None = None
        for shift in self._shifts(target, source, sign, turned):
            if self.order == 2 and target == source and sign > 0 and shift:
                continue  # applied twice, it would not be back
            shifted = self._shifted(target, shift, turned) @ turned
            below = self._children(target, source, shifted)
            if below is None:
                continue
            found = _Found(self._cost(target, source, sign, shift, shifted), {target: (source, sign, shift)})
            found += below
            if best is None or found.cost < best.cost:
                best = found
            if not best.cost.ranges:
                break  # without a shift, or with the first that does
        return best

    def _sign(self, target: int, source: int, turned: np.ndarray) -> int | None:
        """±1 when the lines coincide; None when they do not."""
        view = self.bench.view
        if view.is_hinge[target] != view.is_hinge[source]:
            return None
        moved_axis, moved_anchor, axes, anchors = self.lines
        axis = turned[:3, :3] @ axes[target]
        sign = 1 if axis @ moved_axis[source] >= 0 else -1
        if np.linalg.norm(sign * moved_axis[source] - axis) > AXIS_TOLERANCE:
            return None
        if view.is_hinge[target]:
            apart = moved_anchor[source] - (turned[:3, :3] @ anchors[target] + turned[:3, 3])
            if np.linalg.norm(np.cross(apart, axis)) / view.extent > ANCHOR_TOLERANCE:
                return None
        return sign

    def _cost(self, target: int, source: int, sign: int, shift: float, shifted: np.ndarray) -> _Cost:
        image = np.sort(sign * self.bench.ranges[source]) + shift
        off = np.abs(image - self.bench.ranges[target])
        bounded = np.abs(self.bench.ranges[source]) < 2 * np.pi
        wrong = bool((off[bounded | (np.abs(self.bench.ranges[target]) < 2 * np.pi)] > LIMIT_TOLERANCE).any())
        return _Cost(int(wrong), int(shift != 0), self._displacement(target, source, shifted))

    def _displacement(self, target: int, source: int, shifted: np.ndarray) -> int:
        moved, places = self.places
        apart = shifted[:3, :3] @ places[target] + shifted[:3, 3] - moved[source]
        return int(np.nan_to_num(np.linalg.norm(apart)) / self.bench.view.extent / PLACE_TOLERANCE)

    # --- shifts -------------------------------------------------------------------------------------

    def _shifts(self, target: int, source: int, sign: int, turned: np.ndarray) -> Iterator[float]:
        """No shift, then each that would bring a line that `target` carries onto one of `source`'s."""
        yield 0.0
        seen = [0.0]
        for shift in self._wanted(target, source, sign, turned):
            shift = _rounded(shift, bool(self.bench.view.is_hinge[target]))
            if not any(abs(shift - other) < 1e-6 for other in seen):
                seen.append(shift)
                yield shift

    def _wanted(self, target: int, source: int, sign: int, turned: np.ndarray) -> Iterator[float]:
        moved_axis, moved_anchor, axes, anchors = self.lines
        rotation, offset = turned[:3, :3], turned[:3, 3]
        about, origin = rotation @ axes[target], rotation @ anchors[target] + offset
        targets, sources = self.below[target], self.below[source]
        if not targets:
            yield from self._wanted_at_end(target, source, sign, turned)
            return
        hinge = bool(self.bench.view.is_hinge[target])
        first = targets[0]
        axis, anchor = rotation @ axes[first], rotation @ anchors[first] + offset
        for other in sources:
            if not hinge:
                yield float(about @ (moved_anchor[other] - anchor))
                continue
            turn = _angle(about, axis, moved_axis[other])
            if not np.isnan(turn):
                yield from (turn, turn + np.pi)  # a line has no direction
                continue
            turn = _angle(about, anchor - origin, moved_anchor[other] - origin)
            if not np.isnan(turn):
                yield turn

    def _wanted_at_end(self, target: int, source: int, sign: int, turned: np.ndarray) -> Iterator[float]:
        """What the body at a chain's end says, where ranges disagree without a shift; lines say nothing."""
        view, ranges = self.bench.view, self.bench.ranges
        if not view.is_hinge[target] or not self._cost(target, source, sign, 0.0, turned).ranges:
            return
        shift = float(ranges[target].mean() - sign * ranges[source].mean())
        before, after = (
            self._displacement(target, source, self._shifted(target, angle, turned) @ turned)
            for angle in (0.0, shift)
        )
        if after == 0 < before:
            yield shift

    def _shifted(self, target: int, shift: float, turned: np.ndarray) -> np.ndarray:
        """The motion [4, 4] of what `target` carries when it is shifted."""
        _, _, axes, anchors = self.lines
        about = turned[:3, :3] @ axes[target]
        moved = np.eye(4)
        if shift == 0:
            return moved
        if not self.bench.view.is_hinge[target]:
            moved[:3, 3] = shift * about
            return moved
        x, y, z = about
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        moved[:3, :3] = np.eye(3) + np.sin(shift) * cross + (1 - np.cos(shift)) * cross @ cross
        origin = turned[:3, :3] @ anchors[target] + turned[:3, 3]
        moved[:3, 3] = origin - moved[:3, :3] @ origin
        return moved

    # --- what a joint carries -----------------------------------------------------------------------

    def _children(self, target: int, source: int, turned: np.ndarray) -> _Found | None:
        targets, sources = self.below[target], self.below[source]
        if len(targets) != len(sources):
            return None
        if target == source and self.order == 2:
            return self._involution(targets, turned)
        return self._assignment(targets, sources, turned)

    def _involution(self, joints: list[int], turned: np.ndarray) -> _Found | None:
        """The best way to pair joints up, or to leave them: a motion done twice brings each one back."""
        if not joints:
            return _Found(_Cost(), {})
        first, rest = joints[0], joints[1:]
        options = []
        for other in joints:
            there = self.pair(first, other, turned)
            if there is None:
                continue
            if other != first:
                there = _with_inverse(there)
            left = self._involution([joint for joint in rest if joint != other], turned)
            if left is not None:
                options.append(there + left)
        return _cheapest(options)

    def _assignment(self, targets: list[int], sources: list[int], turned: np.ndarray) -> _Found | None:
        if not targets:
            return _Found(_Cost(), {})
        options = []
        for source in sources:
            there = self.pair(targets[0], source, turned)
            if there is None:
                continue
            left = self._assignment(targets[1:], [other for other in sources if other != source], turned)
            if left is not None:
                options.append(there + left)
        return _cheapest(options)


def _cheapest(options: list[_Found]) -> _Found | None:
    """The cheapest, the first of equals; joints on which equals differ are ties."""
    if not options:
        return None
    best = min(options, key=lambda option: option.cost)
    equal = [option for option in options if option.cost == best.cost]
    differ = {
        joint for option in equal for joint, image in best.images.items() if option.images.get(joint) != image
    }
    return replace(best, ties=best.ties | differ)


def _with_inverse(found: _Found) -> _Found:
    """The match and its inverse, of sources with targets."""
    images = dict(found.images)
    for target, (source, sign, shift) in found.images.items():
        images[source] = (target, sign, -sign * shift + 0.0)
    cost = found.cost
    return _Found(cost + cost, images, found.ties | {found.images[joint][0] for joint in found.ties})


def _rounded(shift: float, hinge: bool) -> float:
    """To the digits that documents have, within (-180, 180] degrees."""
    if not hinge:
        return float(np.round(1e3 * shift, _DIGITS)) / 1e3 + 0.0
    degrees = float(np.round(np.degrees(shift), _DIGITS)) % 360.0
    return float(np.radians(degrees - 360.0 if degrees > 180.0 else degrees))


def _angle(about: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """How far `start` turns about a unit vector to point like `end`; not a number when they lie along it."""
    start, end = (v - about * (about @ v) for v in (start, end))
    if min(np.linalg.norm(start), np.linalg.norm(end)) < 1e-3:
        return float("nan")
    return float(np.arctan2(about @ np.cross(start, end), start @ end))
