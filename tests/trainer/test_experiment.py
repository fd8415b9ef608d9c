from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import torch

from symaug.diagnostics import UserError
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.experiment import Listener, TrainRequest, resume, train
from symaug_trainer.runs.finite import Diverged
from symaug_trainer.runs.folder import RunFolder
from tests.conftest import TINY_ENVS, TINY_ITERATIONS

TASK = "anymal_d/velocity/joint_failure"


def small(run: Path, **changes) -> TrainRequest:
    values = {"policy": "memory-id", "iterations": 2, "num_envs": TINY_ENVS, "run_dir": run, **changes}
    return TrainRequest(TASK, **values)


def iterations_of(run: Path) -> list[int]:
    return [record["iteration"] for record in RunFolder(run).read_metrics()]


@pytest.fixture
def run(tiny_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_run, tmp_path / "run"))


def test_a_run_leaves_all_that_is_needed_to_go_on(tiny_run):
    names = {path.name for path in tiny_run.iterdir()}
    assert {"config.json", "program.json", "metrics.jsonl", "model_0.pt", "model_2.pt"} <= names
    assert any(name.startswith("events.out.tfevents") for name in names)
    assert not any(name.endswith(".tmp") for name in names)
    config = json.loads((tiny_run / "config.json").read_text())
    assert (config["task"], config["policy"], config["iterations"]) == (TASK, "memory-aug", TINY_ITERATIONS)
    assert set(config["versions"]) == {"symaug", "python", "torch", "rsl_rl", "mujoco"}
    checkpoint = torch.load(tiny_run / "model_2.pt", weights_only=True)
    assert {"actor_state_dict", "critic_state_dict", "optimizer_state_dict", "iter", "infos"} == set(
        checkpoint
    )


def test_metrics_have_one_whole_object_per_iteration(tiny_run):
    lines = (tiny_run / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["iteration"] for record in records] == [0, 1, 2]
    assert [record["steps"] for record in records] == [24 * TINY_ENVS * n for n in (1, 2, 3)]
    assert {"value", "surrogate"} <= set(records[0]["losses"])


def test_the_same_seed_gives_the_same_run(tmp_path):
    for name in ("a", "b"):
        train(small(tmp_path / name, seed=7))
    a, b = (torch.load(tmp_path / name / "model_1.pt", weights_only=True) for name in ("a", "b"))
    for key, tensor in a["actor_state_dict"].items():
        assert torch.equal(tensor, b["actor_state_dict"][key]), key


def test_resuming_goes_on_with_the_next_iteration_the_saved_optimiser_and_the_counts(run):
    before = torch.load(run / "model_2.pt", weights_only=True)
    before["optimizer_state_dict"]["param_groups"][0]["lr"] = 1.25e-6
    torch.save(before, run / "model_2.pt")
    config = json.loads((run / "config.json").read_text())
    config["trainer"]["desired_kl"] = 1e9  # so the rate only rises, by factors of 1.5
    (run / "config.json").write_text(json.dumps(config))
    seen = []

    class Watch(Listener):
        def on_start(self, run, config, first_iteration):
            seen.append(first_iteration)

    result = resume(run, iterations=5, listener=Watch())
    assert seen == [3]
    assert result.iterations == 5
    assert iterations_of(run) == [0, 1, 2, 3, 4]
    records = RunFolder(run).read_metrics()
    assert records[3]["steps"] == 4 * 24 * TINY_ENVS
    raises = math.log(records[3]["learning_rate"] / 1.25e-6, 1.5)
    assert raises == pytest.approx(round(raises), abs=1e-3) and 0 < round(raises) <= 16  # mini-batches
    assert torch.load(result.checkpoint, weights_only=True)["iter"] == 4


def test_noise_and_steps_become_smaller_towards_the_end_of_a_run_resumed_or_not(run):
    config = json.loads((run / "config.json").read_text())
    config["trainer"].update(save_interval=1, init_std=0.2, final_std=0.05, std_falls=[0.25, 0.75])
    (run / "config.json").write_text(json.dumps(config))
    resume(run, iterations=8)
    resume(run / "model_5.pt", iterations=8)
    for name, limit in (("model_3.pt", 0.1), ("model_7.pt", 0.05)):
        std = torch.load(run / name, weights_only=True)["actor_state_dict"]["distribution.std_param"]
        assert 0.97 * limit < std.max().item() < 1.001 * limit  # the last update may lower it, not raise it


def test_going_back_to_an_older_checkpoint_sets_later_ones_aside_and_measures_again(run):
    result = resume(run / "model_0.pt")
    assert result.checkpoint.name == "model_2.pt"
    assert (run / "model_2.pt.superseded").exists()
    assert iterations_of(run) == [0, 1, 2]


def test_a_complete_run_says_how_to_train_on(run):
    with pytest.raises(UserError, match=r"SA707.*completed its 3 iterations"):
        resume(run)


def test_a_damaged_checkpoint_is_named_and_the_next_whole_one_offered(run):
    (run / "model_2.pt").write_bytes((run / "model_2.pt").read_bytes()[:5000])
    with pytest.raises(UserError) as caught:
        resume(run, iterations=5)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "SA704"
    assert "model_2.pt" in diagnostic.message
    assert "model_0.pt" in diagnostic.helps[0]
    assert not (run / "model_2.pt.superseded").exists()


def test_a_checkpoint_of_another_network_is_refused(run, tmp_path):
    train(small(tmp_path / "mlp", policy="baseline-id"))
    shutil.copy(tmp_path / "mlp" / "model_1.pt", run / "model_2.pt")
    with pytest.raises(UserError, match=r"SA704.*does not fit"):
        resume(run / "model_2.pt", iterations=5)


def test_minutes_stop_a_run_and_leave_a_checkpoint(tmp_path):
    result = train(small(tmp_path / "run", iterations=50, minutes=1e-3))
    assert result.stopped_by == "minutes"
    assert result.iterations == 1
    assert result.checkpoint.name == "model_0.pt"


def test_nan_stops_the_run_and_names_the_observation_term(tmp_path, monkeypatch):
    clean = LeggedEnv.sample_noise
    steps = []

    def poisoned(self):
        noise = clean(self)
        steps.append(1)
        if len(steps) > 40:  # in the second iteration
            noise[3, 13] = float("nan")
        return noise

    monkeypatch.setattr(LeggedEnv, "sample_noise", poisoned)
    with pytest.raises(Diverged, match=r"SA705.*observation term `joint_pos`.*iteration 1") as caught:
        train(small(tmp_path / "run", iterations=5))
    assert "model_0.pt" in caught.value.diagnostics[0].notes[0]
    assert [path.name for path in RunFolder(tmp_path / "run").checkpoints()] == ["model_0.pt"]
    saved = torch.load(tmp_path / "run" / "model_0.pt", weights_only=True)
    assert all(torch.isfinite(tensor).all() for tensor in saved["actor_state_dict"].values())


def test_parameters_that_explode_in_an_update_stop_the_run(tmp_path, monkeypatch):
    backward = torch.Tensor.backward
    calls = []

    def poisoned(self, *args, **kwargs):
        calls.append(1)
        factor = float("nan") if len(calls) > 24 else 1.0  # 16 mini-batches an iteration
        return backward(self * factor, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "backward", poisoned)
    with pytest.raises(Diverged, match=r"SA705.*actor's parameter.*iteration 1"):
        train(small(tmp_path / "run", iterations=5))
    assert [path.name for path in RunFolder(tmp_path / "run").checkpoints()] == ["model_0.pt"]


def test_a_folder_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"SA701.*cannot write"):
        train(small(tmp_path / "file" / "run"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_message(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "metrics.jsonl").symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"SA701.*metrics.jsonl.*No space left"):
        train(small(run))


def test_a_run_is_not_overwritten(run):
    with pytest.raises(UserError, match=r"SA702.*already holds a run"):
        train(small(run))


@pytest.mark.parametrize(
    "changes", [{"num_envs": 6}, {"num_envs": 4}, {"iterations": 0}, {"minutes": -1.0}], ids=str
)
def test_numbers_out_of_range_are_refused(tmp_path, changes):
    with pytest.raises(UserError, match="SA804"):
        train(small(tmp_path / "run", **changes))
    assert not (tmp_path / "run").exists()


def test_a_spec_of_another_layout_shows_both_tables_and_leaves_no_folder(tmp_path):
    with pytest.raises(UserError, match="SA706") as caught:
        train(small(tmp_path / "run", spec="anymal_d/position"))
    note = caught.value.diagnostics[0].notes[0]
    assert "velocity_command" in note
    assert "remaining_time" in note
    assert not (tmp_path / "run").exists()
