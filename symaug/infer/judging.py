"""Is a matched map a symmetry of the model? Residuals, and the verdict with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from symaug.checks.dynamics import mass_matrix_errors
from symaug.checks.fit import GRAVITY_TOLERANCE, LIMIT_TOLERANCE, PLACE_TOLERANCE, Bench, Declaration, Fit
from symaug.checks.geometry import ANCHOR_WARNING
from symaug.checks.mechanics.mirror import CoordinateMap, StateMaps, coordinate_maps
from symaug.checks.mechanics.states import random_states
from symaug.checks.names import listed
from symaug.checks.report import number
from symaug.infer.candidates import Candidate
from symaug.infer.lines import ELSEWHERE
from symaug.infer.matching import Match

Status = Literal["exact", "approximate", "refused"]

AXIS_WARNING = 1e-3
INERTIA_WARNING = 0.1
"""Real robots are uneven by up to a tenth (docs/checks.md); `validate` warns from here on, too."""
PLACE_WARNING = 5e-2
"""Of the robot's extent."""

_STATES = 4


@dataclass(frozen=True)
class Residuals:
    """How far a map is from a symmetry, each the largest over the joints; 0 where it is one.

    Attributes:
        axes: |s·det(R)·R·a_j - a_i|, an angle in rad while it is small.
        anchors: distance of a joint line from its image, m.
        limits: of a range from its image, rad (m for slides).
        gravity: |R g - g| / |g|.
        bodies: distance of a body's centre of mass from its image, all joints at zero, m.
        inertia: entries of the mass matrix against their images, over √(M_ii M_jj).
    """

    axes: float
    anchors: float
    limits: float
    gravity: float
    bodies: float
    inertia: float

    def to_json(self) -> dict[str, float]:
        """With six digits, which is more than models have."""
        return {name: float(f"{value:.6g}") for name, value in vars(self).items()}

    def __str__(self) -> str:
        return (
            f"axes {number(self.axes)} rad, anchors {number(self.anchors)} m, "
            f"limits {number(self.limits)} rad, inertia {number(self.inertia)}"
        )


@dataclass(frozen=True)
class Judged:
    """A candidate with its map, and what came of it.

    Attributes:
        candidate: the base motion.
        joints: the map over the view's joints.
        status: `exact` within what files print, `approximate` where `validate` would warn, `refused` where
            it would fail.
        residuals: how far it is from a symmetry.
        reason: why it is refused or only approximate, in words; empty for an exact one.
        ties: names of joints that could as well be sent elsewhere.
    """

    candidate: Candidate
    joints: CoordinateMap
    status: Status
    residuals: Residuals
    reason: str = ""
    ties: tuple[str, ...] = field(default=())

    @property
    def trivial(self) -> bool:
        """Whether it moves no joint at all."""
        joints = self.joints
        return (
            bool((joints.index == np.arange(len(joints.index))).all() and (joints.sign > 0).all())
            and not joints.offset.any()
        )


def judge_match(bench: Bench, candidate: Candidate, match: Match) -> Judged:
    """Measure a matched map at random configurations and say what it is."""
    view = bench.view
    fit = bench.fit(Declaration(candidate.matrix, match.joints))
    residuals = Residuals(
        axes=float(fit.lines.axis.max(initial=0.0)),
        anchors=float(fit.lines.anchor.max(initial=0.0)) * view.extent,
        limits=float(fit.ranges.max(initial=0.0)),
        gravity=fit.gravity,
        bodies=float(fit.places.max(initial=0.0)) * view.extent,
        inertia=_inertia_error(bench, candidate, match),
    )
    status, reason = _verdict(bench, candidate, match, fit, residuals)
    ties = tuple(view.joints[joint] for joint in match.ties)
    return Judged(candidate, match.joints, status, residuals, reason, ties)


def returns(candidate: Candidate, joints: CoordinateMap) -> bool:
    """Whether the joints are back when the base is, to rounding."""
    power = CoordinateMap(
        np.arange(len(joints.index)), np.ones(len(joints.index)), np.zeros(len(joints.index))
    )
    for _ in range(candidate.order):
        power = CoordinateMap(
            power.index[joints.index],
            joints.sign * power.sign[joints.index],
            joints.sign * power.offset[joints.index] + joints.offset,
        )
    back = (power.index == np.arange(len(power.index))).all() and (power.sign > 0).all()
    return bool(back and np.abs(power.offset).max(initial=0.0) < 1e-9)


def _verdict(
    bench: Bench, candidate: Candidate, match: Match, fit: Fit, residuals: Residuals
) -> tuple[Status, str]:
    names = bench.view.joints
    if not fit.gravity <= GRAVITY_TOLERANCE:
        otherwise = fit.lines.maps and fit.keeps_ranges and returns(candidate, match.joints)
        return "refused", "it turns gravity over" + (
            ", and would be one if that axis were not up" * otherwise
        )
    if not returns(candidate, match.joints):
        return "refused", "joints are not back when the base is: several images are as good for some of them"
    if fit.lines.off.any():
        off = [names[i] for i in np.flatnonzero(fit.lines.off)]
        apart = f"up to {number(residuals.anchors)} m and {number(residuals.axes)} rad"
        return "refused", f"joint lines do not map: {listed(off)} ({apart})"
    if not fit.keeps_ranges:
        return "refused", _limits_differ(bench, match, fit)
    elsewhere = fit.places >= ELSEWHERE * PLACE_TOLERANCE
    if elsewhere.any():
        off = listed([names[i] for i in np.flatnonzero(elsewhere)])
        return "refused", f"bodies are elsewhere: those of {off} up to {number(residuals.bodies)} m"
    warnings = []
    if residuals.axes > AXIS_WARNING or residuals.anchors > ANCHOR_WARNING * bench.view.extent:
        uneven = (fit.lines.axis > AXIS_WARNING) | (fit.lines.anchor > ANCHOR_WARNING)
        off = [names[i] for i in np.flatnonzero(uneven)]
        warnings.append(f"joint lines are uneven: {listed(off)}")
    if residuals.inertia > INERTIA_WARNING or fit.places.max(initial=0.0) > PLACE_WARNING:
        warnings.append("masses are uneven")
    return ("approximate" if warnings else "exact"), ", ".join(warnings)


def _limits_differ(bench: Bench, match: Match, fit: Fit) -> str:
    i = int(fit.ranges.argmax())
    source = bench.view.joints[match.joints.index[i]]
    image, own = bench.range_images(match.joints)[i], bench.ranges[i]
    others = int((fit.ranges > LIMIT_TOLERANCE).sum()) - 1
    more = f", and {others} more" if others else ""
    return (
        f"limits differ: the range of `{source}` goes to {_interval(image)}, "
        f"but `{bench.view.joints[i]}` has {_interval(own)}{more}"
    )


def _interval(ends: np.ndarray) -> str:
    return f"[{ends[0]:.4g}, {ends[1]:.4g}]"


def _inertia_error(bench: Bench, candidate: Candidate, match: Match) -> float:
    view = bench.view
    if view.model.nv == 0:
        return 0.0
    qpos, qvel = coordinate_maps(view, candidate.matrix, match.joints)
    maps = {"it": StateMaps(qpos, qvel, qvel)}  # no actuator is asked for
    states = random_states(view, np.random.default_rng(0), _STATES)
    with np.errstate(all="ignore"):
        errors = mass_matrix_errors(view.model, maps, states)
    return float(np.nan_to_num(errors, nan=np.inf).max(initial=0.0))
