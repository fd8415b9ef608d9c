"""Our maps against the hand-written ANYmal symmetry function that ships with Isaac Lab (docs/testing.md)."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import symaug
from symaug.shipped import find_spec

pytestmark = pytest.mark.isaaclab
MODULE = "isaaclab_tasks/manager_based/locomotion/velocity/mdp/symmetry/anymal.py"


def isaaclab_function():
    root = os.environ.get("SYMAUG_ISAACLAB")
    if root is None:
        pytest.skip("set SYMAUG_ISAACLAB to the folder that the isaaclab wheel was unzipped in")
    (path,) = Path(root).rglob(MODULE)
    spec = importlib.util.spec_from_file_location("isaaclab_anymal_symmetry", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compute_symmetric_states


def environment(*terms: str) -> SimpleNamespace:
    env = SimpleNamespace(observation_manager=SimpleNamespace(active_terms={"policy": list(terms)}))
    env.unwrapped = env
    return env


def test_flat_velocity_is_what_isaaclab_wrote_by_hand():
    tensordict = pytest.importorskip("tensordict")
    program = symaug.compile("anymal_d/velocity")
    x, a = torch.randn(32, 48), torch.randn(32, 12)
    obs = tensordict.TensorDict({"policy": x}, batch_size=[32])
    theirs, their_actions = isaaclab_function()(environment(), obs=obs, actions=a)
    policy = symaug.Transform(program.space("observations/policy"), program.group)
    actions = symaug.Transform(program.space("actions"), program.group)
    assert torch.equal(policy.orbit(x), theirs["policy"])  # the order of elements is the same, too
    assert torch.equal(actions.orbit(a), their_actions)


def test_rough_velocity_with_its_height_scan(tmp_path):
    tensordict = pytest.importorskip("tensordict")
    flat = find_spec("anymal_d/velocity").read_text(encoding="utf-8")
    scan = "    height_scan: grid(17 x 11, order=xy)\nactions:"
    file = tmp_path / "rough.yaml"
    file.write_text(flat.replace("actions:", scan, 1), encoding="utf-8")
    program = symaug.compile(file)
    x = torch.randn(8, 235)
    obs = tensordict.TensorDict({"policy": x}, batch_size=[8])
    theirs, _ = isaaclab_function()(environment("height_scan"), obs=obs)
    policy = symaug.Transform(program.space("observations/policy"), program.group)
    assert torch.equal(policy.orbit(x), theirs["policy"])
