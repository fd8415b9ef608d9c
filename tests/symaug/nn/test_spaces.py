"""Helper spaces act as their names say."""

from __future__ import annotations

import pytest
import torch

import symaug
from symaug import nn
from symaug.diagnostics import UserError
from symaug.semantics import linear_map
from symaug.semantics.signed_permutation import SignedPermutation
from tests.symaug.nn.groups import GROUPS, image, observation, program, robot, space_of
from tests.symaug.semantics.known_robots import ROBOTS


@pytest.mark.parametrize("name", GROUPS)
def test_each_is_a_homomorphism_on_the_whole_table(name):
    group, source = program(name).group, observation(name)
    spaces = [
        nn.regular(group, 2),
        nn.trivial(group, 3),
        nn.linear_part(source),
        nn.magnitudes(nn.direct_sum(nn.regular(group, 1), nn.trivial(group, 2))),
        nn.direct_sum(source, source),
    ]
    for space in spaces:
        actions = list(space.elements.values())
        for i, row in enumerate(group.table):
            for j, product in enumerate(row):
                assert not linear_map.differences(
                    linear_map.compose(actions[i], actions[j]), actions[product]
                )


@pytest.mark.parametrize("name", GROUPS)
def test_the_regular_representation_sends_h_to_g_h_and_each_number_to_each_place(name):
    group = program(name).group
    space, order = nn.regular(group, 3), group.order
    assert space.width == 3 * order
    for g, element in enumerate(group.elements):
        for channel in range(3):
            for h in range(order):
                one = torch.zeros(space.width)
                one[channel * order + h] = 1
                moved = image(space, element, one)
                assert moved[channel * order + group.product(g, h)] == 1 and moved.sum() == 1
    targets = {row[0] for row in group.table}
    assert targets == set(range(order))
    assert len(set(nn.orbit_labels(space).tolist())) == 3


@pytest.mark.parametrize("name", sorted(ROBOTS))
def test_it_is_the_type_of_that_name(name):
    written = space_of(name, ["3 * regular", "2 * scalar"])
    made = nn.direct_sum(nn.regular(robot(name).group, 3), nn.trivial(robot(name).group, 2))
    assert made.elements == written.elements and made.width == written.width
    assert [term.type for term in made.terms] == ["3 * regular", "2 * scalar"]


def test_some_of_the_elements_act_as_before():
    space = observation("ant/run")
    elements = list(space.elements)[::-1][:3]
    part = nn.of_elements(space, elements)
    assert list(part.elements) == elements
    assert all(part.elements[name] is space.elements[name] for name in elements)
    with pytest.raises(UserError, match="SA504"):
        nn.of_elements(space, ["sagital"])


@pytest.mark.parametrize("name", ["trifinger/cube", "shifted", "ant/run"])
def test_a_sum_acts_on_each_part(name):
    made = program(name)
    parts = observation(name), nn.regular(made.group, 2), made.space("actions")
    blocks = [torch.randn(4, part.width) for part in parts]
    whole = nn.direct_sum(*parts)
    assert whole.width == sum(part.width for part in parts)
    assert [term.stop for term in whole.terms][-1] == whole.width
    for g in made.group.elements:
        transforms = [symaug.Transform(part, made.group) for part in parts]
        apart = torch.cat([t.apply(block, g) for t, block in zip(transforms, blocks, strict=True)], dim=-1)
        torch.testing.assert_close(image(whole, g, torch.cat(blocks, dim=-1)), apart)


def test_magnitudes_have_no_signs_and_a_linear_part_no_offset():
    actions = program("anymal_d/velocity").space("actions")
    for g, action in nn.magnitudes(actions).elements.items():
        signed = actions.elements[g]
        assert isinstance(signed, SignedPermutation) and action == SignedPermutation.of(signed.index)
    source = observation("shifted")
    assert not source.elements["s"].is_linear and nn.linear_part(source).elements["s"].is_linear


def test_labels_join_what_is_exchanged_and_what_is_mixed():
    labels = nn.orbit_labels(observation("C3")).tolist()
    v, w, q, c, t = labels[:3], labels[3:6], labels[6:12], labels[12:21], labels[21]
    assert v[0] == v[1] != v[2] and w[0] == w[1] != w[2]
    assert len({*q[0::2]}) == len({*q[1::2]}) == 1 and q[0] != q[1]
    assert len({c[k] for k in range(9) if k % 3 < 2}) == 1 and len({*c[2::3]}) == 1
    assert labels.count(t) == 1
    mean = nn.orbit_mean(torch.arange(3.0), torch.tensor([0, 0, 1]))
    assert mean.tolist() == [0.5, 0.5, 2.0]
