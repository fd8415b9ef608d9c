"""Every type against dense matrices built another way: numpy's kron and block-diagonals, and scipy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag
from scipy.spatial.transform import Rotation

from symaug.diagnostics import SpecError
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.syntax import parser
from symaug.syntax.source import Text
from tests.symaug.semantics.known_robots import ELEMENTS_OF, ROBOTS, World, dense, worlds

Oracle = Callable[[World], np.ndarray]
ATOMS: dict[str, Oracle] = {
    "scalar": lambda w: np.eye(1),
    "pseudoscalar": lambda w: np.array([[w.det]]),
    "vector": lambda w: w.base,
    "pseudovector": lambda w: w.det * w.base,
    "vector[xy]": lambda w: w.base[:2, :2],
    "pseudovector[z]": lambda w: w.det * w.base[2:, 2:],
    "joints": lambda w: w.joints,
    "unsigned(joints)": lambda w: abs(w.joints),
    "limbs": lambda w: w.limbs,
    "regular": lambda w: w.regular,
    "rotation_matrix": lambda w: np.kron(w.base, w.base),
    "rotation_6d": lambda w: np.kron(w.base[:2, :2], w.base),
    "rotation_6d(rows)": lambda w: np.kron(w.base, w.base[:2, :2]),
    "quaternion(wxyz)": lambda w: block_diag(1, w.det * w.base),
    "quaternion(xyzw)": lambda w: block_diag(w.det * w.base, 1),
}


def combined(parts) -> st.SearchStrategy[tuple[str, Oracle]]:
    two = st.lists(parts, min_size=2, max_size=3)
    count = st.integers(1, 3)
    return st.one_of(
        two.map(lambda ps: (" + ".join(t for t, _ in ps), lambda w: block_diag(*(f(w) for _, f in ps)))),
        st.tuples(parts, parts).map(
            lambda p: (f"({p[0][0]}) * ({p[1][0]})", lambda w: np.kron(p[0][1](w), p[1][1](w)))
        ),
        st.tuples(count, parts).map(
            lambda p: (f"{p[0]} * ({p[1][0]})", lambda w: np.kron(np.eye(p[0]), p[1][1](w)))
        ),
        st.tuples(count, parts).map(
            lambda p: (f"history({p[0]}, {p[1][0]}, order=time)", lambda w: np.kron(np.eye(p[0]), p[1][1](w)))
        ),
        st.tuples(count, parts).map(
            lambda p: (f"history({p[0]}, {p[1][0]}, order=term)", lambda w: np.kron(p[1][1](w), np.eye(p[0])))
        ),
    )


TYPES = st.recursive(st.sampled_from(sorted(ATOMS.items())), combined, max_leaves=4)


@pytest.mark.parametrize("name", ROBOTS)
def test_the_group_has_the_elements_it_should(robots, name):
    group = robots[name].group
    assert group.order == ELEMENTS_OF[name]
    assert group.axiom_violations() == []
    for element, world in worlds(robots[name]).items():
        np.testing.assert_allclose(np.array(robots[name].motions[element], float), world.base, atol=1e-14)


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize("value", ATOMS)
def test_every_type_is_the_dense_matrix_it_should_be(robots, name, value):
    for element, world in worlds(robots[name]).items():
        matrix, offset = dense(robots[name], value, element)
        np.testing.assert_allclose(matrix, ATOMS[value](world), atol=1e-12, err_msg=f"{value}, {element}")
        assert not offset.any()


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(ROBOTS)), typed=TYPES)
def test_combined_types_are_the_combined_matrices(robots, name, typed):
    value, oracle = typed
    robot = robots[name]
    known = worlds(robot)
    if oracle(known["e"]).shape[0] > 400:
        return
    for element, world in known.items():
        matrix, _ = dense(robot, value, element)
        np.testing.assert_allclose(matrix, oracle(world), atol=1e-12, err_msg=f"{value}, {element}")


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(ROBOTS)), typed=TYPES)
def test_what_is_no_mixture_is_held_in_integers(robots, name, typed):
    value, oracle = typed
    robot = robots[name]
    known = worlds(robot)
    if oracle(known["e"]).shape[0] > 400:
        return
    resolved = TypeResolver(robot, robot.joints).resolve(parser.parse_type(Text.alone(value)))
    for action, world in zip(resolved.actions, known.values(), strict=True):
        signed = ((abs(oracle(world)) > 1e-9).sum(axis=1) == 1).all()
        assert isinstance(action, SignedPermutation) == signed


@pytest.mark.parametrize("name", ROBOTS)
def test_absolute_positions_are_shifted_and_relative_ones_are_not(robots, name):
    robot = robots[name]
    pose = np.array([robot.default_pose[joint] for joint in robot.joints])
    for element, world in worlds(robot).items():
        matrix, offset = dense(robot, "positions(joints)", element)
        np.testing.assert_array_equal(matrix, world.joints)
        np.testing.assert_allclose(offset, world.offset, atol=1e-12)
        q = np.random.default_rng(0).normal(size=len(pose))
        relative = dense(robot, "joints", element)[0] @ (q - pose)
        np.testing.assert_allclose(matrix @ q + offset - pose, relative, atol=1e-9)


ORIENTATIONS: dict[str, Callable[[Rotation], np.ndarray]] = {
    "rotation_matrix": lambda r: r.as_matrix().reshape(-1),
    "rotation_6d": lambda r: r.as_matrix()[:, :2].T.reshape(-1),
    "rotation_6d(columns)": lambda r: r.as_matrix()[:, :2].T.reshape(-1),
    "rotation_6d(rows)": lambda r: r.as_matrix()[:, :2].reshape(-1),
    "quaternion(wxyz)": lambda r: r.as_quat(canonical=True, scalar_first=True),
    "quaternion(xyzw)": lambda r: r.as_quat(canonical=True),
    "euler(rpy)": lambda r: r.as_euler("ZYX")[::-1],
    "euler(ypr)": lambda r: r.as_euler("ZYX"),
}


@pytest.mark.parametrize("value", ORIENTATIONS)
@pytest.mark.parametrize("name", ROBOTS)
def test_orientations_are_conjugated(robots, name, value):
    """What really happens to a rotation R when the robot and its world are mirrored: R' = M R Mᵀ."""
    if value.startswith("euler") and name in ("D4", "C3", "D3", "C6"):
        with pytest.raises(SpecError, match="Euler"):
            dense(robots[name], value, "e")
        return
    numbers = ORIENTATIONS[value]
    for seed in range(20):
        before = Rotation.random(random_state=seed)
        for element, world in worlds(robots[name]).items():
            after = Rotation.from_matrix(world.base @ before.as_matrix() @ world.base.T)
            matrix, _ = dense(robots[name], value, element)
            np.testing.assert_allclose(matrix @ numbers(before), numbers(after), atol=1e-12)
            if value.startswith("quaternion"):  # and so does the other sign of the same rotation
                np.testing.assert_allclose(matrix @ -numbers(before), -numbers(after), atol=1e-12)
