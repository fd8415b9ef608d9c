"""The gate: does the robot's mechanism map onto itself? Joint lines, bodies, limits, gravity, against the
model.

Right declarations and wrong ones differ by orders of magnitude here on every robot measured: axes by 1e-5
against 1.4, anchors by 1e-4 against 1e-2 of the robot's size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.bodies import image_bodies, world_motion
from symaug.checks.edits import ANCHOR_TOLERANCE, AXIS_TOLERANCE, mending_edit
from symaug.checks.lines import LineErrors, line_errors, random_configurations, reference_configuration
from symaug.checks.mirror import CoordinateMap, joint_map
from symaug.checks.model import ModelView
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, judge, worst_first
from symaug.checks.twin import interval_images
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

ANCHOR_WARNING = 1e-3
LIMIT_TOLERANCE = 0.02
GRAVITY_TOLERANCE = 1e-6
_UNLIMITED = 2 * np.pi  # a joint that may turn further than this has, for a hinge, no limit

NAMES = (
    "geometry/gravity",
    "geometry/bodies",
    "geometry/joint axes",
    "geometry/joint anchors",
    "geometry/joint limits",
)


@dataclass(frozen=True)
class Geometry:
    """The results, and how far anchors are off: the dynamics cannot be more exact than that."""

    results: list[CheckResult]
    anchor_error: float


@dataclass(frozen=True)
class _Measured:
    element: str
    motion: np.ndarray
    joints: CoordinateMap
    own: LineErrors  # all joints at zero: whose mistake it is
    all: LineErrors  # random configurations: what it does to the joints it carries

    def maps(self) -> bool:
        return bool(self.all.axis.max() <= AXIS_TOLERANCE and self.all.anchor.max() <= ANCHOR_TOLERANCE)


def check_geometry(view: ModelView, robot: Robot, rng: np.random.Generator, samples: int) -> Geometry:
    """Measure every element at `samples` random configurations; results in the order of `NAMES`."""
    configurations = random_configurations(view, rng, samples)
    measured = []
    for element in robot.group.elements[1:]:
        motion, joints = np.asarray(robot.motions[element]), joint_map(robot, view, element)
        own = line_errors(view, motion, joints, reference_configuration(view)[None])
        every = own.worse(line_errors(view, motion, joints, configurations))
        measured.append(_Measured(element, motion, joints, own, every))
    results = [
        _gravity(view, measured),
        _bodies(view, robot),
        *_lines(view, robot, measured, configurations),
        _limits(view, measured),
    ]
    return Geometry(results, float(max((m.all.anchor.max() for m in measured), default=0.0)))


def _gravity(view: ModelView, measured: list[_Measured]) -> CheckResult:
    gravity = view.model.opt.gravity
    size = float(np.linalg.norm(gravity)) or 1.0
    moved = {
        m.element: float(np.linalg.norm(world_motion(view, m.motion)[:3, :3] @ gravity - gravity)) / size
        for m in measured
    }
    violation = _largest(moved.values())
    status = judge(violation, GRAVITY_TOLERANCE)
    guilty = worst_first({name: value for name, value in moved.items() if not value <= GRAVITY_TOLERANCE})
    if status == "pass":
        return CheckResult(NAMES[0], status, violation, GRAVITY_TOLERANCE, "every base motion keeps gravity")
    detail = f"{listed(list(guilty))} turns gravity over: a robot on the ground has no such symmetry"
    help_ = (
        "declare base motions that keep gravity's direction: for a z-up model reflect x, reflect y, rotate z"
    )
    return CheckResult(NAMES[0], status, violation, GRAVITY_TOLERANCE, detail, guilty, help_)


def _bodies(view: ModelView, robot: Robot) -> CheckResult:
    model, wrong = view.model, {}
    for element in robot.group.elements:
        try:
            images = image_bodies(view, robot, element)
        except UserError as error:
            return CheckResult(NAMES[1], "fail", 1.0, 0.0, error.diagnostics[0].message)
        for body, image in images.items():
            parent = int(model.body_weldid[model.body_parentid[body]])
            image_parent = int(model.body_weldid[model.body_parentid[image]])
            if images.get(parent, parent) != image_parent:
                wrong[model.body(body).name] = 1.0
    if wrong:
        detail = f"bodies whose image hangs on another parent: {listed(list(wrong))}"
        return CheckResult(NAMES[1], "fail", float(len(wrong)), 0.0, detail, wrong)
    detail = f"{len(images)} bodies, each on the image of its parent"
    return CheckResult(NAMES[1], "pass", 0.0, 0.0, detail)


def _lines(
    view: ModelView, robot: Robot, measured: list[_Measured], configurations: np.ndarray
) -> list[CheckResult]:
    results = [
        _line_result(
            NAMES[2],
            view,
            robot,
            {m.element: m.own.axis for m in measured},
            {m.element: m.all.axis for m in measured},
            (AXIS_TOLERANCE, AXIS_TOLERANCE),
            "axes",
        ),
        _line_result(
            NAMES[3],
            view,
            robot,
            {m.element: m.own.anchor for m in measured},
            {m.element: m.all.anchor for m in measured},
            (ANCHOR_WARNING, ANCHOR_TOLERANCE),
            "anchors",
        ),
    ]
    suggestions = []
    if any(result.status == "fail" for result in results):
        for m in measured:
            if m.element in robot.group.generators and not m.maps():
                edit = mending_edit(view, m.motion, m.joints, m.own, configurations)
                suggestions += [f"in `{m.element}`: {edit}"] if edit else []
    suggestion = "; ".join(suggestions) or None
    return [replace(r, suggestion=suggestion) if r.status == "fail" else r for r in results]


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


def _limits(view: ModelView, measured: list[_Measured]) -> CheckResult:
    model, ids = view.model, view.joint_ids
    ranges = np.where(model.jnt_limited[ids, None] != 0, model.jnt_range[ids], [-_UNLIMITED, _UNLIMITED])
    hinges = view.is_hinge[:, None]
    ranges = np.where(hinges, np.clip(ranges, -_UNLIMITED, _UNLIMITED), ranges)
    worst, words = np.zeros(len(ids)), {}
    for m in measured:
        images = interval_images(ranges, m.joints)
        images = np.where(hinges, np.clip(images, -_UNLIMITED, _UNLIMITED), images)
        off = np.abs(images - ranges).max(axis=1)
        for i in np.flatnonzero(~(off <= np.maximum(worst, LIMIT_TOLERANCE))):
            source = view.joints[m.joints.index[i]]
            words[view.joints[i]] = (
                f"{m.element} sends {source} {_interval(ranges[m.joints.index[i]])} "
                f"to {_interval(images[i])}, but {view.joints[i]} has {_interval(ranges[i])}"
            )
        worst = np.maximum(worst, off)
    violation = float(worst.max(initial=0.0))
    status = judge(violation, LIMIT_TOLERANCE)
    if status == "pass":
        detail = f"{len(ids)} ranges map onto their images (rad, m)"
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
