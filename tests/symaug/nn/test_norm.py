"""Running statistics are those of everything seen and of its images."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

import symaug
from symaug import nn
from symaug.semantics.signed_permutation import SignedPermutation
from tests.symaug.nn.groups import GROUPS, image, observation, program


def batches(width: int) -> list[torch.Tensor]:
    scale, shift = torch.linspace(0.5, 3.0, width), torch.linspace(-2.0, 2.0, width)
    return [torch.randn(rows, width) * scale + shift for rows in (300, 40)]


@pytest.mark.parametrize("name", GROUPS)
def test_it_commutes_with_the_group(float64, name):
    space = observation(name)
    norm, linear = nn.Norm(space), nn.linear_part(space)
    for batch in batches(space.width):
        norm.update(batch)
        x = torch.randn(7, space.width)
        for g in space.elements:
            torch.testing.assert_close(
                norm(image(space, g, x)), image(linear, g, norm(x)), atol=1e-10, rtol=0
            )


@pytest.mark.parametrize("name", GROUPS)
def test_they_are_the_moments_of_the_batches_with_their_images(float64, name):
    space = observation(name)
    norm, seen = nn.Norm(space), batches(space.width)
    for batch in seen:
        norm.update(batch)
    orbit = symaug.Transform(space, program(name).group).orbit(torch.cat(seen))
    torch.testing.assert_close(norm._mean[0], orbit.mean(0))
    variance = orbit.var(0, correction=0)
    if all(isinstance(action, SignedPermutation) for action in space.elements.values()):
        torch.testing.assert_close(norm._var[0], variance)  # exchanged numbers have one already
    torch.testing.assert_close(norm._var[0], nn.orbit_mean(variance, nn.orbit_labels(space)))
    torch.testing.assert_close(norm._std, norm._var.sqrt())
    assert int(norm.count) == sum(map(len, seen))


def test_plain_statistics_do_not_commute(float64):
    space = observation("anymal_d/velocity")
    (batch, _) = batches(space.width)
    mean, std = batch.mean(0), batch.std(0)
    x = torch.randn(7, space.width)
    there = (image(space, "sagittal", x) - mean) / std
    assert float((there - image(space, "sagittal", (x - mean) / std)).abs().max()) > 0.1


def test_no_rows_change_nothing():
    norm = nn.Norm(observation("shifted"))
    before = copy.deepcopy(norm.state_dict())
    norm.update(torch.zeros(0, norm._mean.shape[1]))
    assert all(torch.equal(value, before[key]) for key, value in norm.state_dict().items())
    norm.update(torch.randn(5, norm._mean.shape[1]))
    learned = copy.deepcopy(norm.state_dict())
    norm.update(torch.zeros(0, norm._mean.shape[1]))
    assert all(torch.equal(value, learned[key]) for key, value in norm.state_dict().items())


@pytest.mark.parametrize("name", ["anymal_d/velocity", "C3", "shifted"])
def test_it_can_be_copied_pickled_and_scripted(name):
    norm = nn.Norm(observation(name))
    norm.update(torch.randn(50, norm._mean.shape[1]) * 3)
    x = torch.randn(4, norm._mean.shape[1])
    for again in (copy.deepcopy(norm), pickle.loads(pickle.dumps(norm)), torch.jit.script(norm)):
        assert torch.equal(again(x), norm(x))


def test_it_learns_nothing_in_evaluation_mode():
    norm = nn.Norm(observation("anymal_d/velocity")).eval()
    norm.update(torch.randn(9, 48))
    assert int(norm.count) == 0 and torch.equal(norm._std, torch.ones(1, 48))


def test_its_state_is_that_of_rsl_rls_normaliser():
    modules = pytest.importorskip("rsl_rl.modules")
    theirs = modules.EmpiricalNormalization(48)
    ours = nn.Norm(observation("anymal_d/velocity"))
    assert {*ours.state_dict()} == {"_mean", "_var", "_std", "count"}
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    theirs.update(torch.randn(50, 48) * 3)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(4, 48)
    assert torch.equal(ours(x), theirs(x))
