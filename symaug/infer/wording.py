"""The shortest generator expression that says a map, with symaug's own compiler as the judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from symaug.checks.diagnosis.words import cycles
from symaug.diagnostics import Diagnostic, SpecError
from symaug.infer.candidates import Candidate
from symaug.infer.patterns import covering, parts
from symaug.semantics.generators import GeneratorResolver
from symaug.semantics.move import Move
from symaug.syntax.parser import parse_generator
from symaug.syntax.source import Text

_INSIDE_WORDS = 6
"""A renaming of parts of words counts as that many letters longer: it is short, and hard to read."""


def generator_text(
    candidate: Candidate, move: Move, joints: Sequence[str], limbs: Mapping[str, tuple[str, ...]]
) -> str:
    """`reflect y, rename left <-> right, flip *_roll_*` for a move of joints that limbs are made of.

    Every way of saying what changes places is compiled, from the shortest on; the first that is exactly the
    move is it.

    Raises:
        ValueError: the language cannot say it.
    """
    rest = [*_flips(move, joints), *_shifts(move, joints)]
    for exchange in _exchanges(move, joints, limbs):
        text = ", ".join([candidate.clause, *exchange, *rest])
        if _means(text, move, joints, limbs):
            return text
    raise ValueError(f"no expression for {candidate.clause} on {', '.join(joints)}")


def _means(text: str, move: Move, joints: Sequence[str], limbs: Mapping[str, tuple[str, ...]]) -> bool:
    problems: list[Diagnostic] = []
    try:
        source = Text.alone(text)
        parsed = parse_generator(source)
    except SpecError:
        return False
    compiled = GeneratorResolver("g", joints, limbs, frozenset(), problems).resolve(parsed, source.span())
    return compiled is not None and not problems and compiled.key == move.key


def _exchanges(
    move: Move, joints: Sequence[str], limbs: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """Ways to say the permutation, shortest first."""
    goes_to = {joints[source]: joints[target] for target, source in enumerate(move.joints.index)}
    moved = {joint: image for joint, image in goes_to.items() if joint != image}
    if not moved:
        yield ()
        return
    ways: list[tuple[int, tuple[str, ...]]] = []
    for cost, pair in _renamings(moved):
        clause = f"rename {pair[0]} <-> {pair[1]}"
        ways.append((len(clause) + cost, (clause,)))
        rest = {joint: goes_to[joint] for joint in joints if not any(word in joint for word in pair)}
        if rest and {*rest.values()} == {*rest}:
            remaining = {name: told for name, told in limbs.items() if {*told} <= {*rest}}
            swap = f"swap {_mixed_cycles(rest, remaining)}"
            ways.append((len(clause) + len(swap) + cost, (clause, swap)))
    several = _several_renamings(moved)
    if several:
        ways.append((sum(map(len, several)) + _INSIDE_WORDS * len(several), tuple(several)))
    for cost, members in ((0, limbs), (_INSIDE_WORDS, {})):
        swap = f"swap {_mixed_cycles(goes_to, members)}"
        ways.append((len(swap) + cost, (swap,)))
    for _, way in sorted(ways):
        yield way


def _renamings(moved: Mapping[str, str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Pairs of words that might be exchanged, with what speaks against them."""
    seen: set[tuple[str, str]] = set()
    for joint, image in moved.items():
        here, there = parts(joint), parts(image)
        if len(here) == len(there):
            differ = [k for k in range(len(here)) if here[k] != there[k]]
            if len(differ) == 1:
                k = differ[0]
                for before, after in ((0, 0), (0, 1), (1, 0), (1, 1)):
                    if k - before >= 0 and k + after < len(here):
                        pair = tuple("".join(each[k - before : k + after + 1]) for each in (here, there))
                        yield from _once((0, pair), seen)
        start, end = _difference(joint, image)
        for before, after in ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0)):
            if start - before >= 0 and end - after >= 0:
                pair = tuple(each[start - before : len(each) - end + after] for each in (joint, image))
                if all(pair):
                    yield from _once((_INSIDE_WORDS, pair), seen)


def _once(
    way: tuple[int, tuple[str, ...]], seen: set[tuple[str, str]]
) -> Iterator[tuple[int, tuple[str, str]]]:
    cost, (one, other) = way
    ordered = (one, other) if not _later(one, other) else (other, one)
    if ordered not in seen and one != other:
        seen.add(ordered)
        yield cost, ordered


def _later(one: str, other: str) -> bool:
    """Left before right, otherwise in alphabetical order."""
    return one.lower() > other.lower()


def _difference(one: str, other: str) -> tuple[int, int]:
    """How many letters two names share at their beginning, and at their end."""
    start = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    most = min(len(one), len(other)) - start
    end = next((k for k in range(most) if one[-1 - k] != other[-1 - k]), most)
    return start, end


def _several_renamings(moved: Mapping[str, str]) -> list[str]:
    """One renaming for each pair of words that is exchanged; nothing when a pair differs in several words."""
    pairs: dict[tuple[str, str], None] = {}
    for joint, image in moved.items():
        here, there = parts(joint), parts(image)
        differ = [k for k in range(len(here)) if len(here) != len(there) or here[k] != there[k]]
        if len(differ) != 1:
            return []
        one, other = here[differ[0]], there[differ[0]]
        pairs[(one, other) if not _later(one, other) else (other, one)] = None
    return [f"rename {one} <-> {other}" for one, other in pairs] if len(pairs) > 1 else []


def _mixed_cycles(goes_to: Mapping[str, str], limbs: Mapping[str, tuple[str, ...]]) -> str:
    """By limbs where their k-th joints are exchanged, by joints where not."""
    owner = {joints: name for name, joints in limbs.items()}
    to = {name: owner.get(tuple(goes_to[joint] for joint in joints)) for name, joints in limbs.items()}
    whole = {name: image for name, image in to.items() if image is not None}
    while True:  # limbs whose cycle does not stay among whole limbs are told joint by joint
        closed = {name: image for name, image in whole.items() if image in whole}
        if closed == whole:
            break
        whole = closed
    told = {joint for name in whole for joint in limbs[name]}
    rest = {joint: image for joint, image in goes_to.items() if joint not in told}
    return "".join([*cycles(whole), *cycles(rest)])


def _flips(move: Move, joints: Sequence[str]) -> list[str]:
    flipped = [joint for joint, sign in zip(joints, move.joints.sign, strict=True) if sign < 0]
    return [f"flip {' '.join(covering(flipped, joints))}"] if flipped else []


def _shifts(move: Move, joints: Sequence[str]) -> list[str]:
    by_amount: dict[float, list[str]] = {}
    for joint, offset in zip(joints, move.joints.offset, strict=True):
        if offset:
            by_amount.setdefault(offset, []).append(joint)
    return [
        f"shift {' '.join(covering(names, joints))} by {shift_amount(amount)}"
        for amount, names in by_amount.items()
    ]


def shift_amount(amount: float) -> str:
    """Degrees with as many digits as the shift was found with; what is no such angle is in rad or m."""
    degrees = float(np.round(np.degrees(amount), 3))
    return f"{degrees:.10g} deg" if np.radians(degrees) == amount else f"{amount:.12g}"
