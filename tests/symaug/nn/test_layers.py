"""Linear layers, perceptrons and memories commute with every group, before and after they have learned."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import nn as plain_nn

from symaug import Space, nn
from symaug.diagnostics import UserError
from tests.symaug.nn.groups import GROUPS, image, observation, program

Net = Callable[[torch.Tensor], torch.Tensor]


def broken_by(net: Net, source: Space, target: Space, dtype: torch.dtype | None = None) -> float:
    """The largest difference between net(ρ x) and ρ net(x), relative to what the net puts out."""
    x = torch.randn(6, 5, source.width, dtype=dtype)
    with torch.no_grad():
        y = net(x)
        apart = [(net(image(source, g, x)) - image(target, g, y)).abs().max() for g in source.elements]
    return float(max(apart) / y.abs().max())


def learn(net: plain_nn.Module, call: Net, width: int, steps: int = 20) -> None:
    """Some steps towards targets that are symmetric in nothing."""
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(steps):
        y = call(torch.randn(6, 5, width))
        optimizer.zero_grad()
        (y - torch.arange(y.shape[-1])).square().mean().backward()
        optimizer.step()


def nets(name: str) -> dict[str, tuple[plain_nn.Module, Net, Space]]:
    source, target, group = observation(name), program(name).space("actions"), program(name).group
    hidden = nn.regular(group, 3)
    mlp = nn.MLP(source, hidden, nn.regular(group, 2), target)
    lstm, gru = nn.LSTM(source, hidden), nn.GRU(source, hidden, num_layers=2)
    value = nn.MLP(source, hidden, nn.trivial(group, 2))
    return {
        "linear": ((linear := nn.Linear(source, target)), linear, target),
        "mlp": (mlp, mlp, target),
        "value": (value, value, nn.trivial(group, 2)),
        "lstm": (lstm, lambda x: lstm(x)[0], hidden),
        "gru": (gru, lambda x: gru(x)[0], hidden),
    }


@pytest.mark.parametrize("kind", ["linear", "mlp", "value", "lstm", "gru"])
@pytest.mark.parametrize("name", GROUPS)
def test_it_commutes_before_and_after_learning(float64, name, kind):
    net, call, target = nets(name)[kind]
    source = observation(name)
    assert broken_by(call, source, target) < 1e-11
    before = [parameter.detach().clone() for parameter in net.parameters()]
    learn(net, call, source.width)
    moved = [not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True) if a.numel()]
    assert moved and all(moved)
    assert broken_by(call, source, target) < 1e-11


@pytest.mark.parametrize("name", GROUPS)
def test_in_float32_it_commutes_to_rounding(name):
    for net, call, target in nets(name).values():
        learn(net, call, observation(name).width, steps=3)
        assert broken_by(call, observation(name), target) < 1e-5


def test_a_plain_layer_does_not(float64):
    source, target = observation("anymal_d/velocity"), program("anymal_d/velocity").space("actions")
    assert broken_by(plain_nn.Linear(source.width, target.width), source, target) > 0.1


@pytest.mark.parametrize("name", GROUPS)
def test_a_memory_moves_along(float64, name):
    source, hidden = observation(name), nn.regular(program(name).group, 2)
    x, h, c = torch.randn(4, 3, source.width), *torch.randn(2, 2, 3, hidden.width)
    lstm, gru = nn.LSTM(source, hidden, num_layers=2), nn.GRU(source, hidden, num_layers=2)
    with torch.no_grad():
        y, (h1, c1) = lstm(x, (h, c))
        z, g1 = gru(x, h)
        for g in source.elements:

            def to(state: torch.Tensor, g=g) -> torch.Tensor:
                return image(hidden, g, state)

            there, (h2, c2) = lstm(image(source, g, x), (to(h), to(c)))
            other, g2 = gru(image(source, g, x), to(h))
            pairs = ((there, y), (h2, h1), (c2, c1), (other, z), (g2, g1))
            assert max(float((a - to(b)).abs().max()) for a, b in pairs) < 1e-12


class Outputs(plain_nn.Module):
    """A recurrent module without the states that it returns."""

    def __init__(self, recurrent: plain_nn.Module) -> None:
        super().__init__()
        self.recurrent = recurrent

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.recurrent(x)[0]


@pytest.mark.parametrize("name", ["anymal_d/velocity", "trifinger/cube", "shifted"])
def test_plain_modules_compute_the_same_and_can_be_scripted(float64, name):
    x = torch.randn(6, 5, observation(name).width)
    for kind, (net, call, _) in nets(name).items():
        ordinary = net.plain()
        assert not any("symaug" in type(module).__module__ for module in ordinary.modules())
        outputs = Outputs(ordinary) if kind in ("lstm", "gru") else ordinary
        for made in (outputs, torch.jit.script(outputs)):
            y = made(x)
            torch.testing.assert_close(y, call(x), atol=1e-12, rtol=0)
        owned = {parameter.data_ptr() for parameter in net.parameters()}
        assert owned.isdisjoint(parameter.data_ptr() for parameter in ordinary.parameters())


def test_layers_start_as_torchs_do():
    made = program("anymal_d/velocity")
    wide, narrow = nn.regular(made.group, 64), made.space("observations/policy")
    for layer, plain in ((nn.Linear(narrow, wide), plain_nn.Linear(48, 256)),):
        assert float(layer.weight().std() / plain.weight.std()) == pytest.approx(1, abs=0.05)
    lstm, ordinary = nn.LSTM(narrow, wide), plain_nn.LSTM(48, 256)
    for ours, theirs in zip(lstm.assembled(), ordinary.parameters(), strict=True):
        assert ours.shape == theirs.shape
        assert float(ours.std() / theirs.std()) == pytest.approx(1, abs=0.08)


def test_copies_and_pickles_compute_the_same_even_after_inference():
    layer = nn.MLP(*(nn.regular(program("ant/run").group, n) for n in (2, 3, 2)))
    x = torch.randn(3, 16)
    with torch.inference_mode():
        y = layer(x)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(again(x), y)
        learn(again, again, 16, steps=1)
        assert not torch.equal(again(x), y) and torch.equal(layer(x), y)


def test_an_identity_group_gives_plain_layers(tmp_path):
    made = program("anymal_d/velocity")
    alone = made.group.subgroup(["e"])
    source = nn.of_elements(made.space("actions"), ["e"])
    layer = nn.Linear(source, nn.regular(alone, 5))
    assert layer.weight.free.numel() == 5 * 12


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda p: nn.MLP(p["o"], p["a"], p["a"]),
            "a hidden layer is only permuted by the group, but `sagittal` changes",
        ),
        (lambda p: nn.LSTM(p["o"], p["o"]), "`base_lin_vel: vector`"),
        (lambda p: nn.GRU(p["o"], p["three"]), "but `turn` mixes numbers"),
        (lambda p: nn.Linear(p["o"], p["g1"]), "different groups"),
        (lambda p: nn.direct_sum(p["o"], p["g1"]), "different groups"),
        (lambda p: nn.magnitudes(p["three"]), "mixes these numbers"),
    ],
    ids=["signs", "names the term", "mixing", "two robots", "a sum of two", "magnitudes"],
)
def test_what_spaces_do_not_permit_is_refused(build, words):
    here, g1, three = program("anymal_d/velocity"), program("g1/velocity"), program("trifinger/cube")
    spaces = {
        "o": here.space("observations/policy"),
        "a": here.space("actions"),
        "g1": g1.space("actions"),
        "three": three.space("observations/policy"),
    }
    with pytest.raises(UserError, match="SA508") as caught:
        build(spaces)
    assert words in str(caught.value.diagnostics[0].message), caught.value
