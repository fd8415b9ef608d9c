"""Running statistics are those of everything seen and of its images."""

from __future__ import annotations

import pytest
import torch

from symaug import nn
from tests.symaug.nn.groups import GROUPS, image, observation


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


@pytest.mark.parametrize("name", ["anymal_d/velocity", "ant/run", "shifted"])
def test_they_are_the_moments_of_the_batches_with_their_images(float64, name):
    space = observation(name)
    norm, seen = nn.Norm(space), torch.cat(batches(space.width))
    torch.manual_seed(0)
    for batch in batches(space.width):
        norm.update(batch)
    torch.manual_seed(0)
    seen = torch.cat(batches(space.width))
    orbit = torch.cat([image(space, g, seen) for g in space.elements])
    torch.testing.assert_close(norm._mean[0], orbit.mean(0))
    torch.testing.assert_close(norm._std[0], orbit.std(0, correction=0))
    assert int(norm.count) == len(seen)


def test_it_learns_nothing_in_evaluation_mode():
    norm = nn.Norm(observation("anymal_d/velocity")).eval()
    norm.update(torch.randn(9, 48))
    assert int(norm.count) == 0 and torch.equal(norm._std, torch.ones(1, 48))


def test_its_state_is_that_of_rsl_rls_normaliser():
    modules = pytest.importorskip("rsl_rl.modules")
    theirs = modules.EmpiricalNormalization(48)
    ours = nn.Norm(observation("anymal_d/velocity"))
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    theirs.update(torch.randn(50, 48) * 3)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(4, 48)
    assert torch.equal(ours(x), theirs(x))
