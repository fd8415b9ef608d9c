"""Broken copies of the documents: whatever is wrong with them, only our own error comes out, and soon."""

from __future__ import annotations

import random
import time

import pytest

import symaug
from symaug.diagnostics import UserError, render_full, to_json
from tests.symaug.documents import ROBOT, SPEC, write

PIECES = [*"{}[]()*,:#'\"\n\té", "  ", "- ", "e", "^9", "..", "&a", "!x", "|\n", ">-\n", "-1", "0", "null"]
PIECES += ["LF", "reflect", "swap", "flip", "vector", "joints", "history(", "3 *", "grid(3 x"]


def mutate(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 2, 5, 20]))
        kind = chance.randrange(4)
        if kind == 0:
            text = text[:start] + chance.choice(PIECES) + text[end:]
        elif kind == 1:
            text = text[:start] + text[end:]
        elif kind == 2:
            text = text[:start] + text[start:end] * 2 + text[end:]
        elif chance.random() < 0.3:
            text = text[:start]
    return text


@pytest.mark.parametrize("count", [150, pytest.param(100_000, marks=pytest.mark.slow)])
def test_only_our_own_error_comes_out(tmp_path, count):
    chance = random.Random(0)
    rejected = 0
    symaug.compile(write(tmp_path))  # the grammar is built once, at the first expression
    for _ in range(count):
        robot, spec = (
            (ROBOT, mutate(SPEC, chance)) if chance.random() < 0.5 else (mutate(ROBOT, chance), SPEC)
        )
        path = write(tmp_path, robot, spec)
        start = time.process_time()
        try:
            symaug.compile(path)
        except UserError as error:
            rejected += 1
            assert error.diagnostics
            for diagnostic in error.diagnostics:
                assert diagnostic.span is not None, diagnostic
                assert render_full(diagnostic) and to_json(diagnostic)
        assert time.process_time() - start < 2.0, (robot, spec)
    assert 0.3 * count < rejected < count
