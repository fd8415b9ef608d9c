"""Every type against dense matrices built another way: numpy's kron and block-diagonals, scipy's rotations.

The robots have groups of many kinds, K4, D4, C3, D3, C6, C2×C2×C2 and one whose joints are shifted. For each
element the motion of the base and of the joints is multiplied up here from the generators, independently of
the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag
from scipy.spatial.transform import Rotation

from symaug.diagnostics import SpecError
from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.syntax import parser
from tests.symaug.semantics.test_types import text

DEG = np.pi / 180


@dataclass(frozen=True)
class Known:
    """A generator as it was meant: base matrix, and per joint (where it goes, sign, shift)."""

    base: np.ndarray
    joints: dict[str, tuple[str, int, float]]


def turn(degrees: float) -> np.ndarray:
    return Rotation.from_euler("z", degrees, degrees=True).as_matrix()


def legs(names: str, parts: tuple[str, ...], to: str, flips: tuple[str, ...] = ()) -> dict:
    return {
        f"{a}_{part}": (f"{b}_{part}", -1 if part in flips else 1, 0.0)
        for a, b in zip(names, to, strict=True)
        for part in parts
    }


HK = ("hip", "knee")
ROBOTS: dict[str, tuple[str, dict[str, Known]]] = {
    "K4": (
        """joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    s: reflect y, swap (A B)(C D), flip *_hip
    t: reflect x, swap (A C)(B D), flip *_knee
""",
        {
            "s": Known(np.diag([1.0, -1, 1]), legs("ABCD", HK, "BADC", ("hip",))),
            "t": Known(np.diag([-1.0, 1, 1]), legs("ABCD", HK, "CDAB", ("knee",))),
        },
    ),
    "D4": (
        """joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    r: rotate z by 90 deg, swap (A B C D)
    s: reflect y, swap (B D), flip *_hip
""",
        {
            "r": Known(turn(90), legs("ABCD", HK, "BCDA")),
            "s": Known(np.diag([1.0, -1, 1]), legs("ABCD", HK, "ADCB", ("hip",))),
        },
    ),
    "C3": (
        """joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
symmetry: {generators: {r: "rotate z by 120 deg, swap (A B C)"}, relations: [r^3 = e]}
""",
        {"r": Known(turn(120), legs("ABC", HK, "BCA"))},
    ),
    "D3": (
        """joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
symmetry:
  generators:
    r: rotate z by 120 deg, swap (A B C)
    s: reflect y, swap (B C), flip *_hip
  relations: [r^3 = s^2 = e, s r s = r^2]
""",
        {
            "r": Known(turn(120), legs("ABC", HK, "BCA")),
            "s": Known(np.diag([1.0, -1, 1]), legs("ABC", HK, "ACB", ("hip",))),
        },
    ),
    "C6": (
        """joints: "{A,B,C,D,E,F}_hip"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*, E: E_*, F: F_*}
symmetry: {generators: {r: "rotate z by 60 deg, swap (A B C D E F)"}}
""",
        {"r": Known(turn(60), legs("ABCDEF", ("hip",), "BCDEFA"))},
    ),
    "C2xC2xC2": (
        """joints: "{A,B,C,D,E,F,G,H}_hip"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*, E: E_*, F: F_*, G: G_*, H: H_*}
symmetry:
  generators:
    x: reflect x, swap (A B)(C D)(E F)(G H)
    y: reflect y, swap (A C)(B D)(E G)(F H), flip *
    z: reflect z, swap (A E)(B F)(C G)(D H)
""",
        {
            "x": Known(np.diag([-1.0, 1, 1]), legs("ABCDEFGH", ("hip",), "BADCFEHG")),
            "y": Known(np.diag([1.0, -1, 1]), legs("ABCDEFGH", ("hip",), "CDABGHEF", ("hip",))),
            "z": Known(np.diag([1.0, 1, -1]), legs("ABCDEFGH", ("hip",), "EFGHABCD")),
        },
    ),
    "shifted": (
        """joints: "{A,B}_{pan,lift} head"
limbs: {A: A_*, B: B_*, top: head}
default_pose: {A_pan: 0.2, B_pan: -0.2, A_lift: 0.0, B_lift: 30 deg, head: 45 deg}
symmetry:
  generators:
    s: reflect y, swap (A B), flip *_pan head, shift B_lift by 30 deg, shift A_lift by -30 deg,
      shift head by 90 deg
""",
        {
            "s": Known(
                np.diag([1.0, -1, 1]),
                {
                    "A_pan": ("B_pan", -1, 0.0),
                    "B_pan": ("A_pan", -1, 0.0),
                    "A_lift": ("B_lift", 1, 30 * DEG),
                    "B_lift": ("A_lift", 1, -30 * DEG),
                    "head": ("head", -1, 90 * DEG),
                },
            )
        },
    ),
}
ELEMENTS_OF = {"K4": 4, "D4": 8, "C3": 3, "D3": 6, "C6": 6, "C2xC2xC2": 8, "shifted": 2}


@dataclass(frozen=True)
class World:
    """What one element does, in dense matrices: base, joints (with offset), limbs."""

    base: np.ndarray
    joints: np.ndarray
    offset: np.ndarray
    limbs: np.ndarray

    @property
    def det(self) -> float:
        return round(np.linalg.det(self.base))


@pytest.fixture(scope="module")
def robots(tmp_path_factory) -> dict[str, Robot]:
    loaded = {}
    for name, (document, _) in ROBOTS.items():
        file = tmp_path_factory.mktemp(name) / "robot.yaml"
        file.write_text(f"robot: {name}\n{document}", encoding="utf-8")
        loaded[name] = load_robot_symmetry(str(file))
        assert not loaded[name].pose_diagnostics
    return loaded


def worlds(robot: Robot) -> dict[str, World]:
    """One a group element, multiplied up from what the generators were meant to be."""
    made = {}
    size = len(robot.joints)
    for element in robot.group.elements:
        base, joints, offset = np.eye(3), np.eye(size), np.zeros(size)
        for name in reversed(element.split("*") if element != "e" else []):  # the right factor acts first
            known = ROBOTS[robot.name][1][name]
            step, shift = np.zeros((size, size)), np.zeros(size)
            for joint, (place, sign, amount) in known.joints.items():
                step[robot.joints.index(place), robot.joints.index(joint)] = sign
                shift[robot.joints.index(place)] = amount
            base, joints, offset = known.base @ base, step @ joints, step @ offset + shift
        names = list(robot.limbs)
        limbs = np.zeros((len(names), len(names)))
        for limb, members in robot.limbs.items():
            place = robot.joints[int(np.flatnonzero(joints[:, robot.joints.index(members[0])])[0])]
            limbs[names.index(next(n for n in names if place in robot.limbs[n])), names.index(limb)] = 1
        made[element] = World(base, joints, offset, limbs)
    return made


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


def dense(robot: Robot, value: str, element: str) -> tuple[np.ndarray, np.ndarray]:
    resolved = TypeResolver(robot, robot.joints).resolve(parser.parse_type(text(value)))
    action = as_linear_map(resolved.actions[robot.group.index(element)])
    return np.array(action.matrix()), np.array(action.offset)


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
    resolved = TypeResolver(robot, robot.joints).resolve(parser.parse_type(text(value)))
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


@pytest.mark.parametrize(("nx", "ny"), [(5, 5), (4, 4), (1, 1), (5, 3)])
@pytest.mark.parametrize("order", ["xy", "yx"])
@pytest.mark.parametrize("name", ["K4", "D4", "C2xC2xC2"])
def test_grids_are_read_at_the_points_moved_back(robots, name, nx, ny, order):
    value = f"grid({nx} x {ny}, order={order}, frame=yaw)"
    if name == "D4" and nx != ny:
        with pytest.raises(SpecError, match="does not map this grid onto itself"):
            dense(robots[name], value, "e")
        return
    rows = [(x, y) for y in range(ny) for x in range(nx)]
    if order == "yx":
        rows = [(x, y) for x in range(nx) for y in range(ny)]
    points = np.array(rows) - [(nx - 1) / 2, (ny - 1) / 2]
    field = lambda p: np.sin(3 * p[:, 0] + 0.3) + np.cos(2 * p[:, 1] + 0.7 * p[:, 0])  # noqa: E731
    for element, world in worlds(robots[name]).items():
        matrix, _ = dense(robots[name], value, element)
        moved_back = points @ world.base[:2, :2]  # rows of points times R: R⁻¹ p
        np.testing.assert_allclose(matrix @ field(points), field(moved_back), atol=1e-12)


def test_no_grid_has_a_threefold_symmetry(robots):
    with pytest.raises(SpecError, match="does not map this grid onto itself"):
        dense(robots["C3"], "grid(5 x 5, order=xy)", "r")


@pytest.mark.parametrize("order", ["hwc", "chw"])
def test_images_are_mirrored_by_reflections_only(robots, order):
    robot = robots["K4"]
    image = np.random.default_rng(1).normal(size=(4, 3, 5, 3))  # a camera a limb, 3 high, 5 wide
    for element, world in worlds(robot).items():
        seen = image[:, :, ::-1] if world.det < 0 else image
        seen = np.einsum("ij,jhwc->ihwc", world.limbs, seen)
        lay = (lambda x: x) if order == "hwc" else (lambda x: np.moveaxis(x, -1, 1))
        matrix, _ = dense(robot, f"limbs * image(3 x 5 x 3, order={order})", element)
        np.testing.assert_array_equal(matrix @ lay(image).reshape(-1), lay(seen).reshape(-1))
        flow = lay(seen * [1, 1, world.det])  # the third channel counts to the left: it changes sign
        matrix, _ = dense(robot, f"limbs * image(3 x 5, 2 * scalar + pseudoscalar, order={order})", element)
        np.testing.assert_array_equal(matrix @ lay(image).reshape(-1), flow.reshape(-1))


def test_one_camera_cannot_look_both_ways(robots):
    with pytest.raises(SpecError, match="`t` turns the camera away"):
        dense(robots["K4"], "image(3 x 5 x 3)", "e")


def test_a_product_with_shifted_positions_is_refused(robots):
    with pytest.raises(SpecError, match="shifted"):
        dense(robots["shifted"], "limbs * positions(joints)", "s")
    _, offset = dense(robots["shifted"], "2 * positions(joints)", "s")
    np.testing.assert_allclose(offset[:5], offset[5:])
    assert re.search("head", robots["shifted"].joints[4]) and offset[4] == pytest.approx(np.pi / 2)


ROLL = """\
robot: roll
joints: "{A,B,C,D}_hip"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry: {generators: {r: "rotate x by 90 deg, swap (A B C D)"}}
"""


@pytest.mark.parametrize(
    ("code", "robot", "value", "at", "words"),
    [
        ("SA310", "shifted", "scalar + limbs * positions(joints)", "limbs * positions(joints)", "not linear"),
        ("SA310", "shifted", "image(2 x 2, positions(joints))", "positions(joints)", "a pixel cannot hold"),
        ("SA311", "roll", "3 * rotation_6d", "rotation_6d", "`r` mixes the x and y axes with z"),
        ("SA311", "roll", "rotation_6d(rows)", "rotation_6d(rows)", "`r` mixes the x and y axes with z"),
        ("SA312", "C3", "vector + euler(rpy)", "euler(rpy)", "`r` does not act linearly on Euler angles"),
        ("SA313", "K4", "2 * image(4 x 4 x 1)", "image(4 x 4 x 1)", "`t` turns the camera away"),
        ("SA313", "roll", "limbs * image(4 x 4 x 1)", "image(4 x 4 x 1)", "`r` turns the camera away"),
        ("SA305", "K4", "quaternion(wyxz)", "wyxz", "`quaternion` knows no order `wyxz`"),
        ("SA305", "K4", "quaternion(wxyz, xyzw)", "quaternion(wxyz, xyzw)", "takes one word"),
        ("SA305", "K4", "quaternion", "quaternion", "needs arguments"),
        ("SA305", "K4", "image(4 x 4 x 3, vector)", "image(4 x 4 x 3, vector)", "takes a size"),
        ("SA305", "K4", "grid(4 x 4 x 3, order=xy)", "grid(4 x 4 x 3, order=xy)", "takes a size"),
        ("SA305", "K4", "positions(vector)", "vector", "`positions` is for joints"),
        ("SA307", "K4", "rotation_matrix[xy]", "xy", "`rotation_matrix` has no parts"),
    ],
)
def test_what_a_type_cannot_be_is_said_where_it_stands(robots, tmp_path, code, robot, value, at, words):
    (tmp_path / "roll.yaml").write_text(ROLL, encoding="utf-8")
    loaded = load_robot_symmetry(str(tmp_path / "roll.yaml")) if robot == "roll" else robots[robot]
    with pytest.raises(SpecError) as error:
        dense(loaded, value, "e")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == code
    assert words in diagnostic.message
    assert diagnostic.span is not None
    assert value[diagnostic.span.column - 1 : diagnostic.span.end_column - 1] == at
