"""What equivariance and augmentation cost beside a plain policy: `python benchmarks/update_cost.py`.

A stretch of the real environment is recorded once, with its falls and resets, and shown to every policy; each
acts in it, remembers and learns by itself. All have the same widths, epochs and mini-batches (the `laptop`
preset's) and take turns in one process. A ratio is the median of the ratios within a turn.

- update: rsl_rl's `PPO.update`. Tied weights are assembled once a mini-batch; the augmented policy runs its
  memories over the images first.
- acting: one step of actor and critic for all environments, without gradients; the mean over the steps of a
  rollout whose parameters are new, so that tied weights are assembled once in it.
- rollout: the same with sampling and storing, and the returns at its end; no physics.
- iteration: one rollout and one update.

Where `cusrl` 1.2.2 is installed, its recurrent PPO stands beside them, without and with its
`SymmetricDataAugmentation`, which steps the memories of the images during the rollout and joins the images to
every mini-batch. It is built of cusrl's own parts: LSTM and perceptron of the same widths, the hooks of its
PPO preset with the same coefficients, mini-batches over environments, and one `MirrorDef` for each element,
checked against our transforms. It is shown the same observations, rewards and ends of episodes, and draws its
own actions. Its ratios are to its own plain policy.

Not the same: it does not normalise observations (its normaliser takes a single mirror); values of the last
states, advantages and returns are part of its update, not of its rollout; it draws mini-batches at random,
evaluates the policy once more after an update to set its learning rate, and clips the gradients of actor and
critic together.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from types import SimpleNamespace
from typing import Any, Protocol

import torch
from cusrl_agent import INSTALL, cusrl, cusrl_agent
from rsl_rl.env import VecEnv
from rsl_rl.runners import OnPolicyRunner
from tensordict import TensorDict

import symaug
from symaug_trainer.envs.config import JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.process import keep_freed_memory
from symaug_trainer.tasks import find_policy, find_task
from symaug_trainer.train_config import TrainerSettings, rsl_rl_config, trainer_settings

TASK = find_task("anymal_d/position/joint_failure")
BASE = "memory-id"
POLICIES = (BASE, "memory-equivariant", "memory-aug")
PARTS = ("update", "acting", "rollout")


@dataclass(frozen=True)
class Recording:
    """Steps of the environment: `observations` has one more than the others."""

    observations: list[TensorDict]
    rewards: list[torch.Tensor]
    dones: list[torch.Tensor]
    time_outs: list[torch.Tensor]

    def steps(self) -> Iterator[tuple[TensorDict, TensorDict, torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Observation, next observation, reward, done, time-out of each step."""
        now, after = self.observations[:-1], self.observations[1:]
        return zip(now, after, self.rewards, self.dones, self.time_outs, strict=True)


class Learner(Protocol):
    """What is timed; `restore` is not. `update` learns from the last `rollout`."""

    def restore(self) -> None: ...
    def update(self) -> None: ...
    def acting(self) -> None: ...
    def rollout(self) -> None: ...


class Ours:
    def __init__(self, policy: str, settings: TrainerSettings, env: VecEnv, recording: Recording) -> None:
        self.alg = make_runner(policy, settings, env).alg
        self._recording, self._rate = recording, settings.learning_rate
        self.rollout()
        self.update()  # statistics and memories are no longer those of the first iteration
        self._saved = copy.deepcopy(self.alg.save())
        self.rollout()

    def restore(self) -> None:
        saved = copy.deepcopy(self._saved)
        self.alg._raw_actor.load_state_dict(saved["actor_state_dict"])
        self.alg._raw_critic.load_state_dict(saved["critic_state_dict"])
        self.alg.optimizer.load_state_dict(saved["optimizer_state_dict"])
        self.alg.learning_rate = self._rate

    def update(self) -> None:
        self.alg.update()

    @torch.inference_mode()
    def acting(self) -> None:
        for observation in self._recording.observations[:-1]:
            self.alg.actor(observation)
            self.alg.critic(observation)

    @torch.inference_mode()
    def rollout(self) -> None:
        self.alg.storage.clear()
        for now, after, reward, done, time_out in self._recording.steps():
            self.alg.act(now)
            self.alg.process_env_step(after, reward, done, {"time_outs": time_out})
        self.alg.compute_returns(self._recording.observations[-1])


class Theirs:
    def __init__(self, augmented: bool, settings: TrainerSettings, recording: Recording) -> None:
        program, example = symaug.compile(TASK.spec), recording.observations[0]["policy"]
        self.agent = cusrl_agent(settings, program, example, augmented=augmented)
        self._recording = recording
        self.rollout()
        self.update()
        self._saved = copy.deepcopy(self.agent.state_dict())
        self.rollout()

    def restore(self) -> None:
        self.agent.load_state_dict(copy.deepcopy(self._saved))

    def update(self) -> None:
        self.agent.update()

    @torch.no_grad()
    def acting(self) -> None:
        agent, memories = self.agent, {"actor": None, "critic": None}
        for observation in self._recording.observations[:-1]:
            for name, net in (("actor", agent.actor), ("critic", agent.critic)):
                options = {"sequential": False}
                options = {"backbone_kwargs": options} if name == "actor" else options
                memories[name] = net(observation["policy"], memory=memories[name], **options)[1]

    def rollout(self) -> None:
        for now, after, reward, done, time_out in self._recording.steps():
            self.agent.act(now["policy"])
            ends = (done.bool() & ~time_out.bool(), time_out.bool())
            self.agent.step(after["policy"], *(part.unsqueeze(1) for part in (reward, *ends)))


def main() -> None:
    parser = argparse.ArgumentParser(description="What equivariance and augmentation cost.")
    parser.add_argument("--envs", type=int, default=256)
    parser.add_argument("--lstm", type=int, help="width of the memories; the preset's by default")
    parser.add_argument(
        "--mlp", type=int, nargs="+", help="widths of the hidden layers; the preset's by default"
    )
    parser.add_argument("--updates", type=int, default=20, help="turns: one update of each policy in each")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    keep_freed_memory()

    settings = trainer_settings("laptop", TASK)
    settings = replace(settings, lstm_width=args.lstm or settings.lstm_width)
    settings = replace(settings, mlp_widths=tuple(args.mlp or settings.mlp_widths))
    env, recording = record(settings, args.envs)
    learners: dict[str, Learner] = {name: Ours(name, settings, env, recording) for name in POLICIES}
    bases: dict[str, str] = dict.fromkeys(POLICIES, BASE)
    if cusrl is not None:
        for name, augmented in (("cusrl", False), ("cusrl augmented", True)):
            learners[name], bases[name] = Theirs(augmented, settings, recording), "cusrl"

    # On one thread the process's own time leaves out what else the machine does.
    clock = time.process_time if args.threads == 1 else time.perf_counter
    turns = [take_turns(learners, clock, number) for number in range(args.updates + 1)][1:]
    report = {
        "environments": args.envs,
        "steps": settings.steps_per_env,
        "episodes_ended": int(torch.stack(recording.dones).sum()),
        "lstm": settings.lstm_width,
        "mlp": list(settings.mlp_widths),
        "epochs": settings.epochs,
        "mini_batches": settings.mini_batches,
        "turns": args.updates,
        "threads": args.threads,
        "policies": {name: figures(turns, name, bases[name], settings.steps_per_env) for name in learners},
    }
    print(json.dumps(report, indent=2) if args.json else as_text(report))


def make_runner(policy: str, settings: TrainerSettings, env: VecEnv) -> OnPolicyRunner:
    with contextlib.redirect_stdout(io.StringIO()):  # it prints both networks
        return OnPolicyRunner(env, rsl_rl_config(find_policy(policy), settings, TASK.spec))


def record(settings: TrainerSettings, envs: int) -> tuple[VecEnv, Recording]:
    """One rollout of an untrained policy after four others, and what a runner needs to know of the
    environment."""
    config = preset("laptop", TASK.setting, failure=JointFailureConfig(TASK.id_joints))
    env = LeggedEnv(replace(config, num_envs=envs), seed=0)
    alg = make_runner(BASE, settings, env).alg
    recording = Recording([], [], [], [])
    observation = env.get_observations()
    with torch.inference_mode():
        for step in range(5 * settings.steps_per_env):
            if step >= 4 * settings.steps_per_env:
                recording.observations.append(observation.clone())
            observation, reward, done, extras = env.step(alg.act(observation))
            alg.actor.reset(done)
            alg.critic.reset(done)
            if step >= 4 * settings.steps_per_env:
                recording.rewards.append(reward.clone())
                recording.dones.append(done.clone())
                recording.time_outs.append(extras["time_outs"].clone())
        recording.observations.append(observation.clone())
    env.close()
    return Recorded(env, recording.observations[0]), recording


class Recorded(VecEnv):
    """Sizes and a first observation; nothing steps it."""

    def __init__(self, env: LeggedEnv, observation: TensorDict) -> None:
        self.num_envs, self.num_actions, self.device = env.num_envs, env.num_actions, "cpu"
        self.max_episode_length, self.cfg = env.max_episode_length, SimpleNamespace()
        self.episode_length_buf = torch.zeros(env.num_envs, dtype=torch.long)
        self._observation = observation

    def get_observations(self) -> TensorDict:
        return self._observation

    def step(self, actions: torch.Tensor) -> Any:
        raise NotImplementedError


def take_turns(
    learners: dict[str, Learner], clock: Callable[[], float], number: int
) -> dict[str, dict[str, float]]:
    """Seconds by learner and part; every other turn goes through the learners backwards."""
    names = list(learners)[:: 1 if number % 2 else -1]
    seconds: dict[str, dict[str, float]] = {name: {} for name in names}
    for part in PARTS:
        for name in names:
            learners[name].restore()
            start = clock()
            getattr(learners[name], part)()
            seconds[name][part] = clock() - start
    for spent in seconds.values():
        spent["iteration"] = spent["update"] + spent["rollout"]
    return seconds


def figures(turns: list, name: str, base: str, steps: int) -> dict[str, dict[str, float]]:
    """Milliseconds and ratio to `base` of each part; acting of one step."""
    found = {}
    for part in (*PARTS, "iteration"):
        times = 1 if part != "acting" else steps
        found[part] = {
            "ms": 1e3 * median(turn[name][part] for turn in turns) / times,
            "ratio": median(turn[name][part] / turn[base][part] for turn in turns),
        }
    return found


def as_text(report: dict) -> str:
    lines = [
        "{environments} environments x {steps} steps, {episodes_ended} episodes end; LSTM {lstm}, MLP {mlp}; "
        "{epochs} epochs of {mini_batches} mini-batches; {threads} threads; median of {turns} turns".format(
            **report
        ),
        "",
        "| policy | " + " | ".join(f"{part} | ratio" for part in (*PARTS, "iteration")) + " |",
        "|---|" + "---:|" * (2 * len(PARTS) + 2),
    ]
    for name, parts in report["policies"].items():
        cells = (f"{part['ms']:.2f} ms | {part['ratio']:.2f}" for part in parts.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if cusrl is None:
        lines += ["", f"cusrl is not installed and not compared: {INSTALL}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
