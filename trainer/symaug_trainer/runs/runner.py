"""rsl_rl's runner, taught to write whole checkpoints, to report instead of print, and to stop when asked."""

from __future__ import annotations

import contextlib
import io
import os
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # rsl_rl imports GitPython, which wants a git program

import torch
from rsl_rl.runners import OnPolicyRunner
from rsl_rl.utils.logger import Logger

from symaug.diagnostics import UserError
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.finite import Diverged, FiniteEnv, NotFinite, require_finite_update
from symaug_trainer.runs.folder import RunFolder, writing
from symaug_trainer.threads import torch_threads, update_threads


@dataclass(frozen=True)
class Iteration:
    """What one iteration (rollout and update) showed; one line of `metrics.jsonl`.

    Attributes:
        iteration: its number, from 0.
        steps: control steps of all environments since the run began.
        seconds: time spent training since the run began, without interruptions.
        steps_per_second: of this iteration.
        mean_return, episode_length: over the last 100 finished episodes; None before the first.
        learning_rate: after the update.
        action_std: mean over the joints.
        metrics: what the environment logged, averaged over the rollout.
        losses: what the update returned.
    """

    iteration: int
    steps: int
    seconds: float
    steps_per_second: float
    mean_return: float | None
    episode_length: float | None
    learning_rate: float
    action_std: float
    metrics: dict[str, float] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict:
        """The fields as plain data."""
        return asdict(self)


class StopTraining(Exception):
    """Raised by an `on_iteration` callback: save and end the run here."""


class Runner(OnPolicyRunner):
    """An OnPolicyRunner that writes into a RunFolder.

    Args:
        env: the environment.
        train_cfg: see `symaug_trainer.train_config`.
        folder: where checkpoints, events and metrics go.
        on_iteration: called after each iteration; may raise StopTraining.
        device: of the networks.
    """

    def __init__(
        self,
        env: LeggedEnv,
        train_cfg: dict,
        folder: RunFolder,
        on_iteration: Callable[[Iteration], None],
        device: str = "cpu",
    ) -> None:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints both networks
            watched = FiniteEnv(env, env.observation_terms)
            super().__init__(watched, train_cfg, log_dir=str(folder.path), device=device)
        self.alg.update = torch_threads(update_threads())(self.alg.update)
        self.folder = folder
        self._on_iteration = on_iteration
        self._under_way = 0
        self.logger = _Reporter(
            self._after_iteration,
            log_dir=str(folder.path),
            cfg=self.cfg,
            env_cfg=env.cfg,
            num_envs=env.num_envs,
            is_distributed=self.is_distributed,
            gpu_world_size=self.gpu_world_size,
            gpu_global_rank=self.gpu_global_rank,
            device=device,
        )

    def learn(self, num_learning_iterations: int, init_at_random_ep_len: bool = False) -> None:
        """Train for so many iterations, or until `on_iteration` raises StopTraining; either way, save at the
        end.

        Raises:
            Diverged: a number was not finite; nothing of that iteration is saved.
            UserError: SA701 where a file cannot be written.
        """
        self._under_way = self.current_learning_iteration
        try:
            with writing(self.folder.path), torch_threads(1):  # TensorBoard's events; rollouts
                super().learn(num_learning_iterations, init_at_random_ep_len)
        except StopTraining:
            self.save(str(self.folder.path / f"model_{self.current_learning_iteration}.pt"))
        except NotFinite as found:
            raise self._diverged(str(found)) from None
        except RuntimeError:  # torch refuses to sample with NaN parameters in the middle of an update
            try:
                require_finite_update(self.alg, {})
            except NotFinite as found:
                raise self._diverged(str(found)) from None
            raise
        finally:
            if self.logger.writer is not None:
                self.logger.writer.close()  # type: ignore[attr-defined]

    def save(self, path: str, infos: dict | None = None) -> None:
        """Write a checkpoint in rsl_rl's format, whole or not at all.

        `infos` gets the steps and seconds so far, so that a resumed run counts on.
        """
        counted = {"steps": self.logger.tot_timesteps, "seconds": self.logger.tot_time}
        checkpoint = {
            **self.alg.save(),
            "iter": self.current_learning_iteration,
            "infos": {**counted, **(infos or {})},
        }
        self.folder.write(Path(path).name, checkpoints.to_bytes(checkpoint))

    def load(
        self, path: str, load_cfg: dict | None = None, strict: bool = True, map_location: str | None = None
    ) -> dict:
        """Take up a checkpoint; training goes on with the iteration *after* it (rsl_rl itself repeats the
        saved one).

        Raises:
            UserError: SA704 where the file is damaged or does not fit the networks.
        """
        checkpoint = checkpoints.read(Path(path))
        try:
            counts = self.alg.load(checkpoint, load_cfg, strict)
        except (RuntimeError, ValueError, KeyError) as error:
            raise UserError.of(
                "SA704",
                f"the checkpoint `{path}` does not fit this run's networks",
                notes=tuple(line.strip() for line in str(error).splitlines()[:4]),
                helps=("it comes from a run with other settings; use a checkpoint of this run",),
            ) from error
        if counts:
            self.current_learning_iteration = checkpoint["iter"] + 1
        infos = checkpoint.get("infos") or {}
        self.logger.tot_timesteps = infos.get("steps", 0)
        self.logger.tot_time = infos.get("seconds", 0.0)
        return infos

    def _after_iteration(self, iteration: Iteration) -> None:
        require_finite_update(self.alg, iteration.losses)
        self._under_way = iteration.iteration + 1
        self.folder.append_metrics(iteration.to_json())
        self._on_iteration(iteration)

    def _diverged(self, culprit: str) -> Diverged:
        saved = self.folder.checkpoints()
        last = f"the last good checkpoint is `{saved[-1]}`" if saved else "no checkpoint was written yet"
        return Diverged.of(
            "SA705",
            f"training diverged: {culprit} became NaN or infinite in iteration {self._under_way}",
            notes=(last,),
            helps=("resume from it, or train with another seed; a smaller learning rate makes this rarer",),
        )


class _Reporter(Logger):
    """Writes TensorBoard events as rsl_rl does, and hands the numbers on instead of printing them."""

    def __init__(self, report: Callable[[Iteration], None], **kwargs) -> None:
        super().__init__(**kwargs)
        self._report = report

    def log(
        self,
        it: int,
        start_it: int,
        total_it: int,
        collect_time: float,
        learn_time: float,
        loss_dict: dict,
        learning_rate: float,
        action_std: torch.Tensor,
        *args,
        **kwargs,
    ) -> None:
        logged = _means(self.ep_extras)
        steps_before = self.tot_timesteps
        with contextlib.redirect_stdout(io.StringIO()):
            super().log(
                it,
                start_it,
                total_it,
                collect_time,
                learn_time,
                loss_dict,
                learning_rate,
                action_std,
                *args,
                **kwargs,
            )
        self._report(
            Iteration(
                iteration=it,
                steps=self.tot_timesteps,
                seconds=round(self.tot_time, 3),
                steps_per_second=round((self.tot_timesteps - steps_before) / (collect_time + learn_time), 1),
                mean_return=statistics.fmean(self.rewbuffer) if self.rewbuffer else None,
                episode_length=statistics.fmean(self.lenbuffer) if self.lenbuffer else None,
                learning_rate=float(learning_rate),
                action_std=action_std.mean().item(),
                metrics=logged,
                losses={name: float(value) for name, value in loss_dict.items()},
            )
        )

    def _store_code_state(self) -> list[str]:
        return []  # would run the git program, which a laptop may lack; config.json says which versions ran


def _means(records: list[dict]) -> dict[str, float]:
    """Each key's mean over the records that have it."""
    values: dict[str, list[float]] = {}
    for record in records:
        for key, value in record.items():
            values.setdefault(key, []).append(torch.as_tensor(value, dtype=torch.float32).mean().item())
    return {key: statistics.fmean(found) for key, found in values.items()}
