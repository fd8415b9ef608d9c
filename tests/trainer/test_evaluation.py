from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from symaug.diagnostics import UserError
from symaug_trainer.envs.config import JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.evaluation import evaluate, read_evaluation
from symaug_trainer.evaluation.measure import start_side_by_side, succeeded, tracking_errors
from symaug_trainer.evaluation.rollout import Recording, commanded_path, record
from symaug_trainer.tasks import find_task
from tests.conftest import TINY_ENVS, shorten_episodes

VELOCITY = find_task("anymal_d/velocity/joint_failure")


class Still:
    """A policy that holds the default pose, counts how often its memory is cleared, and notes whether it was
    asked for a sample."""

    def __init__(self) -> None:
        self.cleared = torch.zeros(0)
        self.asked: list[bool] = []

    def reset(self, dones: torch.Tensor | None = None) -> None:
        if dones is not None:
            self.cleared = dones.float() if not len(self.cleared) else self.cleared + dones.float()

    def __call__(self, observations, stochastic_output=False):
        self.asked.append(stochastic_output)
        return torch.zeros(len(observations["policy"]), 12)


def recording(error: torch.Tensor, length: torch.Tensor, fell: torch.Tensor) -> Recording:
    """A recording of which only error, length and falls matter."""
    steps, n = error.shape
    running = torch.arange(steps)[:, None] < length
    empty = torch.zeros(steps, n, 4, dtype=torch.bool)
    return Recording(
        length, fell, torch.zeros(n), error * running, running, empty, empty, torch.zeros(steps + 1, n, 2),
        torch.zeros(n), torch.zeros(steps, n, 3), torch.zeros(n, 2),
    )  # fmt: skip


def test_velocity_success_looks_at_the_last_five_seconds_and_at_falls():
    # 10 s at 0.1 s a step. Error: in the first half only / in the second half only / small, but it fell.
    error = torch.full((100, 3), 0.1)
    error[:50, 0] = 2.0
    error[50:, 1] = 0.3
    one = recording(error, torch.tensor([100, 100, 30]), torch.tensor([False, False, True]))
    errors = tracking_errors("velocity", one, 0.1)
    assert errors.tolist() == pytest.approx([0.1, 0.3, 0.1])
    assert succeeded("velocity", one, errors).tolist() == [True, False, False]


def test_position_success_looks_at_the_last_step_only():
    error = torch.full((60, 3), 3.0)
    error[59, 0] = 0.4
    error[58, 1] = 0.1  # was there, but left again
    error[20, 2] = 0.2  # fell at the target
    one = recording(error, torch.tensor([60, 60, 21]), torch.tensor([False, False, True]))
    errors = tracking_errors("position", one, 0.1)
    assert errors.tolist() == pytest.approx([0.4, 3.0, 0.2])
    assert succeeded("position", one, errors).tolist() == [True, False, False]


def test_the_commanded_path_of_a_constant_turn_is_an_arc():
    # 1 m/s and 0.5 rad/s for a quarter turn: a quarter of a circle of radius 2 m.
    steps = 400
    dt = (math.pi / 2) / 0.5 / steps
    points = commanded_path(torch.tensor([[1.0, 0.0, 0.5]]).repeat(steps, 1), dt)
    assert len(points) == steps + 1
    assert points[-1] == pytest.approx((2.0, 2.0), abs=1e-3)


@pytest.fixture(scope="module")
def side_by_side():
    config = replace(preset("laptop", "velocity"), num_envs=26, episode_s=0.6, failure=JointFailureConfig())
    env = LeggedEnv(config, seed=3)
    start_side_by_side(env, VELOCITY, episodes=2)
    yield env
    env.close()


def test_conditions_share_their_episodes_and_differ_in_the_failed_joint(side_by_side):
    env = side_by_side
    names = ["none" if joint < 0 else env.joint_names[joint] for joint in env.failed_joint.tolist()]
    assert names == [condition for condition in VELOCITY.conditions for _ in range(2)]
    assert torch.equal(env.commands[0::2], env.commands[:1].expand(13, 3))
    assert torch.equal(env.commands[1::2], env.commands[1:2].expand(13, 3))
    assert torch.equal(env.base_pos[0::2], env.base_pos[:1].expand(13, 3))
    assert not torch.equal(env.commands[0], env.commands[1])


def test_a_recording_covers_one_episode_and_clears_memory_when_it_ends(side_by_side):
    env = side_by_side
    start_side_by_side(env, VELOCITY, episodes=2)
    policy = Still()
    seen = record(env, policy)  # type: ignore[arg-type]
    assert env.max_episode_length == 30
    assert policy.asked == [False] * 30
    assert (seen.length <= 30).all()
    assert torch.equal(seen.running.sum(0), seen.length)
    assert (policy.cleared >= 1).all()
    assert seen.fell[seen.length < 30].all()
    assert (seen.error[~seen.running] == 0).all()
    fastest = 0.02 * 5.0  # nothing moves at 5 m/s, so that a reset would show as a jump
    assert (seen.position.diff(dim=0).norm(dim=-1) < fastest).all()


def test_sampled_actions_are_asked_of_the_policy(side_by_side):
    start_side_by_side(side_by_side, VELOCITY, episodes=2)
    policy = Still()
    record(side_by_side, policy, sampled=True)  # type: ignore[arg-type]
    assert policy.asked == [True] * 30


def test_an_evaluation_has_every_joint_and_survives_the_file(tiny_evaluated_run):
    result = read_evaluation(tiny_evaluated_run)
    assert tuple(row.condition for row in result.conditions) == VELOCITY.conditions
    assert [one.split for one in result.aggregates] == ["healthy", "id", "ood"]
    assert [one.conditions for one in result.aggregates] == [1, 3, 9]
    for row in result.conditions:
        assert 0 <= row.success <= 1
        assert 0 <= row.fall_rate <= 1
        assert 0 <= row.feet_air_time <= 1
        assert row.tracking_error > 0
    ood = [row.success for row in result.of_split("ood")]
    assert result.aggregates[2].metrics["success"].mean == pytest.approx(sum(ood) / 9)
    document = json.loads((tiny_evaluated_run / "evaluation.json").read_text())
    assert document["schema"] == 1
    assert document["aggregates"][2]["split"] == "ood"
    assert all(path.xy[0] == (0.0, 0.0) for path in result.trajectories)


def test_an_evaluation_does_not_touch_the_checkpoint_it_reads(tiny_run, tmp_path):
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    shorten_episodes(run)
    first = evaluate(run / "model_0.pt", episodes=1)
    assert first.checkpoint == "model_0.pt"
    assert first.steps == 24 * TINY_ENVS
    torch.rand(7)
    state = torch.get_rng_state()
    assert evaluate(run / "model_0.pt", episodes=1) == first  # deterministic, wherever the generator is
    assert torch.equal(torch.get_rng_state(), state)


@pytest.fixture
def noiseless_run(tiny_run, tmp_path):
    """A copy of the tiny run whose last checkpoint has next to no noise in its actions."""
    run = Path(shutil.copytree(tiny_run, tmp_path / "noiseless"))
    shorten_episodes(run)
    path = run / "model_2.pt"
    checkpoint = torch.load(path, weights_only=True)
    names = [name for name in checkpoint["actor_state_dict"] if name.startswith("distribution")]
    assert names
    for name in names:
        standard = checkpoint["actor_state_dict"][name]
        standard.fill_(math.log(1e-12) if "log" in name else 1e-12)
    torch.save(checkpoint, path)
    return run


def test_both_ways_of_acting_meet_the_same_episodes_and_differ_by_the_noise_alone(tiny_run, noiseless_run):
    loud = Path(shutil.copytree(tiny_run, noiseless_run.parent / "loud"))
    shorten_episodes(loud)
    with_noise, without = evaluate(loud, episodes=1), evaluate(noiseless_run, episodes=1)
    assert with_noise.conditions == without.conditions  # the mean policy has no noise
    assert without.sampled is not None
    assert with_noise.sampled is not None
    for mean, sampled in zip(without.conditions, without.sampled.conditions, strict=True):
        assert sampled.mean_return == pytest.approx(mean.mean_return, abs=1e-3)
        assert sampled.fall_rate == mean.fall_rate
    assert with_noise.sampled != without.sampled


def test_progress_runs_once_over_both_ways_of_acting(noiseless_run):
    seen: list[tuple[int, int]] = []
    evaluate(noiseless_run, episodes=1, on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 100) for done in range(1, 101)]  # twice 50 steps of 20 ms


def test_the_top_of_the_file_is_the_mean_policy_and_old_files_are_read(tiny_evaluated_run, tmp_path):
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path / "run"))
    result, path = read_evaluation(run), run / "evaluation.json"
    document = json.loads(path.read_text())
    assert result.sampled is not None
    assert [row["mean_return"] for row in document["conditions"]] == [
        row.mean_return for row in result.conditions
    ]
    assert [one["split"] for one in document["sampled"]["aggregates"]] == ["healthy", "id", "ood"]
    assert result.sampled.aggregates[2].metrics["fall_rate"].mean == pytest.approx(
        document["sampled"]["aggregates"][2]["metrics"]["fall_rate"]["mean"]
    )
    del document["sampled"]  # as it was written before
    path.write_text(json.dumps(document))
    assert read_evaluation(run) == replace(result, sampled=None)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda run: shutil.rmtree(run), "SA702"),
        (lambda run: (run / "config.json").write_text("{"), "SA702"),
        (lambda run: [path.unlink() for path in run.glob("model_*.pt")], "SA703"),
        (lambda run: (run / "model_2.pt").write_bytes(b"not a checkpoint"), "SA704"),
    ],
    ids=["no folder", "config cut short", "no checkpoint", "checkpoint damaged"],
)
def test_a_damaged_run_is_one_message(tiny_run, tmp_path, damage, code):
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    damage(run)
    with pytest.raises(UserError, match=code):
        evaluate(run, episodes=1)
