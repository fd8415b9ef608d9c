from __future__ import annotations

import pytest
import torch
from rsl_rl.algorithms import PPO

from symaug_trainer.experiment import TrainRequest, train
from symaug_trainer.runs import runner
from symaug_trainer.threads import all_cpus, torch_threads
from tests.conftest import TINY_ENVS


@pytest.fixture(autouse=True)
def as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_threads_are_given_back_also_after_an_error():
    torch.set_num_threads(2)
    with pytest.raises(RuntimeError), torch_threads(1):
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert torch.get_num_threads() == 2


def test_the_limit_of_the_environment_is_kept(monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert all_cpus() == 1


def test_rollouts_run_on_one_thread_and_updates_on_all(tmp_path, monkeypatch):
    threads: dict[str, set[int]] = {"act": set(), "update": set()}
    for name, used in threads.items():
        method = getattr(PPO, name)

        def recorded(*args, method=method, used=used):
            used.add(torch.get_num_threads())
            return method(*args)

        monkeypatch.setattr(PPO, name, recorded)
    monkeypatch.setattr(runner, "update_threads", lambda: 2)
    torch.set_num_threads(2)
    task = "anymal_d/velocity/none"
    train(TrainRequest(task, "memory-id", iterations=1, num_envs=TINY_ENVS, run_dir=tmp_path / "run"))
    assert threads == {"act": {1}, "update": {2}}
    assert torch.get_num_threads() == 2
