"""How the group acts on a block of numbers of a given type: blocks, and how they are combined.

Each element acts by a signed permutation, held exactly, or, where it mixes numbers (a 120° turn of a
vector), by a `LinearMap`. Nothing outside builds on the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symaug.semantics import linear_map
from symaug.semantics.group import Group
from symaug.semantics.linear_map import Action
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
    actions: tuple[Action, ...]
    joint_block: bool = False

    @property
    def is_linear(self) -> bool:
        """Whether no element adds an offset."""
        return all(action.is_linear for action in self.actions)

    def times(self, other: Representation) -> Representation:
        """The tensor product: number (i, j) stands at i · other.width + j; both linear."""
        pairs = zip(self.actions, other.actions, strict=True)
        return Representation(self.width * other.width, tuple(linear_map.tensor(a, b) for a, b in pairs))

    def repeated(self, count: int) -> Representation:
        """`count` copies one after the other: copy is the outer index."""
        copies = tuple(action.repeated(count) for action in self.actions)
        return Representation(self.width * count, copies, self.joint_block)

    def interleaved(self, count: int) -> Representation:
        """`count` copies, the copy as the inner index: all times of the first number, then of the next."""
        copies = tuple(action.interleaved(count) for action in self.actions)
        return Representation(self.width * count, copies, self.joint_block)

    def unsigned(self) -> Representation:
        """The same permutations without their signs: magnitudes. For blocks of joints, which are never
        mixed.
        """
        permutations = [action for action in self.actions if isinstance(action, SignedPermutation)]
        return Representation(self.width, tuple(a.without_signs() for a in permutations), self.joint_block)

    def without_offset(self) -> Representation:
        """The linear part."""
        linear = tuple(action.without_offset() for action in self.actions)
        return Representation(self.width, linear, self.joint_block)

    def restricted(self, positions: Sequence[int]) -> tuple[Representation | None, int]:
        """The block of some of its numbers, or None and the first element under which they are not closed."""
        kept = []
        for rank, action in enumerate(self.actions):
            part = action.restrict(positions)
            if part is None:
                return None, rank
            kept.append(linear_map.simplest(part))
        return Representation(len(positions), tuple(kept), self.joint_block), 0


def direct_sum(blocks: Sequence[Representation]) -> Representation:
    """The blocks one after the other; at least one."""
    width = sum(block.width for block in blocks)
    actions = tuple(
        linear_map.direct_sum(parts) for parts in zip(*(block.actions for block in blocks), strict=True)
    )
    return Representation(width, actions, all(block.joint_block for block in blocks))


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


def positions(robot: Robot, order: Sequence[str]) -> Representation:
    """Absolute joint positions, rad or m, listed in `order`: with offsets where the declaration shifts
    joints.
    """
    actions = tuple(robot.joint_action(name, order) for name in robot.group.elements)
    return Representation(len(order), actions, joint_block=True)


def joints(robot: Robot, order: Sequence[str]) -> Representation:
    """Joint positions relative to the default pose, velocities, torques or actions, listed in `order`.

    The default pose is a fixed point of the symmetry, so relative positions have no offset.
    """
    return positions(robot, order).without_offset()


def regular(group: Group) -> Representation:
    """One number a group element: element g sends the number of h to the place of g*h."""
    span = range(group.order)
    inverses = (group.inverse(element) for element in span)
    actions = tuple(
        SignedPermutation.of(group.product(inverse, other) for other in span) for inverse in inverses
    )
    return Representation(group.order, actions)


def limbs(robot: Robot) -> Representation:
    """One number a limb, in the order of the robot document: contacts, phases."""
    return Representation(len(robot.limbs), tuple(robot.limb_actions[name] for name in robot.group.elements))
