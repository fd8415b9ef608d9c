"""A document with positions: every key, value and character knows where it stands in which file.

Values stay text here ("0.4", "joints"); what they mean is decided by whoever reads them, who can then point
at a character of the file. `reader.py` makes sources from files, `extending.py` one source from several.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from symaug.diagnostics import Diagnostic, Span, SpecError
from symaug.shipped import display_path

KeyPath = tuple[str, ...]
MAX_BYTES = 200_000
"""A document larger than this is refused: no robot has one, and it is most likely the wrong file."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Text:
    """A piece of text and where it came from: the value of a YAML scalar, or a part of one.

    Attributes:
        value: the text after YAML's quoting and folding.
        source: the document it stands in.
        offsets: for each character of `value`, and one past the end, its offset in the document.
    """

    value: str
    source: Source = field(repr=False, compare=False)
    offsets: tuple[int, ...] = field(repr=False, compare=False)

    @classmethod
    def alone(cls, value: str, name: str = "x.yaml") -> Text:
        """Text that is a document of its own, which messages call `name`."""
        return cls(value, Source(Path(name), name, value), tuple(range(len(value) + 1)))

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The span of `value[start:end]`."""
        end = len(self.value) if end is None else end
        first = self.offsets[start]
        last = self.offsets[end - 1] + 1 if end > start else first
        return self.source.span(first, last)


@dataclass
class Source:
    """A document: its text, its content as plain data, and spans by key path.

    Attributes:
        path: the file.
        file: its name as messages print it.
        text: the content.
        data: nested dicts and lists of strings (and None), as YAML gives them.
        keys: the span of the key at a key path; list entries are keyed "0", "1" …
        values: the span of the value at a key path; `()` is the whole document.
        texts: the scalar at a key path, with the position of every character.
        problems: what is wrong so far; it keeps the rest of the document from nothing.
        holes: key paths where, because of a problem, nothing usable stands. What is said about a thing that
            is not whole would often be a consequence of what was said already.
        files: every file that was read for it, itself first.
    """

    path: Path
    file: str
    text: str
    data: Any = None
    keys: dict[KeyPath, Span] = field(default_factory=dict)
    values: dict[KeyPath, Span] = field(default_factory=dict)
    texts: dict[KeyPath, Text] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    holes: set[KeyPath] = field(default_factory=set)
    files: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self.files = self.files or (self.path,)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the text; an empty one covers nothing but has a position."""
        return Span(self.file, *self._line_column(start), *self._line_column(max(start, end)))

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    @property
    def inherits(self) -> bool:
        """Whether more of it stands in another document, which was not read: nothing is missed then."""
        return "extend" in self.data

    def key(self, *path: str) -> Span:
        """The span of a key, or of the nearest enclosing thing that has one."""
        return self.keys.get(path) or self.value(*path)

    def value(self, *path: str) -> Span:
        """The span of a value, or of the nearest enclosing thing that has one."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]

    def get(self, *path: str) -> Text | None:
        """The scalar at a key path; None where there is none, which a problem says if one was needed."""
        return None if path in self.holes else self.texts.get(path)

    def whole(self, *path: str) -> bool:
        """Whether nothing at a key path or below it is a hole."""
        return not any(hole[: len(path)] == path or path[: len(hole)] == hole for hole in self.holes)


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """The text of a document, or of another file of at most `most` bytes.

    Raises:
        SpecError: SA001 it cannot be read or is too large, SA002 it is not UTF-8.
    """
    name = display_path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise SpecError.of("SA001", f"cannot read `{name}`: {reason}") from None
    except ValueError:
        raise SpecError.of("SA001", f"cannot read `{name}`: no file has such a name") from None
    return decoded(raw, name, most)


def decoded(raw: bytes, name: str, most: int = MAX_BYTES) -> str:
    """The text of a document that was read already; `name` is what messages call it.

    Raises:
        SpecError: SA001 it is too large, SA002 it is not UTF-8.
    """
    if len(raw) > most:
        raise SpecError.of("SA001", f"`{name}` is too large ({len(raw)} bytes, at most {most} are read)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8-sig")) + 1
        span = Span(name, line, column, line, column + 1)
        message = f"`{name}` is not UTF-8 text"
        raise SpecError.of("SA002", message, span=span, label=f"byte 0x{raw[error.start]:02x}") from None
