"""From the text of a task list to task objects, and everything that can be wrong with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics.boxes import Interval
from symaug.semantics.selection import select_names
from symaug.semantics.task_kinds import (
    FAIL,
    HEALTHY,
    KINDS,
    RANGE_KINDS,
    Axis,
    Fail,
    Healthy,
    RangeKind,
    RangeTask,
    Task,
)
from symaug.semantics.units import UNITS, si_factor
from symaug.syntax.expressions import Extent, TaskPattern
from symaug.syntax.parser import backwards

MAX_RANGES = 100
"""How many ranges one list may hold: each is compared with each under every element."""


def resolve_tasks(
    patterns: Sequence[TaskPattern], order: Sequence[str] | None, problems: list[Diagnostic]
) -> tuple[Task, ...]:
    """The tasks that patterns such as `fail(LF_*)` stand for, each once, joints in tensor order.

    Args:
        patterns: the families.
        order: joint names; None where they are unknown, so that nothing is said about `fail`.
        problems: gets all that is wrong: SA401, SA403 … SA408, and what is wrong with names and units.
    """
    tasks: dict[Task, None] = {}
    for pattern in patterns:
        kind = pattern.kind.text
        if kind not in KINDS:
            helps = did_you_mean(kind, KINDS)
            problems.append(Diagnostic("SA401", f"unknown task `{kind}`", pattern.kind.span, helps=helps))
        elif kind == HEALTHY:
            if pattern.patterns:
                message = f"`{HEALTHY}` takes no arguments"
                helps = (f"write `{HEALTHY}`",)
                problems.append(Diagnostic("SA403", message, pattern.patterns[0].span, helps=helps))
            tasks[Healthy()] = None
        elif not (pattern.patterns or pattern.extents):
            what = "which joints" if kind == FAIL else "which range"
            example = "fail(LF_*)` or `fail(*)" if kind == FAIL else RANGE_KINDS[kind].example
            message, helps = f"`{kind}` does not say {what}", (f"write `{example}`",)
            problems.append(Diagnostic("SA403", message, pattern.span, helps=helps))
        elif kind == FAIL and order is not None:
            joints = select_names(pattern.patterns, order, "joint", problems) or ()
            tasks |= {Fail(joint): None for joint in joints}
        elif kind != FAIL:
            task = _range_task(pattern, RANGE_KINDS[kind], problems)
            tasks |= {task: None} if task else {}
    ranges = [pattern for pattern in patterns if pattern.extents]
    if len(ranges) > MAX_RANGES:
        message = f"a list of tasks holds at most {MAX_RANGES} ranges, this one has {len(ranges)}"
        problems.append(Diagnostic("SA408", message, ranges[MAX_RANGES].span, "one too many"))
    return tuple(tasks)


def _range_task(pattern: TaskPattern, kind: RangeKind, problems: list[Diagnostic]) -> RangeTask | None:
    """The box that the extents of one pattern describe; None where one of them is wrong or missing."""
    axes = {axis.name: axis for axis in kind.axes}
    given: dict[str, Extent] = {}
    ends: dict[str, Interval | None] = {}
    healthy = True
    for extent in pattern.extents:
        name = extent.axis.text if extent.axis else ""
        if name not in axes or (not name and _axis_measured(extent, kind)):
            problems.append(_unknown_axis(extent, kind))
            healthy = False
        elif name in given:
            problems.append(_repeated(extent, axes[name], given[name]))
            healthy = False
        else:
            ends[name] = _interval(extent, axes[name], problems)
            given[name] = extent
    for axis in kind.axes:
        if axis.omitted is None and axis.name not in given and healthy:
            what = axis.dimension.value
            message = f"this {kind.name} does not say {_the(what)}"
            helps = (f"add it, for example `{str(pattern)[:-1]}, 2..6 {axis.unit})`",)
            problems.append(Diagnostic("SA406", message, pattern.span, helps=helps))
            healthy = False
    if not healthy or None in ends.values():
        return None
    return RangeTask(kind, tuple(ends.get(axis.name) or axis.omitted or (0.0, 0.0) for axis in kind.axes))


def _interval(extent: Extent, axis: Axis, problems: list[Diagnostic]) -> Interval | None:
    """The ends of an extent in SI."""
    written, span = extent.range, extent.range.span
    try:
        factor = si_factor(written, axis.dimension)
    except SpecError as error:
        problems += error.diagnostics
        return None
    if written.low > written.high:
        problems.append(backwards(written, span))
        return None
    low, high = written.low * factor, written.high * factor
    what = axis.dimension.value
    if low < axis.lowest:
        problems.append(Diagnostic("SA407", f"{what} cannot be negative", span))
        return None
    if not axis.endless and not (math.isfinite(low) and math.isfinite(high)):
        problems.append(Diagnostic("SA407", f"{what} cannot be infinite", span))
        return None
    if low == math.inf or high == -math.inf:
        helps = ("say where it begins: `0..inf`",)
        problems.append(Diagnostic("SA407", f"nothing lies at `{written.low}`", span, helps=helps))
        return None
    return low, high


def _axis_measured(extent: Extent, kind: RangeKind) -> str:
    """The first axis that measures what the extent's unit does; empty when there is none."""
    dimension = UNITS.get(extent.range.unit, (None,))[0]
    return next((axis.name for axis in kind.axes if axis.dimension == dimension), "")


def _unknown_axis(extent: Extent, kind: RangeKind) -> Diagnostic:
    names = [axis.name for axis in kind.axes if axis.name]
    if extent.axis is None:
        name = _axis_measured(extent, kind) or names[0]
        helps = (f"write an axis in front: `{name} {extent.range}`",)
        return Diagnostic(
            "SA404", f"`{extent.range}` does not say along which axis", extent.span, helps=helps
        )
    name = extent.axis.text
    bare = next((axis for axis in kind.axes if not axis.name), None)
    message = f"a {kind.name} has no axis `{name}`"
    if bare is not None and name == bare.dimension.name.lower():
        helps = (f"{_the(bare.dimension.value)} stands without an axis: `{extent.range}`",)
    else:
        helps = did_you_mean(name, names)
    return Diagnostic("SA404", message, extent.axis.span, helps=helps)


def _repeated(extent: Extent, axis: Axis, first: Extent) -> Diagnostic:
    what = f"the axis `{axis.name}`" if axis.name else _the(axis.dimension.value)
    secondary = ((first.span, "first given here"),) if first.span else ()
    return Diagnostic("SA405", f"{what} is given twice", extent.span, secondary=secondary)


def _the(noun: str) -> str:
    """`a mass` → `the mass`."""
    return f"the {noun.partition(' ')[2]}"
