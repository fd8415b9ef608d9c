"""Every type of the language on a robot with quarter turns, against dense matrices built in another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.semantics.types import TypeResolver
from symaug.syntax import parser
from symaug.syntax.source import Text
from tests.symaug.semantics.test_robot import SQUARE


@pytest.fixture(scope="module")
def square(tmp_path_factory) -> Robot:
    file = tmp_path_factory.mktemp("robot") / "robot.yaml"
    file.write_text(SQUARE, encoding="utf-8")
    return load_robot_symmetry(str(file))


def act(robot: Robot, value: str, element: str) -> np.ndarray:
    resolved = TypeResolver(robot, robot.joints).resolve(parser.parse_type(Text.alone(value)))
    action = resolved.actions[robot.group.index(element)]
    assert len(action) == resolved.width
    return np.eye(resolved.width, dtype=int)[list(action.index)] * np.array(action.sign)[:, None]


def joints_of(robot: Robot, element: str) -> np.ndarray:
    return act(robot, "joints", element)


DENSE = {
    "scalar": lambda R, J, L: np.eye(1),
    "pseudoscalar": lambda R, J, L: np.array([[np.linalg.det(R)]]),
    "vector": lambda R, J, L: R,
    "pseudovector": lambda R, J, L: np.linalg.det(R) * R,
    "vector[xy]": lambda R, J, L: R[:2, :2],
    "vector[yx]": lambda R, J, L: R[:2, :2][::-1, ::-1],
    "pseudovector[z]": lambda R, J, L: (np.linalg.det(R) * R)[2:, 2:],
    "joints[*_hip]": lambda R, J, L: J[::2, ::2],
    "unsigned(joints)": lambda R, J, L: abs(J),
    "limbs": lambda R, J, L: L,
    "limbs * vector": lambda R, J, L: np.kron(L, R),
    "limbs * limbs * pseudoscalar": lambda R, J, L: np.kron(np.kron(L, L), [[np.linalg.det(R)]]),
    "3 * vector": lambda R, J, L: np.kron(np.eye(3), R),
    "history(3, vector)": lambda R, J, L: np.kron(np.eye(3), R),
    "history(3, vector, order=time)": lambda R, J, L: np.kron(np.eye(3), R),
    "history(3, vector, order=term)": lambda R, J, L: np.kron(R, np.eye(3)),
    "2 * (scalar + vector)": lambda R, J, L: np.kron(
        np.eye(2), np.block([[np.eye(1), np.zeros((1, 3))], [np.zeros((3, 1)), R]])
    ),
}


@pytest.mark.parametrize("value", DENSE)
def test_each_type_equals_its_dense_construction_for_every_element(square, value):
    for element in square.group.elements:
        R, J = np.array(square.motions[element]), joints_of(square, element)
        L = abs(J[::2, ::2])  # the hips move as the limbs do
        np.testing.assert_array_equal(act(square, value, element), DENSE[value](R, J, L))


@pytest.mark.parametrize("order", ["xy", "yx"])
def test_a_grid_moves_as_the_field_that_it_samples(square, order):
    """Sample h(x, y) on the grid; on the moved ground the scan reads h(R⁻¹ p) at each point p."""
    n = 5
    ticks = np.arange(n) - (n - 1) / 2
    points = (
        [(x, y) for y in ticks for x in ticks] if order == "xy" else [(x, y) for x in ticks for y in ticks]
    )
    points = np.array(points)

    def field(p: np.ndarray) -> np.ndarray:
        return 3 * p[:, 0] + 7 * p[:, 1] + p[:, 0] ** 2 * p[:, 1]

    for element in square.group.elements:
        R = np.array(square.motions[element])[:2, :2]
        moved = field(points @ R)  # rows p ↦ R⁻¹ p = Rᵀ p
        np.testing.assert_array_equal(
            act(square, f"grid({n} x {n}, order={order})", element) @ field(points), moved
        )


def test_an_oblong_grid_flips_the_axes_that_isaaclab_flips():
    robot = load_robot_symmetry("anymal_d")
    scan = np.arange(17 * 11)
    by_rows = scan.reshape(11, 17)  # order "xy": rows of constant y
    left_right = act(robot, "grid(17 x 11, order=xy)", "sagittal") @ scan
    front_hind = act(robot, "grid(17 x 11, order=xy)", "transversal") @ scan
    np.testing.assert_array_equal(left_right.reshape(11, 17), by_rows[::-1, :])
    np.testing.assert_array_equal(front_hind.reshape(11, 17), by_rows[:, ::-1])


OUTER = ["scalar", "vector", "limbs"]
PIECES = [
    "scalar",
    "vector",
    "pseudovector[z]",
    "joints",
    "limbs",
    "unsigned(joints)",
    "grid(3 x 3, order=yx)",
]


@given(st.data())
def test_every_generated_type_is_a_homomorphism(square, data):
    build = st.recursive(
        st.sampled_from(PIECES),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
            st.tuples(inner, st.sampled_from(OUTER)).map(lambda p: f"{p[1]} * ({p[0]})"),
            inner.map(lambda t: f"2 * ({t})"),
            inner.map(lambda t: f"history(2, {t}, order=term)"),
        ),
        max_leaves=3,
    )
    value = data.draw(build)
    resolved = TypeResolver(square, square.joints).resolve(parser.parse_type(Text.alone(value)))
    group = square.group
    for i in range(group.order):
        for j in range(group.order):
            assert resolved.actions[i] @ resolved.actions[j] == resolved.actions[group.product(i, j)]


def test_blocks_do_not_grow_without_end(square):
    for value in ("99999 * joints", "history(9999, history(9999, scalar))", "grid(9999 x 9999, order=xy)"):
        with pytest.raises(SpecError) as error:
            TypeResolver(square, square.joints).resolve(parser.parse_type(Text.alone(value)))
        assert error.value.diagnostics[0].code == "SA309"
