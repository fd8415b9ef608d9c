"""Evaluate a run: every joint dead in turn, and none, on the same episodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from symaug.diagnostics import UserError
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.evaluation.actor import load_actor
from symaug_trainer.evaluation.result import ConditionResult, Evaluation, Outcome, Trajectory
from symaug_trainer.evaluation.rollout import Recording, commanded_path, record
from symaug_trainer.process import keep_freed_memory
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.folder import EVALUATION
from symaug_trainer.runs.plain_data import from_plain_data
from symaug_trainer.tasks import HEALTHY, Task, find_task

SUCCESS: dict[str, str] = {
    "velocity": "mean |v_xy - command_xy| below 0.25 m/s over the last 5 s of the episode, without a fall",
    "position": "within 0.5 m of the target when the episode's time is over, without a fall",
}
"""When an episode succeeds, by the task's setting. A fall is the base touching the ground."""

_VELOCITY_LIMIT, _VELOCITY_WINDOW_S, _DISTANCE_LIMIT = 0.25, 5.0, 0.5
_PATHS, _PATH_POINTS_PER_S = 3, 10


def evaluate(
    run: Path,
    *,
    episodes: int = 32,
    seed: int = 0,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Run the policy for `episodes` whole episodes in every condition, acting by its mean and then with
    sampled actions, and write `evaluation.json`.

    The environment is the run's own (with its observation noise), only that the failed joint is assigned.
    Episode k has the same start and command in every condition, so conditions can be compared with few
    episodes.

    Args:
        run: a run's folder (its last checkpoint is used) or one of its checkpoints.
        episodes: for each condition.
        seed: of starts, commands, observation noise and sampled actions; torch's own generator is left as it
            was.
        on_step: called with (steps done, steps in all), counted over both ways of acting.

    Raises:
        UserError: SA702 no run, SA703 no checkpoint, SA704 a damaged one, SA804 a wrong number, SA701 no
            writing.
    """
    if episodes < 1:
        raise UserError.of("SA804", f"`--episodes` must be at least 1, not {episodes}")
    folder, checkpoint = checkpoints.locate(run)
    config = folder.read_config()
    task = find_task(config.task)
    keep_freed_memory()
    env_config = replace(
        from_plain_data(EnvConfig, config.env),
        num_envs=episodes * len(task.conditions),
        failure=JointFailureConfig(),
    )
    recordings: list[Recording] = []
    for sampled in (False, True):
        env = LeggedEnv(env_config, seed=seed)  # anew, for the same starts and commands
        try:
            with torch.random.fork_rng(devices=[]):
                actor = load_actor(config, checkpoint, env.get_observations(), env.num_actions)
                start_side_by_side(env, task, episodes)
                torch.manual_seed(seed)  # of sampled actions
                recordings.append(record(env, actor, _half(on_step, second=sampled), sampled=sampled))
        finally:
            env.close()
    dt = env.step_dt
    by_mean, by_sample = (_condition_results(task, one, dt, episodes) for one in recordings)
    infos = checkpoints.read(checkpoint).get("infos") or {}
    result = Evaluation(
        task=config.task,
        policy=config.policy,
        preset=config.preset,
        seed=config.seed,
        checkpoint=checkpoint.name,
        steps=infos.get("steps", 0),
        episodes=episodes,
        episode_s=env_config.episode_s,
        success_definition=SUCCESS[task.setting],
        conditions=by_mean,
        trajectories=_trajectories(task, recordings[0], dt, episodes),
        sampled=Outcome(by_sample),
    )
    folder.write(EVALUATION, result.to_json())
    return result


def _half(on_step: Callable[[int, int], None], *, second: bool) -> Callable[[int, int], None]:
    """What is called with the steps of one half of the work, and passes them on as steps of the whole."""
    return lambda done, total: on_step(done + total * second, 2 * total)


def start_side_by_side(env: LeggedEnv, task: Task, episodes: int) -> None:
    """Start the same `episodes` in every condition; environment `c * episodes + k` is episode k of condition
    c."""
    everyone = torch.arange(env.num_envs)
    starts = env.sample_starts(torch.arange(episodes))[everyone % episodes]
    index = [-1 if name == HEALTHY else list(env.joint_names).index(name) for name in task.conditions]
    env.write_starts(everyone, replace(starts, failed_joint=torch.tensor(index)[everyone // episodes]))


def tracking_errors(setting: str, recording: Recording, dt: float) -> torch.Tensor:
    """[N] velocity: mean error over the last 5 s of the episode as it ended; position: the last distance."""
    steps, n = recording.error.shape
    if setting == "position":
        return recording.error[recording.length - 1, torch.arange(n)]
    window = min(steps, round(_VELOCITY_WINDOW_S / dt))
    number = torch.arange(steps)[:, None]
    counted = recording.running & (number >= recording.length - window)
    return (recording.error * counted).sum(0) / counted.sum(0)


def succeeded(setting: str, recording: Recording, errors: torch.Tensor) -> torch.Tensor:
    """[N] bool, by the definition in SUCCESS."""
    return (errors < (_DISTANCE_LIMIT if setting == "position" else _VELOCITY_LIMIT)) & ~recording.fell


def _condition_results(
    task: Task, recording: Recording, dt: float, episodes: int
) -> tuple[ConditionResult, ...]:
    errors = tracking_errors(task.setting, recording, dt)
    success = succeeded(task.setting, recording, errors)
    feet = recording.airborne.shape[2]
    foot_seconds = recording.length * dt * feet
    air = recording.airborne.sum((0, 2)) * dt / foot_seconds
    touchdowns = recording.touchdown.sum((0, 2)) / foot_seconds
    results = []
    for number, condition in enumerate(task.conditions):
        rows = slice(number * episodes, (number + 1) * episodes)
        results.append(
            ConditionResult(
                condition=condition,
                split=_split(task, condition),
                episodes=episodes,
                success=success[rows].float().mean().item(),
                mean_return=recording.returns[rows].mean().item(),
                return_std=recording.returns[rows].std(correction=0).item(),
                tracking_error=errors[rows].mean().item(),
                fall_rate=recording.fell[rows].float().mean().item(),
                feet_air_time=air[rows].mean().item(),
                contact_frequency=touchdowns[rows].mean().item(),
            )
        )
    return tuple(results)


def _split(task: Task, condition: str) -> str:
    if condition == HEALTHY:
        return "healthy"
    return "id" if condition in task.id_joints else "ood"


def _trajectories(task: Task, recording: Recording, dt: float, episodes: int) -> tuple[Trajectory, ...]:
    success = succeeded(task.setting, recording, tracking_errors(task.setting, recording, dt))
    stride = max(1, round(1 / (_PATH_POINTS_PER_S * dt)))
    references = [_reference(task.setting, recording, env, dt)[::stride] for env in range(episodes)]
    made = []
    for number, condition in enumerate(task.conditions):
        for episode in _far_apart([reference[-1] for reference in references]):
            env = number * episodes + episode
            path = _own_frame(recording, env, recording.position[: int(recording.length[env]) + 1, env])
            made.append(
                Trajectory(
                    condition=condition,
                    episode=episode,
                    xy=_rounded(path[::stride]),
                    reference=_rounded(references[episode]),
                    success=bool(success[env]),
                    fell=bool(recording.fell[env]),
                )
            )
    return tuple(made)


def _reference(setting: str, recording: Recording, env: int, dt: float) -> list[tuple[float, float]]:
    if setting == "position":
        return _own_frame(recording, env, recording.target[env][None])
    return commanded_path(recording.command[:, env], dt)


def _own_frame(recording: Recording, env: int, points: torch.Tensor) -> list[tuple[float, float]]:
    """World points [k, 2] as seen from where the robot started, heading along +x."""
    yaw = float(recording.heading[env])
    cos, sin = math.cos(yaw), math.sin(yaw)
    offsets = (points - recording.position[0, env]).tolist()
    return [(cos * x + sin * y, cos * y - sin * x) for x, y in offsets]


def _far_apart(ends: list[tuple[float, float]]) -> list[int]:
    """A few episodes whose references end far from the start and from each other, so that a picture shows
    them apart."""
    chosen: list[int] = []
    taken = [(0.0, 0.0)]
    for _ in range(min(_PATHS, len(ends))):
        left = [number for number in range(len(ends)) if number not in chosen]
        best = max(left, key=lambda number: min(math.dist(ends[number], other) for other in taken))
        chosen.append(best)
        taken.append(ends[best])
    return sorted(chosen)


def _rounded(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return tuple((round(x, 3), round(y, 3)) for x, y in points)
