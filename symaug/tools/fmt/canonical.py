"""The canonical text of every value: what its syntax tree prints, in quotes only where YAML needs them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from symaug.syntax import parser
from symaug.syntax.expressions import Generator, Sum
from symaug.syntax.fields import Kind
from symaug.syntax.source import Text

_PARSERS = {
    "names": parser.parse_names,
    "number": parser.parse_quantity,
    "range": parser.parse_range,
    "type": parser.parse_type,
    "memory": parser.parse_type,
    "generator": parser.parse_generator,
    "relation": parser.parse_relation,
    "tasks": parser.parse_tasks,
}
_SEPARATORS = {"names": " ", "generator": ", ", "type": " + ", "memory": " + ", "tasks": " + "}
_BRACES = re.compile(r"\{[^{}]*\}")
_AROUND_COMMAS = re.compile(r"\s*([{},])\s*")
_PLAIN = re.compile(r"[A-Za-z0-9_./^*?(+-][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_NOT_TEXT = re.compile(r"~|null|true|false|yes|no|on|off", re.IGNORECASE)


@dataclass(frozen=True)
class Canonical:
    """A value in pieces between which a long one is broken into lines.

    Attributes:
        pieces: names of a list, clauses of a generator, parts of a sum; or the whole text.
        separator: what stands between two pieces.
        breaks: for each piece whether the author began a line with it.
    """

    pieces: tuple[str, ...]
    separator: str = ""
    breaks: tuple[bool, ...] = (False,)

    def __str__(self) -> str:
        return self.separator.join(self.pieces)

    def lines(self, width: int) -> list[str]:
        """The text in lines of that width if it can be, broken where the author did and where it must be.

        YAML reads the lines folded, each line end as one blank, so that they mean the same as one line.
        """
        made: list[str] = []
        for rank, (piece, breaks) in enumerate(zip(self.pieces, self.breaks, strict=True)):
            text = piece + (self.separator.rstrip() if rank < len(self.pieces) - 1 else "")
            if not made or breaks or len(made[-1]) + 1 + len(text) > width:
                made.append(text)
            else:
                made[-1] += " " + text
        return made


def canonical(text: Text, kind: Kind | None) -> Canonical:
    """The canonical form of a value of some kind.

    Raises:
        SpecError: SA101 … SA105, the expression does not parse.
    """
    if kind not in _PARSERS:
        return Canonical((text.value,))
    tree = _PARSERS[kind](text)
    parts = _parts(tree)
    nested = isinstance(tree, Sum)
    pieces = tuple(_tidy(f"({part})" if nested and isinstance(part, Sum) else str(part)) for part in parts)
    lines = [part.span.line if len(parts) > 1 and part.span else 0 for part in parts]
    breaks = tuple(here > before for before, here in zip([*lines[:1], *lines], lines, strict=False))
    return Canonical(pieces, _SEPARATORS.get(kind, "") if len(pieces) > 1 else "", breaks)


def _parts(tree: Any) -> tuple[Any, ...]:
    if isinstance(tree, tuple):
        return tree
    if isinstance(tree, Generator):
        return tree.clauses
    return tree.parts if isinstance(tree, Sum) else (tree,)


def _tidy(text: str) -> str:
    """Without blanks in braces, where `{LF, RF}` and `{LF,RF}` are the same."""
    return _BRACES.sub(lambda braces: _AROUND_COMMAS.sub(r"\1", braces.group()), text)


def quoted(text: str, *, flow: bool) -> str:
    """The text as a YAML scalar, in quotes where it would be read as something else without them."""
    plain = (
        _PLAIN.fullmatch(text)
        and not text.startswith(("*", "?", "- "))
        and text not in ("-", "---", "...")
        and not _NOT_TEXT.fullmatch(text)
        and ": " not in text
        and " #" not in text
        and not text.endswith((":", " "))
        and not (flow and re.search(r"[\[\]{},]|:(?=\S)", text))
    )
    return text if plain else json.dumps(text, ensure_ascii=False)
