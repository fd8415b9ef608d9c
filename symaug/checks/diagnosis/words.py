"""The difference of two declarations as the clauses that a person would change in the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.fit import Declaration
from symaug.checks.mechanics.model import ModelView
from symaug.checks.names import as_patterns


@dataclass(frozen=True)
class Edit:
    """One declaration that could have been meant.

    Attributes:
        meant: it.
        clauses: what to change in the document, one text a clause.
        size: how many joints are declared otherwise, as a measure of how large the mistake would be.
    """

    meant: Declaration
    clauses: tuple[str, ...]
    size: int


def edit_between(
    declared: Declaration,
    meant: Declaration,
    clause: str,
    view: ModelView,
    limbs: Mapping[str, Sequence[str]],
) -> Edit:
    """What to change in `declared` to say `meant`, whose base motion is written as `clause`.

    Args:
        declared, meant: two declarations for the joints of `view`.
        clause: such as `reflect y`; given out when the base motions differ.
        view: the model.
        limbs: joints of each limb, as the robot document says.
    """
    here, there = declared.joints, meant.joints
    signs = np.flatnonzero(here.sign != there.sign)
    places = np.flatnonzero(here.index != there.index)
    shifts = np.flatnonzero(~(np.abs(here.offset - there.offset) <= 1e-6))
    clauses = []
    if not np.allclose(declared.motion, meant.motion, rtol=0, atol=1e-9):
        clauses.append(clause)
    if len(places):
        clauses.append(_swaps(here.index, there.index, view.joints, limbs))
    if len(signs):
        clauses.append(_flips([view.joints[i] for i in signs], there.sign[signs], view.joints))
    if len(shifts):
        clauses.append(_shifts(shifts, there.offset, view))
    return Edit(meant, tuple(clauses), len({*signs, *places, *shifts}))


def _flips(names: Sequence[str], signs: np.ndarray, joints: Sequence[str]) -> str:
    edits = []
    for words, wanted in (("flip", -1.0), ("do not flip", 1.0)):
        chosen = [name for name, sign in zip(names, signs, strict=True) if sign == wanted]
        if chosen:
            edits.append(f"{words} {' '.join(as_patterns(chosen, joints))}")
    return " and ".join(edits)


def _shifts(places: np.ndarray, offset: np.ndarray, view: ModelView) -> str:
    by_amount: dict[str, list[str]] = {}
    for i in places:
        amount = f"{np.degrees(offset[i]):.6g} deg" if view.is_hinge[i] else f"{offset[i]:.6g} m"
        by_amount.setdefault(amount, []).append(view.joints[i])
    return ", ".join(
        f"shift {' '.join(as_patterns(names, view.joints))} by {amount}"
        for amount, names in by_amount.items()
    )


def _swaps(
    here: np.ndarray, there: np.ndarray, joints: Sequence[str], limbs: Mapping[str, Sequence[str]]
) -> str:
    wrong, right = _cycles(here, joints, limbs), _cycles(there, joints, limbs)
    by_limb = _swap(wrong, right)
    if not any(f"({joint} " in cycle for joint in joints for cycle in (*wrong, *right)):
        return by_limb
    return min(by_limb, _swap(_cycles(here, joints, {}), _cycles(there, joints, {})), key=len)


def _swap(wrong: Sequence[str], right: Sequence[str]) -> str:
    added = [cycle for cycle in right if cycle not in wrong]
    dropped = [cycle for cycle in wrong if cycle not in right]
    if not added:
        return f"do not swap {''.join(dropped)}"
    instead = f" instead of {''.join(dropped)}" if dropped else ""
    return f"swap {''.join(added)}{instead}"


def _cycles(index: np.ndarray, joints: Sequence[str], limbs: Mapping[str, Sequence[str]]) -> list[str]:
    """The permutation as `(A B C)`, by limbs where whole limbs move and by joints elsewhere."""
    goes_to = {joints[source]: joints[target] for target, source in enumerate(index)}
    names = {tuple(members): name for name, members in limbs.items()}
    moves = {
        name: names[image]
        for name, members in limbs.items()
        if (image := tuple(goes_to[joint] for joint in members)) in names
    }
    # A limb whose cycle does not stay among whole limbs is told joint by joint.
    moves = {name: image for name, image in moves.items() if _closed(name, moves)}
    covered = {joint for name in moves for joint in limbs[name]}
    moves |= {joint: goes_to[joint] for joint in joints if joint not in covered}
    return cycles(moves)


def cycles(moves: Mapping[str, str]) -> list[str]:
    """What changes places, as `(A B C)`: A goes to B, B to C, C to A."""
    made, seen = [], set()
    for start in moves:
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(place)
            place = moves[place]
        if len(cycle) > 1:
            made.append(f"({' '.join(cycle)})")
    return made


def _closed(name: str, moves: Mapping[str, str]) -> bool:
    place = moves.get(name)
    while place is not None and place != name:
        place = moves.get(place)
    return place == name
