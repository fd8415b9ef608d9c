"""Name patterns: brace expansion (`{LF,RF}_HAA`) and globs (`*_HAA`), in the order of what they match."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_NAMES = 10_000
"""The most names one pattern may expand to; a robot has some tens."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")
"""What joints, limbs, terms and generators may be called."""

DOCUMENT_NAME = re.compile(r"[A-Za-z0-9_./\-]+")
"""What robots and specs may be called, or where they are."""


class PatternError(Exception):
    """A malformed pattern: `reason` in words, `start` and `end` the guilty characters of the pattern."""

    def __init__(self, reason: str, start: int, end: int) -> None:
        super().__init__(reason)
        self.reason, self.start, self.end = reason, start, end


def expand(pattern: str) -> list[str]:
    """All alternatives of a pattern with braces, leftmost brace slowest: `{L,R}{1,2}` → L1 L2 R1 R2.

    Braces do not nest; globs are kept as they are.

    Raises:
        PatternError: unclosed, stray, nested or empty braces, or too many names.
    """
    prefixes, rest, place = [""], pattern, 0
    while rest:
        opening, closing = rest.find("{"), rest.find("}")
        if opening < 0 and closing < 0:
            return [prefix + rest for prefix in prefixes]
        if opening < 0 or 0 <= closing < opening:
            raise PatternError("`}` without a `{` before it", place + closing, place + closing + 1)
        if closing < 0:
            raise PatternError("`{` is never closed", place + opening, place + opening + 1)
        if rest.find("{", opening + 1, closing) >= 0:
            nested = place + rest.find("{", opening + 1, closing)
            raise PatternError("braces cannot stand inside braces", nested, nested + 1)
        choices = [choice.strip() for choice in rest[opening + 1 : closing].split(",")]
        if not all(choices):
            raise PatternError("an empty alternative between braces", place + opening, place + closing + 1)
        if any(len(choice.split()) > 1 for choice in choices):
            reason = "alternatives between braces are separated by commas"
            raise PatternError(reason, place + opening, place + closing + 1)
        if len(prefixes) * len(choices) > MAX_NAMES:
            raise PatternError(f"it stands for more than {MAX_NAMES} names", 0, len(pattern))
        prefixes = [prefix + rest[:opening] + choice for prefix in prefixes for choice in choices]
        place, rest = place + closing + 1, rest[closing + 1 :]
    return prefixes


def is_glob(pattern: str) -> bool:
    """Whether the pattern (without braces) has wildcards: `*` any run of characters, `?` any one."""
    return "*" in pattern or "?" in pattern


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern without braces matches a whole name; linear in both, whatever the wildcards."""
    head, wildcard, tail = pattern.partition("*")
    if "*" not in tail and "?" not in pattern:  # nearly all of them
        return name == pattern or (
            bool(wildcard)
            and len(name) >= len(head) + len(tail)
            and name.startswith(head)
            and name.endswith(tail)
        )
    here = there = 0
    star, resume = -1, 0
    while there < len(name):
        if here < len(pattern) and pattern[here] == "*":
            star, resume = here, there
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", name[there]):
            here, there = here + 1, there + 1
        elif star >= 0:
            resume += 1
            here, there = star + 1, resume
        else:
            return False
    return not pattern[here:].strip("*")


def select(pattern: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """What a pattern with braces and globs matches.

    Returns:
        The names that it matches: alternative by alternative, and those of a glob in the order of `names`;
        and the alternatives that match nothing.

    Raises:
        PatternError: see `expand`.
    """
    known = set(names)
    found: dict[str, None] = {}
    missing = []
    for alternative in dict.fromkeys(expand(pattern)):
        if is_glob(alternative):
            hits = [name for name in names if matches(alternative, name)]
        else:
            hits = [alternative] if alternative in known else []
        found.update(dict.fromkeys(hits))
        if not hits:
            missing.append(alternative)
    return list(found), missing
