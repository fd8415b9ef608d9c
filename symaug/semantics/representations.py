"""How the group acts on a block of numbers of a given type.

Every type of today's language is a signed permutation, held exactly, one for each element. A representation
that is not one (a 120° rotation) will be another kind of action beside it; nothing outside `Representation`
builds on the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symaug.semantics.motion import vector_action
from symaug.semantics.robot import Robot
from symaug.semantics.signed_permutation import SignedPermutation

MAX_WIDTH = 100_000
"""The widest block that is compiled."""


@dataclass(frozen=True)
class Representation:
    """A block of numbers and how each element of the group acts on it.

    Attributes:
        width: how many numbers.
        actions: one map an element, in the group's order.
        joint_block: whether the numbers are joint coordinates, so that `unsigned(…)` makes sense.
    """

    width: int
    actions: tuple[SignedPermutation, ...]
    joint_block: bool = False

    def times(self, other: Representation) -> Representation:
        """The tensor product: number (i, j) stands at i · other.width + j."""
        pairs = zip(self.actions, other.actions, strict=True)
        return Representation(self.width * other.width, tuple(a.tensor(b) for a, b in pairs))

    def repeated(self, count: int) -> Representation:
        """`count` copies one after the other: copy is the outer index."""
        copies = tuple(
            SignedPermutation(
                tuple(self.width * k + source for k in range(count) for source in action.index),
                action.sign * count,
                action.offset * count,
            )
            for action in self.actions
        )
        return Representation(self.width * count, copies, self.joint_block)

    def interleaved(self, count: int) -> Representation:
        """`count` copies, the copy as the inner index: all times of the first number, then of the next."""
        copies = tuple(
            SignedPermutation(
                tuple(source * count + k for source in action.index for k in range(count)),
                tuple(sign for sign in action.sign for _ in range(count)),
                tuple(offset for offset in action.offset for _ in range(count)),
            )
            for action in self.actions
        )
        return Representation(self.width * count, copies, self.joint_block)

    def unsigned(self) -> Representation:
        """The same permutations without their signs: magnitudes."""
        return Representation(self.width, tuple(a.without_signs() for a in self.actions), self.joint_block)

    def restricted(self, positions: Sequence[int]) -> tuple[Representation | None, int]:
        """The block of some of its numbers, or None and the first element under which they are not closed."""
        kept = []
        for rank, action in enumerate(self.actions):
            part = action.restrict(positions)
            if part is None:
                return None, rank
            kept.append(part)
        return Representation(len(positions), tuple(kept), self.joint_block), 0


def direct_sum(blocks: Sequence[Representation]) -> Representation:
    """The blocks one after the other; at least one."""
    starts = [0]
    for block in blocks:
        starts.append(starts[-1] + block.width)
    actions = []
    for parts in zip(*(block.actions for block in blocks), strict=True):
        placed = list(zip(starts, parts, strict=False))
        actions.append(
            SignedPermutation(
                tuple(start + source for start, part in placed for source in part.index),
                tuple(sign for part in parts for sign in part.sign),
                tuple(offset for part in parts for offset in part.offset),
            )
        )
    return Representation(starts[-1], tuple(actions), all(block.joint_block for block in blocks))


def scalar(robot: Robot) -> Representation:
    """One number that no element changes."""
    return Representation(1, tuple(SignedPermutation.of([0]) for _ in robot.group.elements))


def pseudoscalar(robot: Robot) -> Representation:
    """One number that changes sign with every reflection."""
    return Representation(
        1, tuple(SignedPermutation.of([0], [robot.determinant(name)]) for name in robot.group.elements)
    )


def vector(robot: Robot) -> Representation:
    """(x, y, z) in the base frame: velocities, positions, gravity."""
    return Representation(3, tuple(vector_action(robot.motions[name]) for name in robot.group.elements))


def pseudovector(robot: Robot) -> Representation:
    """(x, y, z) of an axial vector: angular velocities, torques on the base."""
    return vector(robot).times(pseudoscalar(robot))


def joints(robot: Robot, order: Sequence[str]) -> Representation:
    """Joint coordinates, velocities, torques or actions, listed in `order`."""
    actions = tuple(robot.joint_action(name, order) for name in robot.group.elements)
    return Representation(len(order), actions, joint_block=True)


def limbs(robot: Robot) -> Representation:
    """One number a limb, in the order of the robot document: contacts, phases."""
    return Representation(len(robot.limbs), tuple(robot.limb_actions[name] for name in robot.group.elements))


def grid(robot: Robot, nx: int, ny: int, order: str) -> tuple[Representation | None, int]:
    """A scan centred on the base, nx points along x and ny along y.

    With order `xy` the x index runs fastest (rows of constant y); with `yx` the y index does.
    Returns None and the guilty element when an element does not map the grid onto itself (a quarter turn
    of a grid that is not square).
    """
    shape = (nx, ny)
    actions = []
    for rank, name in enumerate(robot.group.elements):
        rows = robot.motions[name][:2]
        if any(row[2] for row in rows):  # z would enter the plane of the grid
            return None, rank
        axes = [next(j for j in range(2) if row[j]) for row in rows]
        if any(shape[axis] != shape[source] for axis, source in enumerate(axes)):
            return None, rank
        signs = [row[axis] for row, axis in zip(rows, axes, strict=True)]
        actions.append(SignedPermutation.of(_grid_index(shape, axes, signs, order)))
    return Representation(nx * ny, tuple(actions)), 0


def _grid_index(shape: tuple[int, int], axes: Sequence[int], signs: Sequence[int], order: str) -> list[int]:
    """Where the value at each point of the moved grid is read from: at R⁻¹ of the point."""
    nx, ny = shape
    if order == "xy":
        points = [(i, j) for j in range(ny) for i in range(nx)]
    else:
        points = [(i, j) for i in range(nx) for j in range(ny)]
    place = {point: rank for rank, point in enumerate(points)}
    index = []
    for point in points:
        origin = [0, 0]
        for axis in range(2):  # point[axis] = signs[axis] · origin[axes[axis]], about the centre
            size = shape[axis]
            origin[axes[axis]] = point[axis] if signs[axis] > 0 else size - 1 - point[axis]
        index.append(place[(origin[0], origin[1])])
    return index
