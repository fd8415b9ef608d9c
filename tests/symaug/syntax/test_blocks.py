"""`blocks`: terms that observation groups share."""

from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.compiler.program import Program
from symaug.diagnostics import Diagnostic, SpecError, render_full
from tests.symaug.documents import write

SPEC = """\
spec: quad/shared
robot: quad
blocks:
  body: {lin_vel: vector, ang_vel: pseudovector}
  legs:
    joint_pos: joints
    joint_vel: joints
observations:
  policy:
    body: include
    command: vector[xy]
    legs: include
  critic:
    legs: include
    height: scalar
    body: include
actions: joints
"""


@pytest.fixture(autouse=True)
def _in_a_folder_with_the_robot(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.chdir(tmp_path)


def compiled(text: str, name: str = "shared") -> Program:
    Path(f"specs/quad/{name}.yaml").write_text(text, encoding="utf-8")
    return symaug.compile(f"quad/{name}")


def edited(*pairs: tuple[str, str]) -> list[Diagnostic]:
    text = SPEC
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(SpecError) as error:
        compiled(text)
    assert all(map(render_full, error.value.diagnostics))
    return list(error.value.diagnostics)


def underlined(span) -> tuple[int, str]:
    line = Path(span.file).read_text(encoding="utf-8").splitlines()[span.line - 1]
    return span.line, line[span.column - 1 : span.end_column - 1]


def layout(program: Program, group: str) -> list[tuple[str, str]]:
    return [(term.name, term.type) for term in program.space(f"observations/{group}").terms]


BODY = [("lin_vel", "vector"), ("ang_vel", "pseudovector")]
LEGS = [("joint_pos", "joints"), ("joint_vel", "joints")]


def test_a_block_stands_where_it_is_included_under_the_names_of_its_terms():
    program = compiled(SPEC)
    assert layout(program, "policy") == [*BODY, ("command", "vector[xy]"), *LEGS]
    assert layout(program, "critic") == [*LEGS, ("height", "scalar"), *BODY]


def test_each_group_is_a_space_of_its_own():
    program = compiled(SPEC)
    assert list(program.spaces) == ["observations/policy", "observations/critic", "actions"]
    widths = [space.width for space in program.spaces.values()]
    assert widths == [6 + 2 + 24, 24 + 1 + 6, 12]
    mirror = program.space("observations/critic").action("sagittal")
    assert [mirror.sign[k] for k in (24, 25, 26, 27, 28, 29, 30)] == [1, 1, -1, 1, -1, 1, -1]


def test_blocks_are_inherited_changed_and_left_out():
    compiled(SPEC)
    child = "extend: quad/shared\nspec: c\nblocks: {body: {ang_vel: ~, gravity: vector}, legs: ~}\n"
    program = compiled(child + "observations: {policy: {legs: ~}, critic: {legs: joints}}\n", "child")
    body = [("lin_vel", "vector"), ("gravity", "vector")]
    assert layout(program, "policy") == [*body, ("command", "vector[xy]")]
    assert layout(program, "critic") == [("legs", "joints"), ("height", "scalar"), *body]


def test_a_term_of_a_block_is_left_out_in_the_block():
    compiled(SPEC)
    child = "extend: quad/shared\nspec: c\nobservations: {policy: {ang_vel: null}}\n"
    with pytest.raises(SpecError) as error:
        compiled(child, "child")
    (found,) = error.value.diagnostics
    assert found.code == "SA013" and "`blocks: {body: {ang_vel: null}}`" in found.helps[0]


def test_a_block_that_is_not_there_gets_the_nearest():
    found = edited(("policy:\n    body", "policy:\n    bdy"), ("legs: include\n    h", "zz: include\n    h"))
    assert [(d.code, d.message) for d in found] == [
        ("SA014", "there is no block named `bdy`"),
        ("SA014", "there is no block named `zz`"),
    ]
    assert underlined(found[0].span) == (10, "bdy")
    assert found[0].helps == ("did you mean `body`?",)
    assert found[1].helps == ("known names: `body`, `legs`",)


def test_a_term_that_comes_in_twice_is_shown_with_every_place():
    (direct,) = edited(("height: scalar", "lin_vel: scalar"))
    assert (direct.code, direct.message) == ("SA015", "the term `lin_vel` comes twice in `critic`")
    assert underlined(direct.span) == (16, "body")
    assert [underlined(span) for span, _ in direct.secondary] == [(15, "lin_vel"), (4, "lin_vel")]

    by_blocks = edited(("joint_vel: joints", "lin_vel: joints"))
    assert [d.message for d in by_blocks] == [
        "the term `lin_vel` comes twice in `policy`",
        "the term `lin_vel` comes twice in `critic`",
    ]
    assert underlined(by_blocks[0].span) == (12, "legs")
    others = [underlined(span) for span, _ in by_blocks[0].secondary]
    assert others == [(10, "body"), (4, "lin_vel"), (7, "lin_vel")]


def test_a_block_includes_no_block():
    (found,) = edited(("    joint_vel: joints", "    body: include"))
    assert (found.code, found.message) == ("SA016", "a block cannot include another block")
    assert underlined(found.span) == (7, "include")


def test_a_wrong_type_in_a_block_is_told_once_however_often_it_is_included():
    (found,) = edited(("ang_vel: pseudovector", "ang_vel: psuedovector"))
    assert found.code == "SA301" and underlined(found.span) == (4, "psuedovector")


def test_a_block_that_nobody_includes_is_read_all_the_same():
    (found,) = edited(("blocks:\n", "blocks:\n  spare: {x: vectr}\n"))
    assert found.code == "SA301"


VALUE = "body: {lin_vel: vector, ang_vel: pseudovector}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (VALUE, "body: {}", "the block `body` has no terms"),
        (VALUE, "body: vector", "`body` must be a mapping, not text"),
        (VALUE, "body:", "`body` is empty"),
        ("lin_vel: vector,", "lin_vel: [x],", "`lin_vel` must be text, not a list"),
        ("lin_vel: vector,", "lin/vel: vector,", "`lin/vel` cannot be a name"),
        ("  legs:\n", "  le gs:\n    x: scalar\n  legs:\n", "`le gs` cannot be a name"),
    ],
)
def test_what_blocks_are_not(old, new, message):
    (found,) = edited((old, new))
    assert found.message == message
