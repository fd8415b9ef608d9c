"""MemoryAugmentedPPO against rsl_rl's own PPO, and its configuration."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from rsl_rl.algorithms import PPO
from rsl_rl.storage import RolloutStorage

import symaug
from symaug.diagnostics import UserError
from symaug_trainer.augmentation import FATES
from symaug_trainer.envs.config import preset
from symaug_trainer.envs.legged_env import LeggedEnv
from tests.trainer.rollouts import iterate, make_runner, train_config

IDENTITY = {"spec": "anymal_d/velocity", "elements": ["e"]}


def small_env(num_envs: int = 8, seed: int = 1) -> LeggedEnv:
    config = dataclasses.replace(preset("laptop", "velocity"), num_envs=num_envs, episode_s=0.2)
    return LeggedEnv(config, seed=seed, num_threads=1)


def losses(config: dict, iterations: int = 3) -> list[dict[str, float]]:
    return list(iterate(make_runner(small_env(), config), iterations))


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("recurrent", [True, False])
def test_identity_group_equals_rsl_rl_exactly(recurrent, normalize):
    plain = losses(train_config("rsl_rl.algorithms:PPO", recurrent=recurrent, normalize=normalize))
    ours = losses(train_config(recurrent=recurrent, normalize=normalize, memory_aug_cfg=IDENTITY))
    assert ours == plain


@pytest.mark.parametrize("recurrent", [True, False])
def test_whole_group_changes_the_losses(recurrent):
    plain = losses(train_config("rsl_rl.algorithms:PPO", recurrent=recurrent))
    assert losses(train_config(recurrent=recurrent)) != plain


def batches(runner, recurrent: bool, augmented: bool) -> list[RolloutStorage.Batch]:
    """The mini-batches that `PPO.update` is given, original or augmented."""
    seen: list[RolloutStorage.Batch] = []

    class Stop(Exception):
        pass

    def spy(self):
        name = "recurrent_mini_batch_generator" if recurrent else "mini_batch_generator"
        torch.manual_seed(5)
        seen.extend(getattr(self.storage, name)(2, 1))
        raise Stop

    original, PPO.update = PPO.update, spy
    try:
        with pytest.raises(Stop):
            list(iterate(runner, 1))
    finally:
        PPO.update = original
    return seen


def test_originals_come_first_and_untouched():
    for recurrent in (True, False):
        env_dim = 1 if recurrent else 0
        plain = batches(
            make_runner(small_env(), train_config(recurrent=recurrent, memory_aug_cfg=IDENTITY)),
            recurrent,
            False,
        )
        full = batches(make_runner(small_env(), train_config(recurrent=recurrent)), recurrent, True)
        for before, after in zip(plain, full, strict=True):
            for field, fate in FATES.items():
                a, b = getattr(before, field), getattr(after, field)
                if fate in ("transformed", "repeated") and a is not None:
                    a, b = (a["policy"], b["policy"]) if field == "observations" else (a, b)
                    assert b.shape[env_dim] == 4 * a.shape[env_dim], field
                    assert torch.equal(b.narrow(env_dim, 0, a.shape[env_dim]), a), field


def test_every_image_is_the_compiled_action_of_the_original():
    program = symaug.compile("anymal_d/velocity")
    for batch in batches(make_runner(small_env(), train_config()), True, True):
        for space, tensor in (
            ("observations/policy", batch.observations["policy"]),
            ("actions", batch.actions),
        ):
            blocks = tensor.chunk(4, dim=1)
            for element, block in zip(program.group.elements, blocks, strict=True):
                action = program.spaces[space].elements[element]
                expected = torch.tensor(action.sign) * blocks[0][..., list(action.index)]
                assert torch.equal(block, expected)


def test_every_field_of_a_batch_has_a_fate():
    assert set(vars(RolloutStorage.Batch())) == set(FATES)


def test_kl_and_entropy_are_those_of_the_originals(monkeypatch):
    runner = make_runner(small_env(), train_config())
    shapes = []
    kl = type(runner.alg.actor).get_kl_divergence

    def spy(self, old, new):
        shapes.append((old[0].shape, new[0].shape))
        return kl(self, old, new)

    monkeypatch.setattr(type(runner.alg.actor), "get_kl_divergence", spy)
    list(iterate(runner, 1))
    assert shapes and all(old == new == (6, 4, 12) for old, new in shapes)


@pytest.mark.parametrize("rnn_type", ["lstm", "gru"])
def test_gru_and_lstm_train_and_checkpoints_load_into_plain_ppo(rnn_type, tmp_path):
    runner = make_runner(small_env(), train_config(rnn_type=rnn_type, normalize=True))
    for loss in iterate(runner, 2):
        assert all(torch.isfinite(torch.tensor(value)) for value in loss.values())
    plain = make_runner(small_env(), train_config("rsl_rl.algorithms:PPO", rnn_type=rnn_type, normalize=True))
    plain.alg.load(runner.alg.save(), None, True)
    obs = runner.env.get_observations()
    runner.alg.actor.reset()
    with torch.no_grad():
        assert torch.equal(plain.alg.actor(obs), runner.alg.actor(obs))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"memory_aug_cfg": {"spec": "anymal_d/velocity", "elements": ["e", "sagital"]}}, "SA504"),
        (
            {"memory_aug_cfg": {"spec": "anymal_d/velocity", "elements": ["e", "sagittal", "transversal"]}},
            "SA709",
        ),
        ({"memory_aug_cfg": {"spec": "anymal_d/velocity", "elements": ["sagittal"]}}, "SA709"),
        ({"symmetry_cfg": {"data_augmentation_func": lambda *a: a}}, "SA709"),
    ],
)
def test_configurations_that_cannot_be_right_are_refused(options, code):
    with pytest.raises(UserError) as error:
        make_runner(small_env(), train_config(**options))
    assert error.value.diagnostics[0].code == code


def test_a_subgroup_augments_with_its_own_elements():
    options = {"memory_aug_cfg": {"spec": "anymal_d/velocity", "elements": ["e", "sagittal"]}}
    runner = make_runner(small_env(), train_config(**options))
    list(iterate(runner, 1))
    assert runner.alg.memories["actor"].state[0].shape == (1, 1, 8, 8)
