from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import torch

from symaug_trainer.experiment import resume
from symaug_trainer.runs.folder import RunFolder
from tests.conftest import TINY_ENVS

TASK = "anymal_d/velocity/joint_failure"


def start(run: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "symaug_cli.app", "train", TASK, "--policy", "memory-id"]
    command += ["--num-envs", str(TINY_ENVS), "--run-dir", str(run), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def wait_for(condition, process: subprocess.Popen, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_run_goes_on_from_its_last_whole_checkpoint(tmp_path):
    run = tmp_path / "run"
    process = start(run, "--iterations", "500")
    wait_for(lambda: len(RunFolder(run).read_metrics()) >= 2, process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lines = (run / "metrics.jsonl").read_text().splitlines()
    assert all(json.loads(line) for line in lines)
    saved = torch.load(RunFolder(run).checkpoints()[-1], weights_only=True)["iter"]
    result = resume(run, iterations=saved + 3)
    assert result.iterations == saved + 3
    assert [record["iteration"] for record in RunFolder(run).read_metrics()] == list(range(saved + 3))


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    run = tmp_path / "run"
    process = start(run, "--iterations", "500")
    wait_for(lambda: RunFolder(run).read_metrics(), process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"symaug train --resume {run}" in said.replace("\n", "")
    assert "Traceback" not in said
    last = RunFolder(run).read_metrics()[-1]["iteration"]
    assert torch.load(run / f"model_{last}.pt", weights_only=True)["iter"] == last
