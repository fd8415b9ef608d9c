"""Edits of a generator that would mend its joint lines; each is tried on the model before it is suggested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symaug.checks.lines import LineErrors, line_errors
from symaug.checks.mirror import CoordinateMap
from symaug.checks.model import ModelView
from symaug.checks.names import as_patterns
from symaug.checks.report import number

AXIS_TOLERANCE = 1e-2
ANCHOR_TOLERANCE = 2e-2
_WRONG_SIGN = 1.9  # an axis that is off by nearly 2 points the other way

_CLAUSES = {
    (-1, 1, 1): "reflect x",
    (1, -1, 1): "reflect y",
    (1, 1, -1): "reflect z",
    (-1, -1, 1): "rotate z by 180 deg",
    (-1, 1, -1): "rotate y by 180 deg",
    (1, -1, -1): "rotate x by 180 deg",
}


def mending_edit(
    view: ModelView,
    motion: np.ndarray,
    joints: CoordinateMap,
    own: LineErrors,
    configurations: np.ndarray,
) -> str | None:
    """What to write instead, with the violation before and after; None when no edit tried here mends the
    lines.

    Args:
        view: the model.
        motion: the generator's base motion [3, 3].
        joints: its action on the joints.
        own: its line errors with all joints at zero.
        configurations: qpos [k, nq] to judge by.
    """
    before = line_errors(view, motion, joints, configurations)
    guilty = np.flatnonzero(~(own.axis <= AXIS_TOLERANCE))
    if len(guilty) and (own.axis[guilty] > _WRONG_SIGN).all():
        sign = joints.sign.copy()
        sign[guilty] *= -1
        after = line_errors(view, motion, replace(joints, sign=sign), configurations)
        if _maps(after):
            return f"{_flips(view, joints, guilty)} ({_gain(before, after)})"
    for diagonal, clause in _CLAUSES.items():
        other = np.diag(diagonal)
        if not np.array_equal(other, motion):
            after = line_errors(view, other, joints, configurations)
            if _maps(after):
                return f"{clause} ({_gain(before, after)})"
    return None


def _flips(view: ModelView, joints: CoordinateMap, guilty: np.ndarray) -> str:
    edits = []
    for words, wanted in (("flip", 1.0), ("do not flip", -1.0)):
        names = [view.joints[i] for i in guilty if joints.sign[i] == wanted]
        if names:
            edits.append(f"{words} {' '.join(as_patterns(names, view.joints))}")
    return " and ".join(edits)


def _maps(errors: LineErrors) -> bool:
    return bool(errors.axis.max() <= AXIS_TOLERANCE and errors.anchor.max() <= ANCHOR_TOLERANCE)


def _gain(before: LineErrors, after: LineErrors) -> str:
    kind = "axis" if not before.axis.max() <= AXIS_TOLERANCE else "anchor"
    return f"violation {number(getattr(before, kind).max())} → {number(getattr(after, kind).max())}"
