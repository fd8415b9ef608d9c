"""What part of an update goes into transforms: `python benchmarks/update_share.py`.

The networks, the length of a rollout, epochs and mini-batches are the `paper` preset's; the environments are
fewer and show random numbers, because time depends on sizes alone. Updates with the compiled kernels and with
plain torch follow each other in turns, in one process. Running the recurrent nets over the images of a
rollout (`AugmentedMemory.advance`) is told apart from transforms.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import time
from collections import Counter
from collections.abc import Iterator
from statistics import median
from types import SimpleNamespace
from typing import Any

import torch
from rsl_rl.env import VecEnv
from rsl_rl.runners import OnPolicyRunner
from tensordict import TensorDict

import symaug
from symaug_trainer import algorithm
from symaug_trainer.augmentation import Images
from symaug_trainer.memory import AugmentedMemory
from symaug_trainer.process import keep_freed_memory
from symaug_trainer.tasks import find_policy, find_task
from symaug_trainer.train_config import rsl_rl_config, trainer_settings

TASKS = {"velocity": "anymal_d/velocity", "position": "anymal_d/position"}


class RandomEnv(VecEnv):
    """An environment of the right sizes that shows noise; an episode ends once in a hundred steps."""

    def __init__(self, num_envs: int, observations: int, actions: int) -> None:
        self.num_envs, self.num_actions, self.device = num_envs, actions, "cpu"
        self.max_episode_length, self.cfg = 1000, SimpleNamespace()
        self.episode_length_buf = torch.zeros(num_envs, dtype=torch.long)
        self._width = observations

    def get_observations(self) -> TensorDict:
        return TensorDict({"policy": torch.randn(self.num_envs, self._width)}, batch_size=[self.num_envs])

    def step(self, actions: torch.Tensor) -> Any:
        dones = (torch.rand(self.num_envs) < 0.01).long()
        extras = {"time_outs": torch.zeros(self.num_envs)}
        return self.get_observations(), torch.randn(self.num_envs), dones, extras


class Clock:
    """Seconds by label while a label's function runs; what runs inside another label counts for the inner."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._stack: list[str] = []
        self._since = 0.0

    @contextlib.contextmanager
    def __call__(self, label: str) -> Iterator[None]:
        self._close()
        self._stack.append(label)
        try:
            yield
        finally:
            self._close()
            self._stack.pop()

    def _close(self) -> None:
        now = time.perf_counter()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = now

    def around(self, owner: Any, name: str, label: str) -> None:
        function = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            advancing = "memory: nets run on the images" in self._stack
            with self(f"{label} (memory)" if advancing and label == "transforms" else label):
                return function(*args, **kwargs)

        setattr(owner, name, timed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="velocity", choices=TASKS)
    parser.add_argument("--envs", type=int, default=256)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--updates", type=int, default=3, help="of each kind")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    keep_freed_memory()

    settings = trainer_settings("paper", find_task(f"{TASKS[args.task]}/joint_failure"))
    program = symaug.compile(TASKS[args.task])
    widths = [program.space(name).width for name in ("observations/policy", "actions")]
    config = rsl_rl_config(find_policy("memory-aug"), settings, TASKS[args.task])
    clock = Clock()
    clock.around(Images, "of_observations", "transforms")
    clock.around(Images, "of_actions", "transforms")
    clock.around(AugmentedMemory, "advance", "memory: nets run on the images")
    clock.around(algorithm, "augment_batch", "repeating what is invariant")
    with contextlib.redirect_stdout(io.StringIO()):
        runner = OnPolicyRunner(RandomEnv(args.envs, *widths), config)

    found: dict[str, list[Counter[str]]] = {"compiled kernels": [], "plain torch": []}
    for number in range(2 * args.updates + 2):
        kind = list(found)[number % 2]
        with substitute() if kind == "plain torch" else contextlib.nullcontext():
            rollout(runner)
            clock.seconds.clear()
            with clock("the rest: rsl_rl's own update"):
                runner.alg.update()
        if number >= 2:  # the first of each kind warms up
            found[kind].append(clock.seconds.copy())

    print(f"{args.envs} environments x {settings.steps_per_env} steps, {widths[0]} observations, ", end="")
    print(
        f"LSTM {settings.lstm_width}, {settings.epochs} epochs of {settings.mini_batches} mini-batches, ",
        end="",
    )
    print(f"{len(program.group.elements)} elements, {args.threads} threads; median of {args.updates}\n")
    labels = list(dict.fromkeys(label for runs in found.values() for run in runs for label in run))
    print("| | " + " | ".join(found) + " |\n|---|" + "---:|" * len(found))
    whole = {kind: median(run.total() for run in runs) for kind, runs in found.items()}
    for label in labels:
        spent = {kind: median(run[label] for run in runs) for kind, runs in found.items()}
        cells = (f"{1e3 * spent[kind]:.1f} ms, {spent[kind] / whole[kind]:.2%}" for kind in found)
        print(f"| {label} | " + " | ".join(cells) + " |")
    print("| update | " + " | ".join(f"{whole[kind]:.2f} s" for kind in found) + " |")


def rollout(runner: OnPolicyRunner) -> None:
    env, alg = runner.env, runner.alg
    observations = env.get_observations()
    with torch.inference_mode():
        for _ in range(runner.cfg["num_steps_per_env"]):
            observations, rewards, dones, extras = env.step(alg.act(observations))
            alg.process_env_step(observations, rewards, dones, extras)
        alg.compute_returns(observations)


@contextlib.contextmanager
def substitute() -> Iterator[None]:
    """Transforms in plain torch operators, as where no kernel can be compiled."""
    original = symaug.Transform.orbit

    def orbit(self: Any, x: torch.Tensor, dim: int = 0, elements: Any = None) -> torch.Tensor:
        chosen = self._positions(self.elements if elements is None else elements)
        return self._runner.composed.orbit(x, chosen, dim)

    symaug.Transform.orbit = orbit  # type: ignore[method-assign]
    try:
        yield
    finally:
        symaug.Transform.orbit = original  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
