from __future__ import annotations

import pytest

import symaug
from symaug.diagnostics import UserError
from symaug_trainer.envs.config import preset
from symaug_trainer.tasks import POLICIES, TASKS, find_policy, find_task
from symaug_trainer.train_config import PRESETS, rsl_rl_config, trainer_settings

FAILURE = "anymal_d/velocity/joint_failure"


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.id)
def test_a_task_names_an_environment_and_a_spec_with_the_same_layout_and_failures(task):
    program = symaug.compile(task.spec)
    terms = tuple(term.name for term in program.space("observations/policy").terms)
    for name in PRESETS:
        assert preset(name, task.setting).observations == terms
    assert set(task.id_joints) | set(task.ood_joints) == set(program.joint_order)
    if task.variation == "joint_failure":
        assert tuple(f"fail({joint})" for joint in task.id_joints) == program.tasks.train
        assert {f"fail({joint})" for joint in (*task.id_joints, *task.ood_joints)} == set(program.tasks.test)


def test_id_is_the_left_front_leg_and_ood_the_other_nine_joints():
    task = find_task(FAILURE)
    assert task.id_joints == ("LF_HAA", "LF_HFE", "LF_KFE")
    assert len(task.ood_joints) == 9
    assert not any(joint.startswith("LF") for joint in task.ood_joints)
    assert task.conditions[0] == "none"
    assert len(task.conditions) == 13


def test_only_rand_trains_on_other_legs_and_without_failures_nobody_does():
    for name, policy in POLICIES.items():
        assert len(policy.failing_joints(TASKS[FAILURE])) == (12 if name.endswith("rand") else 3)
        assert policy.failing_joints(TASKS["anymal_d/velocity/none"]) == ()


def test_a_mistyped_task_or_policy_gets_the_nearest_name_and_the_list():
    with pytest.raises(UserError) as caught:
        find_task("anymal_d/velocty/joint_failure")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "SA801"
    assert FAILURE in diagnostic.helps[0]
    assert all(name in diagnostic.notes[0] for name in TASKS)
    with pytest.raises(UserError, match=r"SA802.*memory-ag"):
        find_policy("memory-ag")
    with pytest.raises(UserError, match="SA803"):
        trainer_settings("labtop", TASKS[FAILURE])


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)
@pytest.mark.parametrize("name", PRESETS)
def test_the_policy_chooses_network_and_algorithm(policy, name):
    config = rsl_rl_config(policy, trainer_settings(name, TASKS[FAILURE]), "anymal_d/velocity")
    network = "RNNModel" if policy.name.startswith("memory") else "MLPModel"
    if policy.name.endswith("equivariant"):
        network = f"symaug_trainer:Equivariant{network}"
        assert config["actor"]["spec"] == config["critic"]["spec"] == "anymal_d/velocity"
    assert config["actor"]["class_name"].endswith(network)
    assert config["critic"]["class_name"].endswith(network)
    limit = 2.0 if policy.name.endswith("equivariant") else 1.0  # √4 for a tied network's free numbers
    assert config["algorithm"]["max_grad_norm"] == limit
    if policy.name.endswith("aug"):
        assert config["algorithm"]["class_name"] == "symaug_trainer:MemoryAugmentedPPO"
        assert config["algorithm"]["memory_aug_cfg"] == {"spec": "anymal_d/velocity"}
    else:
        assert config["algorithm"]["class_name"] == "rsl_rl.algorithms:PPO"
        assert "memory_aug_cfg" not in config["algorithm"]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)
def test_with_a_group_for_the_critic_memories_learn_to_tell_the_failed_joint(policy):
    terms = ("joint_pos", "failed_joint")
    config = rsl_rl_config(policy, trainer_settings("laptop", TASKS[FAILURE]), "anymal_d/velocity", terms)
    assert config["obs_groups"] == {"actor": ["policy"], "critic": ["critic"]}
    assert ("estimate" in config["actor"]) == policy.recurrent and "estimate" not in config["critic"]
    if policy.recurrent and not policy.equivariant:
        assert config["actor"]["class_name"] == "symaug_trainer:EstimatingRNNModel"


def test_the_paper_preset_has_the_papers_numbers():
    for setting, steps in (("velocity", 24), ("position", 48)):
        settings = trainer_settings("paper", find_task(f"anymal_d/{setting}/joint_failure"))
        assert (settings.steps_per_env, settings.epochs, settings.mini_batches) == (steps, 5, 4)
        assert (settings.gamma, settings.lam, settings.clip, settings.max_grad_norm) == (0.99, 0.95, 0.2, 1.0)
        assert (settings.learning_rate, settings.desired_kl, settings.entropy) == (1e-3, 0.01, 0.005)
        assert (settings.lstm_width, settings.mlp_widths) == (256, (128, 128, 128))
        assert preset("paper", setting).num_envs == 4096
