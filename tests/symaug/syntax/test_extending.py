"""`extend`: what a child spec is after its parents are read, and everything that can be wrong with that."""

from __future__ import annotations

from pathlib import Path

import pytest

import symaug
from symaug.compiler.program import Program
from symaug.diagnostics import Diagnostic, SpecError, render_full
from symaug.syntax.documents import SpecDocument, check
from symaug.syntax.reader import parse_source
from tests.symaug.documents import SPEC, write

CHILD = "extend: quad/walk\nspec: quad/child\n"


@pytest.fixture(autouse=True)
def _in_a_folder_with_the_parent(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.chdir(tmp_path)


def compiled(text: str, **others: str) -> Program:
    for name, other in {**others, "child": text}.items():
        Path(f"specs/quad/{name}.yaml").write_text(other, encoding="utf-8")
    return symaug.compile("quad/child")


def problems(text: str, **others: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as error:
        compiled(text, **others)
    return error.value.diagnostics


def problem(text: str, **others: str) -> Diagnostic:
    (only,) = problems(text, **others)
    assert render_full(only)
    return only


def terms(program: Program, group: str = "policy") -> list[str]:
    return [term.name for term in program.space(f"observations/{group}").terms]


def underlined(span) -> tuple[str, str]:
    line = Path(span.file).read_text(encoding="utf-8").splitlines()[span.line - 1]
    return Path(span.file).stem, line[span.column - 1 : span.end_column - 1]


def test_a_child_inherits_everything_but_the_name():
    parent, child = symaug.compile("quad/walk"), compiled(CHILD)
    assert child.spec == "quad/child"
    assert (child.spaces, child.joint_order, child.tasks) == (parent.spaces, parent.joint_order, parent.tasks)


def test_the_shipped_rough_spec_is_the_flat_one_and_a_scan():
    flat, rough = symaug.compile("anymal_d/velocity"), symaug.compile("anymal_d/velocity_rough")
    assert terms(rough) == [*terms(flat), "height_scan"]
    assert rough.space("observations/policy").width == 48 + 17 * 11
    names = ["specs/anymal_d/velocity_rough.yaml", *flat.sources]
    assert list(rough.sources) == names and flat.sources.items() <= rough.sources.items()


def test_the_program_lists_every_document_that_was_read():
    program = compiled(CHILD.replace("quad/walk", "quad/middle"), middle=CHILD)
    assert list(program.sources) == ["child.yaml", "middle.yaml", "walk.yaml", "../../robots/quad/robot.yaml"]


def test_terms_are_replaced_in_place_appended_and_left_out():
    child = compiled(
        CHILD + "observations: {policy: {foot_height: limbs, knees: ~, gravity: pseudovector, scan: null}}\n"
    )
    kept = [name for name in terms(symaug.compile("quad/walk")) if name not in ("knees", "scan")]
    assert terms(child) == [*kept, "foot_height"]
    assert child.space("observations/policy").terms[0].type == "pseudovector"


def test_groups_are_added_and_left_out():
    child = compiled(CHILD + "observations: {critic: {joint_pos: joints}, policy: null}\n")
    assert list(child.spaces) == ["observations/critic", "actions"]


def test_other_keys_are_replaced_as_a_whole_and_left_out():
    child = compiled(CHILD + "actions: 2 * joints\ntasks: null\njoint_order: null\n")
    assert child.space("actions").width == 24
    assert child.tasks is None
    assert child.joint_order[:2] == ("LF_HAA", "LF_HFE")
    (only,) = problems(CHILD + "tasks: {train: fail(*)}\n")
    assert (only.code, only.message) == ("SA007", "`tasks` needs the key `test`")


def test_a_chain_of_three_levels_ends_with_what_the_youngest_says():
    middle = CHILD + "observations: {policy: {gravity: scalar, knees: null, height: scalar}}\n"
    last = "observations: {policy: {gravity: vector, height: null, knees: scalar}}\n"
    child = compiled("extend: middle.yaml\nspec: c\n" + last, middle=middle)
    expected = [name for name in terms(symaug.compile("quad/walk")) if name != "knees"]
    assert terms(child) == [*expected, "knees"]
    assert child.space("observations/policy").terms[0].type == "vector"


def test_a_parent_may_be_abstract_and_the_robot_another(tmp_path):
    base = SPEC.replace("robot: quad\n", "").replace("actions: joints\n", "")
    child = compiled("extend: base.yaml\nspec: c\nrobot: quad\nactions: joints\n", base=base)
    assert child.robot == "quad" and child.space("actions").width == 12


def test_an_inherited_robot_is_looked_for_beside_the_document_that_names_it(tmp_path):
    (tmp_path / "far").mkdir()
    walk = SPEC.replace("robot: quad", "robot: ../robots/quad/robot.yaml")
    (tmp_path / "far" / "walk.yaml").write_text(walk, encoding="utf-8")
    assert compiled("extend: ../../far/walk.yaml\nspec: c\n").robot == "quad"


def test_mistakes_in_the_parent_are_shown_in_its_own_file():
    parent = SPEC.replace("gravity: vector", "gravity: vectr").replace("  test:", "  tset:")
    found = problems("extend: parent.yaml\nspec: c\nactions: joint\n", parent=parent)
    assert [(d.code, *underlined(d.span)) for d in found] == [
        ("SA301", "child", "joint"),
        ("SA301", "parent", "vectr"),
        ("SA006", "parent", "tset"),
    ]
    assert problem("extend: parent.yaml\nspec: c\ntasks: ~\n", parent=parent).code == "SA301"


def test_specs_in_a_circle_are_shown_with_every_step():
    found = problem(
        "extend: one.yaml\nspec: c\n", one="extend: two.yaml\nspec: x\n", two="extend: child.yaml\nspec: y\n"
    )
    assert found.code == "SA012" and found.message == "3 specs extend each other in a circle"
    assert underlined(found.span) == ("two", "child.yaml")
    assert [underlined(span) for span, _ in found.secondary] == [("child", "one.yaml"), ("one", "two.yaml")]


def test_a_circle_further_up_leaves_out_who_is_not_in_it():
    found = problem("extend: one.yaml\nspec: c\n", one="extend: quad/one\nspec: x\n")
    assert found.code == "SA012" and found.message == "`quad/one` extends itself"
    assert underlined(found.span) == ("one", "quad/one") and not found.secondary


@pytest.mark.parametrize(
    ("text", "help"), [("quad/wlak", "or give the path"), ("nowhere.yaml", ""), ("../quad", "")]
)
def test_a_parent_that_is_not_there(text, help):
    found = problem(f"extend: {text}\nspec: c\n")
    assert found.code in ("SA010", "SA001") and underlined(found.span) == ("child", text)
    assert any(help in line for line in (*found.helps, ""))


def test_a_grandparent_that_is_not_there_is_shown_with_the_way_to_it():
    found = problem("extend: one.yaml\nspec: c\n", one="extend: quad/wlak\nspec: x\n")
    assert found.code == "SA010" and underlined(found.span) == ("one", "quad/wlak")
    assert [underlined(span) for span, _ in found.secondary] == [("child", "one.yaml")]


@pytest.mark.parametrize("parent", ["a: [\n", "", "- a\n"])
def test_a_parent_that_cannot_be_read_hides_no_mistake_of_the_child(parent):
    child = "extend: parent.yaml\nspec: c\nactions: vec tor\nobservations: {policy: {a: null, b: include}}\n"
    found = problems(child, parent=parent)
    assert [Path(d.span.file).stem for d in found if d.span] == ["child", "parent"]
    assert found[0].code == "SA101" and found[1].code in ("SA003", "SA004")


def test_a_compiled_program_cannot_be_extended():
    Path("specs/quad/walk.json").write_text(symaug.compile("quad/walk").to_json())
    found = problem("extend: walk.json\nspec: c\n")
    assert found.code == "SA008" and "compiled program" in found.message


def test_the_name_is_never_inherited():
    assert problem("extend: quad/walk\n").message == "the document needs the key `spec`"
    assert problem("extend: quad/walk\nspec: null\n").message == "`spec` is empty"


@pytest.mark.parametrize(
    ("line", "guilty", "other", "help"),
    [
        ("observations: {policy: {knee: null}}", "knee", ("walk", "policy"), "`knees`"),
        ("observations: {polcy: null}", "polcy", ("walk", "observations"), "`policy`"),
        ("observations: {critic: {knees: null}}", "knees", ("child", "quad/walk"), ""),
        ("reset: ~", "reset", ("child", "quad/walk"), "`resets`"),
        ("blocks: {legs: null}", "legs", ("child", "quad/walk"), ""),
    ],
)
def test_what_is_not_there_cannot_be_left_out(line, guilty, other, help):
    found = problem(CHILD + line + "\n")
    assert found.code == "SA013" and found.message == f"there is no `{guilty}` to leave out"
    assert underlined(found.span) == ("child", guilty)
    assert [underlined(span) for span, _ in found.secondary] == [other]
    assert any(help in line for line in (*found.helps, ""))


def test_a_value_that_was_forgotten_leaves_nothing_out():
    found = problem(CHILD + "observations:\n  policy:\n    knees:\n")
    assert found.code == "SA008" and underlined(found.span) == ("child", "knees")
    assert "`knees: null`" in found.helps[0]


def test_null_means_nothing_in_a_spec_that_extends_nothing():
    Path("specs/quad/alone.yaml").write_text(SPEC.replace("knees: joints[*_KFE]", "knees: null"))
    with pytest.raises(SpecError) as error:
        symaug.compile("quad/alone")
    assert [d.message for d in error.value.diagnostics] == ["`knees` is empty"]


@pytest.mark.parametrize("value", ["[a]", "{a: b}", "", "~"])
def test_extend_is_text(value):
    found = problem(f"extend: {value}\nspec: c\n")
    assert found.code == "SA008" and found.message.startswith("`extend` ")


def test_a_child_can_be_checked_without_its_parents():
    text = "extend: nowhere\nspec: c\nobservations: {policy: {a: null, b: joints}}\nresets: {base_yaw: [1]}\n"
    loaded = check(parse_source(text, Path("c.yaml")), SpecDocument)
    assert [d.message for d in loaded.problems] == ["`base_yaw` must be text, not a list"]
    assert loaded.document.observations == {"policy": {"b": "joints"}}
