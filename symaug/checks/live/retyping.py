"""What a spec should say instead: other types and orders of terms, each tried on what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.agreement import STRICT, Judge, deviation
from symaug.checks.live.blocks import Block, blocks, histories, neighbouring
from symaug.checks.live.layout import order_edit
from symaug.checks.live.rollouts import picked, run, transformed
from symaug.checks.live.world import LiveEnvironment, mirrored
from symaug.checks.names import listed
from symaug.checks.report import number
from symaug.semantics.linear_map import Action

if TYPE_CHECKING:
    from symaug.compiler.program import Program, Space
    from symaug.semantics.robot import Robot

_TOLD = 3
_MOST_TERMS = 40  # beyond, orders of terms are not searched


@dataclass(frozen=True)
class Evidence:
    """Observations of one group, and their images, as rows.

    Attributes:
        space: what the spec says of the group.
        pairs: by element, observations [R, width] of the originals and of the images.
        strict: how they are compared.
    """

    space: Space
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]]
    strict: bool

    @classmethod
    def of(cls, judged: Judge, group: str, space: Space, *, starts_only: bool) -> Evidence:
        """The rows that count in `judged`."""
        pairs, originals = {}, judged.rollouts.original.observations[group]
        for element in judged.rollouts.images:
            _, found, keep = judged.observed(group, space, element, starts_only=starts_only)
            pairs[element] = originals[keep], found[keep]
        return cls(space, pairs, judged.strict)

    def violations(self, actions: Mapping[str, Action], start: int) -> np.ndarray:
        """By number [w], the worst over all elements, if `actions` were those of the numbers from `start`."""
        worst = []
        for element, (original, found) in self.pairs.items():
            action = actions[element]
            numbers = slice(start, start + len(action))
            wanted = transformed(original[:, numbers], action)
            keep = np.ones(len(found), dtype=bool)
            worst.append(deviation(wanted, found[:, numbers], keep, strict=self.strict))
        return np.max(worst, axis=0)

    def violation(self, actions: Mapping[str, Action], start: int) -> float:
        """The largest of `violations`."""
        return float(np.max(self.violations(actions, start), initial=0.0))


def mending_types(
    evidence: Evidence, robot: Robot, program: Program, off: Sequence[str], tolerance: float
) -> tuple[str | None, list[str]]:
    """Edits of the spec that make the terms `off` fit, and what to say of them.

    Returns:
        The edits, or None; and a clause for each finding.
    """
    declared = {term.name: _restricted(evidence.space, term.name) for term in evidence.space.terms}
    before = {t.name: evidence.violation(declared[t.name], t.start) for t in evidence.space.terms}
    edits, told, left = [], [], list(off)
    moved = _other_order(evidence, declared, off, tolerance)
    if moved is not None:
        edit, clause, names, after = moved
        edits.append(f"{edit} ({_gain(max(before[name] for name in names), after)})")
        told.append(clause)
        left = [name for name in left if name not in names]
    fits = {name: _fitting(evidence, robot, program, name, tolerance) for name in left[: 4 * _TOLD]}
    orders = {block.order for fit in fits.values() if fit for block in [fit[0]]}
    if len(orders) == 1 and None not in orders and len(fits) > 1:
        (order,) = orders
        assert order is not None
        after = max(fit[1] for fit in fits.values() if fit)
        edits.append(f"{order_edit(robot, order)} ({_gain(max(before[n] for n in fits), after)})")
        told.append(f"the environment lists joints as {listed(order)}")
        return "; ".join(edits), told
    for name, fit in list(fits.items())[:_TOLD]:
        if fit is None:
            told.append(_guilty(evidence, robot, program, name, declared[name], tolerance))
        else:
            block, after = fit
            edit = f"`{name}: {block.text}`" if block.text else order_edit(robot, block.order or ())
            edits.append(f"{edit} ({_gain(before[name], after)})")
    return "; ".join(edits) or None, told


def other_actions(world: LiveEnvironment, robot: Robot, program: Program, judged: Judge) -> str | None:
    """The type of `actions` under which the first step is right; None when it is none that was tried."""
    rollouts, known = judged.rollouts, blocks(robot, program.joint_order)
    states = picked(rollouts.starts, np.arange(world.num_envs))
    elements = robot.group.elements[1:]

    def violation(actions: Mapping[str, Action]) -> float:
        worst = 0.0
        for element in elements:
            image = mirrored(states, robot, element, world.joint_names, world.task_types)
            found = run(world, image, transformed(rollouts.actions[:1], actions[element]))
            for name, values in judged.wanted[element].items():
                wanted = values[:2, : world.num_envs]
                keep = np.ones(wanted.shape[:2], dtype=bool) & ~found.ended
                change = None if judged.strict else wanted[1] - wanted[0]
                off = deviation(wanted, found.states[name], keep, strict=judged.strict, change=change)
                worst = max(worst, float(np.nan_to_num(off, nan=np.inf).max(initial=0.0)))
        return worst

    space = program.space("actions")
    before = violation(space.elements)
    near = neighbouring(known, space.terms[0].type, space.width) if len(space.terms) == 1 else ()
    for block in (*near, *known.of_width(space.width)):
        after = violation(block.actions)
        if after <= (STRICT if judged.strict else before / 4):
            edit = f"`actions: {block.text}`" if block.text else order_edit(robot, block.order or ())
            return f"{edit} ({_gain(before, after)})"
    return None


def _other_order(
    evidence: Evidence, declared: Mapping[str, Mapping[str, Action]], off: Sequence[str], tolerance: float
) -> tuple[str, str, list[str], float] | None:
    # The edit, what is told, the terms between which something moved, and the violation that remains.
    names = [term.name for term in evidence.space.terms]
    if len(off) < 2 or len(names) > _MOST_TERMS:
        return None
    for order, edit, clause in _orders(names):
        start, after = 0, 0.0
        for old, name in zip(names, order, strict=True):
            width = evidence.space.terms[names.index(name)].width
            if old != name or start != evidence.space.terms[names.index(name)].start:
                after = max(after, evidence.violation(declared[name], start))
            start += width
            if not after <= tolerance:
                break
        else:
            touched = [
                name for name in names if _start(evidence, order, name) != _start(evidence, names, name)
            ]
            if len(set(touched) & set(off)) > 1:
                return edit, clause, touched, after
    return None


def _orders(names: list[str]) -> Iterator[tuple[list[str], str, str]]:
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            order = list(names)
            order[i], order[j] = order[j], order[i]
            pair = f"`{names[i]}` and `{names[j]}`"
            yield order, f"exchange {pair}", f"{pair} are exchanged"
    for i in range(len(names)):
        for j in range(len(names)):
            if abs(i - j) > 1:
                order = [name for name in names if name != names[i]]
                order.insert(j, names[i])
                where = f"after `{order[j - 1]}`" if j else "first"
                yield order, f"move `{names[i]}` {where}", f"`{names[i]}` stands {where}"


def _start(evidence: Evidence, order: Sequence[str], name: str) -> int:
    widths = {term.name: term.width for term in evidence.space.terms}
    return sum(widths[each] for each in order[: list(order).index(name)])


def _fitting(
    evidence: Evidence, robot: Robot, program: Program, name: str, tolerance: float
) -> tuple[Block, float] | None:
    term = next(term for term in evidence.space.terms if term.name == name)
    known = blocks(robot, program.joint_order)
    whole = (
        neighbouring(known, term.type, term.width),
        histories(known, term.type, term.width),
        known.of_width(term.width),
    )
    for block in chain.from_iterable(whole):
        after = evidence.violation(block.actions, term.start)
        if after <= tolerance:
            return block, after
    parts, at, worst = [], term.start, 0.0
    while at < term.stop:
        for block in known.up_to(term.stop - at):
            after = evidence.violation(block.actions, at)
            if block.text and after <= tolerance:
                parts.append(block.text)
                at, worst = at + block.width, max(worst, after)
                break
        else:
            break
    if at == term.stop and len(parts) <= 2 * _TOLD:
        return Block(" + ".join(parts), {}, term.width), worst
    for block in histories(known, "", term.width):
        after = evidence.violation(block.actions, term.start)
        if after <= tolerance:
            return block, after
    return None


def _guilty(
    evidence: Evidence,
    robot: Robot,
    program: Program,
    name: str,
    declared: Mapping[str, Action],
    tolerance: float,
) -> str:
    term = next(term for term in evidence.space.terms if term.name == name)
    numbers = np.flatnonzero(~(evidence.violations(declared, term.start) <= tolerance))
    labels = [str(rank) for rank in numbers]
    if term.width == len(robot.joints) and "joints" in term.type:
        labels = [program.joint_order[rank] for rank in numbers]
    return f"no type that was tried fits `{name}`; its numbers {listed(labels)} are off"


def _restricted(space: Space, name: str) -> dict[str, Action]:
    term = next(term for term in space.terms if term.name == name)
    found = {}
    for element, action in space.elements.items():
        part = action.restrict(range(term.start, term.stop))
        assert part is not None  # terms do not mix
        found[element] = part
    return found


def _gain(before: float, after: float) -> str:
    return f"violation {number(before)} → {number(after)}"
