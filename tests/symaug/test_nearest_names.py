"""Wherever a name is wrong, the help has the right one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import UserError
from symaug.explanations import explain
from symaug.shipped import find_robot, find_spec
from tests.symaug.documents import ROBOT, SPEC, write

IN_DOCUMENTS = [  # what is written instead of what, and the name that the help must have
    ("limbs: {", "limb: {", "limbs"),
    ("LH: LH_*", "LH: LK_*", "LH_HAA"),
    ('"*F_HFE"', '"*F_HEF"', "LF_HFE"),
    ("reflect y", "reflct y", "reflect"),
    ("(LF RF)", "(LF FR)", "RF"),
    ("swap (LF RF)(LH RH)", "rename LFT <-> RFT", "LF"),
    ("swap (LF RF)(LH RH)", "rename LF <-> RFF", "RF_HAA"),
    ("flip *_HAA", "flip *_HA", "LF_HAA"),
    ("= transversal sagittal", "= transverse sagittal", "transversal"),
    ("robot: quad\njoint_order", "robot: quat\njoint_order", "quad"),
    ("joint_order: sim", "joint_order: sin", "sim"),
    ("actor: replay", "actor: reply", "replay"),
    ("gravity: vector", "gravity: vecter", "vector"),
    ("joints[*_KFE]", "joints[*_KFA]", "LF_KFE"),
    ("contacts: limbs", "contacts: limbs[LV RF]", "LF"),
    ("unsigned(", "unsined(", "unsigned"),
    ("order=time", "ordr=time", "order"),
    ("order=time", "order=tme", "time"),
    ("base_yaw", "base_yow", "base_yaw"),
    ("180 deg", "180 degr", "deg"),
    ("default *", "defalt *", "default"),
    ("fail(LF_*)", "fial(LF_*)", "fail"),
    ("fail(LF_*)", "fail(LFF_*)", "LF_HAA"),
    ("  train:", "  trian:", "train"),
]


def helps_of(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as error:
        act()
    return "\n".join(help for diagnostic in error.value.diagnostics for help in diagnostic.helps)


@pytest.mark.parametrize(
    ("right", "wrong", "name"), IN_DOCUMENTS, ids=lambda value: value.strip().replace("\n", " ")
)
def test_in_documents(tmp_path, right, wrong, name):
    edited = [text.replace(right, wrong, 1) if right in text else text for text in (ROBOT, SPEC)]
    assert edited != [ROBOT, SPEC]
    path = write(tmp_path, *edited)
    assert f"`{name}`" in helps_of(lambda: symaug.compile(path))


def test_of_a_joint_order_inside_a_type(tmp_path):
    path = write(tmp_path, spec=SPEC.replace("joint_pos: joints", "joint_pos: joints(order=simm)"))
    assert "`sim`" in helps_of(lambda: symaug.compile(path))


def test_of_ones_own_specs_and_robots(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "`quad/walk`" in helps_of(lambda: find_spec("quad/wlak"))
    assert "`quad`" in helps_of(lambda: find_robot("quda"))
    assert "`specs/quad/walk.yaml`" in helps_of(lambda: find_spec("specs/quad/walks.yaml"))
    assert "`specs/quad/walk.yaml`" in helps_of(lambda: find_spec("specs/quad/walk.yml"))


def test_of_a_path_beside_the_document_that_names_it(tmp_path):
    path = write(tmp_path, spec=SPEC.replace("robot: quad\n", "robot: ../../robots/quad/robt.yaml\n"))
    assert "`../../robots/quad/robot.yaml`" in helps_of(lambda: symaug.compile(path))


def test_in_programs():
    program = symaug.compile("anymal_d/velocity")
    assert "`observations/policy`" in helps_of(lambda: program.space("observation/policy"))
    assert "`sagittal`" in helps_of(lambda: program.space("actions").action("saggital"))


def test_of_codes():
    assert "`SA211`" in helps_of(lambda: explain("SA2111"))


def test_of_models_and_their_joints(tmp_path, monkeypatch):
    pytest.importorskip("mujoco")
    from symaug.checks.validate import validate

    monkeypatch.chdir(tmp_path)
    model = "<mujoco><worldbody><body><joint name='L_hip'/><geom size='1'/></body></worldbody></mujoco>"
    Path("quad.xml").write_text(model)
    robot = """\
robot: pair
model: quda.xml
joints: "{L,R}_hop"
limbs: {L: L_*, R: R_*}
symmetry: {generators: {sagittal: "reflect y, swap (L R)"}}
"""
    Path("robot.yaml").write_text(robot)
    assert "`quad.xml`" in helps_of(lambda: validate("robot.yaml"))
    Path("robot.yaml").write_text(robot.replace("quda", "quad"))
    assert "`L_hip`" in helps_of(lambda: validate("robot.yaml"))
