"""Memories and the regular representation: permuted, transitive, a homomorphism; nothing else is let in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import symaug
from symaug.backends.python_file import emit
from symaug.diagnostics import SpecError
from symaug.semantics import representations as rep
from symaug.semantics.linear_map import compose
from symaug.semantics.memory import resolve_memory
from symaug.semantics.robot import load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.shipped import robots_dir
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text
from tests.symaug.semantics.known_robots import ELEMENTS_OF, ROBOTS

SPEC = """\
spec: walk
robot: ./robot.yaml
observations: {policy: {gravity: vector, joint_pos: joints, h: regular}}
actions: joints
memory: {actor: 8 * regular, critic: 2 * limbs + 3 * regular}
"""


def write(folder: Path, group: str, spec: str = SPEC) -> Path:
    (folder / "robot.yaml").write_text(f"robot: {group}\n{ROBOTS[group][0]}", encoding="utf-8")
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    return folder / "spec.yaml"


def with_memory(memory: str) -> str:
    return SPEC[: SPEC.index("memory:")] + f"memory: {memory}\n"


# --- the regular representation ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(folder.name for folder in robots_dir().iterdir() if folder.is_dir()))
def test_regular_of_every_shipped_robot(name):
    group = load_robot_symmetry(name).group
    regular = rep.regular(group)
    assert regular.width == group.order
    for g, action in enumerate(regular.actions):
        assert isinstance(action, SignedPermutation) and action.is_linear and set(action.sign) == {1}
        for h in range(group.order):
            assert compose(action, regular.actions[h]) == regular.actions[group.product(g, h)]
        assert action.index[g] == 0  # from the identity's place every other is reached


@pytest.mark.parametrize("group", ROBOTS)
def test_regular_is_the_permutation_by_which_the_group_multiplies(tmp_path, group):
    program = symaug.compile(write(tmp_path, group))
    order, elements, table = ELEMENTS_OF[group], program.group.elements, program.group.table
    space = program.space("memory/actor")
    assert space.width == 8 * order
    for g, element in enumerate(elements):
        image = space.action(element).apply(list(range(8 * order)))
        for channel in range(8):
            for h in range(order):
                assert image[channel * order + table[g][h]] == channel * order + h
    free = [e for e in elements if any(i == k for k, i in enumerate(space.action(e).index))]
    assert free == ["e"]  # no other element leaves a number where it was


@pytest.mark.parametrize("group", ROBOTS)
@pytest.mark.parametrize("count", [1, 32])
def test_repeated_regular_is_so_many_times_as_wide_as_the_group_is_large(robots, group, count):
    resolver = TypeResolver(robots[group], robots[group].joints)
    resolved = resolve_memory(resolver, parse_type(Text.alone(f"{count} * regular")))
    assert resolved.width == count * ELEMENTS_OF[group]


# --- the program ------------------------------------------------------------------------------------------


def test_a_memory_compiles_to_a_space_and_reads_back(tmp_path):
    program = symaug.compile(write(tmp_path, "K4"))
    assert program.memory == {"actor": "8 * regular", "critic": "2 * limbs + 3 * regular"}
    assert [program.space(f"memory/{role}").width for role in ("actor", "critic")] == [32, 20]
    (term,) = program.space("memory/critic").terms
    assert (term.name, term.start, term.stop, term.type) == ("memory", 0, 20, program.memory["critic"])
    assert symaug.Program.from_json(program.to_json()) == program
    assert json.loads(program.to_json())["schema"] == 1


def test_the_emitted_file_has_the_memories_too(tmp_path):
    program = symaug.compile(write(tmp_path, "K4"))
    emitted: dict = {"__name__": "emitted"}
    exec(compile(emit(program), "symmetry.py", "exec"), emitted)
    emitted["self_check"]()
    assert emitted["WIDTH"]["memory/critic"] == 20
    hidden = symaug.Transform(program.space("memory/actor"), program.group)
    h = torch.randn(2, 5, 32)
    assert torch.equal(emitted["transform"](h, "memory/actor", "s"), hidden.apply(h, "s"))
    observed, _ = emitted["data_augmentation_func"](obs={"policy": torch.randn(3, 15)})
    assert set(observed) == {"policy"}  # a memory is nothing that an environment observes


@pytest.mark.parametrize("memory", ["{actor: replay, critic: replay}", "{critic: replay}"])
def test_replay_has_no_space(tmp_path, memory):
    program = symaug.compile(write(tmp_path, "K4", with_memory(memory)))
    assert program.memory == {"actor": "replay", "critic": "replay"}
    assert set(program.spaces) == {"observations/policy", "actions"}


def test_without_a_word_about_memory_it_is_replayed(tmp_path):
    program = symaug.compile(write(tmp_path, "K4", SPEC[: SPEC.index("memory:")]))
    assert program.memory == {"actor": "replay", "critic": "replay"}


def test_a_memory_is_inherited_and_replaced(tmp_path):
    write(tmp_path, "K4")
    child = yaml.safe_dump({"spec": "child", "extend": "./spec.yaml", "memory": {"critic": "replay"}})
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    replaced = symaug.compile(tmp_path / "child.yaml")
    assert replaced.memory == {"actor": "replay", "critic": "replay"}  # as a whole, like any other key
    assert set(replaced.spaces) == {"observations/policy", "actions"}
    (tmp_path / "heir.yaml").write_text("spec: heir\nextend: ./spec.yaml\n", encoding="utf-8")
    assert symaug.compile(tmp_path / "heir.yaml").memory["actor"] == "8 * regular"
    (tmp_path / "none.yaml").write_text("spec: none\nextend: ./spec.yaml\nmemory: null\n", encoding="utf-8")
    assert symaug.compile(tmp_path / "none.yaml").memory["actor"] == "replay"


# --- what is refused --------------------------------------------------------------------------------------


def marked(path: Path) -> list[tuple[str, str, str, str]]:
    """Code, marked text, message and helps of everything that is wrong with a spec."""
    with pytest.raises(SpecError) as caught:
        symaug.compile(path)
    lines, found = path.read_text(encoding="utf-8").splitlines(), []
    for problem in caught.value.diagnostics:
        span = problem.span
        assert span is not None
        at = lines[span.line - 1][span.column - 1 : span.end_column - 1]
        found.append((problem.code, at, problem.message, " ".join(problem.helps)))
    return found


@pytest.mark.parametrize(
    ("group", "memory", "at", "words", "instead"),
    [
        ("K4", "{actor: 8 * regular + vector}", "vector", "`s` changes signs of `vector`", "regular"),
        ("K4", "{critic: joints}", "joints", "`s` changes signs of `joints`", "`unsigned(joints)`"),
        ("K4", "{actor: '2 * joints[*_hip]'}", "joints[*_hip]", "signs", "`unsigned(joints[*_hip])`"),
        ("K4", "{actor: 8 * (regular + pseudoscalar)}", "pseudoscalar", "`s` changes signs", "regular"),
        ("K4", "{actor: limbs * vector}", "vector", "`s` changes signs", "`32 * regular`"),
        ("K4", "{actor: 'history(2, limbs + joints)'}", "joints", "signs", "`unsigned(joints)`"),
        ("K4", "{actor: 'limbs * image(4 x 4, pseudoscalar)'}", "pseudoscalar", "signs", "regular"),
        ("C3", "{actor: '4 * vector[xy]'}", "vector[xy]", "`r` mixes the numbers of `vector[xy]`", "regular"),
        ("shifted", "{actor: positions(joints)}", "positions(joints)", "`s` adds to", "`unsigned(joints)`"),
        (  # these change no sign
            "shifted",
            "{actor: 'positions(joints[*_lift])'}",
            "positions(joints[*_lift])",
            "`s` adds to the numbers",
            "`unsigned(joints[*_lift])`",
        ),
    ],
)
def test_what_is_not_only_permuted_is_refused_where_it_stands(tmp_path, group, memory, at, words, instead):
    ((code, there, message, helps),) = marked(write(tmp_path, group, with_memory(memory)))
    assert (code, there) == ("SA314", at)
    assert words in message and instead in helps


@pytest.mark.parametrize("group", ROBOTS)
def test_the_type_that_a_help_offers_is_taken(robots, group):
    resolver = TypeResolver(robots[group], robots[group].joints)
    for offered in ("32 * regular", "limbs", "unsigned(joints)"):
        resolve_memory(resolver, parse_type(Text.alone(offered)))


def test_every_mistake_of_both_memories_is_told_in_one_run(tmp_path):
    memory = "{actor: vectr + joins, critic: vector + 8 * joints + limbs}"
    found = [(code, at) for code, at, *_ in marked(write(tmp_path, "K4", with_memory(memory)))]
    assert found == [("SA301", "vectr"), ("SA301", "joins"), ("SA314", "vector"), ("SA314", "joints")]


@pytest.mark.parametrize(
    ("memory", "code", "words"),
    [
        ("{actor: 8 * regulr}", "SA301", "`regular`"),
        ("{actor: repley}", "SA301", "`replay`"),
        ("{actor: '8 * regular[x]'}", "SA307", "`regular` has no parts"),
        ("{actor: regular(3)}", "SA305", "`regular` takes no arguments"),
        ("{actor: 8}", "SA305", "`8 * scalar`"),
        ("{actor: '8 * ('}", "SA1", ""),
    ],
)
def test_a_mistyped_memory_gets_the_nearest_name(tmp_path, memory, code, words):
    ((found, _, message, helps),) = marked(write(tmp_path, "K4", with_memory(memory)))
    assert found.startswith(code) and words in f"{message} {helps}"


# --- all types at once ------------------------------------------------------------------------------------


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    counts = st.integers(1, 3)
    return st.one_of(
        st.tuples(parts, parts).map(" + ".join),
        st.tuples(parts, parts).map(lambda two: f"({two[0]}) * ({two[1]})"),
        st.tuples(counts, parts).map(lambda some: f"{some[0]} * ({some[1]})"),
        st.tuples(counts, parts).map(lambda some: f"history({some[0]}, {some[1]}, order=term)"),
    )


PERMUTED = st.recursive(
    st.sampled_from(["regular", "limbs", "scalar", "unsigned(joints)", "limbs * regular"]),
    combined,
    max_leaves=3,
)
AROUND = st.lists(
    st.sampled_from(
        ["{}", "2 * ({})", "history(2, {})", "limbs * ({})", "limbs + {}", "{} + scalar", "({})"]
    ),
    max_size=3,
)
"""What may stand around a type without making a permuted one of a signed one, or the reverse."""


@settings(max_examples=100, deadline=None)
@given(group=st.sampled_from(sorted(ROBOTS)), written=PERMUTED)
def test_whatever_is_made_of_permuted_types_is_a_memory(robots, group, written):
    resolver = TypeResolver(robots[group], robots[group].joints)
    resolved = resolve_memory(resolver, parse_type(Text.alone(written)))
    for action in resolved.actions:
        assert isinstance(action, SignedPermutation) and action.is_linear and set(action.sign) == {1}


@settings(max_examples=100, deadline=None)
@given(group=st.sampled_from(sorted(ROBOTS)), around=AROUND, permuted=PERMUTED)
def test_one_part_that_is_not_permuted_is_found_wherever_it_stands(robots, group, around, permuted):
    written = f"{permuted} + pseudovector"  # of every group here an element mixes it or changes its signs
    for outer in around:
        written = outer.format(written)
    resolver = TypeResolver(robots[group], robots[group].joints)
    with pytest.raises(SpecError) as caught:
        resolve_memory(resolver, parse_type(Text.alone(written)))
    (problem,) = caught.value.diagnostics
    assert problem.code == "SA314" and problem.span is not None
    assert written[problem.span.column - 1 : problem.span.end_column - 1] == "pseudovector"
