"""Noise and steps become smaller in the part of a run that the settings say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symaug_trainer.annealing import anneal
from symaug_trainer.tasks import find_task
from symaug_trainer.train_config import trainer_settings
from tests.trainer.rollouts import make_runner, train_config
from tests.trainer.test_algorithm import small_env

SETTINGS = replace(
    trainer_settings("laptop", find_task("anymal_d/position/joint_failure")),
    init_std=0.6,
    final_std=0.15,
    desired_kl=0.02,
    final_kl=0.005,
    std_falls=(0.5, 0.9),
    kl_falls=(0.6, 1.0),
)


@pytest.mark.parametrize("algorithm", ["symaug_trainer:MemoryAugmentedPPO", "rsl_rl.algorithms:PPO"])
def test_both_fall_by_the_same_factor_in_equal_parts(algorithm):
    runner = make_runner(small_env(), train_config(algorithm))  # its noise is 0.6
    for progress, std, kl in (
        (0.0, 0.6, 0.02),
        (0.5, 0.6, 0.02),
        (0.7, 0.3, 0.01414),
        (0.8, 0.2121, 0.01),
        (1.0, 0.15, 0.005),
    ):
        anneal(runner.alg, SETTINGS, progress)
        found = runner.alg.actor.distribution.std_param
        assert found.tolist() == pytest.approx([std] * len(found), rel=1e-3)
        assert runner.alg.desired_kl == pytest.approx(kl, rel=1e-3)


def test_nothing_changes_without_final_values():
    runner = make_runner(small_env(), train_config())
    before = runner.alg.desired_kl
    anneal(runner.alg, replace(SETTINGS, final_std=None, final_kl=None), 1.0)
    assert runner.alg.desired_kl == before
    assert runner.alg.actor.distribution.std_param.tolist() == pytest.approx([0.6] * 12)
