"""Broken copies of documents: whatever is wrong with them, only our own error comes out, and soon."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import UserError, render_full, to_json
from symaug.shipped import list_specs, robots_dir, specs_dir
from tests.symaug.documents import ROBOT, SPEC

CHILD = """\
extend: quad/middle
spec: quad/child
blocks: {legs: {joint_vel: null, last_action: joints}}
observations:
  policy:
    gravity: pseudovector
    scan: ~
  critic: {legs: include, contacts: limbs}
tasks: null
"""
MIDDLE = """\
extend: walk.yaml
spec: quad/middle
blocks:
  legs:
    joint_pos: joints
    joint_vel: joints
observations:
  policy: {joint_pos: null, legs: include}
"""
PIECES = [
    *"{}[]()*,:#'\"\n\té",
    "  ",
    "- ",
    "e",
    "^9",
    "..",
    "&a",
    "!x",
    "|\n",
    ">-\n",
    "-1",
    "0",
    "null",
    "~",
]
PIECES += [
    "LF",
    "reflect",
    "swap",
    "flip",
    "shift",
    "vector",
    "joints",
    "history(",
    "3 *",
    "grid(3 x",
    " by 120 deg",
]
PIECES += [
    "include",
    "extend: ",
    "blocks: ",
    "extend: quad/child\n",
    "legs: include\n",
    "inf",
    "fail(*)",
    "kg",
]
SECONDS = 1.0
"""The most processor time that one document may take, for each 10 000 numbers in its spaces."""


@dataclass(frozen=True)
class Documents:
    """A spec that compiles and all that it is made from, by path; the spec comes first."""

    texts: dict[str, str]

    @property
    def spec(self) -> str:
        return next(iter(self.texts))

    def write(self, folder: Path) -> None:
        for name, text in self.texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def corpus() -> list[Documents]:
    """All shipped documents, and small ones with something of every construct."""
    homes = {"specs": specs_dir().parent, "robots": robots_dir().parent}
    shipped = [
        Documents({name: (homes[name.split("/")[0]] / name).read_text(encoding="utf-8") for name in sources})
        for sources in (symaug.compile(spec).sources for spec in list_specs())
    ]
    walk = {"specs/quad/walk.yaml": SPEC, "robots/quad/robot.yaml": ROBOT}
    child = {"specs/quad/child.yaml": CHILD, "specs/quad/middle.yaml": MIDDLE, **walk}
    return [*shipped, Documents(walk), Documents(child)]


def mutate(text: str, chance: random.Random, others: list[str]) -> str:
    """A few random edits: put in, leave out, repeat, take from another document, exchange lines, cut off."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 2, 5, 20, 80]))
        kind = chance.randrange(6)
        if kind == 0:
            text = text[:start] + chance.choice(PIECES) + text[end:]
        elif kind == 1:
            text = text[:start] + text[end:]
        elif kind == 2:
            text = text[:start] + text[start:end] * 2 + text[end:]
        elif kind == 3:
            line = chance.choice(chance.choice(others).splitlines(keepends=True))
            start = text.rfind("\n", 0, start) + 1
            text = text[:start] + line + text[start:]
        elif kind == 4:
            lines = text.splitlines(keepends=True) or [""]
            first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
            lines[first], lines[second] = lines[second], lines[first]
            text = "".join(lines)
        elif chance.random() < 0.3:
            text = text[:start]
    return text


def fuzz(folder: Path, count: int, seed: int, seconds: float = float("inf")) -> tuple[int, int, float]:
    """Compile mutated documents, up to a number or a time.

    Returns:
        How many were compiled, how many of them were rejected, and the longest processor time of one.
    """
    chance = random.Random(seed)
    originals = corpus()
    others = [text for documents in originals for text in documents.texts.values()]
    for documents in originals:
        documents.write(folder)
    compiled = rejected = 0
    longest, end = 0.0, time.monotonic() + seconds
    while compiled < count and time.monotonic() < end:
        documents = chance.choice(originals)
        name = chance.choice(list(documents.texts))
        text = mutate(documents.texts[name], chance, others)
        (folder / name).write_text(text, encoding="utf-8")
        start, numbers = time.process_time(), 0
        try:
            program = symaug.compile(folder / documents.spec)
            numbers = sum(space.width for space in program.spaces.values())
        except UserError as error:
            rejected += 1
            assert error.diagnostics, text
            for diagnostic in error.diagnostics:
                assert diagnostic.span is not None, (diagnostic, text)
                assert render_full(diagnostic) and to_json(diagnostic)
        except Exception as error:
            raise AssertionError(f"{name}:\n{text}") from error
        taken = time.process_time() - start
        assert taken < SECONDS * max(1, numbers / 10_000), (taken, name, text)
        longest, compiled = max(longest, taken), compiled + 1
        (folder / name).write_text(documents.texts[name], encoding="utf-8")
    return compiled, rejected, longest


@pytest.mark.parametrize("count", [150, pytest.param(100_000, marks=pytest.mark.slow)])
def test_only_our_own_error_comes_out(tmp_path, count):
    compiled, rejected, _ = fuzz(tmp_path, count, seed=0)
    assert compiled == count and 0.3 * count < rejected < count
