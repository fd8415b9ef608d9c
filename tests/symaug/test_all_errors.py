"""All errors of both documents in one run, and none that is only the consequence of another."""

from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import SpecError
from tests.symaug.documents import ROBOT, SPEC, write


def found(folder: Path, robot: str = ROBOT, spec: str = SPEC) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as error:
        symaug.compile(write(folder, robot, spec))
    return [(d.code, d.message) for d in error.value.diagnostics]


def edited(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def without(text: str, key: str) -> str:
    """The document without a key and what is indented below it."""
    lines = text.splitlines()
    start = next(rank for rank, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > depth:
        end += 1
    return "\n".join(lines[:start] + lines[end:]) + "\n"


def test_structure_expressions_and_meaning_of_a_spec_in_one_run(tmp_path):
    spec = edited(
        SPEC,
        ("actions: joints\n", ""),
        ("gravity: vector", "gravity: [x, y]"),
        ("knees: joints[*_KFE]", "knees: joints[*_KEF]"),
        ("contacts: limbs", "contacts: limb"),
        ("memory:", "memry:"),
        ("-180..180 deg", "180..-180 deg"),
        ("joint_order: sim", "joint_order: simm"),
        ("  test: fail(*)", "  test: fial(*)"),
        ("feet: limbs * vector\n", "feet: limbs * vector\n    feet: limbs\n"),
        ("past: history(3, joints, order=time)", "past: &past history(3, joints, order=time)"),
    )
    codes = [code for code, _ in found(tmp_path, spec=spec)]
    assert codes == [  # by place
        "SA007",  # actions
        "SA304",  # joint_order
        "SA008",  # gravity
        "SA202",  # knees
        "SA301",  # contacts
        "SA009",  # past
        "SA005",  # feet
        "SA006",  # memry
        "SA105",  # base_yaw
        "SA401",  # test
    ]


def test_what_a_robot_without_joints_says_about_the_rest(tmp_path):
    robot = edited(
        without(ROBOT, "joints"),
        ("RH: RH_*}", "RH: 'RH_*,'}"),
        ('{LF,LH,RF,RH}_KFE"\n', '{LF,LH,RF,RH}_KFE;"\n'),
        ('"*F_KFE": -0.8', '"*F_KFE": -0.8 degg'),
        ("swap (LF RF)(LH RH), flip", "swp (LF RF)(LH RH), flip"),
        ("sagittal^2 =", "saggital^2 ="),
    )
    spec = edited(SPEC, ("gravity: vector", "gravity: vec tor"))
    codes = [code for code, _ in found(tmp_path, robot, spec)]
    assert codes == ["SA007", "SA101", "SA101", "SA104", "SA101", "SA213", "SA101"]


@pytest.mark.parametrize("key", ["robot", "joints", "limbs", "symmetry", "generators"])
def test_a_missing_key_of_the_robot_is_the_only_error(tmp_path, key):
    ((code, message),) = found(tmp_path, robot=without(ROBOT, key))
    assert code == "SA007" and f"needs the key `{key}`" in message


@pytest.mark.parametrize("key", ["spec", "robot", "observations", "actions", "train", "test"])
def test_a_missing_key_of_the_spec_is_the_only_error(tmp_path, key):
    ((code, message),) = found(tmp_path, spec=without(SPEC, key))
    assert code == "SA007" and f"needs the key `{key}`" in message


ROBOT_TEXTS = ["robot", "joints", "LF", "sim", '"*F_HFE"', "sagittal"]
ROBOT_MAPPINGS = ["limbs", "joint_orders", "default_pose", "symmetry", "generators"]
SPEC_TEXTS = [
    "spec",
    "robot",
    "joint_order",
    "gravity",
    "knees",
    "actions",
    "actor",
    "base_yaw",
    "train",
    "test",
]
SPEC_MAPPINGS = ["observations", "policy", "memory", "resets", "base_lin_vel", "tasks"]


def with_value(text: str, key: str, value: str) -> str:
    """The document with another value for a key, in block or flow style."""
    for line in text.splitlines():
        if line.strip().startswith(f"{key}:"):
            indent = line[: len(line) - len(line.lstrip())]
            place = text.index(line + "\n")
            rest = without(text, key)
            return rest[:place] + f"{indent}{key}: {value}\n" + rest[place:]
    start = text.index(f"{key}: ")
    end = min(text.find(mark, start) for mark in ",}" if text.find(mark, start) > 0)
    return text[:start] + f"{key}: {value}" + text[end:]


def wrong_kinds(texts: list[str], mappings: list[str]) -> list[tuple[str, str]]:
    neither = ["[[a]]", "", "*alias"]
    wrong = [(key, value) for key in texts for value in [*neither, "{x: {y: z}}"]]
    return wrong + [(key, value) for key in mappings for value in [*neither, "x y"]]


@pytest.mark.parametrize(("key", "value"), wrong_kinds(ROBOT_TEXTS, ROBOT_MAPPINGS))
def test_a_wrong_kind_in_the_robot_is_the_only_error(tmp_path, key, value):
    ((code, _),) = found(tmp_path, robot=with_value(ROBOT, key, value))
    assert code == ("SA009" if value == "*alias" else "SA008")


@pytest.mark.parametrize(("key", "value"), wrong_kinds(SPEC_TEXTS, SPEC_MAPPINGS))
def test_a_wrong_kind_in_the_spec_is_the_only_error(tmp_path, key, value):
    ((code, _),) = found(tmp_path, spec=with_value(SPEC, key, value))
    assert code == ("SA009" if value == "*alias" else "SA008")


@pytest.mark.parametrize(
    ("old", "new"),
    [("joints:", "joint:"), ("limbs:", "limb:"), ("symmetry:", "symetry:"), ("generators:", "generator:")],
)
def test_a_misspelt_key_is_one_error(tmp_path, old, new):
    ((code, message),) = found(tmp_path, robot=edited(ROBOT, (old, new)))
    assert code == "SA006" and new[:-1] in message


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("limbs: {LF: LF_*", "limbs: {*LF: LF_*", "SA009"),
        ("limbs: {LF: LF_*", "limbs: {LH: LF_*", "SA005"),
        ('  "*F_HFE": 0.4', '  "*_HAA": 0.4', "SA005"),
        ('  "*F_HFE": 0.4', "  *F_HFE : 0.4", "SA009"),
        ("    transversal: r", "    sagittal: r", "SA005"),
        ("    transversal: r", "    [a, b]: r", "SA008"),
    ],
)
def test_a_key_that_cannot_be_used_is_the_only_error(tmp_path, old, new, code):
    assert [c for c, _ in found(tmp_path, robot=edited(ROBOT, (old, new)))] == [code]


def test_every_glob_without_quotes_is_reported_in_one_run(tmp_path):
    robot = edited(ROBOT, ("{LF: LF_*, LH: LH_*", "{LF: *LF, LH: *LH"), ('  "*_HAA": 0.0', "  *_HAA : 0.0"))
    assert [code for code, _ in found(tmp_path, robot=robot)] == ["SA009"] * 3
