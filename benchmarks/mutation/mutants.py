"""Every declaration of a robot that has one mistake, to count whether the checks find it.

What people get wrong in a generator: the sign of a joint or of an orbit of joints, a swap left out or with
the wrong partner, two joints of a limb crossed, the base's motion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import TYPE_CHECKING

from symaug.semantics import motion
from symaug.semantics.group import Group
from symaug.semantics.signed_permutation import SignedPermutation

if TYPE_CHECKING:
    from symaug.semantics.motion import Motion
    from symaug.semantics.robot import Robot

KINDS = (
    "sign of one joint",
    "sign of an orbit",
    "swap left out",
    "wrong partner in a swap",
    "cycle the wrong way round",
    "joints crossed on one limb",
    "joints crossed in a swap",
    "wrong base motion",
)


@dataclass(frozen=True)
class Mutant:
    """One wrong declaration.

    Attributes:
        kind: one of `KINDS`.
        what: which it is, in words.
        robot: with the wrong generator as its only one.
        guilty: the joints whose declaration is wrong; empty when it is the base motion.
    """

    kind: str
    what: str
    robot: Robot
    guilty: frozenset[str]


def mutants(robot: Robot, generator: str) -> Iterator[Mutant]:
    """All one-mistake declarations of one generator, each different from the right one."""
    right = robot.joint_actions[generator]
    for kind, what, action in _joint_mistakes(robot, generator):
        wrong = {
            joint
            for k, joint in enumerate(robot.joints)
            if (right.index[k], right.sign[k]) != (action.index[k], action.sign[k])
        }
        if wrong:
            yield Mutant(kind, what, with_generator(robot, generator, action), frozenset(wrong))
    for what, base in other_motions(robot.motions[generator]):
        yield Mutant("wrong base motion", what, with_generator(robot, generator, right, base), frozenset())


def with_generator(
    robot: Robot, generator: str, action: SignedPermutation, base: Motion | None = None
) -> Robot:
    """The robot with one generator alone, with this joint action and base motion; nothing is checked."""
    identity = SignedPermutation.identity(len(robot.joints))
    return replace(
        robot,
        group=Group(("e", generator), ((0, 1), (1, 0)), (generator,)),
        motions={"e": motion.IDENTITY, generator: base or robot.motions[generator]},
        joint_actions={"e": identity, generator: action},
        pose_diagnostics=(),
    )


def _joint_mistakes(robot: Robot, generator: str) -> Iterator[tuple[str, str, SignedPermutation]]:
    right, names = robot.joint_actions[generator], robot.joints
    for k, joint in enumerate(names):
        yield KINDS[0], joint, _flipped(right, [k])
    for orbit in orbits(robot, generator):
        if len(orbit) > 1:
            yield KINDS[1], " ".join(names[k] for k in orbit), _flipped(right, orbit)
    place = {joint: k for k, joint in enumerate(names)}
    limbs = {limb: [place[joint] for joint in joints] for limb, joints in robot.limbs.items()}
    if generator in robot.limb_actions:
        yield from _swap_mistakes(right, robot.limb_actions[generator], limbs)
    for limb, members in limbs.items():
        for one, other in combinations(members, 2):
            what = f"{names[one]} and {names[other]}"
            if len({right.index[k] for k in members} & set(members)) == 0:
                yield KINDS[6], what, _renamed(right, {one: other, other: one})
            index = list(right.index)
            index[one], index[other] = index[other], index[one]
            yield KINDS[5], f"{what} of {limb}", SignedPermutation.of(index, right.sign, right.offset)


def _swap_mistakes(
    right: SignedPermutation, limb_action: SignedPermutation, limbs: dict[str, list[int]]
) -> Iterator[tuple[str, str, SignedPermutation]]:
    names = list(limbs)
    cycles = [cycle for cycle in _cycles(limb_action.index) if len(cycle) > 1]
    for cycle in cycles:
        what = f"({' '.join(names[k] for k in cycle)})"
        index = list(right.index)
        for limb in cycle:
            for k in limbs[names[limb]]:
                index[k] = k
        yield KINDS[2], what, SignedPermutation.of(index, right.sign, right.offset)
        if len(cycle) > 2:
            index = list(right.index)
            inverse = right.inverse().index
            for limb in cycle:
                for k in limbs[names[limb]]:
                    index[k] = inverse[k]
            yield KINDS[4], what, SignedPermutation.of(index, right.sign, right.offset)
    for one, other in combinations(names, 2):
        if len(limbs[one]) == len(limbs[other]):
            there = dict(zip(limbs[one], limbs[other], strict=True))
            renamed = _renamed(right, there | {b: a for a, b in there.items()})
            yield KINDS[3], f"{one} for {other} and back", renamed


def _renamed(right: SignedPermutation, other: dict[int, int]) -> SignedPermutation:
    # Places exchanged in the swaps; flips and shifts are written by joint and stay.
    index = [0] * len(right)
    for target, source in enumerate(right.index):
        index[other.get(target, target)] = other.get(source, source)
    return SignedPermutation.of(index, right.sign, right.offset)


def _flipped(right: SignedPermutation, places: Sequence[int]) -> SignedPermutation:
    sign = [-s if k in places else s for k, s in enumerate(right.sign)]
    return SignedPermutation.of(right.index, sign, right.offset)


def orbits(robot: Robot, generator: str) -> list[tuple[int, ...]]:
    """The joints' orbits under the whole group, then under the generator alone, each once."""
    found = dict.fromkeys(_orbits([action.index for action in robot.joint_actions.values()]))
    return list(found | dict.fromkeys(_orbits([robot.joint_actions[generator].index])))


def _orbits(indices: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    seen, found = set(), []
    for start in range(len(indices[0])):
        orbit, todo = {start}, [start]
        while todo:
            place = todo.pop()
            reached = {index[place] for index in indices} - orbit
            orbit |= reached
            todo += reached
        if start not in seen:
            found.append(tuple(sorted(orbit)))
            seen |= orbit
    return found


def _cycles(index: Sequence[int]) -> list[tuple[int, ...]]:
    goes_to = {source: target for target, source in enumerate(index)}
    seen, found = set(), []
    for start in range(len(index)):
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(place)
            place = goes_to[place]
        if cycle:
            found.append(tuple(cycle))
    return found


def other_motions(right: Motion) -> Iterator[tuple[str, Motion]]:
    """Other base motions of the same order, as the clause that declares each."""
    order = motion.order(right)
    candidates = {f"reflect {axis}": motion.reflection(axis) for axis in "xyz"} if order == 2 else {}
    for axis in "xyz":
        for part in range(1, order):
            if gcd(part, order) == 1:
                clause = f"rotate {axis} by {Fraction(360 * part, order)} deg"
                candidates[clause] = motion.rotation(axis, Fraction(part, order))
    for clause, matrix in candidates.items():
        if motion.key(matrix) != motion.key(right):
            yield clause, matrix
