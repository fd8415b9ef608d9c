"""All that is random about an episode, as one value."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch


@dataclass(frozen=True)
class EpisodeStarts:
    """How n episodes begin. Together with the observation noise and the actions it determines them.

    How an element with base motion R (3x3, integer) acts: `qpos` and `qvel` as `symaug.checks.mirror_state`;
    `command` (vx, vy) as a vector, wz as a pseudovector; `target_w` as a vector; `heading_w` changes sign
    with det R; `failed_joint` by the permutation of the joints.
    """

    qpos: torch.Tensor
    """[n, nq] float64, the engine's own order"""
    qvel: torch.Tensor
    """[n, nv] float64, the engine's own order"""
    command: torch.Tensor
    """[n, 3] wanted vx, vy, wz; wz is overwritten at every step where `steered`"""
    heading_w: torch.Tensor
    """[n] rad, the heading that a steered episode turns to"""
    steered: torch.Tensor
    """[n] bool, whether wz follows `heading_w`"""
    target_w: torch.Tensor
    """[n, 2] m, where to walk to"""
    failed_joint: torch.Tensor
    """[n] int64, index into the environment's `joint_names`, -1 healthy"""

    def __len__(self) -> int:
        return len(self.qpos)

    def __getitem__(self, rows: torch.Tensor | slice) -> EpisodeStarts:
        return EpisodeStarts(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})
