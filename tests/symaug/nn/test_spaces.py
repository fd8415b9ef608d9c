"""Helper spaces act as their names say."""

from __future__ import annotations

import pytest
import torch

from symaug import nn
from symaug.semantics import linear_map
from tests.symaug.nn.groups import GROUPS, image, observation, program


@pytest.mark.parametrize("name", GROUPS)
def test_each_is_a_homomorphism_on_the_whole_table(name):
    group, source = program(name).group, observation(name)
    spaces = [
        nn.regular(group, 2),
        nn.trivial(group, 3),
        nn.linear_part(source),
        nn.direct_sum(source, source),
    ]
    for space in spaces:
        actions = list(space.elements.values())
        for i, row in enumerate(group.table):
            for j, product in enumerate(row):
                assert not linear_map.differences(
                    linear_map.compose(actions[i], actions[j]), actions[product]
                )


def test_a_sum_acts_on_each_part():
    made = program("trifinger/cube")
    parts = observation("trifinger/cube"), nn.regular(made.group, 2), made.space("actions")
    blocks = [torch.randn(4, part.width) for part in parts]
    whole = nn.direct_sum(*parts)
    assert whole.width == sum(part.width for part in parts)
    assert [term.stop for term in whole.terms][-1] == whole.width
    for g in made.group.elements:
        apart = torch.cat([image(part, g, block) for part, block in zip(parts, blocks, strict=True)], dim=-1)
        torch.testing.assert_close(image(whole, g, torch.cat(blocks, dim=-1)), apart)


def test_magnitudes_have_no_signs_and_a_linear_part_no_offset():
    actions = program("anymal_d/velocity").space("actions")
    for g, action in nn.magnitudes(actions).elements.items():
        assert set(action.sign) == {1} and action.index == actions.elements[g].index
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
