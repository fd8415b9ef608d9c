"""The same episodes in a world and in its mirror images, with a policy that remembers each history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from tensordict import TensorDict

from symaug.checks.live.world import LiveEnvironment, WorldState, mirrored
from symaug.semantics.robot import Robot
from symaug_trainer.audit.residuals import ActionMaps
from symaug_trainer.audit.states import largest_difference, rows, side_by_side
from symaug_trainer.threads import torch_threads

_MOST_DRIFT = 1e-4
"""m, rad, m/s or rad/s. Worlds further apart no longer pose the same question; what this much does to an
answer is far below what residuals are told apart by."""


class ActingPolicy(Protocol):
    """What is audited: rsl_rl's actors in evaluation mode are such policies."""

    def reset(self, dones: torch.Tensor | None = None) -> None:
        """Clear the memory."""
        ...

    def __call__(self, observations: TensorDict) -> torch.Tensor:
        """The mean actions [N, J]."""
        ...


@dataclass(frozen=True)
class Answers:
    """What policies answered, in E episodes and their images under the G elements of the group.

    Attributes:
        actions: [T, P, G, E, J] float32 of P policies; element 0 is the identity, the original world.
        compared: [T, G, E] bool, whether the image still was the mirror image when the policies were asked.
        drift: the largest difference between the worlds' states over what was compared.
    """

    actions: np.ndarray
    compared: np.ndarray
    drift: float


@torch.no_grad()
@torch_threads(1)
def answers_in_mirrored_worlds(
    world: LiveEnvironment,
    robot: Robot,
    maps: ActionMaps,
    starts: WorldState,
    policies: Sequence[ActingPolicy],
    decisions: int,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Answers:
    """Let the first policy act in the original world, and ask all of them in every world at each step.

    The mirrored worlds begin in the mirrored states and are driven by the mirror images of the actions of the
    *original* world, whatever the policies answer there: so every world lives through the image of the same
    history, and a difference between two answers is the policy's own. On a robot that is its own mirror
    image, the worlds then stay images of each other to the last bit as long as the simulator's sums come out
    the same; rounding in contacts may end that, after which an episode is not compared any more.

    Args:
        world: with room for G·E copies.
        robot: whose elements make the mirrored worlds.
        maps: how they act on actions.
        starts: E states.
        policies: the first one acts; the others are shown the same observations.
        decisions: T, at most the steps of an episode.
        on_step: called with (decisions made, decisions in all).
    """
    elements, names, types = robot.group.elements, world.joint_names, world.task_types
    order, episodes = len(elements), len(starts)

    def images(state: WorldState) -> WorldState:
        return side_by_side([mirrored(state, robot, element, names, types) for element in elements])

    actions = np.zeros((decisions, len(policies), order, episodes, world.num_actions), dtype=np.float32)
    compared = np.zeros((decisions, order, episodes), dtype=bool)
    still, drift = np.ones((order, episodes), dtype=bool), 0.0
    reading = world.begin(images(starts))
    for policy in policies:
        policy.reset()
    for step in range(decisions):
        compared[step] = still
        observations = as_tensors(reading.observations)
        for number, policy in enumerate(policies):
            answer = policy(observations).numpy()
            actions[step, number] = answer.reshape(order, episodes, -1)
        on_step(step + 1, decisions)
        if step + 1 == decisions or not still[0].any():
            break
        driving = np.moveaxis(maps.images(actions[step, 0, 0].astype(np.float64)), 0, 1)
        reading = world.step(driving.reshape(order * episodes, -1))
        apart = largest_difference(images(rows(reading.state, slice(episodes))), reading.state)
        ended = sum(reading.terminations.values(), start=np.zeros(len(apart), dtype=bool))
        apart, ended = apart.reshape(order, episodes), ended.reshape(order, episodes)
        still = still & ~ended & ~ended[0] & (apart <= _MOST_DRIFT)
        drift = max(drift, float(apart[still].max(initial=0.0)))
    return Answers(actions, compared, drift)


def as_tensors(observations) -> TensorDict:
    """Observation groups [N, width] as a policy takes them, float32."""
    tensors = {
        name: torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
        for name, values in observations.items()
    }
    return TensorDict(tensors, batch_size=[len(next(iter(tensors.values())))])  # type: ignore[arg-type]
