"""What several parts of the suite share: a small finished run, and a way to call the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # networks this small are slower on more threads

TINY_ENVS, TINY_ITERATIONS = 16, 3


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three iterations with sixteen environments. Tests copy it before they change it."""
    from symaug_trainer.experiment import TrainRequest, train

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    request = TrainRequest(
        "anymal_d/velocity/joint_failure",
        policy="memory-aug",
        iterations=TINY_ITERATIONS,
        num_envs=TINY_ENVS,
        run_dir=folder,
    )
    train(request)
    return folder


@pytest.fixture(scope="session")
def tiny_evaluated_run(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny run with its evaluation: two episodes a condition."""
    import shutil

    from symaug_trainer.evaluation import evaluate

    folder = tmp_path_factory.mktemp("evaluated") / "tiny"
    shutil.copytree(tiny_run, folder)
    shorten_episodes(folder)
    evaluate(folder, episodes=2)
    return folder


def shorten_episodes(run: Path) -> None:
    """Make the run's episodes one second long, for a quick evaluation."""
    path = run / "config.json"
    config = json.loads(path.read_text())
    config["env"]["episode_s"] = 1.0
    path.write_text(json.dumps(config))


@pytest.fixture
def symaug_process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `symaug ARGUMENTS` in a fresh interpreter, in an empty folder unless told otherwise."""

    def call(*arguments: object, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "symaug_cli.app", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)

    return call
