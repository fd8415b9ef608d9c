"""What a symmetry does to a robot: how the base moves, and how the joints do."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from symaug.semantics import motion as base
from symaug.semantics.motion import Motion
from symaug.semantics.signed_permutation import SignedPermutation


@dataclass(frozen=True)
class Move:
    """What a symmetry does: the motion of the base, and the signed permutation of the canonical joints.

    The joints' map is that of absolute positions, q' = s·q[p] + b; its offsets are zero unless joints are
    shifted.
    """

    motion: Motion
    joints: SignedPermutation

    def after(self, first: Move) -> Move:
        """The move that does `first`, then this one."""
        return Move(base.multiply(self.motion, first.motion), self.joints @ first.joints)

    @property
    def key(self) -> Hashable:
        """What two moves have in common exactly when they are the same."""
        offset = tuple(round(value, 9) + 0.0 for value in self.joints.offset)
        return base.key(self.motion), self.joints.index, self.joints.sign, offset

    @property
    def keeps_base(self) -> bool:
        """Whether the base stays as it is."""
        return base.is_identity(self.motion)

    @property
    def keeps_joints(self) -> bool:
        """Whether every joint stays as it is."""
        return Move(base.IDENTITY, self.joints).key == Move.nothing(len(self.joints)).key

    @classmethod
    def nothing(cls, joints: int) -> Move:
        """The move that leaves the base and `joints` joints as they are."""
        return cls(base.IDENTITY, SignedPermutation.identity(joints))
