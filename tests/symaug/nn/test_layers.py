"""Linear layers, perceptrons and memories commute with every group, before and after they have learned."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import nn as plain_nn

import symaug
from symaug import Space, nn
from symaug.diagnostics import UserError
from tests.symaug.nn.groups import GROUPS, image, observation, program

Net = Callable[[torch.Tensor], torch.Tensor]
Ours = nn.Linear | nn.MLP | nn.LSTM | nn.GRU


class Outputs(plain_nn.Module):
    """A recurrent module without the states that it returns."""

    def __init__(self, recurrent: plain_nn.Module) -> None:
        super().__init__()
        self.recurrent = recurrent

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.recurrent(x)[0]


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


def nets(name: str) -> dict[str, tuple[Ours, Net, Space]]:
    source, target, group = observation(name), program(name).space("actions"), program(name).group
    hidden = nn.regular(group, 3)
    mlp = nn.MLP(source, hidden, nn.regular(group, 2), target)
    value = nn.MLP(source, hidden, nn.trivial(group, 2))
    return {
        "linear": ((linear := nn.Linear(source, target)), linear, target),
        "mlp": (mlp, mlp, target),
        "value": (value, value, nn.trivial(group, 2)),
        **{kind: (net, Outputs(net), hidden) for kind, net in memories(source, hidden).items()},
    }


def memories(source: Space, hidden: Space) -> dict[str, nn.LSTM | nn.GRU]:
    return {
        f"{kind.__name__} of {layers}": kind(source, hidden, num_layers=layers)
        for kind in (nn.LSTM, nn.GRU)
        for layers in (1, 2)
    }


KINDS = ["linear", "mlp", "value", "LSTM of 1", "LSTM of 2", "GRU of 1", "GRU of 2"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GROUPS)
def test_it_commutes_before_and_after_learning(float64, name, kind):
    net, call, target = nets(name)[kind]
    source = observation(name)
    assert broken_by(call, source, target) < 1e-12
    before = [parameter.detach().clone() for parameter in net.parameters()]
    learn(net, call, source.width)
    moved = [not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True) if a.numel()]
    assert moved and all(moved)
    assert broken_by(call, source, target) < 1e-12


@pytest.mark.parametrize("name", GROUPS)
def test_in_float32_it_commutes_to_rounding(name):
    for net, call, target in nets(name).values():
        learn(net, call, observation(name).width, steps=3)
        assert broken_by(call, observation(name), target) < 1e-5


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_net_does_not(float64, name, kind):
    net, _, target = nets(name)[kind]
    ordinary = net.plain()
    ordinary = Outputs(ordinary) if isinstance(ordinary, plain_nn.RNNBase) else ordinary
    assert broken_by(ordinary, observation(name), target) < 1e-12
    learn(ordinary, ordinary, observation(name).width)
    assert broken_by(ordinary, observation(name), target) > 1e-3


@pytest.mark.parametrize("name", GROUPS)
def test_a_memory_moves_along_and_its_image_is_one_call(float64, name):
    source, hidden = observation(name), nn.regular(program(name).group, 2)
    transform = symaug.Transform(hidden, program(name).group)
    for net in memories(source, hidden).values():
        learn(net, Outputs(net), source.width)
        x, h, c = torch.randn(4, 3, source.width), *torch.randn(2, net.num_layers, 3, hidden.width)
        lstm = isinstance(net, nn.LSTM)
        with torch.no_grad():
            y, after = net(x, (h, c) if lstm else h)
            for g in source.elements:
                moved = tuple(transform.apply(state, g) for state in (h, c))
                there, later = net(image(source, g, x), moved if lstm else moved[0])
                pairs = [(there, y), *(zip(later, after, strict=True) if lstm else [(later, after)])]
                assert max(float((a - image(hidden, g, b)).abs().max()) for a, b in pairs) < 1e-12


@pytest.mark.parametrize("name", ["anymal_d/velocity", "trifinger/cube", "shifted"])
def test_plain_modules_compute_the_same_and_can_be_scripted(float64, name):
    x = torch.randn(6, 5, observation(name).width)
    for kind, (net, call, _) in nets(name).items():
        ordinary = net.plain()
        kinds = {type(module) for module in ordinary.modules()}
        assert kinds <= {plain_nn.Sequential, plain_nn.Linear, plain_nn.ELU, plain_nn.LSTM, plain_nn.GRU}
        assert not any("symaug" in type(module).__module__ for module in ordinary.modules())
        outputs = Outputs(ordinary) if " of " in kind else ordinary
        for made in (outputs, torch.jit.script(outputs)):
            y = made(x)
            torch.testing.assert_close(y, call(x), atol=1e-12, rtol=0)
        owned = {parameter.data_ptr() for parameter in net.parameters()}
        assert owned.isdisjoint(parameter.data_ptr() for parameter in ordinary.parameters())
        y = call(x)
        with torch.no_grad():
            for parameter in ordinary.parameters():
                parameter += 1
        assert torch.equal(call(x), y) and not torch.allclose(outputs(x), y)


@pytest.mark.parametrize("name", ["anymal_d/velocity", "ant/run", "trifinger/cube", "D3", "C6"])
def test_layers_start_as_torchs_do(name):
    made = program(name)
    narrow, wide = nn.linear_part(observation(name)), nn.regular(made.group, 256 // made.group.order)
    for source, target in ((narrow, wide), (wide, wide), (wide, nn.direct_sum(*[made.space("actions")] * 9))):
        layer, plain = nn.Linear(source, target), plain_nn.Linear(source.width, target.width)
        weight, bias = layer.assembled()
        assert float(spread(weight) / spread(plain.weight)) == pytest.approx(1, abs=0.05)
        assert bias is not None and float(bias.detach().abs().max()) <= 1 / source.width**0.5
    for ours, theirs in (
        (nn.LSTM(narrow, wide, 2), plain_nn.LSTM(narrow.width, wide.width, 2)),
        (nn.GRU(narrow, wide, 2), plain_nn.GRU(narrow.width, wide.width, 2)),
    ):
        for weight, ordinary in zip(ours.assembled(), theirs.parameters(), strict=True):
            assert weight.shape == ordinary.shape
            few = weight.numel() < 2000  # biases: G times fewer free numbers
            assert float(spread(weight) / spread(ordinary)) == pytest.approx(1, abs=0.2 if few else 0.05)


def spread(weight: torch.Tensor) -> torch.Tensor:
    """The deviation from zero of those that are not zero for every commuting map."""
    return weight.detach()[weight.detach() != 0].square().mean().sqrt()


def test_copies_and_pickles_compute_the_same_even_after_inference():
    layer = nn.MLP(*(nn.regular(program("ant/run").group, n) for n in (2, 3, 2)))
    x = torch.randn(3, 16)
    with torch.inference_mode():
        y = layer(x)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(again(x), y)
        learn(again, again, 16, steps=1)
        assert not torch.equal(again(x), y) and torch.equal(layer(x), y)


def test_fewer_elements_leave_more_free_numbers():
    """The identity alone leaves all: a plain layer."""
    made = program("anymal_d/velocity")
    for elements, free in ((["e"], 5 * 12), (["e", "sagittal"], 10 * 12 / 2), (made.group.elements, 5 * 12)):
        group = made.group.subgroup(elements)
        layer = nn.Linear(nn.of_elements(made.space("actions"), elements), nn.regular(group, 5))
        assert layer.weight.free.numel() == free and layer.weight().shape == (5 * group.order, 12)


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
