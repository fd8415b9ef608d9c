"""The maps that commute with a group: their number, that all are reached, and when they are made anew."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symaug import nn
from tests.symaug.nn.groups import GROUPS, matrices, observation, program


@pytest.mark.parametrize("name", GROUPS)
def test_as_many_free_numbers_as_characters_say(name):
    """dim Hom = 1/|G| Σ tr ρ_out(g) tr ρ_in(g), for orthogonal representations."""
    source, target = observation(name), nn.direct_sum(nn.regular(program(name).group, 2), observation(name))
    traces = zip(matrices(source), matrices(target), strict=True)
    expected = sum(float(a.trace() * b.trace()) for a, b in traces) / program(name).group.order
    assert nn.CommutingMap(source, target, stacked=3).free.numel() == 3 * round(expected)


@pytest.mark.parametrize("name", GROUPS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_the_nearest_map_is_the_mean_over_the_group_and_every_such_mean_is_reached(name, seed):
    generator = torch.Generator().manual_seed(seed)
    source, target = observation(name), program(name).space("actions")
    wanted = torch.randn(target.width, source.width, dtype=torch.float64, generator=generator)
    pairs = list(zip(matrices(source), matrices(target), strict=True))
    mean = torch.stack([b.T @ wanted @ a for a, b in pairs]).mean(0)
    made = nn.CommutingMap(source, target).double()
    made.set_nearest(wanted)
    torch.testing.assert_close(made(), mean, atol=1e-6, rtol=0)
    made.set_nearest(mean)
    torch.testing.assert_close(made(), mean, atol=1e-6, rtol=0)


def test_gradients_are_right(float64):
    made = nn.CommutingMap(observation("C3"), program("C3").space("actions"), stacked=2)
    made.init_uniform(1.0)
    x = torch.randn(2 * program("C3").space("actions").width)

    def product(free: torch.Tensor) -> torch.Tensor:
        return x @ torch.func.functional_call(made, {"free": free}, ())

    assert torch.autograd.gradcheck(product, (made.free.detach().clone().requires_grad_(),))


def test_weights_have_the_variance_of_the_free_numbers_where_the_group_mixes():
    space = nn.regular(program("C6").group, 40)
    made = nn.CommutingMap(observation("C6"), space)
    made.init_uniform(1.0)
    deviations = made().detach().std(dim=0)
    assert float(deviations.min()) > 0.45 and float(deviations.max()) < 0.7  # 1/√3 = 0.577


def test_only_free_numbers_are_saved():
    lstm = nn.LSTM(observation("anymal_d/velocity"), nn.regular(program("anymal_d/velocity").group, 2))
    assert {key.rsplit(".", 1)[-1] for key in lstm.state_dict()} == {"free"}


def changes() -> dict:
    def step(made):
        optimizer = torch.optim.SGD(made.parameters(), lr=1.0)
        with torch.enable_grad():
            made().sum().backward()
        optimizer.step()

    def load(made):
        made.load_state_dict({"free": made.free.detach() + 1})

    def assign(made):
        made.load_state_dict({"free": torch.ones_like(made.free)}, assign=True)

    def data(made):
        made.free.data = made.free.data + 1

    def in_place(made):
        with torch.no_grad():
            made.free[0, 0] += 1

    return {f.__name__: f for f in (step, load, assign, data, in_place)}


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("change", changes().values(), ids=changes())
def test_while_gradients_are_off_it_is_made_once_until_it_changes(change, mode):
    made = nn.CommutingMap(observation("ant/run"), program("ant/run").space("actions"))
    made.init_uniform(1.0)
    with mode():
        before = made()
        assert made() is before
    change(made)
    with mode():
        after = made()
        assert made() is after and not torch.equal(after, before)
    torch.testing.assert_close(made().detach(), after)
    with mode():
        assert made.double()().dtype == torch.float64


@pytest.mark.slow
def test_a_perceptron_compiles_to_one_graph():
    group = program("anymal_d/velocity").group
    mlp = nn.MLP(
        observation("anymal_d/velocity"), nn.regular(group, 4), program("anymal_d/velocity").space("actions")
    )
    x = torch.randn(5, 48)
    torch.testing.assert_close(torch.compile(mlp, fullgraph=True)(x), mlp(x))
