"""Do the types of an observation say what its terms are? By the names of the terms, measured, not trusted.

A term called `base_ang_vel` is an angular velocity; measured in a random state and in its mirror image it
says how it moves, and the compiled action of the term must do the same to its numbers. Where symmetry makes
two types the same (`vector[xy]` and `vector[yz]` under one mirror may be), either is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.names import listed
from symaug.checks.report import CheckResult, worst_first
from symaug.checks.terms.mirror_worlds import Measure, Quantity, World, Worlds
from symaug.checks.terms.quantities import quantities_of
from symaug.diagnostics import SpecError
from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

if TYPE_CHECKING:
    import mujoco

    from symaug.compiler.program import Program, Space, Term
    from symaug.semantics.linear_map import Action
    from symaug.semantics.robot import Robot

TOLERANCE = 1e-6
INEXACT_TOLERANCE = 2e-2
_AREA = "terms/"
_GROUP = "observations/"
_MOST_STEPS = 64
ACTIONS = ("actions", "action", "last_action", "last_actions", "prev_action", "prev_actions")
ACTIONS = (*ACTIONS, "previous_action", "previous_actions", "joint_actions")
_MUJOCO = ("qpos", "qvel", "cfrc_ext", "cinert", "cvel")
_PLAUSIBLE = {
    3: (
        "vector",
        "pseudovector",
        "vector[xy] + pseudovector[z]",
        "pseudovector[xy] + vector[z]",
        "3 * scalar",
        "3 * pseudoscalar",
    ),
    2: ("vector[xy]", "pseudovector[xy]", "2 * scalar", "2 * pseudoscalar"),
    1: ("scalar", "pseudoscalar", "vector[z]", "pseudovector[z]"),
}


@dataclass(frozen=True)
class _Verdict:
    term: str
    measured: bool
    violation: float = 0.0
    tolerance: float = TOLERANCE
    what: str = ""
    suggestion: str = ""
    orders: frozenset[str] | None = None  # the joint orders that fit; None where no joints are listed

    @property
    def wrong(self) -> bool:
        return not self.violation <= self.tolerance


def check_terms(
    robot: Robot,
    program: Program,
    samples: int,
    seed: int,
    twin: mujoco.MjModel | None = None,
) -> list[CheckResult]:
    """One result `terms/GROUP` for each observation group and `terms/actions`.

    Args:
        robot: whose declared symmetry makes the mirror images.
        program: a spec of it, compiled.
        samples: random states.
        seed: of these states.
        twin: the robot's symmetrised model, for terms that only it can tell (`cfrc_ext`, the order of its
            joints and actuators); without one they are not measured.
    """
    worlds = _worlds(robot, program, np.random.default_rng(seed), max(samples, 4), twin)
    examiner = _Examiner(robot, program, worlds, twin, seed)
    results = [
        examiner.group(name.removeprefix(_GROUP), space)
        for name, space in program.spaces.items()
        if name.startswith(_GROUP)
    ]
    return [*results, examiner.actions()] if "actions" in program.spaces else results


def terms_of(program: Program) -> list[str]:
    """The names of the results that `check_terms` gives."""
    groups = [_AREA + name.removeprefix(_GROUP) for name in program.spaces if name.startswith(_GROUP)]
    return [*groups, *([_AREA + "actions"] if "actions" in program.spaces else [])]


def _worlds(
    robot: Robot, program: Program, rng: np.random.Generator, count: int, twin: mujoco.MjModel | None
) -> Worlds:
    world = World.random(robot, rng, count)
    images = {element: world.image(robot, element) for element in robot.group.elements}
    own = tuple(program.joint_order)
    orders = {"": own} | {name: order for name, order in robot.joint_orders.items() if order != own}
    model_order = own
    if twin is not None:
        from symaug.checks.mechanics.model import ModelView

        model_order = ModelView.of(robot, twin).joints
    return Worlds(robot, images, orders, model_order)


@dataclass(frozen=True)
class _Examiner:
    robot: Robot
    program: Program
    worlds: Worlds
    twin: mujoco.MjModel | None
    seed: int

    def group(self, name: str, space: Space) -> CheckResult:
        verdicts = [self._judge(term, _actions_of(space, term), self._meanings(term)) for term in space.terms]
        return _result(_AREA + name, _in_one_order(verdicts))

    def actions(self) -> CheckResult:
        space = self.program.space("actions")
        names = [t.name for n, s in self.program.spaces.items() if n.startswith(_GROUP) for t in s.terms]
        verdicts = []
        for term in space.terms:
            found: list[Quantity] = []
            if self.twin is not None and any(name in _MUJOCO for name in names):
                from symaug.checks.terms.body_quantities import inputs

                found = inputs(self.worlds, self.twin, term.width, self.seed)
            if not found and "joints" in term.type:  # other actions may be anything: feet, hands, gains
                found = list(quantities_of("joint_pos", term.width, self.worlds))
                found = [replace(each, what="joint by joint, in one of the robot's orders") for each in found]
            verdicts.append(self._judge(term, _actions_of(space, term), iter(found)))
        return _result(_AREA + "actions", verdicts)

    def _meanings(self, term: Term) -> Iterator[Quantity]:
        """What the term may be, each possibly several times over (a history)."""
        for steps in range(1, min(term.width, _MOST_STEPS) + 1):
            if term.width % steps:
                continue
            once = list(self._once(term.name, term.width // steps))
            if steps > 1:
                once = [many for each in once if not each.unusual for many in _history(each, steps)]
            yield from once
            if once and steps == 1:
                return

    def _once(self, name: str, width: int) -> Iterator[Quantity]:
        if name.lower().rsplit(".", 1)[-1] in ACTIONS and "actions" in self.program.spaces:
            space = self.program.space("actions")
            if space.width == width:
                yield _like_actions(space, self.worlds, self.seed)
            return
        yield from quantities_of(name, width, self.worlds)
        if self.twin is not None:
            from symaug.checks.terms.body_quantities import body_quantities_of

            yield from body_quantities_of(name, width, self.worlds, self.twin, self.seed)

    def _judge(self, term: Term, actions: Mapping[str, Action], meanings: Iterator[Quantity]) -> _Verdict:
        seen: list[tuple[float, Quantity]] = [(_mismatch(each.values, actions), each) for each in meanings]
        if not seen:
            return _Verdict(term.name, measured=False)
        fitting = [each for off, each in seen if off <= _tolerance(each)]
        if fitting:
            best = min(off for off, each in seen if off <= _tolerance(each))
            lists_joints = any("joints" in each.type for each in fitting)
            orders = frozenset(each.order for each in fitting) if lists_joints else None
            return _Verdict(term.name, True, best, _tolerance(fitting[0]), fitting[0].what, orders=orders)
        off, meant = seen[0]
        return _Verdict(term.name, True, off, _tolerance(meant), meant.what, self._fitting_type(term, meant))

    def _fitting_type(self, term: Term, meant: Quantity) -> str:
        """The type that does what the quantity does, if a plausible one does."""
        limbs_or_joints = ("joints", "positions(joints)", "unsigned(joints)", "limbs", "limbs * vector")
        for text in (meant.type, *_PLAUSIBLE.get(term.width, ()), *limbs_or_joints):
            if not text:
                continue
            try:
                resolver = TypeResolver(self.robot, tuple(self.program.joint_order))
                block = resolver.resolve(parse_type(Text.alone(text)))
            except SpecError:
                continue
            actions = dict(zip(self.robot.group.elements, block.actions, strict=True))
            if block.width == term.width and _mismatch(meant.values, actions) <= _tolerance(meant):
                return text
        return ""


def _actions_of(space: Space, term: Term) -> dict[str, Action]:
    rows = range(term.start, term.stop)
    # A compiled space never mixes terms (`algebra/SPACE`), so each restriction is there.
    parts = {element: action.restrict(rows) for element, action in space.elements.items()}
    return {element: part for element, part in parts.items() if part is not None}


def _mismatch(values: Measure, actions: Mapping[str, Action]) -> float:
    """The largest |action(x) - x'| over the largest |x|, x' the measurement in the mirror."""
    worst, before = 0.0, values("e")
    size = float(np.abs(before).max(initial=0.0)) or 1.0
    for element, action in actions.items():
        linear = as_linear_map(action)
        moved = before @ np.asarray(linear.matrix()).T + np.asarray(linear.offset)
        worst = np.maximum(worst, np.abs(moved - values(element)).max(initial=0.0) / size)
    return float(worst)


def _tolerance(quantity: Quantity) -> float:
    return INEXACT_TOLERANCE if quantity.inexact else TOLERANCE


def _history(quantity: Quantity, steps: int) -> Iterator[Quantity]:
    """The quantity at several times, step by step or number by number; other states serve as other times."""

    def by_step(element: str) -> np.ndarray:
        now = quantity.values(element)
        return np.concatenate([np.roll(now, step, axis=0) for step in range(steps)], axis=1)

    def by_number(element: str) -> np.ndarray:
        values = by_step(element)
        return values.reshape(len(values), steps, -1).swapaxes(1, 2).reshape(values.shape)

    what = f"{steps} times {quantity.what}"
    written = f"history({steps}, {quantity.type}" if quantity.type else ""
    yield replace(quantity, what=what, values=by_step, type=written and f"{written})")
    yield replace(quantity, what=what, values=by_number, type=written and f"{written}, order=term)")


def _like_actions(space: Space, worlds: Worlds, seed: int) -> Quantity:
    action = np.random.default_rng(seed).normal(size=(len(worlds.images["e"].time), space.width))

    def values(element: str) -> np.ndarray:
        linear = as_linear_map(space.action(element))
        return action @ np.asarray(linear.matrix()).T + np.asarray(linear.offset)

    written = " + ".join(term.type for term in space.terms)
    return Quantity("what the policy did, typed as `actions` are", written, values)


def _in_one_order(verdicts: list[_Verdict]) -> list[_Verdict]:
    """Find the terms that list the joints in another order than most terms of their group."""
    listing = [each for each in verdicts if each.orders is not None and not each.wrong]
    if len(listing) < 3:
        return verdicts
    votes: dict[str, int] = {}
    for each in listing:
        for order in each.orders or ():
            votes[order] = votes.get(order, 0) + 1
    usual = max(votes, key=lambda order: votes[order])
    if votes[usual] == len(listing) or 2 * votes[usual] <= len(listing):
        return verdicts
    words = f"joints in the order of the other terms{f' ({usual})' if usual else ''}"
    text = f"joints(order={usual})" if usual else "joints"
    return [
        replace(each, violation=1.0, what=words, suggestion=text)
        if each in listing and usual not in (each.orders or ())
        else each
        for each in verdicts
    ]


def _result(name: str, verdicts: list[_Verdict]) -> CheckResult:
    measured = [each for each in verdicts if each.measured]
    rest = [each.term for each in verdicts if not each.measured]
    aside = f"; not measured: {listed(rest, 8)}" if rest else ""
    if not measured:
        return CheckResult(name, "skip", detail=f"no term has a name that says what it is{aside}")
    violation = max((each.violation for each in measured), key=lambda v: np.inf if np.isnan(v) else v)
    wrong = {each.term: each for each in measured if each.wrong}
    if not wrong:
        tolerance = max(each.tolerance for each in measured)
        detail = f"{listed([each.term for each in measured], 12)} move as their names say{aside}"
        return CheckResult(name, "pass", violation, tolerance, detail)
    breakdown = worst_first({term: each.violation for term, each in wrong.items()})
    words = "; ".join(f"`{term}` does not move as {wrong[term].what}" for term in breakdown)
    edits = [f"{term}: {wrong[term].suggestion}" for term in breakdown if wrong[term].suggestion]
    tolerance = wrong[next(iter(breakdown))].tolerance
    return CheckResult(name, "fail", violation, tolerance, words + aside, breakdown, "; ".join(edits) or None)
