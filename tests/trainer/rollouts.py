"""Real environments and rsl_rl algorithms in miniature, shared by the trainer's tests."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import torch
from rsl_rl.env import VecEnv
from rsl_rl.runners import OnPolicyRunner

SPEC = "anymal_d/velocity"


def train_config(
    algorithm: str = "symaug_trainer:MemoryAugmentedPPO", *, recurrent: bool = True, **options
) -> dict:
    """A small rsl_rl configuration; `options` override keys of the algorithm, `normalize` and `rnn_type` the
    models'."""
    normalize = options.pop("normalize", False)
    rnn_type = options.pop("rnn_type", "lstm")
    network = {"class_name": "MLPModel", "hidden_dims": [16], "obs_normalization": normalize}
    if recurrent:
        network |= {"class_name": "RNNModel", "rnn_type": rnn_type, "rnn_hidden_dim": 8}
    if "MemoryAugmented" in algorithm:
        options.setdefault("memory_aug_cfg", {"spec": SPEC})
    noise = {"class_name": "GaussianDistribution", "init_std": 0.6, "std_type": "scalar"}
    return {
        "num_steps_per_env": 6,
        "save_interval": 100,
        "obs_groups": {"actor": ["policy"], "critic": ["policy"]},
        "algorithm": {"class_name": algorithm, "num_learning_epochs": 2, "num_mini_batches": 2, **options},
        "actor": {**network, "distribution_cfg": noise},
        "critic": network,
    }


def make_runner(env: VecEnv, config: dict, seed: int = 0) -> OnPolicyRunner:
    """rsl_rl's own runner, without its printing."""
    torch.manual_seed(seed)
    with contextlib.redirect_stdout(io.StringIO()):
        return OnPolicyRunner(env, config)


def iterate(runner: OnPolicyRunner, iterations: int) -> Iterator[dict[str, float]]:
    """Rollouts and updates as the runner does them; yields the losses of each update."""
    algorithm, env = runner.alg, runner.env
    obs = env.get_observations()
    for _ in range(iterations):
        with torch.inference_mode():
            for _ in range(runner.cfg["num_steps_per_env"]):
                obs, rewards, dones, extras = env.step(algorithm.act(obs))
                algorithm.process_env_step(obs, rewards, dones, extras)
            algorithm.compute_returns(obs)
        yield algorithm.update()
