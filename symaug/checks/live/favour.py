"""Which limb a reward or a termination listens to, when it does not treat mirrored worlds alike.

In recorded episodes one limb after the other starts, and acts, as in another copy; how much a term changes
with it says how much it listens to that limb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.agreement import Agreement
from symaug.checks.live.rollouts import Record, Rollouts, run
from symaug.checks.live.world import LiveEnvironment
from symaug.checks.names import listed
from symaug.checks.report import number

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_CLEAR = 1.5
_TOLD = 2


def favours(
    world: LiveEnvironment,
    robot: Robot,
    rollouts: Rollouts,
    agreement: Agreement,
    names: Sequence[str],
    tolerance: float,
) -> list[str]:
    """A clause for each term that clearly listens to some limbs more than to their images.

    Args:
        world: the environment, to run a few episodes more.
        robot: whose limbs.
        rollouts: what was recorded.
        agreement: how the terms agreed.
        names: the terms that did not.
        tolerance: above which they did not.
    """
    if not robot.limbs or world.num_envs < 2:
        return []
    usual = run(world, rollouts.starts, rollouts.actions)
    changes = {limb: _changed(world, rollouts, usual, joints) for limb, joints in robot.limbs.items()}
    told = []
    for name in names[:_TOLD]:
        sizes = {limb: change[name] for limb, change in changes.items()}
        elements = [each for each in agreement.elements(name, tolerance) if each != "e"]
        pairs = [
            (limb, _partner(robot, element, limb))
            for element in elements
            for limb in sizes
            if sizes[limb] > _CLEAR * sizes[_partner(robot, element, limb)]
        ]
        if pairs:
            ours, others = (list(dict.fromkeys(pair[side] for pair in pairs)) for side in (0, 1))
            others = [limb for limb in others if limb not in ours]
            most, least = (np.mean([sizes[limb] for limb in side]) for side in (ours, others or ours))
            told.append(
                f"`{name}` listens to {listed(ours)} more than to {listed(others)} "
                f"({number(float(most))} against {number(float(least))})"
            )
    return told


def _changed(
    world: LiveEnvironment, rollouts: Rollouts, usual: Record, joints: Sequence[str]
) -> dict[str, float]:
    # By reward and termination term, its mean absolute change when the limb is another copy's.
    columns = [list(world.joint_names).index(joint) for joint in joints]
    start, actions = rollouts.starts, rollouts.actions.copy()
    pos, vel = start.joint_pos.copy(), start.joint_vel.copy()
    for values in (pos, vel):
        values[:, columns] = np.roll(values[:, columns], 1, axis=0)
    if world.num_actions == len(world.joint_names):
        actions[:, :, columns] = np.roll(actions[:, :, columns], 1, axis=1)
    other = run(world, replace(start, joint_pos=pos, joint_vel=vel), actions)
    keep = ~(usual.ended | other.ended)[:-1]
    found = {}
    for kind in ("rewards", "terminations"):
        theirs = getattr(other, kind)
        for name, values in getattr(usual, kind).items():
            difference = np.abs(values.astype(np.float64) - theirs[name].astype(np.float64))
            found[name] = float(np.mean(difference[keep])) if keep.any() else 0.0
    return found


def _partner(robot: Robot, element: str, limb: str) -> str:
    limbs = list(robot.limbs)
    return limbs[robot.limb_actions[element].index[limbs.index(limb)]]
