"""A TextMate grammar that colours expressions inside YAML, made from the words of the lark grammar.

It is injected into YAML's own grammar and looks at text values only. Words of ours that are English words too
are coloured where their clause goes on as ours does: `swap (LF RF)`, not `swap the wheels`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import symaug.syntax
from symaug.semantics.units import UNITS
from symaug.tools.vocabulary import TYPES

SCOPE = "source.symaug.expression"

_FOLLOWED_BY = {
    "reflect": r"\s+[xyz]\b",
    "rotate": r"\s+[xyz]\s+by\b",
    "swap": r"\s*\(",
    "rename": r"\s+\S+\s+<->",
    "flip": r"\s+[\w*?{]",
    "shift": r"\s+[\w*?{].*\bby\b",
    "by": r"\s+[+-]?[\d.]",
    "default": r"\s*\*",
    "fail": r"\s*\(",
    "payload": r"\s*\(",
    "command": r"\s*\(",
}
"""What comes after a keyword in our expressions; after any other keyword, anything may."""

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"


def grammar() -> dict[str, Any]:
    """The TextMate grammar, as plain data."""
    return {
        "name": "symaug expressions",
        "scopeName": SCOPE,
        "injectionSelector": "L:source.yaml string",
        "patterns": [{"match": match, "name": f"{scope}.symaug"} for match, scope in _rules()],
    }


def keywords() -> list[str]:
    """The words that the lark grammar spells out, sorted."""
    folder = Path(symaug.syntax.__file__ or "").parent
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.lark"))]
    return sorted({word for text in texts for word in re.findall(r'"([a-z_]+)"', text)})


@cache
def _rules() -> tuple[tuple[str, str], ...]:
    """Pattern and scope of each rule; the first that matches at the leftmost place wins."""
    units = _any_of(UNITS)
    types = _any_of({re.match(r"\w+", example)[0] for example in TYPES})  # type: ignore[index]
    words = [
        (rf"\b{word}\b(?={_FOLLOWED_BY[word]})" if word in _FOLLOWED_BY else rf"\b{word}\b")
        for word in keywords()
        if word not in UNITS
    ]
    return (
        ("|".join(words), "keyword.control"),
        (rf"(?<=\d)\s*(?:{units})(?![\w/])", "keyword.other.unit"),
        (r"(?<=reflect\s)[xyz]\b|(?<=rotate\s)[xyz]\b", "variable.language.axis"),
        (rf"(?<![\w{{\[(,])(?:{types})(?=\s*(?:[\[(*+,)]|$)|\s+#)", "support.type"),
        (r"\b\d+(?:\s*x\s*\d+)+\b", "constant.numeric.size"),
        (r"\b[a-z_]+(?==\w+\s*[,)])", "variable.parameter"),
        (rf"(?<![\w.])[+-]?{_NUMBER}(?![\w*?{{])|(?<=\.\.)[+-]?(?:{_NUMBER}|inf\b)", "constant.numeric"),
        (r"<->|\.\.|[=+^]|(?<=\s)\*(?=\s)", "keyword.operator"),
        (r"\{[^{}()\[\]]*\}|[*?]", "string.regexp"),
    )


def _any_of(words: Any) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))
