from __future__ import annotations

import dataclasses

import pytest

from symaug.checks.algebra import (
    check_algebra,
    check_base_motions,
    check_default_pose,
    check_group,
    check_space,
)
from symaug.compiler.compile import compile_spec
from symaug.semantics.signed_permutation import SignedPermutation


@pytest.fixture(scope="module")
def program():
    return compile_spec("anymal_d/velocity")


def test_the_shipped_program_is_sound(anymal, program):
    results = check_algebra(anymal, program)
    assert all(check.status == "pass" and check.violation == 0 for check in results)
    assert [check.name for check in results][-2:] == ["algebra/observations/policy", "algebra/actions"]


def changed(space, element, **fields):
    action = dataclasses.replace(space.elements[element], **fields)
    return dataclasses.replace(space, elements={**space.elements, element: action})


def test_one_wrong_sign_in_a_space_names_the_term(program):
    space = program.space("observations/policy")
    sign = list(space.elements["sagittal"].sign)
    sign[4] *= -1  # in base_ang_vel
    check = check_space("observations/policy", changed(space, "sagittal", sign=tuple(sign)), program.group)
    assert check.status == "fail" and list(check.breakdown) == ["base_ang_vel"]


def test_an_entry_that_leaks_into_another_term_is_named(program):
    space = program.space("observations/policy")
    width = space.width
    swapped = list(range(width))
    swapped[12], swapped[24] = 24, 12  # LF_HAA's position with its velocity
    leak = SignedPermutation.of(swapped)
    elements = {name: leak @ action @ leak for name, action in space.elements.items()}
    check = check_space("x", dataclasses.replace(space, elements=elements), program.group)
    assert check.status == "fail" and {"joint_pos", "joint_vel"} <= set(check.breakdown)


def test_gaps_and_widths(program):
    space = program.space("observations/policy")
    assert check_space("x", dataclasses.replace(space, terms=space.terms[1:]), program.group).status == "fail"
    assert check_space("x", dataclasses.replace(space, width=49), program.group).status == "fail"
    narrow = {**space.elements, "sagittal": SignedPermutation.identity(3)}
    check = check_space("x", dataclasses.replace(space, elements=narrow), program.group)
    assert check.status == "fail" and "sagittal" in check.detail


def test_a_wrong_table_and_a_wrong_base_motion(anymal):
    table = [list(row) for row in anymal.group.table]
    table[1][1] = 2
    group = dataclasses.replace(anymal.group, table=tuple(map(tuple, table)))
    assert check_group(group).status == "fail"
    motions = {**anymal.motions, "sagittal": anymal.motions["transversal"]}
    check = check_base_motions(dataclasses.replace(anymal, motions=motions))
    assert check.status == "fail" and any("sagittal" in pair for pair in check.breakdown)


def test_an_uneven_default_pose_names_its_joints(anymal):
    pose = {**anymal.default_pose, "LF_HAA": 0.1}
    check = check_default_pose(dataclasses.replace(anymal, default_pose=pose))
    assert check.status == "fail" and check.violation == pytest.approx(0.1)
    assert "LF_HAA" in check.breakdown and "RF_HAA" in check.breakdown
