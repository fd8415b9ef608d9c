"""Comparison in meaning: each kind of change alone, and that text alone is none."""

from __future__ import annotations

import dataclasses
import json

import pytest

import symaug
from symaug.tools.diff import Change, diff, to_json
from symaug.tools.fmt import format_text
from tests.symaug.documents import ROBOT, SPEC, write


@pytest.fixture
def compare(tmp_path):
    """The changes from the usual robot and spec to what is made of them by replacements."""

    def changes(*replacements: tuple[str, str]) -> list[Change]:
        robot, spec = ROBOT, SPEC
        for old, new in replacements:
            assert old in robot + spec
            robot, spec = robot.replace(old, new, 1), spec.replace(old, new, 1)
        before = symaug.compile(write(tmp_path / "before"))
        return list(diff(before, symaug.compile(write(tmp_path / "after", robot, spec))))

    return changes


def told(changes: list[Change]) -> set[tuple[str, str]]:
    return {(change.kind, change.where) for change in changes}


def test_a_program_is_equal_to_itself_and_to_its_json(tmp_path):
    program = symaug.compile(write(tmp_path))
    (tmp_path / "program.json").write_text(program.to_json())
    assert diff(program, program) == ()
    assert diff(program, symaug.compile(tmp_path / "program.json")) == ()


def test_text_alone_makes_no_difference(compare):
    assert compare(("spec: quad/walk", "# renamed\nspec: quad/other")) == []
    assert format_text(SPEC) != SPEC
    assert compare((SPEC, format_text(SPEC))) == []


def test_a_term_that_is_added_moves_those_after_it_and_nothing_else(compare):
    changes = compare(("    joint_pos: joints\n", "    height: scalar\n    joint_pos: joints\n"))
    space = "observations/policy"
    assert ("added", f"{space}/height") in told(changes)
    assert ("resized", space) in told(changes)
    assert ("moved", f"{space}/joint_pos") in told(changes)
    assert ("moved", f"{space}/command") not in told(changes)
    assert "mapped" not in {change.kind for change in changes}


def test_a_wrong_sign_is_told_by_number_and_element(compare):
    changes = compare(("    gravity: vector\n", "    gravity: pseudovector\n"))
    assert told(changes) == {(kind, "observations/policy/gravity") for kind in ("retyped", "mapped")}
    mapped = {change.element: change for change in changes if change.kind == "mapped"}
    assert set(mapped) == {"sagittal", "transversal"}  # a turn moves both alike
    # y is mirrored: (x, -y, z) of a vector, (-x, y, -z) of a pseudovector
    assert mapped["sagittal"].before == {"0": "gravity[0]", "1": "−gravity[1]", "2": "gravity[2]"}
    assert mapped["sagittal"].after == {"0": "−gravity[0]", "1": "gravity[1]", "2": "−gravity[2]"}


def test_a_removed_space_a_resized_term_and_other_tasks(compare):
    changes = compare(("joints[*_KFE]", "joints[*_KFE *_HFE]"), ("test: fail(*)", "test: fail(*_KFE)"))
    assert ("resized", "observations/policy/knees") in told(changes)
    assert ("removed", "tasks/test/fail(LF_HAA)") in told(changes)
    changes = compare(("  policy:\n", "  critic:\n"))
    assert {("removed", "observations/policy"), ("added", "observations/critic")} <= told(changes)


def test_another_joint_order(compare):
    changes = compare(("joint_order: sim\n", ""))
    assert ("changed", "joint_order") in told(changes)
    assert "number 1 was `LH_HAA`, is `LF_HFE`" in " ".join(change.message for change in changes)


def test_another_group(compare):
    changes = compare(
        ("    transversal: reflect x, swap (LF LH)(RF RH), flip *_HFE *_KFE\n", ""),
        ("  relations:\n    - sagittal^2 = transversal^2 = e\n", ""),
        ("    - sagittal transversal = transversal sagittal\n", ""),
        ('  "*F_HFE": 0.4', '  "*F_HFE": 0.4'),
    )
    assert ("removed", "group/transversal") in told(changes)
    assert ("removed", "group/sagittal*transversal") in told(changes)


def test_products_that_differ():
    before = symaug.compile("anymal_d/velocity")
    table = before.group.table
    swapped = type(before.group)(
        before.group.elements, (table[0], table[1], table[2], table[0]), ("sagittal",)
    )
    changes = diff(before, dataclasses.replace(before, group=swapped))
    assert "group/sagittal*transversal * sagittal" in {change.where for change in changes}


def test_matrices_are_compared_within_rounding(compare):
    program = symaug.compile("trifinger/cube")
    assert diff(program, type(program).from_json(program.to_json())) == ()


@pytest.mark.parametrize("before", ["replay", "2 * regular", "limbs"])
@pytest.mark.parametrize("after", ["replay", "2 * regular", "limbs"])
def test_another_memory_is_told_once(tmp_path, before, after):
    one, other = (
        symaug.compile(write(tmp_path / folder, spec=SPEC.replace("actor: replay", f"actor: {memory}")))
        for folder, memory in (("before", before), ("after", after))
    )
    changes = [(change.kind, change.where, change.message) for change in diff(one, other)]
    message = f"`memory/actor` was `{before}`, is `{after}`"
    assert changes == ([] if before == after else [("changed", "memory/actor", message)])


def test_a_memory_of_one_type_that_acts_differently_is_told_by_number(tmp_path):
    spec = SPEC.replace("actor: replay", "actor: regular")
    program = symaug.compile(write(tmp_path, spec=spec))
    space = program.space("memory/actor")
    actions = {**space.elements, "sagittal": space.action("transversal")}
    wrong = dataclasses.replace(space, elements=actions)
    other = dataclasses.replace(program, spaces={**program.spaces, "memory/actor": wrong})
    assert told(list(diff(program, other))) == {("mapped", "memory/actor/memory")}


def test_json_holds_every_change(compare):
    changes = compare(("    gravity: vector\n", "    gravity: pseudovector\n"))
    document = json.loads(json.dumps(to_json(changes)))
    assert document["equal"] is False
    assert len(document["changes"]) == len(changes)
    assert set(document["changes"][0]) == {"kind", "where", "message", "before", "after", "element"}
    assert to_json([]) == {"equal": True, "changes": []}
