"""The gate: does the robot's mechanism map onto itself? Joint lines, bodies, limits, gravity, against the
model.

Right declarations and wrong ones differ by orders of magnitude here on every robot measured: axes by 1e-5
against 1.4, anchors by 1e-4 against 1e-2 of the robot's size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.diagnosis import Diagnosis, crossed_bodies, diagnose
from symaug.checks.fit import (
    GRAVITY_TOLERANCE,
    LIMIT_TOLERANCE,
    PLACE_TOLERANCE,
    Bench,
    Declaration,
    Fit,
)
from symaug.checks.mechanics.bodies import image_bodies
from symaug.checks.mechanics.lines import ANCHOR_TOLERANCE, AXIS_TOLERANCE, random_configurations
from symaug.checks.mechanics.mirror import joint_map
from symaug.checks.mechanics.model import ModelView
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, judge, worst_first
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

ANCHOR_WARNING = 1e-3

NAMES = (
    "geometry/gravity",
    "geometry/bodies",
    "geometry/joint axes",
    "geometry/joint anchors",
    "geometry/joint limits",
)

_UNEVEN = 0.1
"""Ranges that are off by up to this part of their width are uneven, not wrong."""


@dataclass(frozen=True)
class Geometry:
    """What was found.

    Attributes:
        results: in the order of `NAMES`.
        anchor_error: how far anchors are off: the dynamics cannot be more exact than that.
        diagnoses: of each generator that does not hold, what would mend it.
    """

    results: list[CheckResult]
    anchor_error: float
    diagnoses: dict[str, Diagnosis]


@dataclass(frozen=True)
class _Measured:
    element: str
    declared: Declaration
    fit: Fit


def check_geometry(view: ModelView, robot: Robot, rng: np.random.Generator, samples: int) -> Geometry:
    """Measure every element at `samples` random configurations; results in the order of `NAMES`.

    Failures come with the edit that mends each generator at fault, see `symaug.checks.diagnosis`.
    """
    with np.errstate(all="ignore"):  # a NaN is judged, not printed
        bench = Bench.of(view, random_configurations(view, rng, samples))
        measured = []
        for element in robot.group.elements[1:]:
            declared = Declaration(np.asarray(robot.motions[element]), joint_map(robot, view, element))
            measured.append(_Measured(element, declared, bench.fit(declared)))
        results = [
            _gravity(measured),
            _bodies(bench, robot, measured),
            *_lines(view, robot, measured),
            _limits(bench, measured),
        ]
        wrong = [m for m in measured if m.element in robot.group.generators and _doubtful(bench, m)]
        diagnoses = {m.element: diagnose(bench, m.declared, m.fit, robot.limbs) for m in wrong}
    edits = "; ".join(f"in `{name}`: {found.text}" for name, found in diagnoses.items()) or None
    results = [replace(r, suggestion=edits) if r.status == "fail" else r for r in results]
    anchor_error = float(max((m.fit.lines.anchor.max() for m in measured), default=0.0))
    return Geometry(results, anchor_error, diagnoses)


def _doubtful(bench: Bench, m: _Measured) -> bool:
    return not m.fit.holds or crossed_bodies(bench, m.declared, m.fit) is not None


def _gravity(measured: list[_Measured]) -> CheckResult:
    moved = {m.element: m.fit.gravity for m in measured}
    violation = _largest(moved.values())
    status = judge(violation, GRAVITY_TOLERANCE)
    guilty = worst_first({name: value for name, value in moved.items() if not value <= GRAVITY_TOLERANCE})
    if status == "pass":
        return CheckResult(NAMES[0], status, violation, GRAVITY_TOLERANCE, "every base motion keeps gravity")
    detail = (
        f"{listed(list(guilty))} turns gravity over: a robot on the ground has no such symmetry. For a z-up "
        "model reflect x, reflect y and rotate z keep gravity's direction"
    )
    return CheckResult(NAMES[0], status, violation, GRAVITY_TOLERANCE, detail, guilty)


def _bodies(bench: Bench, robot: Robot, measured: list[_Measured]) -> CheckResult:
    view, model = bench.view, bench.view.model
    misplaced, wrong = _misplaced(bench, robot, measured), {}
    for element in robot.group.elements:
        try:
            images = image_bodies(view, robot, element)
        except UserError as error:
            return CheckResult(NAMES[1], "fail", 1.0, 0.0, error.diagnostics[0].message, misplaced)
        for body, image in images.items():
            parent = int(model.body_weldid[model.body_parentid[body]])
            image_parent = int(model.body_weldid[model.body_parentid[image]])
            if images.get(parent, parent) != image_parent:
                wrong[model.body(body).name] = 1.0
    if wrong:
        detail = f"bodies whose image hangs on another parent: {listed(list(wrong))}"
        return CheckResult(NAMES[1], "fail", float(len(wrong)), 0.0, detail, misplaced | wrong)
    crossed = [m for m in measured if m.fit.holds and crossed_bodies(bench, m.declared, m.fit)]
    if crossed:
        worst = _largest(misplaced.values())
        detail = (
            f"{listed(list(misplaced))}: up to {worst * view.extent:.3g} m from their images, though the "
            "joint lines coincide; other bodies on the same lines are where the images are"
        )
        return CheckResult(NAMES[1], "fail", worst, PLACE_TOLERANCE, detail, misplaced)
    detail = f"{len(images)} bodies, each on the image of its parent"
    return CheckResult(NAMES[1], "pass", 0.0, 0.0, detail)


def _misplaced(bench: Bench, robot: Robot, measured: list[_Measured]) -> dict[str, float]:
    """Bodies with joint lines in place that are themselves elsewhere, the farthest first."""
    view, off = bench.view, {}
    for m in (m for m in measured if m.element in robot.group.generators):
        for i in np.flatnonzero((m.fit.places > PLACE_TOLERANCE) & ~m.fit.own.off):
            body = view.model.body(int(view.model.jnt_bodyid[view.joint_ids[i]])).name
            off[body] = max(off.get(body, 0.0), float(m.fit.places[i]))
    return worst_first(off)


def _lines(view: ModelView, robot: Robot, measured: list[_Measured]) -> list[CheckResult]:
    axes = ((AXIS_TOLERANCE, AXIS_TOLERANCE), "axes")
    anchors = ((ANCHOR_WARNING, ANCHOR_TOLERANCE), "anchors")
    return [
        _line_result(
            NAMES[2],
            view,
            robot,
            {m.element: m.fit.own.axis for m in measured},
            {m.element: m.fit.lines.axis for m in measured},
            *axes,
        ),
        _line_result(
            NAMES[3],
            view,
            robot,
            {m.element: m.fit.own.anchor for m in measured},
            {m.element: m.fit.lines.anchor for m in measured},
            *anchors,
        ),
    ]


def _line_result(
    name: str,
    view: ModelView,
    robot: Robot,
    own: dict[str, np.ndarray],
    every: dict[str, np.ndarray],
    thresholds: tuple[float, float],
    what: str,
) -> CheckResult:
    warning, tolerance = thresholds
    violation = _largest(float(errors.max()) for errors in every.values())
    status = judge(violation, tolerance, warn=warning)
    limit = tolerance if status == "fail" else warning
    if status == "pass":
        detail = f"all {len(view.joints)} joint {what} map onto their images"
        return CheckResult(name, status, violation, tolerance, detail)
    # A generator's products repeat its mistakes: blame generators while any of them is at fault.
    to_blame = [g for g in robot.group.generators if not every[g].max() <= limit] or list(every)
    cause, effect, words = np.zeros(len(view.joints)), np.zeros(len(view.joints)), []
    for element in to_blame:
        cause, effect = np.maximum(cause, own[element]), np.maximum(effect, every[element])
        itself = not own[element].max() <= limit
        at_fault = own[element] if itself else every[element]
        names = [view.joints[i] for i in np.argsort(-at_fault, kind="stable") if not at_fault[i] <= limit]
        carried = "" if itself else " once the joints that carry them move"
        words.append(f"{element}: the {what} of {listed(names, 6)} do not map{carried}")
    ranks = sorted(range(len(view.joints)), key=lambda i: (-_ranked(cause[i], limit), -effect[i]))
    breakdown = {view.joints[i]: float(effect[i]) for i in ranks if not effect[i] <= limit}
    return CheckResult(name, status, violation, tolerance, "; ".join(words), breakdown)


def _limits(bench: Bench, measured: list[_Measured]) -> CheckResult:
    view, ranges = bench.view, bench.ranges
    worst, words = np.zeros(len(view.joints)), {}
    for m in measured:
        joints, off = m.declared.joints, m.fit.ranges
        images = bench.range_images(joints)
        for i in np.flatnonzero(~(off <= np.maximum(worst, LIMIT_TOLERANCE))):
            source = view.joints[joints.index[i]]
            words[view.joints[i]] = (
                f"{m.element} sends {source} {_interval(ranges[joints.index[i]])} "
                f"to {_interval(images[i])}, but {view.joints[i]} has {_interval(ranges[i])}"
            )
        worst = np.maximum(worst, off)
    violation = float(worst.max(initial=0.0))
    # A wrong sign or side is off by more than a tenth; Spot's knees and iCub's neck by 2 % and 8 %.
    slightly = bool((worst <= np.maximum(_UNEVEN * (ranges[:, 1] - ranges[:, 0]), LIMIT_TOLERANCE)).all())
    status = judge(violation, violation if slightly else LIMIT_TOLERANCE, warn=LIMIT_TOLERANCE)
    if status == "pass":
        detail = f"{len(view.joints)} ranges map onto their images (rad, m)"
        return CheckResult(NAMES[4], status, violation, LIMIT_TOLERANCE, detail)
    breakdown = worst_first({n: float(v) for n, v in zip(view.joints, worst, strict=True) if n in words})
    first = next(iter(breakdown))
    return CheckResult(NAMES[4], status, violation, LIMIT_TOLERANCE, f"{words[first]} (rad, m)", breakdown)


def _interval(ends: np.ndarray) -> str:
    return f"[{ends[0]:.3g}, {ends[1]:.3g}]"


def _largest(values: object) -> float:
    return float(np.max(np.fromiter(values, dtype=np.float64), initial=0.0))  # type: ignore[call-overload]


def _ranked(value: float, limit: float) -> float:
    return value if not value <= limit else 0.0
