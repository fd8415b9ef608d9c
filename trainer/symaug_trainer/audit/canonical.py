"""Situations that are their own mirror image: a symmetric policy answers them with its own mirror image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from symaug.checks.live.world import LiveEnvironment, WorldState, mirrored
from symaug.semantics.robot import Robot
from symaug_trainer.audit.rollout import ActingPolicy, as_tensors
from symaug_trainer.audit.states import (
    largest_difference,
    rows,
    side_by_side,
    transformed,
    with_failed_joint,
)
from symaug_trainer.threads import torch_threads

STANDING = "standing, asked for nothing"
ASKED = "standing, with a command"
MOVING = "moving, with a command"


@dataclass(frozen=True)
class Canonical:
    """Some situations that one element leaves as they are.

    Attributes:
        name: what they are.
        element: that element.
        states: where the world is, healthy.
    """

    name: str
    element: str
    states: WorldState


def canonical_states(world: LiveEnvironment, robot: Robot, *, count: int, seed: int) -> Iterator[Canonical]:
    """Default pose at rest without a command; with commands; and moving: each its own image.

    A state is made its own image by averaging it with its images under the element's powers: from sampled
    commands come straight ahead for left-right, sideways for front-back, turning on the spot for the half
    turn.

    Args:
        world: where episodes are sampled from.
        robot: whose elements are meant.
        count: how many states with commands, and moving ones, for each element.
        seed: of the samples.
    """
    sampled = with_failed_joint(world.sample_resets(count, seed), None)
    level = replace(
        sampled,
        base_pos=sampled.base_pos * (0.0, 0.0, 1.0),
        base_quat=np.tile((1.0, 0.0, 0.0, 0.0), (count, 1)),
    )
    default = np.array([robot.default_pose[name] for name in world.joint_names])
    at_rest = replace(
        level,
        base_lin_vel=np.zeros((count, 3)),
        base_ang_vel=np.zeros((count, 3)),
        joint_pos=np.tile(default, (count, 1)),
        joint_vel=np.zeros_like(level.joint_vel),
    )
    alone = rows(at_rest, slice(1))
    nothing = replace(alone, task={name: np.zeros_like(values) for name, values in alone.task.items()})
    for element in robot.group.elements[1:]:
        for name, states in ((STANDING, nothing), (ASKED, at_rest), (MOVING, level)):
            own = _own_image(states, world, robot, element)
            image = mirrored(own, robot, element, world.joint_names, world.task_types)
            fixed = (largest_difference(own, image) < 1e-9).all()
            nothing_new = name == ASKED and not any(values.any() for values in own.task.values())
            if fixed and not nothing_new:
                yield Canonical(name, element, own)


def _own_image(states: WorldState, world: LiveEnvironment, robot: Robot, element: str) -> WorldState:
    """The mean of the states and their images under all powers of an element."""
    group = robot.group
    images, number = [states], group.index(element)
    power = number
    while power != group.identity:
        images.append(mirrored(states, robot, group.elements[power], world.joint_names, world.task_types))
        power = group.product(power, number)
    return transformed(lambda *values: np.mean(values, axis=0), *images)


@torch.no_grad()
@torch_threads(1)
def answers_to(
    world: LiveEnvironment, states: WorldState, policy: ActingPolicy, looks: Sequence[int]
) -> Mapping[int, np.ndarray]:
    """What a policy answers at the k-th look at the same observations, with an empty memory at the first.

    Nothing is simulated: the states' observations are read at the start of an episode.

    Args:
        world: whose observations they are.
        states: N.
        policy: whose memory is cleared first.
        looks: the k at which answers are kept, from 1.

    Returns:
        [N, J] for each k.
    """
    observations = as_tensors(_observations(world, states))
    policy.reset()
    kept = {}
    for look in range(1, max(looks) + 1):
        answer = policy(observations)
        if look in looks:
            kept[look] = answer.numpy().astype(np.float64)
    return kept


def _observations(world: LiveEnvironment, states: WorldState) -> dict[str, np.ndarray]:
    """Observation groups [N, width] at the start of episodes in these states."""
    parts: list[Mapping[str, np.ndarray]] = []
    for first in range(0, len(states), world.num_envs):
        chunk = rows(states, slice(first, first + world.num_envs))
        missing = world.num_envs - len(chunk)
        filled = side_by_side([chunk, *[rows(chunk, slice(1))] * missing])
        shown = world.begin(filled).observations
        parts.append({name: values[: len(chunk)].copy() for name, values in shown.items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
