"""Types that are one mistake away from a declared one."""

from __future__ import annotations

import pytest

from benchmarks.mutation.spec_mutants import wrong_types
from symaug.checks.live.neighbours import neighbours


@pytest.mark.parametrize(
    "right",
    [
        "vector[xy] + pseudovector[z]",
        "limbs * (vector + quaternion(wxyz) + scalar)",
        "scalar + quaternion(wxyz) + positions(joints)",
        "pseudovector + vector + limbs * 3 * (pseudovector + vector)",
        "history(3, joints, order=term)",
        "grid(17 x 11, order=xy, frame=yaw)",
        "vector[yx] + vector[xy]",
        "joints(order=actuators)",
    ],
)
def test_from_every_single_mistake_the_way_back_is_one_step(right):
    wrong = [text for _, text in wrong_types(right, ["actuators"])]
    assert wrong
    for text in wrong:
        assert right in neighbours(text, ["actuators"]), text


def test_each_once_and_never_what_was_declared():
    found = list(neighbours("vector[xy] + vector[xy]", []))
    assert len(found) == len(set(found)) and "vector[xy] + vector[xy]" not in found
    assert {"vector[yx] + vector[xy]", "vector[xy] + pseudovector[xy]"} <= set(found)
    assert "history(4, joints, order=term)" in neighbours("history(4, joints)", [])  # the default, otherwise
    assert "rotation_6d(rows)" in neighbours("rotation_6d", [])
    assert "quaternion(wxyz) + vector" in neighbours("vector + quaternion(wxyz)", [])
