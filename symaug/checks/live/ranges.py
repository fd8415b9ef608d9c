"""Does an environment draw its resets from the ranges that the spec declares?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.coordinates import rotation_matrices
from symaug.checks.live.world import LiveEnvironment, WorldState
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, worst_first
from symaug.checks.reset_angles import ANGLES, is_whole
from symaug.checks.resets import angle_box, base_box, joint_ranges
from symaug.semantics.boxes import Interval
from symaug.semantics.resets import Reset
from symaug.syntax.expressions import Range

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

RANGES = "resets/ranges"
SAMPLES = 2000
_SLACK = 1e-3
"""SI, and of a range's width: how far outside is rounding."""
_FILLED = 0.9
"""Which part of a range samples span at least: of 2000 even ones the chance to span less is below 1e-80."""


def check_reset_ranges(
    world: LiveEnvironment, robot: Robot, resets: Sequence[Reset], *, samples: int = SAMPLES, seed: int
) -> CheckResult:
    """Whether sampled resets lie in the declared ranges, and fill them. Only warns.

    A base velocity may have been drawn in the world's or the base's frame. A place of the base is compared
    along the axes that are declared, except z, which is above a height that specs do not say.

    Returns:
        `resets/ranges`, with what was drawn beside what is declared; the breakdown is how far outside
        (SI), or how much of a range was never drawn.
    """
    if not resets:
        return CheckResult(RANGES, "skip", detail="the spec declares no `resets`")
    if not set(world.joint_names) <= set(robot.joints):
        return CheckResult(RANGES, "skip", detail="the environment's joints are not the robot's")
    given = {reset.quantity: reset for reset in resets}
    state = world.sample_resets(samples, seed)
    outside: dict[str, float] = {}
    told: dict[str, str] = {}
    count = 0
    for label, declared, candidates in _columns(state, robot, given, world.joint_names):
        count += 1
        missed = min((_missed(values, declared) for values in candidates), key=lambda pair: pair[0])
        if missed[0] > 0:
            outside[label] = missed[0]
            told[label] = f"{label} is declared as {_written(declared)} and drawn from {_written(missed[1])}"
    outside = worst_first(outside)
    worst = max(outside.values(), default=0.0)
    if not outside:
        detail = f"{samples:,} resets fill the declared ranges of {count} numbers and leave none"
        return CheckResult(RANGES, "pass", worst, 0.0, detail)
    detail = listed([told[label] for label in outside], 3)
    return CheckResult(RANGES, "warn", worst, 0.0, detail, outside)


def _columns(
    state: WorldState, robot: Robot, given: Mapping[str, Reset], joint_names: Sequence[str]
) -> Iterator[tuple[str, Interval, list[np.ndarray]]]:
    """Every number with its declared range, and the samples of it [N], in one frame and the other."""
    rotation = rotation_matrices(np.asarray(state.base_quat, dtype=np.float64))
    to_base = rotation.transpose(0, 2, 1)
    frames = {
        "base_pos": [state.base_pos],
        "base_lin_vel": [state.base_lin_vel, _turned(to_base, state.base_lin_vel)],
        "base_ang_vel": [state.base_ang_vel, _turned(rotation, state.base_ang_vel)],
    }
    for quantity, vectors in frames.items():
        for rank, declared in enumerate(base_box(given, quantity)):
            label = f"{quantity}.{'xyz'[rank]}"
            if quantity != "base_pos" or (label in given and rank < 2):
                yield label, declared, [np.asarray(vector)[:, rank] for vector in vectors]
    angles = _angles(rotation)
    for name, declared, values in zip(ANGLES, angle_box(given), angles, strict=True):
        if not is_whole(declared):
            middle = sum(declared) / 2
            values = middle + (values - middle + np.pi) % (2 * np.pi) - np.pi
            yield name, declared, [values]
    for quantity, drawn in (("joint_pos", state.joint_pos), ("joint_vel", state.joint_vel)):
        ranges = dict(zip(robot.joints, joint_ranges(robot, given, quantity), strict=True))
        for rank, joint in enumerate(joint_names):
            yield f"{quantity} of {joint}", ranges[joint], [np.asarray(drawn)[:, rank]]


def _missed(values: np.ndarray, declared: Interval) -> tuple[float, Interval]:
    """How far samples lie outside of a range, or how much of it they leave empty; and what they span."""
    low, high = declared
    drawn = float(values.min()), float(values.max())
    slack = _SLACK * max(1.0, high - low)
    beyond = max(low - drawn[0], drawn[1] - high)
    if not beyond <= slack:
        return beyond, drawn
    empty = (high - low) - (drawn[1] - drawn[0])
    return (empty if empty > max(slack, (1 - _FILLED) * (high - low)) else 0.0), drawn


def _turned(rotations: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.einsum("nij,nj->ni", rotations, np.asarray(vectors, dtype=np.float64))


def _angles(rotation: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Roll, pitch and yaw [N] each, rad."""
    roll = np.arctan2(rotation[:, 2, 1], rotation[:, 2, 2])
    pitch = -np.arcsin(np.clip(rotation[:, 2, 0], -1, 1))
    return roll, pitch, np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0])


def _written(interval: Interval) -> str:
    low, high = (float(f"{end:.3g}") + 0.0 for end in interval)
    return str(Range(low, high))
