"""One episode in every environment, recorded; nothing is counted after an environment's first episode has
ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from rsl_rl.models import MLPModel

from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.threads import torch_threads


@dataclass(frozen=True)
class Recording:
    """What N environments did in at most T steps. Entries after an episode's end are zero.

    Attributes:
        length: [N] int64 steps of the episode.
        fell: [N] bool, whether it ended before its time.
        returns: [N] sum of rewards.
        error: [T, N] the task's tracking error after each step.
        running: [T, N] bool, whether the episode was still going before that step.
        airborne: [T, N, F] bool, foot off the ground after the step.
        touchdown: [T, N, F] bool, foot on the ground after the step, but not before.
        position: [T + 1, N, 2] m, base in the world; the last known one is held after the end.
        heading: [N] rad at the start.
        command: [T, N, 3] vx, vy, wz that was asked for during the step.
        target: [N, 2] m, world.
    """

    length: torch.Tensor
    fell: torch.Tensor
    returns: torch.Tensor
    error: torch.Tensor
    running: torch.Tensor
    airborne: torch.Tensor
    touchdown: torch.Tensor
    position: torch.Tensor
    heading: torch.Tensor
    command: torch.Tensor
    target: torch.Tensor


@torch.inference_mode()
@torch_threads(1)
def record(
    env: LeggedEnv,
    actor: MLPModel,
    on_step: Callable[[int, int], None] = lambda done, total: None,
    *,
    sampled: bool = False,
) -> Recording:
    """Act from the environments' present starts, until every episode's time is over.

    Args:
        env: freshly started, its memory-less state set by `write_starts`.
        actor: its memory is cleared first, and after every step where an episode ended.
        on_step: called with (steps done, steps in all).
        sampled: whether actions are sampled from the policy's distribution, by torch's generator, and not its
            mean.
    """
    steps, n, feet = int(env.max_episode_length), env.num_envs, len(env.cfg.feet)
    running = torch.ones(n, dtype=torch.bool)
    length, returns = torch.zeros(n, dtype=torch.int64), torch.zeros(n)
    fell = torch.zeros(n, dtype=torch.bool)
    error, was_running = torch.zeros(steps, n), torch.zeros(steps, n, dtype=torch.bool)
    airborne = torch.zeros(steps, n, feet, dtype=torch.bool)
    touchdown = torch.zeros_like(airborne)
    command = torch.zeros(steps, n, 3)
    position = torch.zeros(steps + 1, n, 2)
    position[0] = env.base_pos[:, :2]
    heading, target = _yaw(env.base_quat), env.target_w.clone()
    grounded = torch.ones(n, feet, dtype=torch.bool)  # the robot is dropped from standing: not a touchdown

    actor.reset()
    observations = env.get_observations()
    for step in range(steps):
        was_running[step] = running
        command[step] = env.commands
        observations, rewards, dones, _ = env.step(actor(observations, stochastic_output=sampled))
        actor.reset(dones)
        returns += rewards * running
        length += running
        error[step] = env.tracking_error * running
        fell |= env.terminated & running
        running = running & ~dones.bool()
        contact = (
            env.foot_contact
        )  # of environments that ended it shows the next episode, hence after `running`
        airborne[step] = ~contact & running[:, None]
        touchdown[step] = contact & ~grounded & running[:, None]
        grounded = contact.clone()
        position[step + 1] = torch.where(running[:, None], env.base_pos[:, :2], position[step])
        on_step(step + 1, steps)
    return Recording(
        length, fell, returns, error, was_running, airborne, touchdown, position, heading, command, target
    )


def _yaw(quaternion: torch.Tensor) -> torch.Tensor:
    """[N] rad from [N, 4] (w, x, y, z)."""
    w, x, y, z = quaternion.unbind(1)
    return torch.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def commanded_path(command: torch.Tensor, dt: float) -> list[tuple[float, float]]:
    """Where a robot that starts at the origin along +x would be after each step if it did as commanded.

    Args:
        command: [T, 3] vx, vy (m/s), wz (rad/s) in its own frame.
        dt: s, length of a step.

    Returns:
        T + 1 points, m.
    """
    x = y = yaw = 0.0
    points = [(x, y)]
    for forward, left, turn in command.tolist():
        middle = yaw + 0.5 * dt * turn
        x += dt * (forward * math.cos(middle) - left * math.sin(middle))
        y += dt * (forward * math.sin(middle) + left * math.cos(middle))
        yaw += dt * turn
        points.append((x, y))
    return points
