"""The colours of expressions, by a small tokenizer that does what editors do: leftmost match, first rule."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from symaug.tools.schema import dumps
from symaug.tools.textmate import grammar, keywords
from symaug.tools.vocabulary import EXAMPLES, TYPES

SCHEMAS = Path(__file__).parents[3] / "schemas"
RULES = [(re.compile(rule["match"]), rule["name"]) for rule in grammar()["patterns"]]
EXPRESSIONS = [
    *TYPES,
    *(example for some in EXAMPLES.values() for example in some),
    "rotate z by 120 deg, swap (A B C), shift *_hip *_knee by 90 deg",
    "rename left <-> right",
]


def colours(line: str) -> list[tuple[str, str]]:
    """What is coloured in a line, and how."""
    found, place = [], 0
    while True:
        hits = [
            (match.start(), rank, match)
            for rank, (rule, _) in enumerate(RULES)
            if (match := rule.search(line, place))
        ]
        if not hits:
            return found
        _, rank, match = min(hits, key=lambda hit: hit[:2])
        assert match.end() > match.start(), RULES[rank]
        found.append((match.group().strip(), RULES[rank][1].removesuffix(".symaug")))
        place = match.end()


def test_the_committed_grammar_is_up_to_date():
    assert (SCHEMAS / "symaug.tmLanguage.json").read_text(encoding="utf-8") == dumps(grammar())


@pytest.mark.parametrize("word", keywords())
def test_every_keyword_of_the_language_is_coloured(word):
    scopes = {scope for line in EXPRESSIONS for text, scope in colours(line) if text == word}
    assert scopes == {"keyword.other.unit" if word == "deg" else "keyword.control"}, word


def test_the_words_are_those_of_the_language():
    assert {"reflect", "rotate", "swap", "flip", "fail", "default", "by"} <= set(keywords())


@pytest.mark.parametrize("example", TYPES)
def test_every_type_is_coloured(example):
    name = re.match(r"\w+", example)[0]  # type: ignore[index]
    assert (name, "support.type") in colours(example)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "reflect y, flip *_HAA",
            [
                ("reflect", "keyword.control"),
                ("y", "variable.language.axis"),
                ("flip", "keyword.control"),
                ("*", "string.regexp"),
            ],
        ),
        (
            "3 * joints[{LF,RF}_?]",
            [
                ("3", "constant.numeric"),
                ("*", "keyword.operator"),
                ("joints", "support.type"),
                ("{LF,RF}", "string.regexp"),
                ("?", "string.regexp"),
            ],
        ),
        (
            "32 * regular",
            [("32", "constant.numeric"), ("*", "keyword.operator"), ("regular", "support.type")],
        ),
        (
            "-180..180 deg",
            [
                ("-180", "constant.numeric"),
                ("..", "keyword.operator"),
                ("180", "constant.numeric"),
                ("deg", "keyword.other.unit"),
            ],
        ),
        (
            "grid(17 x 11, order=xy)",
            [
                ("grid", "support.type"),
                ("17 x 11", "constant.numeric.size"),
                ("order", "variable.parameter"),
                ("=", "keyword.operator"),
            ],
        ),
    ],
)
def test_a_line_in_colours(line, found):
    assert colours(line) == found


@pytest.mark.parametrize("line", ["swap the wheels by hand", "by default", "the vector of a robot"])
def test_english_stays_plain(line):
    assert colours(line) == []


def test_the_extension_points_at_the_grammar():
    package = json.loads((SCHEMAS / "package.json").read_text())
    (contributed,) = package["contributes"]["grammars"]
    assert contributed["scopeName"] == grammar()["scopeName"]
    assert (SCHEMAS / contributed["path"]).exists()
