"""Action noise and observation statistics commute with the group."""

from __future__ import annotations

import pytest
import torch

from symaug_trainer.noise import limit_noise
from tests.trainer.rollouts import iterate, make_runner, train_config
from tests.trainer.test_algorithm import small_env


def test_noise_stays_one_number_an_orbit_while_it_learns():
    runner = make_runner(small_env(), train_config())
    list(iterate(runner, 3))
    std = runner.alg.actor.distribution.std_param.detach().view(3, 4)  # HAA, HFE, KFE × four legs
    assert torch.equal(std, std[:, :1].expand(3, 4))
    assert len(set(std[:, 0].tolist())) == 3


def test_without_tying_the_noise_of_an_orbit_drifts_apart():
    runner = make_runner(small_env(), train_config("rsl_rl.algorithms:PPO"))
    list(iterate(runner, 3))
    std = runner.alg.actor.distribution.std_param.detach().view(3, 4)
    assert not torch.equal(std, std[:, :1].expand(3, 4))


@pytest.mark.parametrize("std_type", ["scalar", "log"])
def test_noise_is_lowered_to_the_limit_and_never_raised(std_type):
    config = train_config()
    config["actor"]["distribution_cfg"]["std_type"] = std_type
    runner = make_runner(small_env(), config)
    distribution = runner.alg.actor.distribution
    std = torch.linspace(0.2, 1.3, 12)
    with torch.no_grad():
        getattr(distribution, f"{'log_' * (std_type == 'log')}std_param").copy_(
            std.log() if std_type == "log" else std
        )
    limit_noise(runner.alg.actor, 0.7)
    runner.alg.actor(runner.env.get_observations(), stochastic_output=True)
    torch.testing.assert_close(runner.alg.actor.output_std[0], std.clamp(max=0.7))


def test_normaliser_commutes_with_the_group():
    runner = make_runner(small_env(), train_config(normalize=True))
    list(iterate(runner, 2))
    model, transform = runner.alg.actor, runner.alg.images.observations["policy"]
    x = torch.randn(5, 48)
    for element in runner.alg.images.elements:
        torch.testing.assert_close(
            model.obs_normalizer(transform.apply(x, element)),
            transform.apply(model.obs_normalizer(x), element),
        )


def test_plain_normaliser_does_not():
    runner = make_runner(small_env(), train_config("rsl_rl.algorithms:PPO", normalize=True))
    list(iterate(runner, 2))
    ours = make_runner(small_env(), train_config(normalize=True))
    transform = ours.alg.images.observations["policy"]
    normalise, x = runner.alg.actor.obs_normalizer, torch.randn(5, 48)
    assert (
        normalise(transform.apply(x, "sagittal")) - transform.apply(normalise(x), "sagittal")
    ).abs().max() > 0.1


def test_a_normalised_actor_still_exports():
    runner = make_runner(small_env(), train_config(normalize=True))
    list(iterate(runner, 1))
    exported = torch.jit.script(runner.alg.get_policy().as_jit())
    obs = runner.env.get_observations()
    runner.alg.actor.reset()
    with torch.no_grad():
        torch.testing.assert_close(exported(obs["policy"][:1]), runner.alg.actor(obs)[:1])
