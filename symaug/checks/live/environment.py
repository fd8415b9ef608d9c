"""Properties (a) and (c) of a running environment, its terminations and its observations, term by term."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.agreement import LOOSE, STRICT, Agreement, Judge
from symaug.checks.live.favour import favours
from symaug.checks.live.layout import LAYOUT, check_layout
from symaug.checks.live.retyping import Evidence, mending_types, other_actions
from symaug.checks.live.rollouts import STEPS, Rollouts, record_rollouts
from symaug.checks.live.world import LiveEnvironment
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, judge, number, skipped, worst_first

if TYPE_CHECKING:
    from symaug.compiler.program import Program
    from symaug.semantics.robot import Robot

DYNAMICS = "environment/dynamics"
OBSERVATIONS = "environment/observations"
REWARDS = "environment/rewards"
TERMINATIONS = "environment/terminations"
NAMES = (LAYOUT, DYNAMICS, OBSERVATIONS, REWARDS, TERMINATIONS)
"""The checks; `OBSERVATIONS` is followed by `/GROUP`."""

_LEAST_LOOSE, _UNEVEN = 0.1, 10.0
_GROUP = "observations/"


def check_environment(
    world: LiveEnvironment, robot: Robot, program: Program, *, samples: int, seed: int
) -> list[CheckResult]:
    """Whether mirrored episodes of the environment stay mirrored, and are seen, paid and ended alike.

    Args:
        world: the environment; without observation noise, pushes and other randomness inside an episode.
        robot: what its symmetry does to states.
        program: what it does to observations and actions.
        samples: episodes from resets, and as many from states reached; at least `world.num_envs` of each.
        seed: of episodes and actions.

    Returns:
        Layout, dynamics, one result an observation group, rewards, terminations.
    """
    layout = check_layout(world, robot, program)
    groups = [name.removeprefix(_GROUP) for name in program.spaces if name.startswith(_GROUP)]
    observations = {group: f"{OBSERVATIONS}/{group}" for group in groups}
    if not layout.steppable:
        reason = "the environment's actions or joints are not the spec's"
        return [layout.result, *skipped((DYNAMICS, *observations.values(), REWARDS, TERMINATIONS), reason)]
    with np.errstate(invalid="ignore", over="ignore"):  # a NaN is judged, not printed
        rollouts = record_rollouts(world, robot, program, samples, seed)
        judged = Judge.of(rollouts, world, robot)
        dynamics = _dynamics(judged, world, robot, program)
        apart = dynamics.status == "fail"
        tolerance = STRICT
        if not judged.strict:
            tolerance = min(LOOSE, max(_LEAST_LOOSE, _UNEVEN * (dynamics.violation or 0.0)))
        results = [layout.result, dynamics]
        for group, name in observations.items():
            if group in layout.groups:
                results.append(_observations(judged, robot, program, group, tolerance, starts_only=apart))
            else:
                results += skipped([name], "its width is not the spec's, or there is no such group")
        if apart:
            reason = f"mirrored episodes do not stay together: see {DYNAMICS}"
            return [*results, *skipped((REWARDS, TERMINATIONS), reason)]
        for name, agreement in ((REWARDS, judged.rewards()), (TERMINATIONS, judged.terminations())):
            results.append(_paid_or_ended(name, agreement, judged, world, robot, program, tolerance))
    return results


def _dynamics(judged: Judge, world: LiveEnvironment, robot: Robot, program: Program) -> CheckResult:
    agreement = judged.dynamics()
    tolerance = STRICT if judged.strict else LOOSE
    breakdown = worst_first(agreement.worst())
    violation = _first(breakdown)
    status = judge(violation, tolerance)
    if status == "pass":
        detail = f"f(g·s, g·a) = g·f(s, a), {_counted(judged.rollouts)}"
        if not judged.strict:
            detail += f"; the robot's own unevenness leaves {number(violation)} of what a step changes"
        elif (lost := judged.lost()) > 0:
            detail += f"; {lost:.0%} drift apart before step {STEPS} and are left out from there"
        return CheckResult(DYNAMICS, status, violation, tolerance, detail, breakdown)
    off = {name: value for name, value in breakdown.items() if not value <= tolerance}
    detail = f"mirrored states and actions do not lead to mirrored states: {_who(off, agreement, tolerance)}"
    edit = None
    if "e" not in agreement.elements(next(iter(off)), tolerance):
        edit = other_actions(world, robot, program, judged)
    return CheckResult(DYNAMICS, status, violation, tolerance, detail, off, edit)


def _observations(
    judged: Judge, robot: Robot, program: Program, group: str, tolerance: float, *, starts_only: bool
) -> CheckResult:
    name, space = f"{OBSERVATIONS}/{group}", program.space(_GROUP + group)
    agreement = judged.observations(group, space, starts_only=starts_only)
    breakdown = worst_first(agreement.worst())
    violation = _first(breakdown)
    status = judge(violation, tolerance)
    values = judged.rollouts.original.observations[group]
    quiet = [t.name for t in space.terms if np.ptp(values[..., t.start : t.stop], axis=(0, 1)).max() == 0]
    when = "as episodes begin" if starts_only else _counted(judged.rollouts)
    if status == "pass":
        detail = (
            f"o(g·s) = ρ o(s) for {len(space.terms)} terms, {when}{_quiet(quiet)}{_looser(judged, tolerance)}"
        )
        return CheckResult(name, status, violation, tolerance, detail, breakdown)
    off = {term: value for term, value in breakdown.items() if not value <= tolerance}
    detail = f"not seen as the spec says: {_who(off, agreement, tolerance)}{_looser(judged, tolerance)}"
    edit = None
    if "e" not in agreement.elements(next(iter(off)), tolerance):
        evidence = Evidence.of(judged, group, space, starts_only=starts_only)
        edit, told = mending_types(evidence, robot, program, list(off), tolerance)
        detail += "".join(f"; {each}" for each in told)
    return CheckResult(name, status, violation, tolerance, detail, off, edit)


def _paid_or_ended(
    name: str,
    agreement: Agreement,
    judged: Judge,
    world: LiveEnvironment,
    robot: Robot,
    program: Program,
    tolerance: float,
) -> CheckResult:
    paid = name == REWARDS
    recorded: Mapping[str, np.ndarray]
    recorded = judged.rollouts.original.rewards if paid else judged.rollouts.original.terminations
    if not recorded:
        return CheckResult(name, "skip", detail=f"the environment tells no {name.rpartition('/')[2]}")
    if not paid:
        tolerance = 0.0 if judged.strict else tolerance
    breakdown = worst_first(agreement.worst())
    violation = _first(breakdown)
    status = judge(violation, tolerance)
    quiet = [term for term, values in recorded.items() if not paid and not values.any()]
    quiet += [term for term, values in recorded.items() if paid and np.ptp(values) == 0]
    if status == "pass":
        if len(quiet) == len(recorded):
            return CheckResult(name, "skip", detail=f"nothing to compare{_quiet(quiet)}")
        shown = "r(g·s, g·a) = r(s, a)" if paid else "mirrored episodes end at the same steps"
        detail = f"{shown} for {len(recorded) - len(quiet)} terms, {_counted(judged.rollouts)}"
        detail += _quiet(quiet) + _looser(judged, tolerance)
        return CheckResult(name, status, violation, tolerance, detail, breakdown)
    off = {term: value for term, value in breakdown.items() if not value <= tolerance}
    what = "not paid alike in mirrored worlds" if paid else "mirrored episodes do not end alike"
    detail = f"{what}: {_who(off, agreement, tolerance)}"
    told = favours(world, robot, program, judged.rollouts, agreement, list(off), tolerance)
    detail += "".join(f"; {each}" for each in told)
    return CheckResult(name, status, violation, tolerance, detail + _looser(judged, tolerance), off)


def _who(off: Mapping[str, float], agreement: Agreement, tolerance: float) -> str:
    name, value = next(iter(off.items()))
    elements = agreement.elements(name, tolerance)
    if math.isnan(value):
        return f"{listed(list(off))} (not a number)"
    if "e" in elements:
        return (
            f"{listed(list(off))}; the environment does not repeat itself even without a mirror: switch off "
            "observation noise, pushes and whatever else is drawn inside an episode"
        )
    others = [each for each in off if each != name]
    rest = f", then {listed(others)}" if others else ""
    return f"`{name}` under {listed(elements)} (off by {number(value)} of its spread){rest}"


def _counted(rollouts: Rollouts) -> str:
    steps, copies = next(iter(rollouts.original.states.values())).shape[:2]
    return f"{copies} episodes of {steps - 1} steps under {len(rollouts.images) - 1} elements"


def _quiet(names: list[str]) -> str:
    return f"; not exercised: {', '.join(names)}" if names else ""


def _looser(judged: Judge, tolerance: float) -> str:
    if judged.strict:
        return ""
    return f" (only to {number(tolerance)} of the spread, as the robot is not its own mirror image)"


def _first(breakdown: Mapping[str, float]) -> float:
    return next(iter(breakdown.values()), 0.0)
