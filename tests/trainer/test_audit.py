"""Audits of policies whose asymmetry is known: none, all of it, and one wrong sign."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import symaug
from symaug.checks.live.world import mirrored
from symaug.diagnostics import UserError
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import find_spec
from symaug_trainer.audit import audit, read_audit
from symaug_trainer.audit.canonical import answers_to, canonical_states
from symaug_trainer.audit.comparison import Comparison, compare
from symaug_trainer.audit.measure import audited_conditions
from symaug_trainer.audit.residuals import ActionMaps
from symaug_trainer.audit.result import Audit, percent, together
from symaug_trainer.audit.rollout import answers_in_mirrored_worlds, as_tensors
from symaug_trainer.audit.states import largest_difference, rows, with_failed_joint
from symaug_trainer.envs.config import preset
from symaug_trainer.envs.live import LeggedWorld, open_config
from symaug_trainer.evaluation.actor import load_actor, untrained_actor
from symaug_trainer.experiment import TrainRequest, train
from symaug_trainer.runs.folder import RunFolder
from symaug_trainer.tasks import find_task
from tests.conftest import TINY_ENVS, shorten_episodes

ROBOT = load_robot_symmetry("anymal_d")
ORDER, EPISODES, DECISIONS = 4, 2, 12
CONDITIONS = ("none", "LF_HFE")
COMPARISON = Comparison(CONDITIONS, EPISODES, DECISIONS, 0.02, 0.5, seed=3, canonical=4)


class Symmetrised:
    """The mean over the group of an actor's answers, turned back; one memory for each element."""

    def __init__(self, actor, spec: str) -> None:
        program = symaug.compile(spec)
        self.actor, self.elements = actor, program.group.elements
        self.inverse = [program.group.inverse(number) for number in range(program.group.order)]
        self.observe = symaug.Transform(program.space("observations/policy"), program.group)
        self.act = symaug.Transform(program.space("actions"), program.group)

    def reset(self, dones=None) -> None:
        self.actor.reset(dones)

    def __call__(self, observations):
        images = self.observe.orbit(observations["policy"], dim=0, elements=self.elements)
        answers = self.actor(as_tensors({"policy": images.numpy()})).chunk(len(self.elements))
        turned = [
            self.act.apply(answer, self.elements[self.inverse[number]])
            for number, answer in enumerate(answers)
        ]
        return torch.stack(turned).mean(0)


class OneWrongSign:
    """A policy that moves one joint the wrong way."""

    def __init__(self, policy, joint: int) -> None:
        self.policy, self.joint = policy, joint

    def reset(self, dones=None) -> None:
        self.policy.reset(dones)

    def __call__(self, observations):
        actions = self.policy(observations).clone()
        actions[:, self.joint] *= -1
        return actions


@pytest.fixture(scope="module", params=["velocity", "position"])
def world(request):
    config = replace(preset("laptop", request.param), num_envs=ORDER * EPISODES * len(CONDITIONS))
    made = open_config(config, num_threads=1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def velocity_world():
    config = replace(preset("laptop", "velocity"), num_envs=ORDER * EPISODES * len(CONDITIONS))
    made = open_config(config, num_threads=1)
    yield made
    made.close()


def network(world: LeggedWorld, run: Path, seed: int):
    config = RunFolder.open(run).read_config()
    shown = world.begin(world.sample_resets(world.num_envs, 0)).observations
    return untrained_actor(config, as_tensors(shown), 12, seed=seed)


def spec_of(world: LeggedWorld) -> str:
    return f"anymal_d/{world.env.cfg.task}"


def audited(world: LeggedWorld, policy, untrained, comparison: Comparison = COMPARISON) -> Audit:
    found = compare(world, ROBOT, policy, untrained, comparison)
    return Audit("", "", "", 0, "", 0, EPISODES, 3, 0.24, **found.__dict__)


def test_a_symmetric_policy_has_no_residual_and_a_random_one_a_large_one(world, tiny_run):
    random = network(world, tiny_run, 1)
    symmetric = Symmetrised(network(world, tiny_run, 1), spec_of(world))
    result = audited(world, symmetric, random)
    assert 0 < result.relative() < 1e-4
    assert all(one.relative < 1e-4 for one in result.canonical)
    assert result.relative(untrained=True) > 0.5
    assert all(one.untrained > 0.3 for one in result.canonical)
    assert all(row.left_out == 0 for row in result.conditions)
    assert result.drift < 1e-4


def test_a_random_policy_is_asymmetric_in_its_own_rollouts_too(world, tiny_run):
    random = network(world, tiny_run, 1)
    result = audited(world, random, network(world, tiny_run, 2))
    for element in ROBOT.group.elements[1:]:
        of_element = [one for (_, name), one in result.cells().items() if name == element]
        assert together(of_element) > 0.3


@pytest.mark.parametrize("joint", ["RH_KFE", "LF_HAA", "LH_HFE"])
def test_a_wrong_sign_is_named_at_its_joint(velocity_world, tiny_run, joint):
    world = velocity_world
    position = list(world.joint_names).index(joint)
    symmetric = Symmetrised(network(world, tiny_run, 1), spec_of(world))
    result = audited(world, OneWrongSign(symmetric, position), network(world, tiny_run, 2))
    name, residual = result.worst_joint()
    assert name == joint
    assert residual > 0.1
    assert f"largest for {joint}" in result.verdict
    touched = {position} | {ROBOT.joint_action(g, world.joint_names).index[position] for g in result.elements}
    for (other, _), one in result.cells().items():
        if list(world.joint_names).index(other) not in touched:
            assert one.relative < 1e-4, other  # joints of other kinds are not blamed


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("base_ang_vel:      pseudovector", "base_ang_vel: vector"),
        ("vector[xy] + pseudovector[z]", "vector"),
        ("last_action:       joints", "last_action: unsigned(joints)"),
    ],
)
def test_symmetry_by_a_wrong_spec_is_no_symmetry(velocity_world, tiny_run, tmp_path, right, wrong):
    """The audit is independent of the program: a policy that is symmetric by a wrong one is found."""
    text = find_spec("anymal_d/velocity").read_text()
    assert text.count(right) == 1
    (tmp_path / "wrong.yaml").write_text(text.replace(right, wrong))
    world = velocity_world
    wrongly = Symmetrised(network(world, tiny_run, 1), str(tmp_path / "wrong.yaml"))
    result = audited(world, wrongly, network(world, tiny_run, 2))
    assert result.relative() > 0.02


def test_only_a_memory_of_the_mirrored_history_gives_the_mirrored_answer(velocity_world, tiny_run):
    """The memory really runs: a symmetric policy that loses it in the mirrored worlds is found out."""

    class Forgetful(Symmetrised):
        """Its memory of the mirrored worlds is lost after every step."""

        def __call__(self, observations):
            answer = super().__call__(observations)
            dones = torch.ones(len(answer))
            dones[: len(answer) // ORDER] = 0
            self.actor.reset(dones.repeat(len(self.elements)))
            return answer

    world = velocity_world
    symmetric = Forgetful(network(world, tiny_run, 1), spec_of(world))
    result = audited(world, symmetric, network(world, tiny_run, 2))
    assert result.relative() > 0.02
    first_look = [one for one in result.canonical if one.looks == 1]
    assert all(one.relative < 1e-4 for one in first_look)


def test_the_worlds_stay_mirror_images_and_ended_episodes_are_left_out(world, tiny_run):
    maps = ActionMaps.of_joint_targets(ROBOT, world.joint_names, 0.5)
    starts = world.sample_resets(4, seed=1)
    upside_down = starts.base_quat.copy()
    upside_down[1] = (0.0, 1.0, 0.0, 0.0)
    low = starts.base_pos.copy()
    low[1, 2] = 0.2
    starts = replace(starts, base_quat=upside_down, base_pos=low)
    answers = answers_in_mirrored_worlds(world, ROBOT, maps, starts, [network(world, tiny_run, 1)], 10)
    assert answers.compared[:, :, [0, 2, 3]].all()
    assert answers.compared[0].all()
    assert not answers.compared[-1, :, 1].any()  # it lay on its back
    again = answers_in_mirrored_worlds(world, ROBOT, maps, starts, [network(world, tiny_run, 1)], 10)
    assert np.array_equal(answers.actions, again.actions)


def test_a_lopsided_robot_is_noticed_and_not_compared(tiny_run):
    """On the published model the worlds drift apart at once: that is not blamed on the policy."""
    config = replace(preset("laptop", "velocity"), num_envs=ORDER * 4)
    world = open_config(config, twin=False, num_threads=1)
    try:
        maps = ActionMaps.of_joint_targets(ROBOT, world.joint_names, 0.5)
        starts = world.sample_resets(4, seed=1)
        answers = answers_in_mirrored_worlds(world, ROBOT, maps, starts, [network(world, tiny_run, 1)], 10)
    finally:
        world.close()
    assert answers.compared[:, 0].all()
    assert not answers.compared[-1, 1:].any()


def test_canonical_states_are_their_own_image_and_are_what_they_are_called(world):
    found = {(one.name, one.element): one.states for one in canonical_states(world, ROBOT, count=5, seed=0)}
    for (_, element), states in found.items():
        image = mirrored(states, ROBOT, element, world.joint_names, world.task_types)
        assert (largest_difference(states, image) < 1e-9).all()
        assert not states.task["failed_joint"].any()
    asked = {element: states for (name, element), states in found.items() if "standing, with" in name}
    if world.env.cfg.task == "velocity":
        x, y, turn = asked["sagittal"].task["command"].T
        assert (x != 0).all()
        assert (y == 0).all()
        assert (turn == 0).all()
        assert asked["transversal"].task["command"][:, 1].all()
        assert asked["sagittal*transversal"].task["command"][:, 2].all()
    else:
        assert asked["sagittal"].task["target_w"][:, 0].all()
        assert set(asked) == {"sagittal", "transversal"}  # no target but the own place is behind and ahead
    moving = next(states for (name, element), states in found.items() if "moving" in name)
    assert len(moving) == 5
    assert moving.base_lin_vel.any()


def test_more_canonical_states_than_environments_and_more_looks(world, tiny_run):
    states = with_failed_joint(world.sample_resets(world.num_envs + 3, 0), None)
    kept = answers_to(world, states, network(world, tiny_run, 1), (1, 3))
    alone = answers_to(
        world, rows(states, slice(world.num_envs + 2, None)), network(world, tiny_run, 1), (1, 3)
    )
    np.testing.assert_allclose(kept[1][-1], alone[1][0], atol=1e-6)
    np.testing.assert_allclose(kept[3][-1], alone[3][0], atol=1e-6)
    assert np.abs(kept[1] - kept[3]).max() > 1e-4  # it remembers


def test_audited_conditions_reach_every_joint_by_the_group():
    assert audited_conditions(find_task("anymal_d/velocity/joint_failure"), ROBOT) == (
        "none", "LF_HAA", "LF_HFE", "LF_KFE",
    )  # fmt: skip
    assert len(audited_conditions(find_task("anymal_d/position/none"), ROBOT)) == 4


@pytest.fixture(scope="module")
def audited_run(tiny_evaluated_run, tmp_path_factory) -> Path:
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path_factory.mktemp("audited") / "run"))
    audit(run, episodes=2)
    return run


def test_an_audit_survives_the_file_and_is_deterministic(audited_run):
    result = read_audit(audited_run)
    assert result is not None
    assert audit(audited_run, episodes=2) == result
    assert [row.condition for row in result.conditions] == ["none", "LF_HAA", "LF_HFE", "LF_KFE"]
    assert len(result.cells()) == 12 * 3
    document = json.loads((audited_run / "audit.json").read_text())
    assert document["schema"] == 1
    assert document["verdict"] == result.verdict
    assert document["summary"]["untrained"] == result.relative(untrained=True)
    assert audit(audited_run, episodes=2, seed=1) != result


def test_another_checkpoint_has_another_audit_and_policies_without_memory_have_one(tmp_path):
    run = tmp_path / "run"
    request = TrainRequest(
        "anymal_d/position/joint_failure", policy="baseline-id", iterations=3, num_envs=TINY_ENVS, run_dir=run
    )
    train(request)
    shorten_episodes(run)
    first, last = audit(run / "model_0.pt", episodes=1), audit(run, episodes=1)
    assert (first.checkpoint, last.checkpoint) == ("model_0.pt", "model_2.pt")
    assert first.relative() != last.relative()
    assert {one.looks for one in last.canonical} == {1}  # there is nothing to remember


def test_the_run_it_audits_keeps_its_network(tiny_run):
    """`untrained_actor` is another network, drawn without touching torch's generator."""
    folder = RunFolder.open(tiny_run)
    shown = as_tensors({"policy": np.zeros((2, 48))})
    before = torch.random.get_rng_state()
    fresh = untrained_actor(folder.read_config(), shown, 12, seed=0)
    assert torch.equal(before, torch.random.get_rng_state())
    trained = load_actor(folder.read_config(), folder.checkpoints()[-1], shown, 12)
    again = untrained_actor(folder.read_config(), shown, 12, seed=0)
    for name, values in fresh.state_dict().items():
        assert torch.equal(values, again.state_dict()[name])
    assert not torch.equal(fresh(shown), trained(shown))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda run: shutil.rmtree(run), "SA702"),
        (lambda run: [path.unlink() for path in run.glob("model_*.pt")], "SA703"),
        (lambda run: (run / "model_2.pt").write_bytes(b"not a checkpoint"), "SA704"),
    ],
    ids=["no folder", "no checkpoint", "checkpoint damaged"],
)
def test_a_damaged_run_is_one_message(tiny_run, tmp_path, damage, code):
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    damage(run)
    with pytest.raises(UserError, match=code):
        audit(run, episodes=1)


def test_wrong_numbers_and_a_damaged_audit_are_one_message(audited_run, tiny_run, tmp_path):
    with pytest.raises(UserError, match=r"SA804.*--episodes"):
        audit(tiny_run, episodes=0)
    assert read_audit(tiny_run) is None
    run = Path(shutil.copytree(audited_run, tmp_path / "run"))
    (run / "audit.json").write_text("{}")
    with pytest.raises(UserError, match=r"SA708.*audit\.json"):
        read_audit(run)


@pytest.mark.parametrize(
    ("share", "text"), [(1.531, "153%"), (0.0812, "8.1%"), (0.0012, "0.1%"), (3.2e-8, "3e-06%"), (0.0, "0%")]
)
def test_shares_are_short(share, text):
    assert percent(share) == text
