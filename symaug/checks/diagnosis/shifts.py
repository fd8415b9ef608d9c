"""Shifts that are missing or wrong: how far a joint must turn for what it carries to fall into place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symaug.checks.diagnosis.matching import carrying_joints
from symaug.checks.fit import Bench, Declaration
from symaug.checks.mechanics.lines import joint_lines, moved_lines
from symaug.checks.mechanics.mirror import coordinate_maps

_DIGITS = 3  # of a degree or a millimetre: documents say round numbers


def with_fitted_shifts(bench: Bench, declared: Declaration) -> Declaration:
    """The declaration with the shift of each joint fitted to the line of the first joint that it carries.

    From the base outwards, so that each joint is fitted with those that carry it in place. What a joint at
    the end of a chain is shifted by cannot be seen in joint lines; it stays.
    """
    parents = carrying_joints(bench.view)
    for joint in range(len(parents)):
        carried = np.flatnonzero(parents == joint)
        if len(carried):
            declared = _fitted(bench, declared, joint, int(carried[0]))
    return declared


def _fitted(bench: Bench, declared: Declaration, joint: int, carried: int) -> Declaration:
    view, joints = bench.view, declared.joints
    if not bench.reference.errors(declared.motion, joints).off[carried]:
        return declared
    reference = bench.reference
    axis, anchor = moved_lines(view, declared.motion, reference.axis[0], reference.anchor[0])
    source = int(joints.index[carried])
    wanted_axis, wanted_anchor = joints.sign[carried] * axis[source], anchor[source]
    qpos_map, _ = coordinate_maps(view, declared.motion, joints)
    axes, anchors = (lines[0] for lines in joint_lines(view, qpos_map(reference.configurations)))
    about, origin = axes[joint], anchors[joint]
    if view.is_hinge[joint]:
        shift = _angle(about, axes[carried], wanted_axis)
        if np.isnan(shift):
            shift = _angle(about, anchors[carried] - origin, wanted_anchor - origin)
        shift = np.radians(np.round(np.degrees(shift), _DIGITS))
    else:
        shift = np.round(1e3 * about @ (wanted_anchor - anchors[carried]), _DIGITS) / 1e3
    if np.isnan(shift):
        return declared
    offset = joints.offset.copy()
    offset[joint] += shift
    return replace(declared, joints=replace(joints, offset=offset))


def _angle(about: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """How far `start` turns about a unit vector to point like `end`; not a number when they lie along it."""
    start, end = (v - about * (about @ v) for v in (start, end))
    if min(np.linalg.norm(start), np.linalg.norm(end)) < 1e-3:
        return float("nan")
    return float(np.arctan2(about @ np.cross(start, end), start @ end))
