"""The joint action that a base motion has on a model, with the shifts that it needs, from the model alone.

A symmetry moves the line of each joint onto the line of its image, and what a joint carries onto what its
image carries. So joints are matched down the tree. Two match when their lines coincide, up to the axis'
direction (which gives the sign), and when what they carry can be matched. Where an arm's zero is not its own
mirror image, a joint must turn before the next line is in place. Such turns are few, as two lines that cross
an axis or stand at a distance from it can be brought together in one or two ways, so all of them are tried;
but only where nothing fits without them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from symaug.checks.fit import Bench
from symaug.checks.mechanics.mirror import CoordinateMap
from symaug.infer.lines import ELSEWHERE, ROOT, Lines, measure_lines
from symaug.infer.rigid import STILL, Rigid, angle_about, dot, scaled, slide, subtract, turn_about

_MOST_TRIED = (
    5_000  # pairs of joints looked at for one base motion; an arm of seven joints takes some hundred
)
_DIGITS = 3  # of a degree or a millimetre: documents say round numbers
_WHOLE_TURNS = (0, 1, -1)


@dataclass(frozen=True)
class Match:
    """A joint action that maps every joint line onto a line.

    Attributes:
        joints: q'[i] = sign[i]·q[index[i]] + offset[i], in the order of the view's joints.
        ties: joints that could as well be sent elsewhere, as far as lines, ranges and bodies tell.
    """

    joints: CoordinateMap
    ties: tuple[int, ...] = ()


def match_joints(bench: Bench, motion: np.ndarray, order: int) -> Match | None:
    """The best action of the base motion [3, 3] on all joints; None when some line has no image.

    Args:
        bench: the model.
        motion: in the base frame, orthogonal.
        order: after how many repetitions the motion is the identity.
    """
    lines = measure_lines(bench, motion)
    found = _Search(lines, order, shifting=False).best()
    if found is None or found.cost.wrong:
        shifted = _Search(lines, order, shifting=True).best()
        if found is None or (shifted is not None and not shifted.cost.wrong):
            found = shifted
    if found is None:
        return None
    count = len(lines.hinge)
    index, sign, offset = np.zeros(count, dtype=np.intp), np.ones(count), np.zeros(count)
    for target, (source, turned, shift) in found.images.items():
        index[target], sign[target], offset[target] = source, turned, shift
    return Match(CoordinateMap(index, sign, offset), tuple(sorted(found.ties)))


Images = dict[int, tuple[int, int, float]]
"""Target joint to (source, sign, offset)."""


@dataclass(frozen=True, order=True)
class _Cost:
    """What speaks against a match whose lines coincide, the weightiest first."""

    wrong: int = 0  # joints whose ranges do not map, or whose bodies are elsewhere
    shifts: int = 0  # joints that are shifted
    places: int = 0  # how far bodies are from their images

    def __add__(self, other: _Cost) -> _Cost:
        return _Cost(self.wrong + other.wrong, self.shifts + other.shifts, self.places + other.places)


@dataclass(frozen=True)
class _Found:
    cost: _Cost
    images: Images
    ties: frozenset[int] = frozenset()

    def __add__(self, other: _Found) -> _Found:
        return _Found(self.cost + other.cost, self.images | other.images, self.ties | other.ties)


_NOTHING = _Found(_Cost(), {})


class _GaveUp(Exception):
    """More possibilities than are worth trying."""


@dataclass
class _Search:
    lines: Lines
    order: int
    shifting: bool
    tried: int = 0
    known: dict[tuple[int, int], _Found | None] = field(default_factory=dict)

    def best(self) -> _Found | None:
        try:
            return self._carried(ROOT, ROOT, STILL)
        except _GaveUp:
            return None

    def _match(self, target: int, source: int, turned: Rigid) -> _Found | None:
        """The best match of `target` and all it carries with `source`; shifts of what carries the target have
        moved it by `turned`.
        """
        if turned is STILL and (target, source) in self.known:
            return self.known[target, source]
        self.tried += 1
        if self.tried > _MOST_TRIED:
            raise _GaveUp
        sign = self.lines.sign(target, source, turned)
        best: _Found | None = None
        for shift in self._shifts(target, source, sign, turned) if sign is not None else ():
            found = self._match_shifted(target, source, sign or 1, shift, turned)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
            if best is not None and not best.cost.wrong:
                break  # the first that fits is the one with the fewest shifts
        if turned is STILL:
            self.known[target, source] = best
        return best

    def _match_shifted(
        self, target: int, source: int, sign: int, shift: float, turned: Rigid
    ) -> _Found | None:
        moved = self._shifted(target, shift, turned)
        below = self._carried(target, source, moved)
        if below is None:
            return None
        offset = self._whole_turns(target, source, sign, shift)
        if self.order == 2 and target == source and sign > 0 and offset:
            return None  # applied twice, it would not be back
        misplaced = self.lines.misplaced(target, source, moved)
        fits = self.lines.keeps_range(target, source, sign, offset) and misplaced < ELSEWHERE
        cost = _Cost(int(not fits), int(offset != 0), misplaced)
        return _Found(cost, {target: (source, sign, offset)}) + below

    # --- shifts -------------------------------------------------------------------------------------

    def _shifts(self, target: int, source: int, sign: int | None, turned: Rigid) -> Iterator[float]:
        """No shift, then each that would bring a line that `target` carries onto one of `source`'s."""
        yield 0.0
        if not self.shifting:
            return
        seen = [0.0]
        for shift in self._wanted(target, source, sign or 1, turned):
            rounded = _rounded(shift, self.lines.hinge[target])
            if not any(abs(rounded - other) < 1e-6 for other in seen):
                seen.append(rounded)
                yield rounded

    def _wanted(self, target: int, source: int, sign: int, turned: Rigid) -> Iterator[float]:
        lines = self.lines
        if not lines.below[target]:
            yield from self._wanted_at_end(target, source, sign, turned)
            return
        about, origin = turned.turn(lines.targets[target].axis), turned(lines.targets[target].anchor)
        first = lines.targets[lines.below[target][0]]
        axis, anchor = turned.turn(first.axis), turned(first.anchor)
        for other in lines.below[source]:
            to = lines.sources[other]
            if not lines.hinge[target]:
                yield dot(about, subtract(to.anchor, anchor))
                continue
            turn = angle_about(about, axis, to.axis)
            if turn is not None:
                yield from (turn, turn + math.pi)  # a line has no direction
                continue
            turn = angle_about(about, subtract(anchor, origin), subtract(to.anchor, origin))
            if turn is not None:
                yield turn

    def _wanted_at_end(self, target: int, source: int, sign: int, turned: Rigid) -> Iterator[float]:
        """What the body at a chain's end says, where it or its range is elsewhere; lines say nothing."""
        lines = self.lines
        if not lines.hinge[target]:
            return
        here, there = lines.targets[target], lines.sources[source]
        if here.place is not None and there.place is not None:
            about, origin = turned.turn(here.axis), turned(here.anchor)
            turn = angle_about(about, subtract(turned(here.place), origin), subtract(there.place, origin))
            if turn is not None and lines.misplaced(target, source, turned) >= ELSEWHERE:
                yield turn
        if lines.keeps_range(target, source, sign, 0.0):
            return
        shift = lines.middle(target) - sign * lines.middle(source)
        before, after = (
            lines.misplaced(target, source, self._shifted(target, angle, turned)) for angle in (0.0, shift)
        )
        if after == 0 < before:
            yield shift

    def _shifted(self, target: int, shift: float, turned: Rigid) -> Rigid:
        """Where `turned` leaves what `target` carries when it is shifted."""
        if shift == 0:
            return turned
        line = self.lines.targets[target]
        about = turned.turn(line.axis)
        if self.lines.hinge[target]:
            return turn_about(about, turned(line.anchor), shift).after(turned)
        return slide(scaled(shift, about)).after(turned)

    def _whole_turns(self, target: int, source: int, sign: int, shift: float) -> float:
        """The shift, with a full turn more or less where that is what the ranges say."""
        if self.shifting and self.lines.hinge[target]:
            for turns in _WHOLE_TURNS:
                offset = _turned(shift, turns)
                if self.lines.keeps_range(target, source, sign, offset):
                    return offset
        return shift

    # --- what a joint carries -----------------------------------------------------------------------

    def _carried(self, target: int, source: int, turned: Rigid) -> _Found | None:
        targets, sources = self.lines.below[target], self.lines.below[source]
        if len(targets) != len(sources):
            return None
        if target == source and self.order == 2:
            return self._paired(targets, turned)
        return self._assigned(targets, sources, turned)

    def _paired(self, joints: Sequence[int], turned: Rigid) -> _Found | None:
        """The best way to pair joints up, or to leave them: a motion done twice brings each one back."""
        if not joints:
            return _NOTHING
        options = []
        for other in joints:
            there = self._match(joints[0], other, turned)
            if there is None:
                continue
            if other != joints[0]:
                there = _with_inverse(there)
            left = self._paired([joint for joint in joints[1:] if joint != other], turned)
            if left is not None:
                options.append(there + left)
        return _cheapest(options)

    def _assigned(self, targets: Sequence[int], sources: Sequence[int], turned: Rigid) -> _Found | None:
        if not targets:
            return _NOTHING
        options = []
        for source in sources:
            there = self._match(targets[0], source, turned)
            if there is None:
                continue
            left = self._assigned(targets[1:], [other for other in sources if other != source], turned)
            if left is not None:
                options.append(there + left)
        return _cheapest(options)


def _cheapest(options: Sequence[_Found]) -> _Found | None:
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
    ties = found.ties | {found.images[joint][0] for joint in found.ties}
    return _Found(found.cost + found.cost, images, ties)


def _rounded(shift: float, hinge: bool) -> float:
    """To the digits that documents have, within (-180, 180] degrees."""
    if not hinge:
        return round(1e3 * shift, _DIGITS) / 1e3 + 0.0
    degrees = round(math.degrees(shift), _DIGITS) % 360.0
    return math.radians(degrees - 360.0 if degrees > 180.0 else degrees)


def _turned(shift: float, turns: int) -> float:
    return math.radians(round(math.degrees(shift), _DIGITS) + 360.0 * turns) if turns else shift
