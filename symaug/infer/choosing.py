"""From everything that was found to the few generators that say it, and the group that they make."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from symaug.infer.judging import Judged
from symaug.infer.patterns import words
from symaug.semantics.group import GroupTooLarge, close
from symaug.semantics.move import Move
from symaug.semantics.signed_permutation import SignedPermutation


@dataclass(frozen=True)
class Chosen:
    """The generators, and what is left.

    Attributes:
        generators: name to what was found; none, when nothing was accepted.
        implied: accepted, and a product of the generators.
        refused: name to what is no symmetry, with the reason.
        moves: what each element of the group does, `e` first.
    """

    generators: dict[str, Judged]
    implied: tuple[Judged, ...]
    refused: dict[str, Judged]
    moves: tuple[Move, ...]


def choose(found: Sequence[Judged], joints: Sequence[str]) -> Chosen:
    """Few generators for all symmetries that go together; the first found are preferred.

    Args:
        found: in the order of preference.
        joints: names of the view's joints.
    """
    generators: dict[str, Judged] = {}
    implied, refused = [], {}
    moves: tuple[Move, ...] = (Move.nothing(len(joints)),)
    # A planar robot has a mirror that moves no joint. It is not worth declaring, nor are products with it.
    trivial = {f"trivial {rank}": as_move(each) for rank, each in enumerate(found) if each.trivial}
    for each in found:
        if each.trivial:
            continue
        name = _unused(_name(each, joints), [*generators, *refused])
        if each.status == "refused":
            refused[name] = each
            continue
        move = as_move(each)
        if move.key in {other.key for other in moves}:
            implied.append(each)
            continue
        told = {other: as_move(generator) for other, generator in generators.items()}
        if move.key in {other.key for other in _closed(told | trivial, len(joints)) or ()}:
            continue
        larger = _closed({**told, name: move}, len(joints))
        if larger is None:
            against = " and ".join(f"`{other}`" for other in generators)
            reason = f"it goes with {against} only up to whole turns of a joint: one of them can be declared"
            refused[name] = replace(each, status="refused", reason=reason)
        else:
            generators[name], moves = each, larger
    return Chosen(generators, tuple(implied), refused, moves)


def as_move(found: Judged) -> Move:
    """The exact form of a map."""
    joints = found.joints
    return Move(
        found.candidate.motion,
        SignedPermutation.of(
            (int(source) for source in joints.index),
            (int(sign) for sign in joints.sign),
            (float(shift) for shift in joints.offset),
        ),
    )


def _closed(generators: Mapping[str, Move], joints: int) -> tuple[Move, ...] | None:
    """All products; None when they are too many, or one leaves the base and moves joints."""

    def key(move: Move) -> Hashable:
        return move.key

    try:
        _, moves = close(generators, Move.nothing(joints), Move.after, key=key)
    except GroupTooLarge:
        return None
    if any(move.keeps_base and not move.keeps_joints for move in moves):
        return None
    return tuple(moves)


_EXCHANGED = {
    "sagittal": ({"left", "l"}, {"right", "r"}),
    "transversal": ({"front", "fore", "f"}, {"hind", "rear", "back", "h", "r", "b"}),
}
"""What a mirror is called by the words, or letters at the same place of a word, that it exchanges."""


def _name(found: Judged, joints: Sequence[str]) -> str:
    """`turn`, `half_turn`; mirrors by the words that they exchange, or by how they stand to the base."""
    candidate = found.candidate
    if not candidate.mirrors:
        name = "turn" if candidate.order > 2 else "half_turn"
        return name if candidate.axis == "z" else f"{name}_{candidate.axis}"
    differences = [
        _differences(joints[target], joints[int(source)])
        for target, source in enumerate(found.joints.index)
        if target != source
    ]
    for name, (one, other) in _EXCHANGED.items():
        fits = sum(
            any((a in one and b in other) or (a in other and b in one) for a, b in d) for d in differences
        )
        if 2 * fits > len(differences):
            return name
    return {"y": "sagittal", "x": "transversal", "z": "horizontal"}[candidate.axis]


def _differences(one: str, other: str) -> list[tuple[str, str]]:
    """The words in which two names differ and, of words as long as each other, the letters."""
    found = [(a, b) for a, b in zip(words(one.lower()), words(other.lower()), strict=False) if a != b]
    letters = [(a, b) for pair in found if len(pair[0]) == len(pair[1]) for a, b in zip(*pair, strict=True)]
    return [*found, *(pair for pair in letters if pair[0] != pair[1])]


def _unused(name: str, taken: Sequence[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
