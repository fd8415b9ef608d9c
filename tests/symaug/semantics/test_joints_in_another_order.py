"""`joints(order=NAME)`: one tensor that lists the joints otherwise than the rest of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.compiler.program import Program
from symaug.diagnostics import Diagnostic, SpecError

ROBOT = """\
robot: pair
joints: L_hip L_knee R_hip R_knee
limbs: {L: L_*, R: R_*}
joint_orders: {motors: R_hip R_knee L_hip L_knee, by_kind: "{L,R}_hip {L,R}_knee"}
default_pose: {"*_hip": 0.0, L_knee: 5 deg, R_knee: -5 deg}
symmetry:
  generators: {mirror: "reflect y, swap (L R), flip *_hip, shift L_knee by 10 deg, shift R_knee by -10 deg"}
"""
TEN_DEGREES = 0.17453292519943295


def compiled(folder: Path, type_: str) -> Program:
    (folder / "robot.yaml").write_text(ROBOT)
    spec = folder / "spec.yaml"
    spec.write_text(f"spec: s\nrobot: robot.yaml\nobservations: {{o: {{q: joints}}}}\nactions: {type_}\n")
    return symaug.compile(spec)


def problem(folder: Path, type_: str) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        compiled(folder, type_)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize(
    "type_, index, sign",
    [
        ("joints", (2, 3, 0, 1), (-1, 1, -1, 1)),
        ("joints(order=motors)", (2, 3, 0, 1), (-1, 1, -1, 1)),
        ("joints(order=by_kind)", (1, 0, 3, 2), (-1, -1, 1, 1)),
        ("unsigned(joints(order=by_kind))", (1, 0, 3, 2), (1, 1, 1, 1)),
    ],
)
def test_the_other_order_holds_for_this_block_only(tmp_path, type_, index, sign):
    program = compiled(tmp_path, type_)
    action = program.space("actions").action("mirror")
    assert (action.index, action.sign, action.offset) == (index, sign, (0.0,) * 4)
    assert program.space("observations/o").action("mirror").index == (2, 3, 0, 1)
    assert program.joint_order == ("L_hip", "L_knee", "R_hip", "R_knee")


def test_absolute_positions_keep_their_shift(tmp_path):
    action = compiled(tmp_path, "positions(joints(order=by_kind))").space("actions").action("mirror")
    assert action.index == (1, 0, 3, 2)
    assert action.offset == pytest.approx((0, 0, TEN_DEGREES, -TEN_DEGREES))


def test_an_unknown_order_is_named_with_its_neighbour(tmp_path):
    diagnostic = problem(tmp_path, "joints(order=motor)")
    assert diagnostic.code == "SA304" and "`motor`" in diagnostic.message
    assert diagnostic.span is not None and diagnostic.span.column == 23
    assert diagnostic.helps == ("did you mean `motors`?",)


@pytest.mark.parametrize(
    "type_", ["joints(motors)", "joints(order=motors, order=motors)", "joints(frame=motors)"]
)
def test_anything_else_in_parentheses_is_refused(tmp_path, type_):
    assert problem(tmp_path, type_).code == "SA305"


def test_a_misspelt_type_is_suggested_once(tmp_path):
    assert problem(tmp_path, "joint").helps == ("did you mean `joints`?",)
