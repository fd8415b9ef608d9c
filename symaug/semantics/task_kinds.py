"""Tasks as objects on which the group acts, each with one canonical text that is parsed back to it.

A task is what one episode holds fixed and never shows: a dead motor, a mass on the base, a range of commands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from symaug.semantics.boxes import Box, Interval, image, image_contains
from symaug.semantics.motion import determinant
from symaug.semantics.robot import Robot
from symaug.semantics.units import Dimension
from symaug.syntax.expressions import Extent, Range, Word

HEALTHY, FAIL = "none", "fail"
UNBOUNDED: Interval = (-math.inf, math.inf)
ZERO: Interval = (0.0, 0.0)


@dataclass(frozen=True)
class Axis:
    """One number of a task's range.

    Attributes:
        name: `x`, `yaw`; empty for a number that is written without an axis, such as the mass.
        dimension: what it measures.
        unit: the SI unit that canonical text is written in.
        moves: how the group moves it: as a component of a vector or pseudovector, or not at all.
        component: which component, 0 to 2.
        omitted: the interval when it is not written; None when it must be.
        lowest: what it cannot be below.
        endless: whether it may have no end.
    """

    name: str
    dimension: Dimension
    unit: str
    moves: Literal["vector", "pseudovector", "scalar"] = "scalar"
    component: int = 0
    omitted: Interval | None = None
    lowest: float = -math.inf
    endless: bool = False


def _axes(
    names: Sequence[str],
    dimension: Dimension,
    unit: str,
    moves: Literal["vector", "pseudovector"],
    omitted: Interval,
) -> tuple[Axis, ...]:
    return tuple(
        Axis(name, dimension, unit, moves, component, omitted, endless=omitted == UNBOUNDED)
        for component, name in enumerate(names)
    )


@dataclass(frozen=True)
class RangeKind:
    """A kind of task that is a box: its name, its axes, and how a good one is written."""

    name: str
    axes: tuple[Axis, ...]
    example: str

    def matrix(self, robot: Robot, element: str) -> list[list[float]]:
        """How an element of the group moves the axes."""
        motion = robot.motions[element]
        factor = {"vector": 1, "pseudovector": determinant(motion)}
        return [
            [
                factor[a.moves] * motion[a.component][b.component]
                if a.moves == b.moves and a.moves in factor
                else float(a is b)
                for b in self.axes
            ]
            for a in self.axes
        ]


RANGE_KINDS: dict[str, RangeKind] = {
    kind.name: kind
    for kind in (
        RangeKind(
            "payload",
            (
                *_axes("xyz", Dimension.LENGTH, "m", "vector", UNBOUNDED),
                Axis("", Dimension.MASS, "kg", lowest=0.0),
            ),
            "payload(x 0..0.3 m, y 0..0.2 m, 2..6 kg)",
        ),
        RangeKind(
            "command",
            (
                *_axes("xyz", Dimension.SPEED, "m/s", "vector", ZERO),
                *_axes(("roll", "pitch", "yaw"), Dimension.RATE, "rad/s", "pseudovector", ZERO),
            ),
            "command(x 0..1 m/s, yaw -1..1 rad/s)",
        ),
    )
}
KINDS = (FAIL, HEALTHY, *RANGE_KINDS)


@dataclass(frozen=True)
class Healthy:
    """`none`: the robot as it is, with nothing special."""

    def moved(self, robot: Robot, element: str) -> Healthy:
        """Itself: every element leaves it."""
        return self

    def __str__(self) -> str:
        return HEALTHY


@dataclass(frozen=True)
class Fail:
    """`fail(LF_KFE)`: one joint's motor is dead."""

    joint: str

    def moved(self, robot: Robot, element: str) -> Fail:
        """The failure of the joint that an element carries this one to."""
        source = robot.joint_actions[element].index
        return Fail(robot.joints[source.index(robot.joints.index(self.joint))])

    def __str__(self) -> str:
        return f"{FAIL}({self.joint})"


@dataclass(frozen=True)
class RangeTask:
    """`payload(x 0..0.3 m, 2..6 kg)`, `command(x 0..1 m/s)`: anything in a box of the base frame.

    Attributes:
        kind: what the axes are.
        box: an interval an axis, in SI, ends rounded to 12 digits so that their text is exact.
    """

    kind: RangeKind
    box: Box

    def __post_init__(self) -> None:
        rounded = tuple((_tidy(low), _tidy(high)) for low, high in self.box)
        object.__setattr__(self, "box", rounded)

    def moved(self, robot: Robot, element: str) -> RangeTask | None:
        """The box moved with the base; None where it comes to lie askew, so that it is no box."""
        box = image(self.kind.matrix(robot, element), self.box)
        return None if box is None else RangeTask(self.kind, box)

    def reaches(self, other: RangeTask, robot: Robot, element: str) -> bool:
        """Whether the image of this box, askew or not, contains the other."""
        same = self.kind == other.kind
        return same and image_contains(self.kind.matrix(robot, element), self.box, other.box)

    def __str__(self) -> str:
        said = [
            Extent(Word(axis.name) if axis.name else None, Range(*ends, axis.unit))
            for axis, ends in zip(self.kind.axes, self.box, strict=True)
        ]
        written = [
            extent
            for extent, axis, ends in zip(said, self.kind.axes, self.box, strict=True)
            if ends != axis.omitted
        ]
        return f"{self.kind.name}({', '.join(map(str, written or said[:1]))})"


Task: TypeAlias = Healthy | Fail | RangeTask


def _tidy(end: float) -> float:
    return float(f"{end:.12g}") + 0.0  # -0.0 is 0.0
