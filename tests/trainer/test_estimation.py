"""A memory learns to tell what is hidden, by a loss that rides along and leaves everything else as it was."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from tensordict import TensorDict
from torch import nn

import symaug
from symaug.diagnostics import UserError
from symaug_trainer.envs.config import JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.estimation import Estimate, EstimatingRNNModel, Estimator, asked_for
from tests.trainer.rollouts import iterate, make_runner, train_config

SPEC = "anymal_d/velocity_privileged"
ASKED = {"group": "critic", "term": "failed_joint"}
CRITIC = tuple(term.name for term in symaug.compile(SPEC).space("observations/critic").terms)


def env(num_envs: int = 16) -> LeggedEnv:
    config = preset("laptop", "velocity", failure=JointFailureConfig(("LF_HAA", "LF_HFE", "LF_KFE"), 0.8))
    config = dataclasses.replace(config, num_envs=num_envs, episode_s=0.4, critic=CRITIC)
    return LeggedEnv(config, seed=1, num_threads=1)


def config(model: str, algorithm: str = "rsl_rl.algorithms:PPO", **estimate) -> dict:
    made = train_config(algorithm, normalize=True, **_augmented(algorithm))
    made["obs_groups"] = {"actor": ["policy"], "critic": ["critic"]}
    for name in ("actor", "critic"):
        made[name] |= {"class_name": f"symaug_trainer:{model}", "spec": SPEC}
    made["actor"]["estimate"] = {**ASKED, **estimate}
    return made


def _augmented(algorithm: str) -> dict:
    return {"memory_aug_cfg": {"spec": SPEC}} if "MemoryAugmented" in algorithm else {}


def test_the_loss_rides_along_and_hands_the_memory_on():
    head, columns = nn.Linear(8, 3), slice(2, 5)
    estimator = Estimator(head, Estimate("critic", "flags", weight=0.3), columns)
    remembered = torch.randn(4, 5, 8, requires_grad=True)
    hidden = torch.zeros(4, 5, 7)
    hidden[..., 2:5] = torch.randint(0, 2, (4, 5, 3)).float()
    obs, masks = TensorDict({"critic": hidden}, [4, 5]), torch.ones(4, 5, dtype=torch.bool)
    seen = estimator.ride_along(remembered, obs, masks)
    assert torch.equal(seen, remembered)
    seen.square().sum().backward()
    told = {"memory": remembered.grad, **{name: p.grad for name, p in head.named_parameters()}}

    again = remembered.detach().clone().requires_grad_()
    head.zero_grad()
    wrong = nn.functional.binary_cross_entropy_with_logits(head(again), hidden[..., 2:5], reduction="none")
    (again.square().sum() + 0.3 * wrong.sum(-1).mean()).backward()
    expected = {"memory": again.grad, **{name: p.grad for name, p in head.named_parameters()}}
    for name, gradient in expected.items():
        torch.testing.assert_close(told[name], gradient)


def flags_told(algorithm, world: LeggedEnv) -> float:
    """The cross-entropy of a rollout, without learning from it."""
    model, losses = algorithm.actor, []
    model.reset()
    with torch.no_grad():
        for _ in range(15):
            obs = world.get_observations()
            model(obs)
            logits = model.estimator.head(model.get_hidden_state()[0][-1])
            flags = obs["critic"][:, model.estimator.columns]
            losses.append(nn.functional.binary_cross_entropy_with_logits(logits, flags))
            _, _, dones, _ = world.step(0.6 * torch.randn(world.num_envs, 12))
            model.reset(dones)
    return float(torch.stack(losses).mean())


@pytest.mark.parametrize("model", ["EstimatingRNNModel", "EquivariantRNNModel"])
def test_a_memory_comes_to_tell_which_joint_is_dead(model):
    runner = make_runner(env(), config(model, weight=1.0))
    before = flags_told(runner.alg, env())
    list(iterate(runner, 25))
    assert flags_told(runner.alg, env()) < 0.7 * before


def test_the_loss_is_for_learning_alone():
    runner = make_runner(env(), config("EstimatingRNNModel"))
    without = TensorDict({"policy": torch.randn(3, 48)}, [3])
    with torch.inference_mode():
        runner.alg.actor(without)  # a robot has no critic's group
    exported = torch.jit.script(runner.alg.actor.as_jit())
    assert not any("estimator" in name for name, _ in exported.named_parameters())


def test_it_leaves_the_symmetry_alone_and_commutes_itself():
    runner = make_runner(env(), config("EquivariantRNNModel"))
    list(iterate(runner, 10))
    program, model = symaug.compile(SPEC), runner.alg.actor
    seen = symaug.Transform(program.space("observations/policy"), program.group)
    action = symaug.Transform(program.space("actions"), program.group)
    flags = symaug.Transform(asked_for(program, ASKED)[1], program.group)
    x = torch.randn(6, 48)

    def answers(observation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        model.reset()
        with torch.no_grad():
            acted = model(TensorDict({"policy": observation}, [6]))
            return acted, model.estimator.head(model.get_hidden_state()[0][-1])

    acted, told = answers(x)
    for element in program.group.elements:
        there, told_there = answers(seen.apply(x, element))
        torch.testing.assert_close(there, action.apply(acted, element), atol=1e-5, rtol=0)
        torch.testing.assert_close(told_there, flags.apply(told, element), atol=1e-5, rtol=0)


def test_images_are_told_their_own_dead_joint():
    """With augmentation: the flags of an image are the image of the flags, and a symmetric start holds."""
    algorithm = "symaug_trainer:MemoryAugmentedPPO"
    runner = make_runner(env(), config("EstimatingRNNModel", algorithm))
    assert isinstance(runner.alg.actor, EstimatingRNNModel)
    list(iterate(runner, 3))
    obs = env().get_observations()
    images = runner.alg.images.of_observations(obs, dim=0)["critic"]
    flags = images[:, runner.alg.actor.estimator.columns].view(4, 16, 12)
    legs = flags.view(4, 16, 3, 4).sum((1, 2))  # joints by kind, then LF LH RF RH
    assert (legs[0] > 0).tolist() == [True, False, False, False]
    assert (legs.argmax(1).sort().values == torch.arange(4)).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"term": "failed_jont"}, "`failed_joint`"), ({"group": "teacher"}, "observations/teacher")],
)
def test_what_the_spec_does_not_have_is_refused(wrong, words):
    with pytest.raises(UserError, match="SA706") as caught:
        make_runner(env(), config("EquivariantRNNModel", **wrong))
    (diagnostic,) = caught.value.diagnostics
    assert words in " ".join((diagnostic.message, *diagnostic.helps))


def test_the_critics_group_is_what_is_true_and_the_dead_joint():
    world = env()
    obs = world.get_observations()
    assert world.critic_terms[-1] == ("failed_joint", 12)
    names = {name: k for k, name in enumerate(world.joint_names)}
    assert {*world.failed_joint.tolist()} <= {-1, names["LF_HAA"], names["LF_HFE"], names["LF_KFE"]}
    flags = obs["critic"][:, -12:]
    for row, joint in zip(flags, world.failed_joint.tolist(), strict=True):
        assert row.tolist() == [float(k == joint) for k in range(12)]
    noise = (obs["policy"] - obs["critic"][:, :48]).abs()
    assert torch.all(noise <= world._noise_width + 1e-6) and noise.max() > 0.1
