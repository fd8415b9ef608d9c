"""How much of the physics engine's speed the environment keeps: `python benchmarks/env_speed.py`.

Both sides run in this process on the same model, number of simulations, threads and substeps per control
step, with the same joint targets, in turns, so that a change in the machine's load meets both. The raw side
is nothing but `ctrl[:] = targets; batch.step()`; before every round its simulations are put back to the
states of the environment's, so that both meet the same contacts.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from statistics import median

import torch
from mujoco.batch import Batch

from symaug_trainer.envs.config import JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv

_ROUND = 50  # control steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="velocity", choices=("velocity", "position"))
    parser.add_argument("--preset", default="laptop", choices=("laptop", "paper"))
    parser.add_argument("--envs", type=int, help="how many; the preset's number by default")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=12)
    args = parser.parse_args()

    failure = JointFailureConfig(("LF_HAA", "LF_HFE", "LF_KFE"))
    config = preset(args.preset, args.task, failure=failure)
    config = replace(config, num_envs=args.envs or config.num_envs)
    env = LeggedEnv(config, seed=0, num_threads=args.threads)
    raw = RawPhysics(env, args.threads)
    generator = torch.Generator().manual_seed(0)
    # Noise around standing, small enough that most robots stay on their feet.
    actions = 0.3 * torch.randn(_ROUND, config.num_envs, env.num_actions, generator=generator)

    step_all(env, actions)
    speeds = []
    for _ in range(args.rounds):
        raw.copy_states()
        raw_speed = config.num_envs * _ROUND / timed(raw.step_all, actions)
        env_speed = config.num_envs * _ROUND / timed(step_all, env, actions)
        speeds.append((raw_speed, env_speed, env_speed / raw_speed))
    raw_speed, env_speed, ratio = (median(column) for column in zip(*speeds, strict=True))
    print(f"{args.preset} {args.task}, {config.num_envs} environments, {args.threads} threads")
    print(f"raw physics    {raw_speed:10,.0f} control steps/s")
    print(f"environment    {env_speed:10,.0f} control steps/s")
    print(f"ratio          {ratio:10.3f} (median of {args.rounds} rounds; {spread(speeds)})")
    env.close()


class RawPhysics:
    """The engine alone, on the environment's model with the same dead motors."""

    def __init__(self, env: LeggedEnv, threads: int) -> None:
        self._env = env
        self._batch = Batch(env.model, env.num_envs, nthread=threads)
        self._qpos, self._qvel, self._ctrl = (self._batch.bind(name) for name in ("qpos", "qvel", "ctrl"))
        self._gain, self._bias = (
            self._batch.expand(name) for name in ("actuator_gainprm", "actuator_biasprm")
        )
        names = [env.model.actuator(i).name for i in range(env.model.nu)]
        self._order = [env.joint_names.index(name) for name in names]

    def copy_states(self) -> None:
        source = self._env.physics._batch  # type: ignore[attr-defined]
        self._batch.reset(stage=0)
        for mine, name in ((self._qpos, "qpos"), (self._qvel, "qvel")):
            mine[:] = source.bind(name)
        self._gain[:], self._bias[:] = source.expand("actuator_gainprm"), source.expand("actuator_biasprm")

    def step_all(self, actions: torch.Tensor) -> None:
        default, scale = self._env._view.default_joint_pos, self._env.cfg.action_scale
        for targets in (default + scale * actions)[..., self._order].double().numpy():
            self._ctrl[:] = targets
            self._batch.step(nstep=self._env.cfg.decimation)


def step_all(env: LeggedEnv, actions: torch.Tensor) -> None:
    for action in actions:
        env.step(action)


def timed(function: object, *args: object) -> float:
    start = time.perf_counter()
    function(*args)  # type: ignore[operator]
    return time.perf_counter() - start


def spread(speeds: list[tuple[float, float, float]]) -> str:
    ratios = [ratio for _, _, ratio in speeds]
    return f"lowest {min(ratios):.3f}, highest {max(ratios):.3f}"


if __name__ == "__main__":
    main()
