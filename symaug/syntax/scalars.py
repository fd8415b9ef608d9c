"""Where in the file each character of a YAML value was written, whatever quoting and folding did to it."""

from __future__ import annotations

import re

_LINE_END = re.compile("[\n\r\x85\u2028\u2029]")


def character_offsets(text: str, start: int, end: int, value: str, style: str | None) -> tuple[int, ...]:
    """For each character of a scalar's value, and one past its end, the offset it was written at.

    Args:
        text: the document.
        start, end: where the scalar stands in it, quotes and block header included.
        value: what YAML reads there, after unquoting, unescaping and folding.
        style: YAML's style of the scalar: None (plain), `'`, `"`, `|` or `>`.
    """
    if style in ('"', "'"):
        start, end = start + 1, end - 1
    elif style in ("|", ">"):
        header = _LINE_END.search(text, start)
        start = header.end() if header else end
    if text[start:end] == value:
        return tuple(range(start, end + 1))
    offsets: list[int] = []
    here = start
    for character in value:
        if style == '"':
            here = _after_escaped_line_end(text, here)
        if character.isspace() and text[here : here + 1] != "\\":
            # Folding turns a line end and the blanks around it into one blank, or into line ends.
            offsets.append(min(here, end))
            here = here + 1 if text[here : here + 1] == character else _after_blanks(text, here, end)
            continue
        here = _after_blanks(text, here, end)
        if style == '"':
            here = _after_escaped_line_end(text, here)
        offsets.append(min(here, end))
        here += _written_length(text, here, style)
    offsets.append(min(here, end))
    return tuple(offsets)


def _after_blanks(text: str, here: int, end: int) -> int:
    while here < end and text[here].isspace():
        here += 1
    return here


def _after_escaped_line_end(text: str, here: int) -> int:
    """A backslash at the end of a line, and the indentation of the next, stand for nothing."""
    while text[here : here + 1] == "\\" and text[here + 1 : here + 2] in ("\n", "\r"):
        here = _after_blanks(text, here + 1, len(text))
    return here


def _written_length(text: str, here: int, style: str | None) -> int:
    if style == "'" and text[here : here + 2] == "''":
        return 2
    if style == '"' and text[here : here + 1] == "\\":
        return {"x": 4, "u": 6, "U": 10}.get(text[here + 1 : here + 2], 2)
    return 1
