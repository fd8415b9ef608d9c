"""Memories and the regular representation: permuted, transitive, a homomorphism; nothing else is let in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import symaug
from symaug.backends.python_file import emit
from symaug.diagnostics import SpecError
from symaug.semantics.signed_permutation import SignedPermutation
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


@pytest.mark.parametrize("group", ROBOTS)
def test_regular_is_the_permutation_by_which_the_group_multiplies(tmp_path, group):
    program = symaug.compile(write(tmp_path, group))
    order, elements, table = ELEMENTS_OF[group], program.group.elements, program.group.table
    space = program.space("memory/actor")
    assert space.width == 8 * order
    for g, element in enumerate(elements):
        action = space.action(element)
        assert isinstance(action, SignedPermutation) and action.is_linear and set(action.sign) == {1}
        image = action.apply(list(range(8 * order)))
        for channel in range(8):
            for h in range(order):
                assert image[channel * order + table[g][h]] == channel * order + h
    free = [e for e in elements if any(i == k for k, i in enumerate(space.action(e).index))]
    assert free == ["e"]  # no other element leaves a number where it was


def test_a_memory_compiles_to_a_space_and_reads_back(tmp_path):
    program = symaug.compile(write(tmp_path, "K4"))
    assert program.memory == {"actor": "8 * regular", "critic": "2 * limbs + 3 * regular"}
    assert [program.space(f"memory/{role}").width for role in ("actor", "critic")] == [32, 20]
    assert symaug.Program.from_json(program.to_json()) == program
    assert json.loads(program.to_json())["schema"] == 1
    emitted: dict = {"__name__": "emitted"}
    exec(compile(emit(program), "symmetry.py", "exec"), emitted)
    assert emitted["WIDTH"]["memory/critic"] == 20
    hidden = symaug.Transform(program.space("memory/actor"), program.group)
    import torch

    h = torch.randn(2, 5, 32)
    assert torch.equal(emitted["transform"](h, "memory/actor", "s"), hidden.apply(h, "s"))


@pytest.mark.parametrize("memory", ["{actor: replay, critic: replay}", "{critic: replay}"])
def test_replay_has_no_space(tmp_path, memory):
    program = symaug.compile(write(tmp_path, "K4", with_memory(memory)))
    assert program.memory == {"actor": "replay", "critic": "replay"}
    assert set(program.spaces) == {"observations/policy", "actions"}


@pytest.mark.parametrize(
    ("group", "memory", "marked", "words"),
    [
        ("K4", "{actor: 8 * regular + vector}", "vector", "`s` changes signs of `vector`"),
        ("K4", "{actor: replay, critic: joints}", "joints", "`s` changes signs of `joints`"),
        ("C3", "{actor: '4 * vector[xy]'}", "4 * vector[xy]", "`r` mixes the numbers"),
        ("shifted", "{actor: positions(joints)}", "positions(joints)", "`s` adds to the numbers"),
    ],
)
def test_what_is_not_only_permuted_is_refused_where_it_stands(tmp_path, group, memory, marked, words):
    path = write(tmp_path, group, with_memory(memory))
    with pytest.raises(SpecError) as caught:
        symaug.compile(path)
    (found,) = caught.value.diagnostics
    assert found.code == "SA314" and words in found.message and "regular" in found.helps[0]
    assert found.span is not None
    line = path.read_text(encoding="utf-8").splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == marked


@pytest.mark.parametrize(
    ("memory", "code", "words"),
    [
        ("{actor: 8 * regulr}", "SA301", "`regular`"),
        ("{actor: repley}", "SA301", "`replay`"),
        ("{actor: '8 * regular[x]'}", "SA307", "`regular` has no parts"),
        ("{actor: '8 * ('}", "SA1", ""),
    ],
)
def test_a_mistyped_memory_gets_the_nearest_name(tmp_path, memory, code, words):
    with pytest.raises(SpecError) as caught:
        symaug.compile(write(tmp_path, "K4", with_memory(memory)))
    (found,) = caught.value.diagnostics
    assert found.code.startswith(code) and words in " ".join((found.message, *found.helps))


def test_a_memory_is_inherited_and_replaced(tmp_path):
    write(tmp_path, "K4")
    child = yaml.safe_dump({"spec": "child", "extend": "./spec.yaml", "memory": {"critic": "replay"}})
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    assert symaug.compile(tmp_path / "child.yaml").memory["critic"] == "replay"
    (tmp_path / "heir.yaml").write_text("spec: heir\nextend: ./spec.yaml\n", encoding="utf-8")
    assert symaug.compile(tmp_path / "heir.yaml").memory["actor"] == "8 * regular"
