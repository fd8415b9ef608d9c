"""The run that ships can be evaluated like any other, and its README names the command that trained it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import symaug_trainer.shipped_runs as shipped
from symaug_trainer.evaluation import evaluate
from symaug_trainer.report.robot_map import success_side_by_side
from symaug_trainer.runs import checkpoints
from tests.conftest import shorten_episodes

HOME = Path(shipped.__file__).parent / shipped.UNAUGMENTED


def test_it_was_trained_as_its_readme_says():
    config = json.loads((HOME / "config.json").read_text(encoding="utf-8"))
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    command = f"symaug train {config['task']} --policy {config['policy']} --seed {config['seed']}"
    assert command in readme
    assert f"--iterations {config['iterations']}" in readme
    assert config["policy"] == "memory-id"
    assert sum(file.stat().st_size for file in HOME.iterdir()) < 1_500_000


def test_a_copy_is_evaluated_and_shown_beside_another(tmp_path, tiny_evaluated_run):
    run = shipped.copy_shipped_run(shipped.UNAUGMENTED, tmp_path / "copy")
    shorten_episodes(run)
    result = evaluate(run, episodes=1)
    assert result.policy == "memory-id" and len(result.conditions) == 13
    assert result.steps > 1e6
    picture = success_side_by_side({"one": result, "other": result})
    assert picture.startswith(b"\x89PNG") and len(picture) > 10_000


def test_a_run_is_slimmed_to_what_an_evaluation_needs(tiny_run, tmp_path):
    checkpoint = shipped.slim(tiny_run, tmp_path / "slim")
    whole, small = checkpoints.read(checkpoints.locate(tiny_run)[1]), checkpoints.read(checkpoint)
    assert small["iter"] == whole["iter"] and not small["optimizer_state_dict"]
    for name, tensor in whole["actor_state_dict"].items():
        assert torch.equal(small["actor_state_dict"][name], tensor)
    with pytest.raises(Exception, match="SA702"):
        shipped.slim(tiny_run, tmp_path / "slim")
