"""The lines of a document that a diagnostic points at, each with its underlining: `render_full`'s pictures.

A span counts characters; a terminal counts columns. Tabs, wide and combining characters, and characters that
would not show or would move the cursor are turned into cells of known width here, and a line that is longer
than a screen is cut to the part that matters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symaug.diagnostics import Span

TAB = 4
"""Columns between tab stops."""
MAX_COLUMNS = 100
"""The most columns of a source line that are shown."""
BEFORE = 20
"""Columns that stay visible before the underlined part of a line that is cut."""
MAX_LINES = 3
"""A span over more lines than this is drawn by its first and its last."""

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as the end of a line
_CUT = "…"
_UNSHOWN = "\ufffd"


@dataclass(frozen=True)
class Mark:
    """A span to underline, with which character, and what to say beside it."""

    span: Span
    label: str
    symbol: str


@dataclass(frozen=True)
class _Piece:
    """The part of a mark on one line: 1-based columns, the end exclusive; no symbol for a bare line."""

    line: int
    start: int
    end: int
    label: str = ""
    symbol: str = ""


def draw(marks: Sequence[Mark], text: str, gutter: int) -> list[str]:
    """The marked lines of a document with their underlining, in the order of the document.

    Args:
        marks: what to underline; spans outside the text are left out.
        text: the document.
        gutter: columns for the line numbers.
    """
    source = _LINE_BREAK.split(text)
    pieces = [piece for mark in marks for piece in _pieces(mark, source)]
    pieces.sort(key=lambda piece: (piece.line, piece.start))
    drawn = [f"{' ' * gutter} |"]
    last: tuple[int, int] | None = None
    for piece in pieces:
        line = _Line(source[piece.line - 1])
        left = line.window(piece.start, piece.end)
        if last != (piece.line, left):
            if last and piece.line > last[0] + 1:
                drawn.append("...")
            drawn.append(f"{piece.line:>{gutter}} | {line.cut(left)}".rstrip())
            last = (piece.line, left)
        if piece.symbol:
            underline = line.underline(left, piece.start, piece.end, piece.symbol)
            drawn.append(f"{' ' * gutter} | {underline} {piece.label}".rstrip())
    return drawn


def _pieces(mark: Mark, source: Sequence[str]) -> Iterator[_Piece]:
    span = mark.span
    if not 1 <= span.line <= len(source):
        return
    last = min(span.end_line, len(source))
    if last > span.line and span.end_line == last and span.end_column == 1:
        last -= 1  # it ends with the line break before
    lines = [k for k in range(span.line, last + 1) if k == span.line or source[k - 1].strip()]
    if len(lines) == 1 and not source[span.line - 1].strip():
        # Nothing to see, as at the end of a file: the last thing before it tells the place.
        above = next((k for k in range(span.line - 1, 0, -1) if source[k - 1].strip()), None)
        if above is not None:
            yield _Piece(above, 1, 1)
    for line in lines if len(lines) <= MAX_LINES else (lines[0], lines[-1]):
        content = source[line - 1]
        start = span.column if line == span.line else len(content) - len(content.lstrip()) + 1
        end = span.end_column if line == span.end_line else len(content.rstrip()) + 1
        yield _Piece(line, start, end, mark.label if line == lines[-1] else "", mark.symbol)


class _Line:
    """A source line as cells on a terminal."""

    def __init__(self, content: str) -> None:
        self.glyphs: list[str] = []
        self.columns = [0]  # where each character begins, and the end of the line
        for character in content:
            glyph, width = _cell(character, self.columns[-1])
            self.glyphs.append(glyph)
            self.columns.append(self.columns[-1] + width)

    @property
    def width(self) -> int:
        return self.columns[-1]

    def place(self, column: int) -> int:
        """The terminal column (from 0) of a 1-based character column, which may lie behind the end."""
        behind = max(0, column - len(self.columns))
        return self.columns[min(column, len(self.columns)) - 1] + behind

    def window(self, start: int, end: int) -> int:
        """The first terminal column to show, so that the underlined part is seen; 0 when the line fits."""
        if self.place(end) <= MAX_COLUMNS - BEFORE or self.width <= MAX_COLUMNS:
            return 0
        return max(0, min(self.place(start) - BEFORE, self.width - MAX_COLUMNS))

    def cut(self, left: int) -> str:
        """The part of the line from terminal column `left`, with `…` where something is left out."""
        right = left + MAX_COLUMNS
        before, after = (_CUT if left else ""), (_CUT if right < self.width else "")
        first, last = left + len(before), right - len(after)
        shown = [
            (start, glyph)
            for start, end, glyph in zip(self.columns, self.columns[1:], self.glyphs, strict=False)
            if first <= start and end <= last
        ]
        pad = " " * (shown[0][0] - first) if shown else ""  # half of a wide character that was cut through
        return before + pad + "".join(glyph for _, glyph in shown) + after

    def underline(self, left: int, start: int, end: int, symbol: str) -> str:
        begin = self.place(start) - left
        return " " * begin + symbol * max(1, min(self.place(end) - left, MAX_COLUMNS) - begin)


def _cell(character: str, column: int) -> tuple[str, int]:
    """What to print for a character that begins at a terminal column, and how wide that is."""
    if character == "\t":
        width = TAB - column % TAB
        return " " * width, width
    category = unicodedata.category(character)
    if category == "Zs":
        return " ", 1
    if category in ("Mn", "Me"):
        return character, 0
    if not character.isprintable():
        return _UNSHOWN, 1
    return character, 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
