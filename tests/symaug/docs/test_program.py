"""docs/program.md, run."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import symaug

PAGE = Path(__file__).parents[3] / "docs" / "program.md"


def test_the_python_on_the_page_prints_what_it_says():
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert outcome.attempted >= 10 and outcome.failed == 0


def test_the_json_on_the_page_is_a_program_and_printed_as_we_print_it():
    match = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    program = symaug.Program.from_json(match[1])
    assert program.to_json() == match[1]
    keys = set(json.loads(symaug.compile("anymal_d/velocity").to_json()))
    assert keys == set(json.loads(match[1]))


def test_every_key_is_explained():
    text = PAGE.read_text(encoding="utf-8")
    for key in json.loads(symaug.compile("anymal_d/velocity").to_json()):
        assert f"| `{key}" in text or f", `{key}`" in text, key
