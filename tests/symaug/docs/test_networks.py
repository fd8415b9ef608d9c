"""docs/networks.md, run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import torch

from symaug import nn

PAGE = Path(__file__).parents[3] / "docs" / "networks.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_python_on_the_page_prints_what_it_says():
    torch.manual_seed(0)
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert outcome.attempted >= 25 and outcome.failed == 0


def test_all_of_the_package_is_on_the_page():
    assert all(f"`{name}(" in TEXT for name in nn.__all__)


def test_the_configuration_makes_models_that_rsl_rl_can_use():
    from rsl_rl.utils import resolve_callable
    from tensordict import TensorDict

    (config,) = re.findall(r"```python config\n(.*?)```", TEXT, re.DOTALL)
    names: dict = {}
    exec(config, names)
    obs = TensorDict({"policy": torch.randn(3, 48)}, batch_size=[3])
    groups = {"actor": ["policy"], "critic": ["policy"]}
    for role, width in (("actor", 12), ("critic", 1)):
        options = dict(names[role])
        model = resolve_callable(options.pop("class_name"))(obs, groups, role, width, **options)
        assert model(obs).shape == (3, width)
        for key in ("rnn_type", "rnn_hidden_dim"):
            options.pop(key)
        feed_forward = resolve_callable("symaug_trainer:EquivariantMLPModel")
        assert feed_forward(obs, groups, role, width, **options)(obs).shape == (3, width)
