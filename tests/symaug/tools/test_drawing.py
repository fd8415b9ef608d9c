"""The picture of what goes where: well formed, complete, escaped, and true to the program."""

from __future__ import annotations

import dataclasses
from collections import Counter
from xml.etree import ElementTree

import pytest

import symaug
from symaug.diagnostics import UserError
from symaug.tools.drawing import ROW, draw
from tests.symaug.documents import write

SVG = "{http://www.w3.org/2000/svg}"


def shapes(text: str) -> tuple[Counter[str], list[str]]:
    """How many shapes of each class, and all words; arrows of the legend are not counted."""
    root = ElementTree.fromstring(text)
    drawn = [shape for shape in root.iter() if " C" in shape.get("d", "") or shape.tag == f"{SVG}rect"]
    words = [shape.text or "" for shape in root.iter(f"{SVG}text")]
    return Counter(shape.get("class") or "" for shape in drawn), words


def test_every_number_has_two_boxes_and_one_arrow_for_each_element():
    program = symaug.compile("anymal_d/velocity")
    count, words = shapes(draw(program))
    numbers, elements = 48 + 12, 2
    assert count["box"] == 2 * numbers * elements
    assert count["stays"] + count["goes"] + count["turns"] == numbers * elements
    signs = [
        sign
        for space in program.spaces.values()
        for name in program.group.generators
        for sign in space.elements[name].sign
    ]
    assert count["turns"] == signs.count(-1)
    assert count["mixes"] == 0
    assert {
        "observations/policy: 48 numbers",
        "sagittal",
        "transversal",
        "LF_HAA",
        "velocity_command",
    } <= set(words)


def test_an_arrow_starts_where_the_number_comes_from():
    text = draw(symaug.compile("anymal_d/velocity"), ["sagittal"])
    paths = [
        p.get("d", "") for p in ElementTree.fromstring(text).iter(f"{SVG}path") if " C" in p.get("d", "")
    ]
    starts, ends = ([float(p.split()[k]) for p in paths] for k in (1, -1))
    first = min(starts)
    # number 12, joint_pos LF_HAA, comes from number 14, RF_HAA; arrows are drawn in the order of their ends
    assert (ends[12] - first, starts[12] - first) == (12 * ROW, 14 * ROW)


def test_a_matrix_draws_an_arrow_from_every_number_it_mixes_and_says_so():
    count, words = shapes(draw(symaug.compile("trifinger/cube"), ["turn"]))
    assert count["mixes"] > 0
    assert any(word.endswith("mixed by a matrix under turn") for word in words)


def test_an_offset_is_written_behind_its_number(tmp_path):
    robot = """\
robot: quad
joints: L_hip R_hip
limbs: {L: L_hip, R: R_hip}
default_pose: {"*_hip": 45 deg}
symmetry:
  generators:
    mirror: reflect y, swap (L R), flip *_hip, shift *_hip by 90 deg
"""
    spec = "spec: one/a\nrobot: quad\nobservations: {policy: {q: positions(joints)}}\nactions: scalar\n"
    _, words = shapes(draw(symaug.compile(write(tmp_path, robot, spec))))
    assert words.count("+1.571") == 2


def test_names_are_escaped():
    program = symaug.compile("anymal_d/velocity")
    text = draw(dataclasses.replace(program, spec="<script>&"))
    assert "<script>" not in text
    assert shapes(text)[1][0] == "<script>& on anymal_d"


def test_the_picture_is_the_same_every_time_and_an_unknown_element_is_told():
    program = symaug.compile("anymal_d/position")
    assert draw(program) == draw(program)
    with pytest.raises(UserError) as error:
        draw(program, ["sagital"])
    assert error.value.diagnostics[0].helps == ("did you mean `sagittal`?",)
