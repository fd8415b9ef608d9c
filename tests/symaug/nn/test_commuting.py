"""The maps that commute with a group: their number, that all are reached, and how they start."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symaug import Space, nn
from symaug.nn.blocks import blocks
from symaug.semantics.group import close
from tests.symaug.nn.groups import GROUPS, image, matrices, observation, one_number, program, space_of
from tests.symaug.semantics.known_robots import ROBOTS


def characters(source: Space, target: Space) -> float:
    """dim Hom = 1/|G| Σ tr ρ_out(g) tr ρ_in(g), for orthogonal representations."""
    pairs = zip(matrices(source), matrices(target), strict=True)
    return float(np.mean([float(a.trace() * b.trace()) for a, b in pairs]))


def mean_over_the_group(weight: torch.Tensor, source: Space, target: Space) -> torch.Tensor:
    pairs = zip(matrices(source), matrices(target), strict=True)
    return torch.stack([b.T @ weight @ a for a, b in pairs]).mean(0)


@pytest.mark.parametrize("name", GROUPS)
def test_as_many_free_numbers_as_characters_say(name):
    source, target = observation(name), nn.direct_sum(nn.regular(program(name).group, 2), observation(name))
    count = nn.CommutingMap(source, target, stacked=3).free.numel()
    assert count / 3 == pytest.approx(characters(source, target), abs=1e-9)


@pytest.mark.parametrize("name", GROUPS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_the_nearest_map_is_the_mean_over_the_group_and_every_such_mean_is_reached(name, seed):
    generator = torch.Generator().manual_seed(seed)
    source, target = observation(name), program(name).space("actions")
    wanted = torch.randn(target.width, source.width, dtype=torch.float64, generator=generator)
    mean = mean_over_the_group(wanted, source, target)
    made = nn.CommutingMap(source, target).double()
    made.set_nearest(wanted)
    torch.testing.assert_close(made(), mean, atol=1e-13, rtol=0)
    made.set_nearest(mean)
    torch.testing.assert_close(made(), mean, atol=1e-13, rtol=0)


TYPES = st.lists(
    st.sampled_from(
        [
            *("scalar", "vector", "pseudovector", "pseudoscalar", "joints", "unsigned(joints)", "limbs"),
            *("positions(joints)", "rotation_matrix", "limbs * vector", "limbs * limbs", "2 * regular"),
        ]
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(ROBOTS)), inputs=TYPES, outputs=TYPES, stacked=st.integers(1, 3))
@example("D3", ["limbs * vector", "limbs * vector"], ["rotation_matrix", "regular"], 2)
@example("shifted", ["positions(joints)"], ["pseudoscalar"], 1)
def test_maps_between_any_types_commute_and_none_is_missing(name, inputs, outputs, stacked):
    source, target = space_of(name, inputs), space_of(name, outputs)
    made = nn.CommutingMap(source, target, stacked).double()
    assert made.free.numel() / stacked == pytest.approx(characters(source, target), abs=1e-9)
    wanted = torch.randn(stacked, target.width, source.width, dtype=torch.float64)
    made.set_nearest(wanted.flatten(0, 1))
    mean = torch.stack([mean_over_the_group(weight, source, target) for weight in wanted])
    torch.testing.assert_close(made().detach().view_as(mean), mean, atol=1e-12, rtol=0)


@pytest.mark.parametrize("width", [1, 4])
def test_where_nothing_commutes_weights_are_zero_and_can_be_learned_beside_others(width):
    odd, even = one_number("g1/velocity", -1), one_number("g1/velocity", 1)
    for source, target in ((odd, even), (even, odd)):
        made = nn.CommutingMap(source, nn.direct_sum(*[target] * width), stacked=2)
        made.set_nearest(torch.ones(2 * width, 1))
        assert made.free.numel() == 0 and torch.equal(made(), torch.zeros(2 * width, 1))
    layer = nn.Linear(odd, odd)  # its bias has no free number
    layer(torch.ones(3, 1)).sum().backward()
    assert layer.weight.free.grad is not None and layer.bias is not None and not layer.bias().any()
    torch.optim.Adam(layer.parameters()).step()


def test_a_large_group_takes_no_large_memory():
    """S4 × C2 × C4: the projection on the maps that commute would take 10 GB."""
    turned, swapped, third = (1, 2, 3, 0), (1, 0, 2, 3), (5, 4)
    rest, cycle = tuple(range(6, 10)), (7, 8, 9, 6)
    group, _ = close(
        {
            "a": (*swapped, 4, 5, *rest),
            "b": (*turned, 4, 5, *rest),
            "c": (0, 1, 2, 3, *third, *rest),
            "d": (0, 1, 2, 3, 4, 5, *cycle),
        },
        tuple(range(10)),
        lambda left, right: tuple(left[place] for place in right),
    )
    assert group.order == 192
    made = nn.CommutingMap(nn.regular(group, 1), nn.regular(group, 1))
    made.init_uniform(1.0)
    weight = made().detach()
    moved = image(nn.regular(group, 1), "a*b", image(nn.regular(group, 1), "a*b", weight).T).T
    assert made.free.numel() == 192 and torch.equal(moved, weight)


def test_gradients_are_right(float64):
    made = nn.CommutingMap(observation("C3"), program("C3").space("actions"), stacked=2)
    made.init_uniform(1.0)
    x = torch.randn(2 * program("C3").space("actions").width)

    def product(free: torch.Tensor) -> torch.Tensor:
        return x @ torch.func.functional_call(made, {"free": free}, ())

    assert torch.autograd.gradcheck(product, (made.free.detach().clone().requires_grad_(),))


@pytest.mark.parametrize("name", ["anymal_d/velocity", "g1/velocity", "ant/run", "aloha/either_hand"])
def test_without_mixing_each_weight_is_a_free_number_up_to_its_sign(name):
    made = nn.CommutingMap(
        observation(name), nn.direct_sum(program(name).space("actions"), observation(name))
    )
    made.init_uniform(1.0)
    weights = made().detach().abs()
    assert {*weights.unique().tolist()} - {0.0} == {*made.free.detach().abs().unique().tolist()}


@pytest.mark.parametrize("name", ["C3", "D3", "C6"])
def test_where_the_group_mixes_the_weights_of_two_orbits_have_the_variance_of_the_free_numbers(name):
    """In the mean over the places that are not zero, exactly: Var w = Σ c² Var free."""
    source, target = observation(name), nn.direct_sum(program(name).space("actions"), observation(name))
    made = nn.CommutingMap(source, target).double()
    squares = made._coefficient.square().sum(-1)
    for outputs in blocks(target):
        for inputs in blocks(source):
            here = squares[outputs.members[0]][:, inputs.members[0]]
            places = here[here > 0]
            assert not len(places) or float(places.mean()) == pytest.approx(1)


def test_in_the_sample_too():
    made = nn.CommutingMap(observation("C6"), nn.regular(program("C6").group, 40))
    made.init_uniform(1.0)
    deviations = made().detach().std(dim=0)
    assert float(deviations.min()) > 0.5 and float(deviations.max()) < 0.65
    assert float(made().detach().std()) == pytest.approx(1 / math.sqrt(3), rel=0.03)


def test_only_free_numbers_are_saved():
    lstm = nn.LSTM(observation("anymal_d/velocity"), nn.regular(program("anymal_d/velocity").group, 2))
    assert {key.rsplit(".", 1)[-1] for key in lstm.state_dict()} == {"free"}
    linear = nn.Linear(observation("shifted"), program("shifted").space("actions"))
    assert {*linear.state_dict()} == {"weight.free", "bias.free"}


def test_the_norm_of_a_gradient_is_root_g_times_that_of_the_tied_weights():
    """Where every orbit of weights has G members, as from and to regular spaces."""
    group = program("ant/run").group
    space = nn.regular(group, 3)
    made = nn.CommutingMap(space, space)
    weight = made()
    weight.retain_grad()
    pairs = list(zip(matrices(space), matrices(space), strict=True))
    slope = torch.randn_like(weight)
    (weight * slope).sum().backward()
    tied = torch.stack([b.T @ slope.double() @ a for a, b in pairs]).mean(0)
    assert made.free.grad is not None
    assert float(made.free.grad.norm() / tied.norm()) == pytest.approx(group.order**0.5, rel=1e-5)
