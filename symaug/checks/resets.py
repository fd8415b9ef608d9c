"""Property (b), from the declaration: the distribution that a spec's `resets` describe is its own image.

Every quantity is drawn evenly from a range of its own, so that the distribution is a box, and its image is
compared with it side by side. What a spec does not name starts at its default: joints in the default pose,
everything else at zero. Needs neither numpy nor a model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symaug.checks.names import listed
from symaug.checks.report import CheckResult, worst_first
from symaug.checks.reset_angles import ANGLES, angle_images, excess
from symaug.semantics.boxes import Box, Interval, shadow
from symaug.semantics.resets import BY_AXIS, Reset
from symaug.syntax.expressions import Range

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

DECLARED = "resets/declared"
_TOLERANCE = 1e-5
"""Of an end, relative to the largest: ranges are typed by hand, π and default poses to a few digits."""
_NEARLY = 0.02
"""rad: roll and pitch that change places differ by less from a box as long as both are small."""
_SHOWN = 3


@dataclass(frozen=True)
class _Difference:
    """One range that an element does not carry onto the range it should be.

    Attributes:
        quantity: as the spec writes it, `base_lin_vel.y` or `joint_pos`; label: with the joint.
        size: how far ends are apart, relative to the largest of them.
        own, image: the range, and what takes its place.
        nearly: whether it is a box that is tilted a little, rather than another box.
    """

    quantity: str
    label: str
    element: str
    size: float
    own: Interval
    image: Interval
    nearly: bool = False

    def __str__(self) -> str:
        own, image = _written(self.quantity, self.own), _written(self.quantity, self.image)
        return f"{self.label} {own} would become {image} under {self.element}"


def check_resets(robot: Robot, resets: Sequence[Reset]) -> CheckResult:
    """Whether the declared ranges are their own images under every element.

    Args:
        robot: whose base motions and joint actions turn one range into another.
        resets: the spec's, see `symaug.semantics.resets.resolve_resets`; none skips the check.

    Returns:
        `resets/declared`. The violation is how far ends of ranges are apart, relative to the largest end; the
        breakdown is by quantity and axis, and by joint.
    """
    if not resets:
        return CheckResult(DECLARED, "skip", detail="the spec declares no `resets`")
    given = {reset.quantity: reset for reset in resets}
    found = [difference for element in robot.group.elements for difference in _all(robot, given, element)]
    sizes = worst_first(_largest(found))
    wrong = [difference for difference in found if difference.size > _TOLERANCE]
    violation = max(sizes.values(), default=0.0)
    if not wrong:
        count = len(robot.group.elements)
        named = list(dict.fromkeys(quantity.partition(".")[0] for quantity in given))
        detail = f"the ranges of {listed(named, 8)} are their own images under all {count} elements"
        return CheckResult(DECLARED, "pass", violation, _TOLERANCE, detail)
    failed = [difference for difference in wrong if not difference.nearly]
    breakdown = {label: size for label, size in sizes.items() if size > _TOLERANCE}
    detail = _told(failed or wrong)
    if not failed:
        detail += "; roll and pitch change places, which leaves a box as it is to first order only"
    suggestion = _suggestions(robot, given, failed) if failed else None
    return CheckResult(
        DECLARED, "fail" if failed else "warn", violation, _TOLERANCE, detail, breakdown, suggestion
    )


def joint_ranges(robot: Robot, resets: Mapping[str, Reset], quantity: str) -> Box:
    """The range that each of the robot's joints starts in, by canonical order.

    Args:
        robot: for the default pose.
        resets: by quantity.
        quantity: `joint_pos` (rad, m) or `joint_vel` (rad/s, m/s).
    """
    reset = resets.get(quantity)
    default = [robot.default_pose.get(joint, 0.0) for joint in robot.joints]
    if quantity == "joint_vel":
        default = [0.0] * len(default)
    if reset is None:
        return tuple((rest, rest) for rest in default)
    if not reset.relative:
        return ((reset.low, reset.high),) * len(default)
    return tuple(tuple(sorted((rest * reset.low, rest * reset.high))) for rest in default)  # type: ignore[misc]


def base_box(resets: Mapping[str, Reset], quantity: str) -> Box:
    """The ranges of a vector of the base along x, y, z: as declared, or zero. SI."""
    return tuple(_interval(resets.get(f"{quantity}.{axis}")) for axis in "xyz")


def angle_box(resets: Mapping[str, Reset]) -> Box:
    """The ranges of roll, pitch and yaw, rad: as declared, or zero."""
    return tuple(_interval(resets.get(name)) for name in ANGLES)


def _interval(reset: Reset | None) -> Interval:
    return (reset.low, reset.high) if reset else (0.0, 0.0)


def _all(robot: Robot, given: Mapping[str, Reset], element: str) -> Iterator[_Difference]:
    motion = robot.motions[element]

    def compared(quantity: str, label: str, own: Interval, image: Interval) -> _Difference:
        return _Difference(quantity, label, element, _apart(own, image), own, image)

    for quantity in BY_AXIS:
        factor = robot.determinant(element) if quantity == "base_ang_vel" else 1
        box = base_box(given, quantity)
        for axis, row, own in zip("xyz", motion, box, strict=True):
            name = f"{quantity}.{axis}"
            yield compared(name, name, own, shadow([factor * entry for entry in row], box))
    box = angle_box(given)
    images = angle_images(motion, box)
    if images is None:
        yield from _tilted(element, box, excess(motion, box))
    for name, own, image in zip(ANGLES, box, images or (), strict=False):
        yield compared(name, name, own, image)
    action = robot.joint_actions[element]
    for quantity in ("joint_pos", "joint_vel"):
        ranges = joint_ranges(robot, given, quantity)
        for i, joint in enumerate(robot.joints):
            shift = action.offset[i] if quantity == "joint_pos" else 0.0
            low, high = sorted(action.sign[i] * end + shift for end in ranges[action.index[i]])
            yield compared(quantity, f"{quantity} of {joint}", ranges[i], (low, high))


def _tilted(element: str, box: Box, out: Sequence[float]) -> Iterator[_Difference]:
    """Roll, pitch and yaw that an element makes something else of than a box, by how far it stands out."""
    largest = max(abs(end) for ends in box for end in ends)
    for name, (low, high), over in zip(ANGLES, box, out, strict=True):
        image = (low - over, high + over)
        yield _Difference(name, name, element, over / largest, (low, high), image, max(out) <= _NEARLY)


def _apart(own: Interval, image: Interval) -> float:
    most = max(abs(a - b) for a, b in zip(own, image, strict=True))
    largest = max(map(abs, (*own, *image)))
    return most / largest if most > 1e-9 else 0.0


def _largest(found: Sequence[_Difference]) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for difference in found:
        sizes[difference.label] = max(sizes.get(difference.label, 0.0), difference.size)
    return sizes


def _told(wrong: Sequence[_Difference]) -> str:
    """The worst element of each quantity, one joint standing for all."""
    by_quantity: dict[str, _Difference] = {}
    labels: dict[str, set[str]] = {}
    for difference in sorted(wrong, key=lambda one: -one.size):
        by_quantity.setdefault(difference.quantity, difference)
        labels.setdefault(difference.quantity, set()).add(difference.label)
    told = [
        str(difference) + (f" (and {others} more joints)" if others else "")
        for quantity, difference in by_quantity.items()
        for others in [len(labels[quantity]) - 1]
    ]
    return listed(told, _SHOWN).replace(" and ", "; and ") if len(told) > _SHOWN else "; ".join(told)


def _suggestions(robot: Robot, given: Mapping[str, Reset], failed: Sequence[_Difference]) -> str | None:
    """For each quantity that failed, the smallest range around the declared one that is its own image."""
    offers: dict[str, str | None] = {}
    for quantity in dict.fromkeys(difference.quantity for difference in failed):
        name = quantity.partition(".")[0]
        hulled = _angle_hull if name in ANGLES else _vector_hull if name in BY_AXIS else _joint_hull
        interval = hulled(robot, given, quantity)
        if interval is not None:
            offers[quantity] = f"{quantity}: {_written(quantity, interval)}"
        elif name == "joint_pos":
            offers[quantity] = "joint_pos: default * 1..1"
        elif name in BY_AXIS:
            offers[quantity] = f"{quantity}: 0..0"  # of boxes that are turned askew only a point is left
    return "; ".join(offer for offer in offers.values() if offer) or None


def _vector_hull(robot: Robot, given: Mapping[str, Reset], quantity: str) -> Interval | None:
    name, _, axis = quantity.partition(".")
    box, row = base_box(given, name), "xyz".index(axis)
    shadows = []
    for element in robot.group.elements:
        factor = robot.determinant(element) if name == "base_ang_vel" else 1
        coefficients = [factor * entry for entry in robot.motions[element][row]]
        if sum(abs(entry) > 1e-12 for entry in coefficients) != 1:
            return None
        shadows.append(shadow(coefficients, box))
    return _hull(shadows)


def _angle_hull(robot: Robot, given: Mapping[str, Reset], quantity: str) -> Interval | None:
    """About zero; where roll and pitch change places, both alike and any yaw. None when that was declared."""
    box = angle_box(given)
    own = box[ANGLES.index(quantity)]
    ends = [own]
    if any(angle_images(motion, box) is None for motion in robot.motions.values()):
        ends = [(-math.pi, math.pi)] if quantity == "base_yaw" else [*box[:2]]
    largest = min(max(max(-low, high) for low, high in ends), math.pi)
    return None if (-largest, largest) == own else (-largest, largest)


def _joint_hull(robot: Robot, given: Mapping[str, Reset], quantity: str) -> Interval | None:
    """One range for all joints that is its own image; None when there is none that an offset leaves alone."""
    reset = given.get(quantity)
    if reset is None or reset.relative:
        return None
    once = _joint_images(robot, quantity, (reset.low, reset.high))
    return once if _apart(once, _joint_images(robot, quantity, once)) <= _TOLERANCE else None


def _joint_images(robot: Robot, quantity: str, interval: Interval) -> Interval:
    images = []
    for action in robot.joint_actions.values():
        for sign, offset in zip(action.sign, action.offset, strict=True):
            shift = offset if quantity == "joint_pos" else 0.0
            low, high = sorted(sign * end + shift for end in interval)
            images.append((low, high))
    return _hull(images)


def _hull(intervals: Sequence[Interval]) -> Interval:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _written(quantity: str, interval: Interval) -> str:
    """As a spec would say it; angles of the base in degrees where they are whole degrees."""
    if quantity in ANGLES:
        low, high = map(math.degrees, interval)
        if all(abs(end - round(end)) < 1e-6 for end in (low, high)):
            return str(Range(round(low) + 0.0, round(high) + 0.0, "deg"))
    low, high = (float(f"{end:.6g}") + 0.0 for end in interval)
    return str(Range(low, high))
