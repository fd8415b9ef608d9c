"""When a layer makes its matrix: at each call where gradients are recorded, else once until it changes."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch

from symaug import nn
from tests.symaug.nn.groups import image, matrices, observation, program


def made() -> nn.CommutingMap:
    layer = nn.CommutingMap(observation("ant/run"), program("ant/run").space("actions"))
    layer.init_uniform(1.0)
    return layer


def step(layer: nn.CommutingMap) -> None:
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    with torch.enable_grad():
        layer().sum().backward()
    optimizer.step()


def load(layer: nn.CommutingMap) -> None:
    layer.load_state_dict({"free": layer.free.detach() + 1})


def assign(layer: nn.CommutingMap) -> None:
    layer.load_state_dict({"free": torch.ones_like(layer.free)}, assign=True)


def in_place(layer: nn.CommutingMap) -> None:
    with torch.no_grad():
        layer.free[0, 0] += 1


def in_place_without_being_counted(layer: nn.CommutingMap) -> None:
    """As target networks and older optimizers do: torch counts no change."""
    layer.free.data.mul_(0.9).add_(0.1)


def other_memory(layer: nn.CommutingMap) -> None:
    layer.free.data = layer.free.data + 1


def memory_that_was_there_before(layer: nn.CommutingMap) -> None:
    """Freed memory is given out again: the place says nothing."""
    place = layer.free.data_ptr()
    for _ in range(10):
        layer.free.data = layer.free.data + 1
        if layer.free.data_ptr() == place:
            return


def as_one_vector(layer: nn.CommutingMap) -> None:
    vector = torch.nn.utils.parameters_to_vector(layer.parameters())
    torch.nn.utils.vector_to_parameters(vector + 1, layer.parameters())


CHANGES: list[Callable[[nn.CommutingMap], None]] = [
    *(step, load, assign, in_place, in_place_without_being_counted),
    *(other_memory, memory_that_was_there_before, as_one_vector),
]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("change", CHANGES)
def test_while_gradients_are_off_it_is_made_once_until_it_changes(change, mode):
    layer = made()
    with mode():
        before = layer()
        assert layer() is before
    change(layer)
    with mode():
        after = layer()
        assert layer() is after and not torch.equal(after, before)
    torch.testing.assert_close(layer().detach(), after)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_another_dtype_makes_it_anew(mode):
    layer = made()
    with mode():
        layer()
        assert layer.double()().dtype == torch.float64
        assert layer.float()().dtype == torch.float32
        assert layer.to(torch.bfloat16)().dtype == torch.bfloat16


def test_where_gradients_are_recorded_it_is_made_at_each_call():
    layer = made()
    assert layer() is not layer() and layer().requires_grad
    with torch.no_grad():
        kept = layer()
    assert layer() is not kept and not kept.requires_grad


def test_many_networks_at_once_by_vmap():
    layer = made()
    several = torch.stack([layer.free.detach(), layer.free.detach() + 1])
    one_by_one = []
    for free in several:
        one_by_one.append(torch.func.functional_call(layer, {"free": free}, ()))

    def call(free: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(layer, {"free": free}, ())

    with torch.no_grad():
        layer()
        assert torch.equal(torch.func.vmap(call)(several), torch.stack(one_by_one))


@pytest.mark.parametrize("name", ["C3", "D3", "shifted"])
@pytest.mark.parametrize("through", [[], [torch.float16], [torch.bfloat16, torch.float32]], ids=str)
def test_a_layer_that_was_moved_commutes_as_one_made_in_float64(name, through):
    source, target = observation(name), program(name).space("actions")
    layer, x = nn.Linear(source, target), torch.randn(4, source.width, dtype=torch.float64)
    lstm = nn.LSTM(source, nn.regular(program(name).group, 1))
    for dtype in (*through, torch.float64):
        layer.to(dtype)
        lstm.to(dtype)
    for g in source.elements:
        there, here = layer(image(source, g, x)), image(target, g, layer(x))
        torch.testing.assert_close(there, here, atol=1e-13, rtol=0)
        hidden = lstm(image(source, g, x).unsqueeze(0))[0]
        moved = image(nn.regular(program(name).group, 1), g, lstm(x.unsqueeze(0))[0])
        torch.testing.assert_close(hidden, moved, atol=1e-13, rtol=0)
    again = copy.deepcopy(layer).float()
    assert again(x.float()).dtype == torch.float32
    weight = again.double().weight().detach()
    pairs = zip(matrices(source), matrices(target), strict=True)
    assert max(float((b @ weight - weight @ a).abs().max()) for a, b in pairs) < 1e-13


@pytest.mark.slow
def test_a_perceptron_compiles_to_one_graph():
    group = program("anymal_d/velocity").group
    mlp = nn.MLP(
        observation("anymal_d/velocity"), nn.regular(group, 4), program("anymal_d/velocity").space("actions")
    )
    x = torch.randn(5, 48)
    compiled = torch.compile(mlp, fullgraph=True)
    torch.testing.assert_close(compiled(x), mlp(x))
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), mlp(x))
        next(mlp.parameters()).add_(1)
        torch.testing.assert_close(compiled(x), mlp(x))
