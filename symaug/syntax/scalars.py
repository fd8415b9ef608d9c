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
        if character.isspace():  # folding turns line ends and indentation into single blanks
            offsets.append(min(here, end))
            if here < end and text[here] == character:
                here += 1
            continue
        while here < end and text[here].isspace():
            here += 1
        length = 1
        if style == "'" and text[here : here + 2] == "''":
            length = 2
        elif style == '"' and text[here : here + 1] == "\\":
            while text[here + 1 : here + 2] in ("\n", "\r"):  # an escaped line end stands for nothing
                here += 2
                while here < end and text[here].isspace():
                    here += 1
            if text[here : here + 1] == "\\":
                length = {"x": 4, "u": 6, "U": 10}.get(text[here + 1 : here + 2], 2)
        offsets.append(min(here, end))
        here += length
    offsets.append(min(here, end))
    return tuple(offsets)
