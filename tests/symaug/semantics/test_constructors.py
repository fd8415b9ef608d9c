"""What types with arguments refuse, and where they say so."""

from __future__ import annotations

import numpy as np
import pytest

from symaug.diagnostics import SpecError
from symaug.semantics.robot import load_robot_symmetry
from tests.symaug.semantics.known_robots import dense

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


def test_a_product_with_shifted_positions_is_refused(robots):
    with pytest.raises(SpecError, match="shifted"):
        dense(robots["shifted"], "limbs * positions(joints)", "s")
    _, offset = dense(robots["shifted"], "2 * positions(joints)", "s")
    np.testing.assert_allclose(offset[:5], offset[5:])
    assert robots["shifted"].joints[4] == "head" and offset[4] == pytest.approx(np.pi / 2)
