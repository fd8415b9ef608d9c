"""The search for the edit of a generator that mends it: candidates tried on the model, smallest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from symaug.checks.diagnosis.matching import matched_joints
from symaug.checks.diagnosis.motions import base_motions, order_of, order_of_motion
from symaug.checks.diagnosis.shifts import with_fitted_shifts
from symaug.checks.diagnosis.words import Edit, edit_between
from symaug.checks.fit import GRAVITY_TOLERANCE, LIMIT_TOLERANCE, PLACE_TOLERANCE, Bench, Declaration, Fit
from symaug.checks.report import number

_WRONG_SIGN = 1.9  # an axis that is off by nearly 2 points the other way


@dataclass(frozen=True)
class Diagnosis:
    """What would mend a generator.

    Attributes:
        text: the edit as one would write it, with the violation before and after; or what comes closest.
        meant: the declarations that the smallest edit leads to; several when several edits are as small and
            do as well, none when none was found.
        single: whether changing one clause is enough.
    """

    text: str
    meant: tuple[Declaration, ...] = ()
    single: bool = False


@dataclass(frozen=True)
class _Tried:
    edit: Edit
    fit: Fit

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        misplaced = int(self.fit.places.max(initial=0.0) / PLACE_TOLERANCE)
        return len(self.edit.clauses), not self.fit.keeps_ranges, misplaced, self.edit.size


def diagnose(bench: Bench, declared: Declaration, fit: Fit, limbs: Mapping[str, Sequence[str]]) -> Diagnosis:
    """What to write instead of `declared`, which does not hold.

    Args:
        bench: the model to try edits on.
        declared: the wrong declaration.
        fit: how well it fits, from `bench`.
        limbs: joints of each limb, as the robot document says.
    """
    if fit.holds:
        return _uncrossed(bench, declared, fit, limbs)
    tried = _tried(bench, _candidates(bench, declared, fit, limbs), declared, limbs)
    # More than two clauses are another symmetry, not another spelling of this one; where the lines map
    # already, two are.
    most = 1 if fit.lines.maps else 2
    mending = sorted(
        (each for each in tried if len(each.edit.clauses) <= most and _mends(each.fit, fit)),
        key=lambda each: each.rank,
    )
    if not mending:
        # Only now, as it is the dearest and the rarest: zeros that differ.
        shifted = with_fitted_shifts(bench, declared)
        mending = [t for t in _tried(bench, [("", shifted)], declared, limbs) if _mends(t.fit, fit)]
    if not mending:
        return _closest(tried, fit)
    best = mending[0]
    if len(best.edit.clauses) == 1:
        equal = [each for each in mending if each.rank[:3] == best.rank[:3]]
        texts = [each.edit.clauses[0] for each in equal]
        meant = tuple(each.edit.meant for each in equal)
        return Diagnosis(f"{' or '.join(texts)} ({_gain(fit, best.fit)})", meant, single=True)
    return _together(best, fit, declared, bench, limbs)


def crossed_bodies(bench: Bench, declared: Declaration, fit: Fit) -> Declaration | None:
    """What was meant by a declaration that holds, but crosses joints whose lines coincide; None if nothing.

    Joint lines cannot tell such joints apart. The places of their bodies can, when another map of the same
    lines brings every one of them at least four times closer.
    """
    if not fit.places.max(initial=0.0) > PLACE_TOLERANCE:
        return None
    matched = matched_joints(bench, declared)
    if matched is None:
        return None
    meant = replace(declared, joints=matched)
    other = np.flatnonzero(matched.index != declared.joints.index)
    after = bench.fit(meant)
    closer = len(other) and after.places[other].max() < fit.places[other].max() / 4
    return meant if closer and after.holds else None


def _uncrossed(
    bench: Bench, declared: Declaration, fit: Fit, limbs: Mapping[str, Sequence[str]]
) -> Diagnosis:
    meant = crossed_bodies(bench, declared, fit)
    if meant is None:
        return Diagnosis("no edit mends it: joint lines, ranges and gravity map")
    edit = edit_between(declared, meant, "", bench.view, limbs)
    before, after = (number(f.places.max() * bench.view.extent) for f in (fit, bench.fit(meant)))
    text = f"{', '.join(edit.clauses)} (bodies {before} m → {after} m from their images)"
    return Diagnosis(text, (meant,), single=len(edit.clauses) == 1)


def _exchanged_limbs(
    bench: Bench, declared: Declaration, limbs: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Declaration]]:
    """Where no map fits all joints: two limbs change places, as a swap added or dropped would have it."""
    place = {joint: k for k, joint in enumerate(bench.view.joints)}
    for one, other in combinations(limbs.values(), 2):
        if len(one) == len(other):
            index = declared.joints.index.copy()
            here, there = ([place[joint] for joint in limb] for limb in (one, other))
            index[here + there] = index[there + here]
            yield "", replace(declared, joints=replace(declared.joints, index=index))


def _candidates(
    bench: Bench, declared: Declaration, fit: Fit, limbs: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Declaration]]:
    """The clause of the base motion, and the declaration."""
    wrong_way = np.flatnonzero(fit.own.axis > _WRONG_SIGN)
    if len(wrong_way):
        yield "", _flipped(declared, wrong_way)
    matched = matched_joints(bench, declared)
    if matched is None:
        yield from _exchanged_limbs(bench, declared, limbs)
    else:
        yield "", replace(declared, joints=matched)
        yield "", replace(declared, joints=replace(matched, sign=declared.joints.sign))
        yield "", replace(declared, joints=replace(matched, index=declared.joints.index))
    orders = (order_of(declared.joints.index), order_of_motion(declared.motion))
    for clause, motion in base_motions(orders).items():
        other = replace(declared, motion=motion)
        if np.allclose(motion, declared.motion, rtol=0, atol=1e-9):
            continue
        yield clause, other
        matched = matched_joints(bench, other)
        if matched is not None:
            yield clause, replace(other, joints=matched)


def _flipped(declared: Declaration, places: np.ndarray) -> Declaration:
    sign = declared.joints.sign.copy()
    sign[places] *= -1
    return replace(declared, joints=replace(declared.joints, sign=sign))


def _tried(
    bench: Bench,
    candidates: Iterator[tuple[str, Declaration]] | Sequence[tuple[str, Declaration]],
    declared: Declaration,
    limbs: Mapping[str, Sequence[str]],
) -> list[_Tried]:
    tried: dict[tuple[str, ...], _Tried] = {}
    for clause, meant in candidates:
        edit = edit_between(declared, meant, clause, bench.view, limbs)
        if edit.clauses and edit.clauses not in tried and _upright(bench, meant.motion):
            tried[edit.clauses] = _Tried(edit, bench.fit(meant))
    return list(tried.values())


def _upright(bench: Bench, motion: np.ndarray) -> bool:
    return bench.gravity_turned(motion) <= GRAVITY_TOLERANCE


def _mends(after: Fit, before: Fit) -> bool:
    # Ranges that the right declaration does not map either are the model's; new ones are the edit's.
    no_worse = (after.ranges <= np.maximum(before.ranges, LIMIT_TOLERANCE)).all()
    return after.keeps_gravity and after.lines.maps and bool(no_worse)


def _together(
    best: _Tried,
    fit: Fit,
    declared: Declaration,
    bench: Bench,
    limbs: Mapping[str, Sequence[str]],
) -> Diagnosis:
    meant = best.edit.meant
    motion_clause = best.edit.clauses[0]
    parts = [
        (motion_clause, replace(declared, motion=meant.motion)),
        ("", replace(declared, joints=replace(declared.joints, index=meant.joints.index))),
        ("", replace(declared, joints=replace(declared.joints, sign=meant.joints.sign))),
    ]
    alone = sorted(_tried(bench, parts, declared, limbs), key=_distance)[:2]
    text = (
        f"no single edit mends it; together these do: {', '.join(best.edit.clauses)} ({_gain(fit, best.fit)})"
    )
    if alone:
        text += f"; alone, {' and '.join(f'{each.edit.clauses[0]} {_leaves(each)}' for each in alone)}"
    return Diagnosis(text, (meant,))


def _closest(tried: Sequence[_Tried], fit: Fit) -> Diagnosis:
    if fit.lines.maps and fit.keeps_gravity:
        text = (
            "no edit mends it: the joint lines map and the ranges do not. Joints that bend one way only have "
            "no such image: leave the generator out, unless the model's ranges are wrong"
        )
        return Diagnosis(text)
    single = sorted((each for each in tried if len(each.edit.clauses) == 1), key=_distance)
    better = [each for each in single if _distance(each) < _distance_of(fit)][:2]
    if not better:
        return Diagnosis("no single edit mends it, and none brings it closer")
    words = " and ".join(f"{each.edit.clauses[0]}, which {_leaves(each)}" for each in better)
    return Diagnosis(f"no single edit mends it; closest: {words}")


def _distance(tried: _Tried) -> tuple[float, ...]:
    return _distance_of(tried.fit)


def _distance_of(fit: Fit) -> tuple[float, ...]:
    own, every = int(fit.own.off.sum()), int(fit.lines.off.sum())
    # Wrong lines at zero are causes, at other configurations effects; then how wrong, on average.
    mean = float(np.mean(np.minimum(fit.lines.axis, 2.0) + np.minimum(fit.lines.anchor, 1.0)))
    return own, every, float((fit.ranges > LIMIT_TOLERANCE).sum()), mean


def _leaves(tried: _Tried) -> str:
    fit = tried.fit
    off = fit.own.off if fit.own.off.any() else fit.lines.off
    if off.any():
        return f"leaves {int(off.sum())} of {len(off)} joints off (violation {number(fit.violation[1])})"
    if not fit.keeps_gravity:
        return "turns gravity over"
    return f"maps all joint lines, but not the ranges, by {number(fit.of_gate('ranges'))} (rad, m)"


def _gain(before: Fit, after: Fit) -> str:
    gate, violation = before.violation
    words = f"violation {number(violation)} → {number(after.of_gate(gate))}"
    if not after.keeps_ranges:
        words += f"; ranges stay {number(after.of_gate('ranges'))} off"
    return words
