"""How long and with what settings a policy is trained, and the dictionary rsl_rl 5.x wants it in.

Two presets. `laptop`: sizes and rates that learn to walk in minutes on two CPU cores. `paper`: the numbers of
Bao et al. (CoRL 2025, appendix), meant for thousands of environments on a GPU.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import symaug
from symaug.diagnostics import UserError, did_you_mean
from symaug_trainer.tasks import Policy, Task

PRESETS = ("laptop", "paper")
"""Names of the presets; the environment has settings of the same names."""


@dataclass(frozen=True)
class TrainerSettings:
    """The numbers of one training run that are not the environment's.

    Attributes:
        iterations: default number of iterations (one rollout and one update each).
        steps_per_env: control steps of one rollout, per environment.
        save_interval: iterations between two checkpoints.
        learning_rate: the initial one; adapted to keep the KL divergence of an update near `desired_kl`.
        init_std: standard deviation of the actions before training.
        final_std, final_kl: what a limit on the actions' standard deviation and `desired_kl` fall to towards
            the end of a run; None leaves them.
        std_falls, kl_falls: between which shares of the run they fall.
        lstm_width: width of the actor's and of the critic's LSTM, for policies with memory.
        mlp_widths: hidden layers, after the LSTM or instead of it.
        normalize: whether observations are normalised by running statistics, symmetric under augmentation.
        privileged: whether the critic sees what the robot cannot (the task's `privileged_spec`).
        estimate: weight of the loss by which memories of privileged training learn to tell the failed joint.
    """

    iterations: int
    steps_per_env: int
    save_interval: int
    lstm_width: int
    gamma: float
    desired_kl: float
    entropy: float
    init_std: float
    mlp_widths: tuple[int, ...] = (128, 128, 128)
    normalize: bool = False
    privileged: bool = False
    estimate: float = 0.1
    epochs: int = 5
    mini_batches: int = 4
    learning_rate: float = 1e-3
    lam: float = 0.95
    clip: float = 0.2
    value_coef: float = 1.0
    max_grad_norm: float = 1.0
    final_std: float | None = None
    final_kl: float | None = None
    std_falls: tuple[float, float] = (0.6, 0.95)
    kl_falls: tuple[float, float] = (0.85, 1.0)


def trainer_settings(preset: str, task: Task) -> TrainerSettings:
    """The settings of `preset` for `task`.

    Raises:
        UserError: SA803 for an unknown preset.
    """
    if preset == "laptop":
        return TrainerSettings(
            iterations=960,
            steps_per_env=24,
            save_interval=20,
            lstm_width=128,
            mlp_widths=(128,),
            normalize=True,
            privileged=True,
            epochs=2,
            mini_batches=8,
            gamma=0.99,
            desired_kl=0.02,
            entropy=0.004,
            init_std=0.9,
            final_std=0.12,
            final_kl=0.005,
        )
    if preset == "paper":
        return TrainerSettings(
            iterations=2000 if task.setting == "position" else 500,
            steps_per_env=48 if task.setting == "position" else 24,
            save_interval=50,
            lstm_width=256,
            gamma=0.99,
            desired_kl=0.01,
            entropy=0.005,
            init_std=1.0,
        )
    raise UserError.of(
        "SA803",
        f"unknown preset `{preset}`",
        notes=(f"known: {', '.join(f'`{name}`' for name in PRESETS)}",),
        helps=did_you_mean(preset, list(PRESETS)),
    )


def rsl_rl_config(
    policy: Policy, settings: TrainerSettings, spec: str, critic_terms: Sequence[str] = ()
) -> dict:
    """The `train_cfg` of rsl_rl's OnPolicyRunner.

    Args:
        policy: chooses the network, and the algorithm.
        settings: the numbers.
        spec: what networks commute with, or rollouts are transformed by: a spec's name or path, or a compiled
            program's path.
        critic_terms: terms of the environment's group `critic`; without any the critic sees what the actor
            sees.

    Returns:
        Plain data (strings, numbers, lists), as rsl_rl copies it deeply.
    """
    return {
        "num_steps_per_env": settings.steps_per_env,
        "save_interval": settings.save_interval,
        "obs_groups": {"actor": ["policy"], "critic": ["critic" if critic_terms else "policy"]},
        "check_for_nan": False,  # ours names the observation term (runs/finite.py)
        "logger": "tensorboard",
        "algorithm": _algorithm(policy, settings, spec),
        "actor": {
            **_network(policy, settings, spec),
            **(_told(policy, settings, spec) if _HIDDEN in critic_terms else {}),
            "distribution_cfg": {
                "class_name": "GaussianDistribution",
                "init_std": settings.init_std,
                "std_type": "scalar",
            },
        },
        "critic": _network(policy, settings, spec),
    }


def _algorithm(policy: Policy, settings: TrainerSettings, spec: str) -> dict:
    # A free number of a tied network moves up to G weights, so its gradient's norm is √G times a plain
    # network's: clipped at √G times the limit, it learns as one whose tied weights are clipped at the limit.
    shared = math.sqrt(symaug.compile(spec).group.order) if policy.equivariant else 1.0
    ppo = {
        "class_name": "rsl_rl.algorithms:PPO",
        "num_learning_epochs": settings.epochs,
        "num_mini_batches": settings.mini_batches,
        "clip_param": settings.clip,
        "gamma": settings.gamma,
        "lam": settings.lam,
        "value_loss_coef": settings.value_coef,
        "use_clipped_value_loss": True,
        "entropy_coef": settings.entropy,
        "learning_rate": settings.learning_rate,
        "schedule": "adaptive",
        "desired_kl": settings.desired_kl,
        "max_grad_norm": settings.max_grad_norm * shared,
        "rnd_cfg": None,
        "symmetry_cfg": None,
    }
    if not policy.augmented:
        return ppo
    return {
        **ppo,
        "class_name": "symaug_trainer:MemoryAugmentedPPO",
        "memory_aug_cfg": {"spec": spec},
    }


_HIDDEN = "failed_joint"


def _told(policy: Policy, settings: TrainerSettings, spec: str) -> dict:
    """What makes an actor's memory learn to tell the failed joint; nothing for an actor without one."""
    if not policy.recurrent:
        return {}
    asked = {"estimate": {"group": "critic", "term": _HIDDEN, "weight": settings.estimate}}
    return (
        asked
        if policy.equivariant
        else {**asked, "class_name": "symaug_trainer:EstimatingRNNModel", "spec": spec}
    )


def _network(policy: Policy, settings: TrainerSettings, spec: str) -> dict:
    kind = "RNNModel" if policy.recurrent else "MLPModel"
    network: dict = {
        "class_name": f"rsl_rl.models:{kind}",
        "hidden_dims": list(settings.mlp_widths),
        "activation": "elu",
        "obs_normalization": settings.normalize,
    }
    if policy.equivariant:
        network |= {"class_name": f"symaug_trainer:Equivariant{kind}", "spec": spec}
    if policy.recurrent:
        network |= {"rnn_type": "lstm", "rnn_hidden_dim": settings.lstm_width, "rnn_num_layers": 1}
    return network
