"""YAML with positions: every key, value and character of a document knows where it stands in the file.

Values stay text here ("0.4", "joints"); what they mean is decided by whoever reads them, who can then point
at a character of the file. Anchors, aliases and tags are refused: documents are plain data.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import yaml

from symaug.diagnostics import Diagnostic, Span, SpecError
from symaug.shipped import display_path
from symaug.syntax.scalars import character_offsets

KeyPath = tuple[str, ...]
MAX_BYTES = 200_000
"""A document larger than this is refused: no robot has one, and it is most likely the wrong file."""

MAX_NESTING = 30
"""How deep a document's mappings and lists may nest; three levels are in use."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NULLS = ("", "~", "null", "Null", "NULL")


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
    """

    path: Path
    file: str
    text: str
    data: Any = None
    keys: dict[KeyPath, Span] = field(default_factory=dict)
    values: dict[KeyPath, Span] = field(default_factory=dict)
    texts: dict[KeyPath, Text] = field(default_factory=dict)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the text; an empty one covers nothing but has a position."""
        return Span(self.file, *self._line_column(start), *self._line_column(max(start, end)))

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def key(self, *path: str) -> Span:
        """The span of a key, or of the nearest enclosing thing that has one."""
        return self.keys.get(path) or self.value(*path)

    def value(self, *path: str) -> Span:
        """The span of a value, or of the nearest enclosing thing that has one."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]

    def at(self, *path: str) -> Text:
        """The scalar at a key path."""
        return self.texts[path]


def read_text(path: Path) -> str:
    """The text of a document.

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
    if len(raw) > MAX_BYTES:
        raise SpecError.of("SA001", f"`{name}` is too large for a document ({len(raw)} bytes)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        span = Span(name, line, column, line, column + 1)
        message = f"`{name}` is not UTF-8 text"
        raise SpecError.of("SA002", message, span=span, label=f"byte 0x{raw[error.start]:02x}") from None


def read_source(path: Path) -> Source:
    """Read a YAML document whose top is a mapping.

    Raises:
        SpecError: SA001 … SA005, SA009, all that apply.
    """
    return parse_source(read_text(path), path)


def parse_source(text: str, path: Path) -> Source:
    """The same for text that was read already, or comes from elsewhere; `path` is what messages call it.

    Raises:
        SpecError: SA003 … SA005, SA009, all that apply.
    """
    source = Source(path, display_path(path), text)
    root = compose(source)
    if root is None:
        raise SpecError.of("SA004", f"`{source.file}` is empty", span=source.span(0, 0))
    reader = _Reader(source)
    source.data = reader.read(root, ())
    if not isinstance(source.data, dict):
        message = "a document is a mapping of `key: value` lines"
        raise SpecError.of("SA004", message, span=source.value(), label="this is not one")
    if reader.diagnostics:
        raise SpecError(reader.diagnostics)
    return source


class _TooDeep(Exception):
    def __init__(self, offset: int) -> None:
        self.offset = offset


class _AliasUsed(Exception):
    def __init__(self, start: int, end: int, what: str) -> None:
        self.start, self.end, self.what = start, end, what


class _Loader(yaml.BaseLoader):
    """Composes nodes without giving values a type, and stops at what documents do not use.

    Depth is bounded while scanning: PyYAML's time grows with its square, and composing recurses.
    """

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:
        if self.flow_level >= MAX_NESTING:
            raise _TooDeep(self.index)
        super().fetch_flow_collection_start(TokenClass)

    def add_indent(self, column: int) -> bool:
        if len(self.indents) >= MAX_NESTING:
            raise _TooDeep(self.index)
        return super().add_indent(column)

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        mark_end = event.start_mark.index + 1
        if isinstance(event, yaml.AliasEvent):
            raise _AliasUsed(event.start_mark.index, event.end_mark.index, f"alias `*{event.anchor}`")
        if getattr(event, "anchor", None):
            raise _AliasUsed(event.start_mark.index, mark_end, f"anchor `&{event.anchor}`")
        if getattr(event, "tag", None):
            raise _AliasUsed(event.start_mark.index, mark_end, f"tag `{event.tag}`")
        return super().compose_node(parent, index)


def compose(source: Source) -> Any:
    """PyYAML's node tree of a document, None when it is empty; anchors, aliases and tags are refused.

    Raises:
        SpecError: SA003, SA009.
    """
    loader = None
    try:
        loader = _Loader(source.text)
        return loader.get_single_node()
    except _AliasUsed as found:
        raise SpecError.of(
            "SA009",
            f"the YAML {found.what} has no meaning in a document",
            span=source.span(found.start, found.end),
            helps=("write the value out", 'quote the value if it is meant as text, as in `"*_HAA"`'),
        ) from None
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        _fail_yaml(source, position, "a character that YAML does not allow")
    except yaml.MarkedYAMLError as error:
        # A quote or bracket that is never closed is only noticed at the end; its beginning says more.
        opened = "quoted" in (error.context or "") and error.context_mark
        mark = opened or error.problem_mark or error.context_mark
        _fail_yaml(source, mark.index if mark else 0, _yaml_problem(error))
    except _TooDeep as found:
        _fail_yaml(source, found.offset, f"nested more than {MAX_NESTING} deep")
    except (ValueError, OverflowError):  # an escape such as "\U99999999" that names no character
        _fail_yaml(source, loader.index if loader else 0, "an escape that names no character")
    finally:
        if loader is not None:
            loader.dispose()


def _fail_yaml(source: Source, offset: int, problem: str) -> NoReturn:
    offset = min(offset, len(source.text))
    at_end = offset >= len(source.text.rstrip())
    span = source.span(offset, offset if at_end else offset + 1)
    helps = ('quote the value: `"*_HAA"`',) if "without quotes" in problem else ()
    raise SpecError.of("SA003", f"this is not valid YAML: {problem}", span=span, helps=helps)


_YAML_PROBLEMS = (  # what the scanner and parser say → what a user sees
    ("found character '\\t'", "a tab where only spaces may indent"),
    ("cannot start any token", "a character that cannot start a value without quotes"),
    ("mapping values are not allowed", "a `:` where no key can stand (quote the value if it contains one)"),
    ("could not find expected ':'", "a key without `:`"),
    ("while scanning a quoted scalar", "a quote that is never closed"),
    ("while scanning a double-quoted scalar", "a backslash before a character that needs none"),
    ("while parsing a flow mapping", "a `{` that is never closed, or a missing comma inside `{…}`"),
    ("while parsing a flow sequence", "a `[` that is never closed, or a missing comma inside `[…]`"),
    ("while parsing a block mapping", "a line whose indentation fits nothing above it"),
    ("while parsing a block collection", "a line whose indentation fits nothing above it"),
    ("expected a single document", "a second document (`---`) in one file"),
    ("while scanning an alias", "a `*` that starts a value without quotes"),
    ("while scanning an anchor", "a `&` that starts a value without quotes"),
    ("while scanning a tag", "a `!` that starts a value without quotes"),
    ("while scanning a directive", "a `%` that starts a line"),
)


def _yaml_problem(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    for clue, ours in _YAML_PROBLEMS:
        if clue in said:
            return ours
    return "it cannot be read from here on"


class _Reader:
    """Turns YAML nodes into plain data, recording spans; keeps going after a repeated key."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def read(self, node: Any, path: KeyPath) -> Any:
        source = self.source
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            source.values[path] = source.span(start, end)
            if node.style is None and node.value in _NULLS:
                return None
            offsets = character_offsets(source.text, start, end, node.value, node.style)
            source.texts[path] = Text(node.value, source, offsets)
            return node.value
        body = source.text[start:end]
        source.values[path] = source.span(start, start + len(body.rstrip()))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, str(rank))) for rank, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Any, path: KeyPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            span = self.source.span(key_node.start_mark.index, key_node.end_mark.index)
            if not isinstance(key_node, yaml.ScalarNode):
                self._report("SA008", "a key must be plain text", span)
                continue
            key = key_node.value
            if key in content:
                first = self.source.keys[(*path, key)]
                self._report("SA005", f"`{key}` is given twice", span, ((first, "first given here"),))
                continue
            self.source.keys[(*path, key)] = span
            content[key] = self.read(value_node, (*path, key))
        return content

    def _report(self, code: str, message: str, span: Span, secondary: tuple = ()) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, secondary=secondary))
