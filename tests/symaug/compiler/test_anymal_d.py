"""The ANYmal programs against what they must be, worked out by other means than the compiler's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import symaug
from symaug.compiler.program import Program
from symaug.semantics.linear_map import Action, LinearMap
from symaug.shipped import list_specs

JOINTS = [f"{leg}_{joint}" for joint in ("HAA", "HFE", "KFE") for leg in ("LF", "LH", "RF", "RH")]
MOTION = {  # each element's base motion, written down
    "e": np.diag([1, 1, 1]),
    "sagittal": np.diag([1, -1, 1]),
    "transversal": np.diag([-1, 1, 1]),
    "sagittal*transversal": np.diag([-1, -1, 1]),
}


@pytest.fixture(scope="module")
def velocity() -> Program:
    return symaug.compile("anymal_d/velocity")


@pytest.fixture(scope="module")
def position() -> Program:
    return symaug.compile("anymal_d/position")


def dense(action: Action) -> np.ndarray:
    if isinstance(action, LinearMap):
        return np.array(action.matrix())
    matrix = np.zeros((len(action), len(action)), dtype=int)
    for row, (column, sign) in enumerate(zip(action.index, action.sign, strict=True)):
        matrix[row, column] = sign
    return matrix


def joint_matrix(element: str) -> np.ndarray:
    """From the joint names: which leg a leg comes from, and the axis that a joint turns about."""
    left_right, front_hind = MOTION[element][1, 1] < 0, MOTION[element][0, 0] < 0
    matrix = np.zeros((12, 12), dtype=int)
    for row, name in enumerate(JOINTS):
        side, end, joint = name[0], name[1], name[3:]
        origin_side = {"L": "R", "R": "L"}[side] if left_right else side
        origin_end = {"F": "H", "H": "F"}[end] if front_hind else end
        # HAA turns about x: an axial vector along x changes sign when y is mirrored, not when x is.
        # HFE and KFE turn about y: the other way round.
        sign = (-1 if left_right else 1) if joint == "HAA" else (-1 if front_hind else 1)
        matrix[row, JOINTS.index(f"{origin_side}{origin_end}_{joint}")] = sign
    return matrix


def block_diagonal(*blocks: np.ndarray) -> np.ndarray:
    size = sum(len(block) for block in blocks)
    matrix, start = np.zeros((size, size), dtype=int), 0
    for block in blocks:
        matrix[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return matrix


@pytest.mark.parametrize("element", MOTION)
def test_velocity_equals_an_independent_dense_construction(velocity, element):
    motion = MOTION[element]
    axial = round(np.linalg.det(motion)) * motion
    command = block_diagonal(motion[:2, :2], axial[2:, 2:])
    joints = joint_matrix(element)
    expected = block_diagonal(motion, axial, motion, command, joints, joints, joints)
    np.testing.assert_array_equal(dense(velocity.space("observations/policy").action(element)), expected)
    np.testing.assert_array_equal(dense(velocity.space("actions").action(element)), joints)


@pytest.mark.parametrize("element", MOTION)
def test_position_equals_an_independent_dense_construction(position, element):
    motion = MOTION[element]
    axial = round(np.linalg.det(motion)) * motion
    joints = joint_matrix(element)
    expected = block_diagonal(motion, axial, motion, joints, joints, joints, np.eye(1), motion[:2, :2])
    np.testing.assert_array_equal(dense(position.space("observations/policy").action(element)), expected)


def test_some_entries_by_hand(velocity):
    action = velocity.space("observations/policy").action("sagittal")
    assert action.sign[0:3] == (1, -1, 1)  # lateral velocity turns around
    assert action.sign[3:6] == (-1, 1, -1)  # roll and yaw rate turn around
    assert action.sign[9:12] == (1, -1, -1)  # command: vy and the yaw rate
    # joint_pos starts at 12: number 12 is LF_HAA, read from RF_HAA at 14, sign turned
    assert (action.index[12], action.sign[12]) == (14, -1)
    # number 16 is LF_HFE, read from RF_HFE at 18, sign kept
    assert (action.index[16], action.sign[16]) == (18, 1)
    # last_action starts at 36: number 47 is RH_KFE, front for hind: from RF_KFE at 46, sign turned
    action = velocity.space("observations/policy").action("transversal")
    assert (action.index[47], action.sign[47]) == (46, -1)


def test_widths_and_terms(velocity, position):
    assert velocity.space("observations/policy").width == position.space("observations/policy").width == 48
    names = [term.name for term in velocity.space("observations/policy").terms]
    assert names == [
        "base_lin_vel",
        "base_ang_vel",
        "projected_gravity",
        "velocity_command",
        "joint_pos",
        "joint_vel",
        "last_action",
    ]
    slices = [(term.name, term.start, term.stop) for term in position.space("observations/policy").terms[-2:]]
    assert slices == [("remaining_time", 45, 46), ("target_position", 46, 48)]
    assert velocity.joint_order == position.joint_order == tuple(JOINTS)


def test_one_dead_leg_teaches_all_four(velocity):
    assert velocity.tasks is not None
    assert velocity.tasks.train == ("fail(LF_HAA)", "fail(LF_HFE)", "fail(LF_KFE)")
    assert len(velocity.tasks.test) == 12 and velocity.tasks.unreached == ()
    assert velocity.tasks.reached["fail(LF_KFE)"] == ("fail(LF_KFE)", "e")
    assert velocity.tasks.reached["fail(RF_KFE)"] == ("fail(LF_KFE)", "sagittal")
    assert velocity.tasks.reached["fail(LH_HAA)"] == ("fail(LF_HAA)", "transversal")
    assert velocity.tasks.reached["fail(RH_HFE)"] == ("fail(LF_HFE)", "sagittal*transversal")


@pytest.mark.parametrize("spec", list_specs())
def test_every_shipped_spec_is_a_homomorphism(spec):
    program = symaug.compile(spec)
    group = program.group
    assert group.axiom_violations() == []
    for space in program.spaces.values():
        maps = {name: dense(action) for name, action in space.elements.items()}
        for (i, a), (j, b) in itertools.product(enumerate(group.elements), repeat=2):
            product = maps[group.elements[group.product(i, j)]]
            np.testing.assert_allclose(maps[a] @ maps[b], product, rtol=0, atol=1e-12)
        assert np.array_equal(maps["e"], np.eye(space.width))


@pytest.mark.parametrize("spec", list_specs())
def test_every_shipped_spec_compiles_to_the_same_bytes_and_reads_back(spec):
    first, second = symaug.compile(spec), symaug.compile(spec)
    assert first.to_json() == second.to_json()
    assert Program.from_json(first.to_json()) == first
