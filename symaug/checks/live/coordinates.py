"""World states as plain columns of numbers with names, for statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.live.world import WorldState

_XYZ = ("x", "y", "z")


@dataclass(frozen=True)
class Coordinates:
    """The columns of some states.

    Attributes:
        names: D of them, `joint_pos LF_HAA`, `base_lin_vel y`, `base_rot xz` (row x, column z of the base's
            rotation matrix, so that a quaternion and its opposite are the same), `velocity_command 2`.
        values: [N, D] float64, SI.
        scale: [D] float64, the largest size of any number of the same quantity: what rounding errors are
            relative to.
    """

    names: tuple[str, ...]
    values: np.ndarray
    scale: np.ndarray


def coordinates(state: WorldState, joint_names: Sequence[str]) -> Coordinates:
    """The columns of `state`: base, joints, then what the episodes carry (whose columns go by joints where
    there are as many)."""
    names: list[str] = []
    blocks, scales = [], []
    for quantity, values in state.quantities().items():
        block = np.asarray(values, dtype=np.float64).reshape(len(state), -1)
        if quantity == "base_quat":
            quantity, block = "base_rot", rotation_matrices(block).reshape(len(state), 9)
        names += [f"{quantity} {label}".rstrip() for label in _labels(quantity, block.shape[1], joint_names)]
        blocks.append(block)
        largest = float(np.abs(block).max(initial=0.0))
        scales += [largest] * block.shape[1]
    return Coordinates(tuple(names), np.concatenate(blocks, axis=1), np.array(scales))


def rotation_matrices(quaternions: np.ndarray) -> np.ndarray:
    """[N, 3, 3] of unit quaternions [N, 4] (w, x, y, z)."""
    w, x, y, z = quaternions.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _labels(quantity: str, width: int, joint_names: Sequence[str]) -> list[str]:
    if quantity == "base_rot":
        return [row + column for row in _XYZ for column in _XYZ]
    if quantity in ("base_pos", "base_lin_vel", "base_ang_vel"):
        return list(_XYZ)
    if width == len(joint_names):
        return list(joint_names)
    return [""] if width == 1 else [str(rank) for rank in range(width)]
