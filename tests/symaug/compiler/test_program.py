from __future__ import annotations

import json
from dataclasses import replace

import pytest

import symaug
from symaug.compiler.program import Program
from symaug.compiler.verify import homomorphism_violations, program_violations
from symaug.diagnostics import UserError
from symaug.semantics.signed_permutation import SignedPermutation
from tests.symaug.documents import SPEC, write


@pytest.fixture(scope="module")
def program() -> Program:
    return symaug.compile("anymal_d/velocity")


def codes(error: pytest.ExceptionInfo[UserError]) -> list[str]:
    return [diagnostic.code for diagnostic in error.value.diagnostics]


def test_the_json_form_keeps_its_contract(program):
    content = json.loads(program.to_json())
    assert content["schema"] == 1
    assert content["robot"] == "anymal_d" and content["spec"] == "anymal_d/velocity"
    assert content["group"] == {
        "elements": ["e", "sagittal", "transversal", "sagittal*transversal"],
        "table": [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]],
        "generators": ["sagittal", "transversal"],
    }
    assert list(content["spaces"]) == ["observations/policy", "actions"]
    actions = content["spaces"]["actions"]
    assert actions["width"] == 12
    assert actions["terms"] == [{"name": "actions", "start": 0, "stop": 12, "type": "joints"}]
    assert list(actions["elements"]) == content["group"]["elements"]
    assert actions["elements"]["transversal"] == {
        "index": [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10],
        "sign": [1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1],
        "offset": [0.0] * 12,
    }
    assert set(content["sources"]) == {"specs/anymal_d/velocity.yaml", "robots/anymal_d/robot.yaml"}


def test_a_json_file_compiles_to_the_program_it_holds(program, tmp_path):
    file = tmp_path / "program.json"
    file.write_text(program.to_json(), encoding="utf-8")
    assert symaug.compile(file) == program


def edited(program: Program, edit) -> str:
    content = json.loads(program.to_json())
    edit(content)
    return json.dumps(content)


def set_sign(content):
    content["spaces"]["actions"]["elements"]["sagittal"]["sign"][0] *= -1


def repeat_index(content):
    content["spaces"]["actions"]["elements"]["sagittal"]["index"][0] = 3


def break_table(content):
    content["group"]["table"][1][1] = 2


def shift_term(content):
    content["spaces"]["actions"]["terms"][0]["start"] = 1


def drop_element(content):
    del content["spaces"]["actions"]["elements"]["transversal"]


def name_with_line_end(content):
    content["spaces"]["actions"]["terms"][0]["name"] = "a\nimport os"


def text_for_width(content):
    content["spaces"]["actions"]["width"] = "12"


def no_group(content):
    del content["group"]


def next_schema(content):
    content["schema"] = 2


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (set_sign, "differs from"),
        (repeat_index, "not a permutation"),
        (break_table, "the group"),
        (shift_term, "does not start where"),
        (drop_element, "not those of the group's elements"),
        (name_with_line_end, "is no name"),
        (text_for_width, "`spaces.actions.width` is of the wrong kind"),
        (no_group, "`group` is missing"),
        (next_schema, "its schema is 2"),
    ],
)
def test_a_program_that_contradicts_itself_is_refused(program, edit, words):
    with pytest.raises(UserError) as error:
        Program.from_json(edited(program, edit), file="p.json")
    assert codes(error) == ["SA502"]
    assert words in error.value.diagnostics[0].message
    Program.from_json(edited(program, lambda content: None))  # its unharmed neighbour


@pytest.fixture(scope="module")
def remembering(tmp_path_factory) -> Program:
    spec = SPEC.replace("actor: replay", "actor: 2 * regular + limbs")
    return symaug.compile(write(tmp_path_factory.mktemp("documents"), spec=spec))


def memory_without_a_space(content):
    del content["spaces"]["memory/actor"]


def memory_of_another_type(content):
    content["memory"]["actor"] = "12 * scalar"


def replay_beside_a_space(content):
    content["memory"]["actor"] = "replay"


def no_word_about_memory(content):
    del content["memory"]


def signed_memory(content):
    for element, action in content["spaces"]["memory/actor"]["elements"].items():
        action["sign"] = [-1 if "sagittal" in element else 1] * 12


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (memory_without_a_space, "`memory/actor` is `2 * regular + limbs`, but its spaces say `replay`"),
        (memory_of_another_type, "`memory/actor` is `12 * scalar`, but its spaces say `2 * regular + limbs`"),
        (replay_beside_a_space, "`memory/actor` is `replay`, but"),
        (no_word_about_memory, "`memory/actor` is `replay`, but"),
        (signed_memory, "`memory/actor`: `sagittal` does more than permute it"),
    ],
)
def test_memories_and_their_spaces_say_the_same(remembering, edit, words):
    with pytest.raises(UserError) as error:
        Program.from_json(edited(remembering, edit), file="p.json")
    assert codes(error) == ["SA502"]
    assert words in error.value.diagnostics[0].message
    assert Program.from_json(edited(remembering, lambda content: None)) == remembering


def test_a_program_that_says_nothing_of_memories_is_read(program):
    def forget(content):
        del content["memory"]

    assert Program.from_json(edited(program, forget)).memory == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "null", '{"schema": []}', "[" * 100_000, "1" * 5000])
def test_what_is_no_program_is_refused(text):
    with pytest.raises(UserError) as error:
        Program.from_json(text)
    assert codes(error) == ["SA502"]


def test_wrong_names_get_the_nearest(program):
    with pytest.raises(UserError) as error:
        program.space("observation/policy")
    assert codes(error) == ["SA503"]
    assert "`observations/policy`" in error.value.diagnostics[0].helps[0]
    with pytest.raises(UserError) as error:
        program.space("actions").action("saggital")
    assert codes(error) == ["SA504"]
    assert "`sagittal`" in error.value.diagnostics[0].helps[0]


def test_the_proof_sees_a_single_wrong_sign(program):
    space = program.space("actions")
    action = space.action("sagittal")
    wrong = SignedPermutation(action.index, (-action.sign[0], *action.sign[1:]), action.offset)
    broken = replace(space, elements={**space.elements, "sagittal": wrong})
    assert homomorphism_violations(space, program.group) == []
    assert "`sagittal`" in homomorphism_violations(broken, program.group)[0]
    assert program_violations(replace(program, spaces={"actions": broken}))


def test_the_layout_prints_as_a_table(program):
    lines = program.space("observations/policy").table().splitlines()
    assert lines[0].split() == ["#", "term", "slice", "width", "type"]
    assert lines[4].split(maxsplit=4) == [
        "3",
        "velocity_command",
        "9:12",
        "3",
        "vector[xy] + pseudovector[z]",
    ]
