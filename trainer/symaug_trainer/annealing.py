"""Towards its end a run explores less and takes smaller steps.

Late in a run two things keep a policy from its best. It learns to survive its own noise, which the mean
policy does not have: a quarter of a radian throws over a robot that goes on three legs. And steps of one size
keep it moving about what it has found: without smaller ones, success with a dead joint was 68 % at 1.36
million steps and 53 % at 1.72 million (one run, docs/results.md).
"""

from __future__ import annotations

from rsl_rl.algorithms import PPO

from symaug_trainer.noise import limit_noise
from symaug_trainer.train_config import TrainerSettings


def anneal(algorithm: PPO, settings: TrainerSettings, progress: float) -> None:
    """Set the limit on the actions' standard deviations and the KL divergence of an update that are due now.

    Both fall geometrically, from their initial values to the final ones, each over its part of the run.

    Args:
        algorithm: changed in place.
        settings: the run's; without final values nothing changes.
        progress: how much of the run is done, 0 to 1.
    """
    if settings.final_std is not None:
        std = _between(settings.init_std, settings.final_std, progress, settings.std_falls)
        limit_noise(algorithm.actor, std)
    if settings.final_kl is not None:
        algorithm.desired_kl = _between(settings.desired_kl, settings.final_kl, progress, settings.kl_falls)


def _between(first: float, last: float, progress: float, part: tuple[float, float]) -> float:
    start, end = part
    done = min(max((progress - start) / (end - start), 0.0), 1.0)
    return first * (last / first) ** done
