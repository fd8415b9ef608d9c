"""Where a robot's limbs point, seen from above, for a picture in which no two lie on each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symaug.semantics.robot import Robot

_CENTRAL = 0.3
"""A limb nearer to the middle than this part of the farthest one points nowhere: a torso, a head."""
_HEIGHT_TURNS = 0.15
"""rad a limb is turned forward when it is the robot's highest, so that an arm above a leg is beside it."""
_ROUNDS = 400


@dataclass(frozen=True)
class Direction:
    """Where a limb points.

    Attributes:
        angle: rad from forward, counter-clockwise as seen from above: left is positive.
        central: whether it sits in the middle instead.
    """

    angle: float
    central: bool = False


def limb_directions(
    robot: Robot, places: Mapping[str, tuple[float, float, float]] | None
) -> dict[str, Direction]:
    """A direction for each limb: from the joints' places if they are known, otherwise from the symmetry.

    Limbs are then turned apart until there is room between them. What the symmetry does to limbs it does
    to their directions.

    Args:
        robot: its limbs and how its group moves them.
        places: of the joints in the base frame, m.
    """
    points = _measured(robot, places) if places is not None else _invented(robot)
    farthest = max((math.hypot(x, y) for x, y, _ in points.values()), default=0.0)
    heights = [z for _, _, z in points.values()]
    low, tall = min(heights, default=0.0), max(heights, default=0.0) - min(heights, default=0.0)
    outer: dict[str, float] = {}
    for limb, (x, y, z) in points.items():
        if len(points) > 1 and math.hypot(x, y) > _CENTRAL * farthest:
            lift = _HEIGHT_TURNS * (z - low) / tall if tall else 0.0
            angle = math.atan2(y, x)
            outer[limb] = angle - math.copysign(lift, angle) * min(1.0, abs(math.sin(angle)) * 4)
    apart = _spread(list(outer.values()))
    angles = dict(zip(outer, apart, strict=True))
    return {limb: Direction(angles.get(limb, 0.0), limb not in angles) for limb in points}


def _measured(
    robot: Robot, places: Mapping[str, tuple[float, float, float]]
) -> dict[str, tuple[float, float, float]]:
    """The middle of each limb, x and y in units of the largest: a long body then has square corners."""
    middles = {
        limb: tuple(sum(axis) / len(joints) for axis in zip(*map(places.__getitem__, joints), strict=True))
        for limb, joints in robot.limbs.items()
        if joints
    }
    wide = [max((abs(point[axis]) for point in middles.values()), default=0.0) for axis in (0, 1)]
    least = 0.2 * max(*wide, 1e-9)
    if any(motion[0][1] or motion[1][0] for motion in robot.motions.values()):
        wide = [max(wide)] * 2  # x and y change places
    x_unit, y_unit = (max(width, least) for width in wide)
    return {limb: (x / x_unit, y / y_unit, z) for limb, (x, y, z) in middles.items()}


def _invented(robot: Robot) -> dict[str, tuple[float, float, float]]:
    """A place for the first limb of each orbit, and the images of that place for the others."""
    limbs = tuple(robot.limbs)
    elements = robot.group.elements
    flat = {tuple(round(entry, 6) for row in robot.motions[e][:2] for entry in row[:2]) for e in elements}
    points: dict[str, tuple[float, float, float]] = {}
    firsts = [
        limb for rank, limb in enumerate(limbs) if not any(_moved(robot, e, rank) < rank for e in elements)
    ]
    for number, first in enumerate(firsts):
        angle = 2 * math.pi / len(flat) * (number + 0.5) / len(firsts)
        rank = limbs.index(first)
        fixing = [e for e in elements if _moved(robot, e, rank) == rank]
        x, y = _mean([_turned(robot, e, math.cos(angle), math.sin(angle)) for e in fixing])
        if len(fixing) == len(elements) > 1:
            x = y = 0.0  # what all elements leave in its place is a torso
        for element in elements:
            goes_to = limbs[_moved(robot, element, rank)]
            points.setdefault(goes_to, (*_turned(robot, element, x, y), 0.0))
    if len({(round(x, 6), round(y, 6)) for x, y, _ in points.values()}) < len(points):
        turn = 2 * math.pi / len(limbs)
        return {limb: (math.cos(turn * k), math.sin(turn * k), 0.0) for k, limb in enumerate(limbs)}
    return points


def _moved(robot: Robot, element: str, rank: int) -> int:
    """Which limb the limb of that rank is carried to."""
    return robot.limb_actions[element].index.index(rank)


def _turned(robot: Robot, element: str, x: float, y: float) -> tuple[float, float]:
    (a, b, _), (c, d, _), _ = robot.motions[element]
    return a * x + b * y, c * x + d * y


def _mean(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _spread(angles: Sequence[float]) -> list[float]:
    """Turn directions apart, all at the same time, until all have room between them."""
    order = sorted(range(len(angles)), key=lambda rank: angles[rank])
    turned = [angles[rank] for rank in order]
    count = len(turned)
    room = min(math.radians(50), 0.85 * 2 * math.pi / max(1, count))
    for _ in range(_ROUNDS if count > 1 else 0):
        gaps = [
            (turned[(k + 1) % count] - turned[k] + (2 * math.pi if k == count - 1 else 0.0))
            for k in range(count)
        ]
        lacking = [max(0.0, room - gap) for gap in gaps]
        turned = [angle + 0.4 * (lacking[k - 1] - lacking[k]) for k, angle in enumerate(turned)]
    spread = [0.0] * count
    for place, rank in enumerate(order):
        spread[rank] = turned[place]
    return spread
