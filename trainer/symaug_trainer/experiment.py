"""Train a policy on a task, into a run folder; or go on with a run. `symaug train` calls this, and so can a
script.

from symaug_trainer.experiment import TrainRequest, train

result = train(TrainRequest("anymal_d/velocity/joint_failure", minutes=5))
print(result.run)
"""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path

import torch

import symaug
from symaug.diagnostics import UserError
from symaug_trainer.annealing import anneal
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.layout import require_same_layout
from symaug_trainer.process import keep_freed_memory
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.folder import PROGRAM, RunConfig, RunFolder
from symaug_trainer.runs.listener import Listener
from symaug_trainer.runs.plain_data import from_plain_data
from symaug_trainer.runs.runner import Iteration, Runner
from symaug_trainer.runs.stopping import StopConditions, StoppedBy
from symaug_trainer.tasks import DEFAULT_POLICY, find_policy, find_task
from symaug_trainer.train_config import TrainerSettings, rsl_rl_config, trainer_settings


@dataclass(frozen=True)
class TrainRequest:
    """What to train.

    Attributes:
        task: an id of `symaug_trainer.tasks.TASKS`.
        policy: a name of `symaug_trainer.tasks.POLICIES`.
        preset: `laptop` or `paper`.
        seed: of networks, environment and action noise.
        iterations: when the run is complete; None for the preset's number.
        minutes: budget of wall time of this call; None for no limit.
        run_dir: the run's folder; None for `runs/TASK/POLICY-PRESET-seedN-TIME`.
        spec: name or path of another spec than the task's own.
        num_envs: number of environments; None for the preset's.
    """

    task: str
    policy: str = DEFAULT_POLICY
    preset: str = "laptop"
    seed: int = 0
    iterations: int | None = None
    minutes: float | None = None
    run_dir: Path | None = None
    spec: str | None = None
    num_envs: int | None = None


@dataclass(frozen=True)
class RunResult:
    """How a call of `train` or `resume` ended.

    Attributes:
        run: the run's folder.
        checkpoint: the last checkpoint in it.
        iterations: completed since the run began.
        stopped_by: `iterations` (complete), `minutes` (budget spent) or `signal` (Ctrl-C or SIGTERM).
        signal: the number of that signal.
        last: what the last iteration of this call showed.
    """

    run: Path
    checkpoint: Path
    iterations: int
    stopped_by: StoppedBy
    signal: int | None
    last: Iteration | None


def train(request: TrainRequest, listener: Listener | None = None) -> RunResult:
    """Start a run and train until it is complete, its minutes are spent, or the process is asked to stop.

    Raises:
        UserError: unknown names (SA801, SA802, SA803), numbers out of range (SA804), a wrong spec (its own
            codes), a spec that does not describe the environment (SA706), a folder or file that cannot be
            written (SA701, SA702).
        Diverged: a number became NaN or infinite (SA705).
    """
    task, policy = find_task(request.task), find_policy(request.policy)
    settings = trainer_settings(request.preset, task)
    _require_positive("--iterations", request.iterations)
    _require_positive("--minutes", request.minutes)
    _require_enough_envs(request.num_envs, settings)
    spec = request.spec or (task.privileged_spec if settings.privileged else task.spec)
    program = symaug.compile(spec)
    env_config = preset(request.preset, task.setting, failure=JointFailureConfig(policy.failing_joints(task)))
    critic = program.spaces.get("observations/critic")
    env_config = replace(
        env_config,
        num_envs=request.num_envs or env_config.num_envs,
        critic=tuple(term.name for term in critic.terms) if critic else (),
    )
    config = RunConfig(
        task=task.id,
        policy=policy.name,
        preset=request.preset,
        seed=request.seed,
        iterations=request.iterations or settings.iterations,
        spec=spec,
        env=asdict(env_config),
        trainer=asdict(settings),
        versions=_versions(),
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    env = _make_env(env_config, request.seed)
    try:
        require_same_layout(program, env)
        folder = RunFolder.create(request.run_dir or _default_folder(config))
        folder.write(PROGRAM, program.to_json())
        folder.write_config(config)
        return _run(folder, config, env, None, request.minutes, listener or Listener())
    finally:
        env.close()


def resume(
    run: Path,
    *,
    iterations: int | None = None,
    minutes: float | None = None,
    listener: Listener | None = None,
) -> RunResult:
    """Go on with a run from its last checkpoint; simulation and memory start anew, networks and optimiser do
    not.

    Args:
        run: the run's folder, or one of its checkpoints to go back to; later ones are then set aside
            (`model_40.pt.superseded`).
        iterations: the new total, instead of the one the run was started with.
        minutes: as in TrainRequest.
        listener: as in `train`.

    Raises:
        UserError: SA702 no run, SA703 no checkpoint, SA704 a damaged one, SA707 nothing left to do, SA701 no
            writing.
        Diverged: SA705.
    """
    _require_positive("--iterations", iterations)
    _require_positive("--minutes", minutes)
    folder, checkpoint = checkpoints.locate(run)
    config = folder.read_config()
    first = checkpoints.read(checkpoint)["iter"] + 1
    total = iterations or config.iterations
    if first >= total:
        raise UserError.of(
            "SA707",
            f"`{folder.path}` has completed its {first} iterations",
            helps=(f"ask for more in all: `symaug train --resume {folder.path} --iterations {2 * first}`",),
        )
    env = _make_env(
        from_plain_data(EnvConfig, config.env), config.seed + first
    )  # other episodes than at first
    try:
        checkpoints.set_aside_later_ones(folder, checkpoint)
        folder.keep_metrics_until(first - 1)
        config = replace(config, iterations=total)
        folder.write_config(config)
        return _run(folder, config, env, checkpoint, minutes, listener or Listener())
    finally:
        env.close()


def _run(
    folder: RunFolder,
    config: RunConfig,
    env: LeggedEnv,
    checkpoint: Path | None,
    minutes: float | None,
    listener: Listener,
) -> RunResult:
    last: Iteration | None = None

    def after_iteration(iteration: Iteration) -> None:
        nonlocal last
        last = iteration
        progress = max(stop.spent(), (iteration.iteration + 1) / config.iterations)
        anneal(runner.alg, settings, progress)
        listener.on_iteration(iteration)
        if iteration.iteration + 1 < config.iterations:
            stop.check()

    keep_freed_memory()
    policy = find_policy(config.policy)
    settings = from_plain_data(TrainerSettings, config.trainer)
    rsl_rl = rsl_rl_config(policy, settings, str(folder.path / PROGRAM), env.cfg.critic)
    runner = Runner(env, rsl_rl, folder, on_iteration=after_iteration)
    if checkpoint is not None:
        runner.load(str(checkpoint))
    first = runner.current_learning_iteration
    with StopConditions(minutes, listener.on_stop_requested) as stop:
        listener.on_start(folder.path, config, first)
        # Random ages spread the first resets out; where time is observed, episodes start at zero.
        spread = find_task(config.task).setting == "velocity"
        runner.learn(config.iterations - first, init_at_random_ep_len=spread)
    return RunResult(
        run=folder.path,
        checkpoint=folder.checkpoints()[-1],
        iterations=runner.current_learning_iteration + 1,
        stopped_by=stop.stopped_by,
        signal=stop.signal if stop.stopped_by == "signal" else None,
        last=last,
    )


def _make_env(config: EnvConfig, seed: int) -> LeggedEnv:
    torch.manual_seed(seed)
    return LeggedEnv(config, seed=seed)


def _default_folder(config: RunConfig) -> Path:
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    name = f"{config.policy}-{config.preset}-seed{config.seed}-{stamp}"
    return Path("runs") / config.task.replace("/", "-") / name


def _versions() -> dict[str, str]:
    packages = {"torch": "torch", "rsl_rl": "rsl-rl-lib", "mujoco": "mujoco"}
    others = {name: metadata.version(distribution) for name, distribution in packages.items()}
    return {"symaug": symaug.__version__, "python": platform.python_version(), **others}


def _require_positive(option: str, value: float | None) -> None:
    if value is not None and value <= 0:
        raise UserError.of("SA804", f"`{option}` must be more than 0, not {value:g}")


def _require_enough_envs(num_envs: int | None, settings: TrainerSettings) -> None:
    least = (
        2 * settings.mini_batches
    )  # rsl_rl drops the batch dimension of a recurrent mini-batch with one environment
    if num_envs is not None and (num_envs < least or num_envs % settings.mini_batches):
        raise UserError.of(
            "SA804",
            f"`--num-envs` must be a multiple of {settings.mini_batches}, at least {least}, not {num_envs}",
            notes=(f"a rollout is cut into {settings.mini_batches} mini-batches of whole environments",),
        )
