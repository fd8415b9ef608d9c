"""Episodes of an environment and of its mirror image, recorded side by side.

Episodes begin in sampled resets, and in states that longer ones came through: some steps with random actions,
quiet ones and wild ones. For every element of the group they are run again from the mirrored states with the
transformed actions; for the identity too, which shows whether the environment repeats itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.world import LiveEnvironment, Reading, WorldState, mirrored
from symaug.semantics.linear_map import Action, LinearMap

if TYPE_CHECKING:
    from symaug.compiler.program import Program
    from symaug.semantics.robot import Robot

STEPS = 12
"""Recorded steps of each episode."""
REACH = 40
"""Steps with which states beyond the resets are reached."""
_WILDEST = 2.0
"""Standard deviation of the wildest actions; the quietest copy's are zero."""


@dataclass(frozen=True)
class Record:
    """N episodes of T steps. Index t of observations and states is after t steps, 0 the start.

    Attributes:
        observations: [T+1, N, w] by group.
        rewards: [T, N] by term.
        terminations: [T, N] bool by term.
        states: [T+1, N, w] by quantity, see `WorldState.quantities`.
    """

    observations: Mapping[str, np.ndarray]
    rewards: Mapping[str, np.ndarray]
    terminations: Mapping[str, np.ndarray]
    states: Mapping[str, np.ndarray]

    @cached_property
    def ended(self) -> np.ndarray:
        """[T+1, N] bool: a termination was reported up to here."""
        steps, copies = next(iter(self.states.values())).shape[:2]
        flags = np.zeros((steps, copies), dtype=bool)
        for values in self.terminations.values():
            flags[1:] |= values
        return np.logical_or.accumulate(flags, axis=0)


@dataclass(frozen=True)
class Rollouts:
    """What was recorded.

    Attributes:
        starts: where the episodes of the first batch began.
        actions: the actions of the first batch, [T, num_envs, num_actions].
        original: all episodes.
        images: the same in each element's world, the identity's first.
    """

    starts: WorldState
    actions: np.ndarray
    original: Record
    images: Mapping[str, Record]


def record_rollouts(
    world: LiveEnvironment, robot: Robot, program: Program, samples: int, seed: int
) -> Rollouts:
    """Run at least `samples` episodes from resets and as many from states reached, and all their images."""
    rng = np.random.default_rng(seed)
    copies, space = world.num_envs, program.space("actions")
    batches = max(1, -(-samples // copies))
    resets = world.sample_resets(batches * copies, seed)
    begun: list[tuple[WorldState, np.ndarray]] = []
    for batch in range(batches):
        state = picked(resets, np.arange(batch * copies, (batch + 1) * copies))
        begun.append((reached(world, state, rng), random_actions(world, STEPS, rng)))
        begun.append((state, random_actions(world, STEPS, rng)))
    original = _joined([run(world, state, actions) for state, actions in begun])
    images = {}
    for element in robot.group.elements:
        action = space.action(element)
        images[element] = _joined(
            [
                run(
                    world,
                    mirrored(state, robot, element, world.joint_names, world.task_types),
                    transformed(actions, action),
                )
                for state, actions in begun
            ]
        )
    return Rollouts(*begun[0], original, images)


def run(world: LiveEnvironment, state: WorldState, actions: np.ndarray) -> Record:
    """Begin in `state` and take the steps."""
    start = world.begin(state)
    steps = [world.step(each) for each in actions]
    readings = [start, *steps]
    names = list(start.state.quantities())
    return Record(
        observations={g: _stack([r.observations[g] for r in readings]) for g in start.observations},
        rewards={name: _stack([r.rewards[name] for r in steps]) for name in _names(steps, "rewards")},
        terminations={
            name: _stack([r.terminations[name] for r in steps]).astype(bool)
            for name in _names(steps, "terminations")
        },
        states={name: _stack([r.state.quantities()[name] for r in readings]) for name in names},
    )


def reached(world: LiveEnvironment, state: WorldState, rng: np.random.Generator) -> WorldState:
    """States that random actions led to from `state`, each copy's after another number of steps."""
    when = rng.integers(REACH // 4, REACH, world.num_envs, endpoint=True)
    world.begin(state)
    found = state
    for step, actions in enumerate(random_actions(world, REACH, rng), start=1):
        reading = world.step(actions)
        there = reading.state.quantities().values()
        whole = np.all([np.isfinite(values).all(axis=1) for values in there], axis=0)
        found = _replaced(found, reading.state, whole & (when == step))
    return found


def random_actions(world: LiveEnvironment, steps: int, rng: np.random.Generator) -> np.ndarray:
    """[steps, num_envs, num_actions] float32: from none at all in the first copy to wild ones in the last."""
    size = np.linspace(0.0, _WILDEST, world.num_envs)[:, None] if world.num_envs > 1 else 1.0
    noise = rng.standard_normal((steps, world.num_envs, world.num_actions))
    return (size * noise).astype(np.float32)


def transformed(values: np.ndarray, action: Action) -> np.ndarray:
    """The image of values [..., n], same dtype."""
    if isinstance(action, LinearMap):
        matrix = np.asarray(action.matrix())
        image = values @ matrix.T
        broken = ~np.isfinite(values)
        if broken.any():  # what is not a number spoils only what is made of it, not zero times it
            image = np.where(broken, 0.0, values) @ matrix.T
            image = np.where(broken @ (matrix != 0).T, np.nan, image)
    else:
        image = values[..., list(action.index)] * np.asarray(action.sign)
    return (image + np.asarray(action.offset)).astype(values.dtype)


def picked(state: WorldState, rows: np.ndarray) -> WorldState:
    """Some rows of a state, in the order given."""
    return _state({name: values[rows] for name, values in state.quantities().items()})


def as_state(quantities: Mapping[str, np.ndarray]) -> WorldState:
    """A state from quantities [..., w]; leading dimensions become one."""
    return _state({name: values.reshape(-1, values.shape[-1]) for name, values in quantities.items()})


def _state(quantities: dict[str, np.ndarray]) -> WorldState:
    robot = ("base_pos", "base_quat", "base_lin_vel", "base_ang_vel", "joint_pos", "joint_vel")
    task = {name: values for name, values in quantities.items() if name not in robot}
    return WorldState(**{name: quantities[name] for name in robot}, task=task)


def _replaced(state: WorldState, other: WorldState, rows: np.ndarray) -> WorldState:
    there = other.quantities()
    return _state(
        {name: np.where(rows[:, None], there[name], values) for name, values in state.quantities().items()}
    )


def _names(steps: list[Reading], kind: str) -> list[str]:
    return list(getattr(steps[0], kind)) if steps else []


def _stack(values: list[np.ndarray]) -> np.ndarray:
    return np.stack([np.array(each, copy=True) for each in values])


def _joined(records: list[Record]) -> Record:
    def joined(kind: str) -> dict[str, np.ndarray]:
        parts = [getattr(record, kind) for record in records]
        return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}

    return Record(*(joined(kind) for kind in ("observations", "rewards", "terminations", "states")))
