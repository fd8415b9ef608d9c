"""How torch's threads wait: what GNU's OpenMP itself says when a fresh interpreter loads it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="torch's OpenMP is GNU's on Linux only")

TRAIN_NOTHING = ("-m", "symaug_cli.app", "train", "anymal_d/velocity/none", "--num-envs", "3")
"""Loads all that training needs, and ends with a message."""


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter whose OpenMP prints its settings to stderr; nothing about waiting is inherited."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    settings = {**inherited, "OMP_DISPLAY_ENV": "verbose", **environment}
    return subprocess.run(
        [sys.executable, *arguments], env=settings, capture_output=True, text=True, timeout=120
    )


def spins(done: subprocess.CompletedProcess[str]) -> int:
    found = re.search(r"GOMP_SPINCOUNT = '(\w+)'", done.stderr)
    assert found, done.stderr
    return int(found[1])


def test_training_loads_an_openmp_whose_threads_soon_sleep():
    done = python(*TRAIN_NOTHING)
    assert "SA804" in done.stderr
    assert spins(done) == 1000


def test_a_script_that_imports_the_trainer_first_gets_the_same():
    assert spins(python("-c", "from symaug_trainer.experiment import train")) == 1000


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [("GOMP_SPINCOUNT", "77", 77), ("OMP_WAIT_POLICY", "passive", 0)],
)
def test_what_the_user_has_chosen_is_kept(variable, value, expected):
    assert spins(python(*TRAIN_NOTHING, **{variable: value})) == expected


@pytest.mark.parametrize(
    ("first", "environment", "expected"),
    [
        ("import symaug_trainer", {}, "3"),
        ("import torch", {}, "1"),
        ("import torch", {"OMP_WAIT_POLICY": "active"}, "3"),
    ],
    ids=["in time", "torch was there first", "the user said so"],
)
def test_updates_use_one_thread_where_waiting_could_not_be_chosen(first, environment, expected):
    code = (
        f"{first}; from symaug_trainer import threads; threads.usable_cpus = lambda: 3; "
        "print(threads.update_threads())"
    )
    assert python("-c", code, **environment).stdout.strip() == expected


def test_the_language_alone_leaves_the_environment_as_it_is():
    code = "import symaug, os; symaug.compile('anymal_d/velocity'); print('GOMP_SPINCOUNT' in os.environ)"
    assert python("-c", code).stdout.strip() == "False"
