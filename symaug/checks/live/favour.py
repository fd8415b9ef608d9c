"""Which limb a reward or a termination listens to, when it does not treat mirrored worlds alike.

In some episodes one limb after the other starts a little as in another copy; how much a term changes with it
says how much it listens to that limb. The same is done in the mirrored episodes, so that a fair term listens
to a limb exactly as much as to its image, and any difference is the term's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.agreement import Agreement
from symaug.checks.live.rollouts import Record, Rollouts, run, transformed
from symaug.checks.live.world import LiveEnvironment, WorldState, mirrored
from symaug.checks.names import listed
from symaug.checks.report import number

if TYPE_CHECKING:
    from symaug.compiler.program import Program
    from symaug.semantics.robot import Robot

_STEPS = 6
_SHARES = (0.2, 1.0)  # a little moves what a limb itself does; what seldom speaks needs more
_CLEAR, _CLEAR_WHERE_UNEVEN = 1.07, 1.3
_TOLD = 2


def favours(
    world: LiveEnvironment,
    robot: Robot,
    program: Program,
    rollouts: Rollouts,
    agreement: Agreement,
    names: Sequence[str],
    tolerance: float,
) -> list[str]:
    """A clause for each term that clearly listens to some limbs more than to their images.

    Args:
        world: the environment, to run a few short episodes more.
        robot: whose limbs.
        program: how its actions are transformed.
        rollouts: what was recorded.
        agreement: how the terms agreed.
        names: the terms that did not.
        tolerance: above which they did not.
    """
    if not robot.limbs or world.num_envs < 2:
        return []
    told, changes = [], {}
    clear = _CLEAR if world.exact else _CLEAR_WHERE_UNEVEN
    for name in names[:_TOLD]:
        elements = agreement.elements(name, tolerance)
        for share in _SHARES if "e" not in elements else ():
            key = elements[0], share
            if key not in changes:
                changes[key] = _changes(world, robot, program, rollouts, *key)
            sizes = {limb: change[name] for limb, change in changes[key].items()}
            images = {limb: _image(robot, elements[0], limb) for limb in sizes}
            if clause := _clause(name, sizes, images, clear):
                told.append(clause)
                break
    return told


def _clause(name: str, sizes: dict[str, float], images: dict[str, str], clear: float) -> str:
    loudest = max(sizes.values())
    ours = [limb for limb, size in sizes.items() if size > clear * sizes[images[limb]] and size > loudest / 3]
    if not ours:
        return ""
    others = [images[limb] for limb in ours]
    most, least = (float(np.mean([sizes[limb] for limb in side])) for side in (ours, others))
    shares = f"{number(most)} against {number(least)} a step"
    return f"`{name}` listens to {listed(ours)} more than to {listed(others)} ({shares})"


def _changes(
    world: LiveEnvironment,
    robot: Robot,
    program: Program,
    rollouts: Rollouts,
    element: str,
    share: float,
) -> dict[str, dict[str, float]]:
    # By limb, then by term: its mean absolute change when this limb starts otherwise, here and in the mirror.
    actions = rollouts.actions[:_STEPS]
    image = transformed(actions, program.space("actions").action(element))

    def reflected(state: WorldState) -> WorldState:
        return mirrored(state, robot, element, world.joint_names, world.task_types)

    usual = run(world, rollouts.starts, actions)
    usual_image = run(world, reflected(rollouts.starts), image)
    sums: dict[str, dict[str, float]] = {limb: {} for limb in robot.limbs}
    for limb, joints in robot.limbs.items():
        columns = [list(world.joint_names).index(joint) for joint in joints]
        start = _disturbed(rollouts.starts, columns, share)
        pairs = (
            (limb, usual, run(world, start, actions)),
            (_image(robot, element, limb), usual_image, run(world, reflected(start), image)),
        )
        for whose, before, after in pairs:
            for name, size in _changed(before, after):
                sums[whose][name] = sums[whose].get(name, 0.0) + size / 2
    return sums


def _disturbed(state: WorldState, columns: list[int], share: float) -> WorldState:
    pos, vel = state.joint_pos.copy(), state.joint_vel.copy()
    for values in (pos, vel):
        other = np.roll(values[:, columns], 1, axis=0)
        values[:, columns] += share * (other - values[:, columns])
    return replace(state, joint_pos=pos, joint_vel=vel)


def _changed(usual: Record, other: Record) -> Iterator[tuple[str, float]]:
    keep = ~(usual.ended | other.ended)[:-1]
    for kind in ("rewards", "terminations"):
        theirs = getattr(other, kind)
        for name, values in getattr(usual, kind).items():
            difference = np.abs(values.astype(np.float64) - theirs[name].astype(np.float64))
            yield name, float(np.mean(difference[keep])) if keep.any() else 0.0


def _image(robot: Robot, element: str, limb: str) -> str:
    # Where the limb goes: the output that is read from it.
    limbs = list(robot.limbs)
    return limbs[robot.limb_actions[element].index.index(limbs.index(limb))]
