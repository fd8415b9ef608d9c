"""Audit a run: does its policy answer a mirrored situation with the mirrored answer?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from symaug.diagnostics import UserError
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug_trainer.audit.comparison import Comparison, compare
from symaug_trainer.audit.result import Audit
from symaug_trainer.audit.rollout import as_tensors
from symaug_trainer.envs.config import EnvConfig
from symaug_trainer.envs.live import open_config
from symaug_trainer.evaluation.actor import load_actor, untrained_actor
from symaug_trainer.process import keep_freed_memory
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.folder import AUDIT, PROGRAM
from symaug_trainer.runs.plain_data import from_plain_data
from symaug_trainer.tasks import HEALTHY, Task, find_task


def audit(
    run: Path,
    *,
    episodes: int = 8,
    seed: int = 0,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Compare a policy's answers in mirrored worlds with the images of its own; write `audit.json`.

    Args:
        run: a run's folder (its last checkpoint is used) or one of its checkpoints.
        episodes: original episodes in each condition: no failure, and one dead joint of each orbit.
        seed: of starts, commands and the untrained network.
        on_step: called with (steps done, steps in all).

    Raises:
        UserError: SA702 no run, SA703 no checkpoint, SA704 a damaged one, SA804 a wrong number, SA701 no
            writing.
    """
    if episodes < 1:
        raise UserError.of("SA804", f"`--episodes` must be at least 1, not {episodes}")
    folder, checkpoint = checkpoints.locate(run)
    config = folder.read_config()
    task, env_config = find_task(config.task), from_plain_data(EnvConfig, config.env)
    robot = load_robot_symmetry(env_config.robot)
    keep_freed_memory()
    conditions = audited_conditions(task, robot)
    num_envs = robot.group.order * len(conditions) * episodes
    world = open_config(replace(env_config, num_envs=num_envs))
    try:
        example = as_tensors(world.begin(world.sample_resets(num_envs, seed)).observations)
        comparison = Comparison(
            conditions=conditions,
            episodes=episodes,
            decisions=int(world.env.max_episode_length),
            step_s=world.env.step_dt,
            action_scale=env_config.action_scale,
            seed=seed,
        )
        policy = load_actor(config, checkpoint, example, world.num_actions)
        untrained = untrained_actor(
            config, example, world.num_actions, seed=seed, program=checkpoint.parent / PROGRAM
        )
        found = compare(world, robot, policy, untrained, comparison, on_step)
    finally:
        world.close()
    infos = checkpoints.read(checkpoint).get("infos") or {}
    result = Audit(
        task=config.task,
        policy=config.policy,
        preset=config.preset,
        seed=config.seed,
        checkpoint=checkpoint.name,
        steps=infos.get("steps", 0),
        episodes=episodes,
        audit_seed=seed,
        episode_s=env_config.episode_s,
        interval_s=found.interval_s,
        joints=found.joints,
        elements=found.elements,
        spread=found.spread,
        drift=found.drift,
        conditions=found.conditions,
        canonical=found.canonical,
    )
    folder.write(AUDIT, result.to_json())
    return result


def audited_conditions(task: Task, robot: Robot) -> tuple[str, ...]:
    """No failure, and one joint of each orbit: the others fail in the mirrored worlds.

    Where some joints fail in training, those are taken.
    """
    chosen: list[str] = []
    reached: set[str] = set()
    for joint in (*task.id_joints, *task.ood_joints):
        if joint not in reached:
            chosen.append(joint)
            position = robot.joints.index(joint)
            actions = robot.joint_actions.values()
            reached |= {
                name
                for action in actions
                for name, source in zip(robot.joints, action.index, strict=True)
                if source == position
            }
    return (HEALTHY, *chosen)
