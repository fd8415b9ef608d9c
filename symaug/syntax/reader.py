"""From a file to its content as plain data, with the span of every key and value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from symaug.diagnostics import Diagnostic, Span, SpecError
from symaug.shipped import display_path
from symaug.syntax.scalars import character_offsets
from symaug.syntax.source import KeyPath, Source, Text, read_text
from symaug.syntax.yaml_events import MAX_NESTING, NotYaml, events, too_deep

_NULLS = ("", "~", "null", "Null", "NULL")
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read_source(path: Path) -> Source:
    """Read a YAML document whose top is a mapping; what can be read around is in its `problems`.

    Raises:
        SpecError: SA001 … SA004, after which nothing can be read.
    """
    return parse_source(read_text(path), path)


def parse_source(text: str, path: Path) -> Source:
    """The same for text that was read already, or comes from elsewhere; `path` is what messages call it.

    Raises:
        SpecError: SA003, SA004, after which nothing can be read.
    """
    source = Source(path, display_path(path), text)
    try:
        _Reader(source).document()
    except NotYaml as error:
        # A `*` or `!` that was meant as text often breaks the rest of its line too.
        line = error.diagnostic.span.line if error.diagnostic.span else 0
        same_line = any(p.code == "SA009" and p.span and p.span.line == line for p in source.problems)
        raise SpecError([*source.problems, *([] if same_line else [error.diagnostic])]) from None
    if not isinstance(source.data, dict):
        message = "a document is a mapping of `key: value` lines"
        raise SpecError.of("SA004", message, span=source.value(), label="this is not one")
    return source


class _Reader:
    """Turns events into plain data and spans; keeps going after what only spoils one place."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events = events(source)
        self.depth = 0

    def document(self) -> None:
        """Fill the source."""
        first: Any = None
        while not isinstance(first, yaml.DocumentStartEvent):
            first = next(self.events)
            if isinstance(first, yaml.StreamEndEvent):
                message = f"`{self.source.file}` is empty"
                raise SpecError.of("SA004", message, span=self.source.span(0, 0))
        self.source.data = self._read(next(self.events), ())
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise NotYaml(self.source, after.start_mark.index, "a second document (`---`) in one file")

    def _read(self, event: Any, path: KeyPath) -> Any:
        source, start, end = self.source, event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            self._unused_feature(f"alias `*{event.anchor}`", source.span(start, end))
            source.values[path] = source.span(start, end)
            source.holes.add(path)
            return None
        if event.anchor:
            self._unused_feature(f"anchor `&{event.anchor}`", source.span(start, start + 1))
        if event.tag:
            self._unused_feature(f"tag `{event.tag}`", source.span(start, start + 1))
        if isinstance(event, yaml.ScalarEvent):
            source.values[path] = source.span(start, end)
            style = event.style or None
            if style is None and event.value in _NULLS:
                return None
            offsets = character_offsets(source.text, start, end, event.value, style)
            source.texts[path] = Text(event.value, source, offsets)
            return event.value
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep(source, start)
        content = (self._mapping if isinstance(event, yaml.MappingStartEvent) else self._list)(start, path)
        self.depth -= 1
        return content

    def _list(self, start: int, path: KeyPath) -> list[Any]:
        content: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            content.append(self._read(event, (*path, str(len(content)))))
        self._close(start, event, path)
        return content

    def _mapping(self, start: int, path: KeyPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path, content)
            value = next(self.events)
            if key is None:  # something was named here, and nobody knows what
                self.source.holes.add((*path, ""))
                self._skip(value)
            else:
                content[key] = self._read(value, (*path, key))
        self._close(start, event, path)
        return content

    def _close(self, start: int, event: Any, path: KeyPath) -> None:
        body = self.source.text[start : event.end_mark.index].rstrip()
        self.source.values[path] = self.source.span(start, start + len(body))

    def _key(self, event: Any, path: KeyPath, content: dict[str, Any]) -> str | None:
        """The key, or None when it cannot be used."""
        span = self.source.span(event.start_mark.index, event.end_mark.index)
        if isinstance(event, yaml.AliasEvent):
            self._unused_feature(f"alias `*{event.anchor}`", span)
            return None
        if not isinstance(event, yaml.ScalarEvent):
            end = self._skip(event)
            span = self.source.span(event.start_mark.index, end)
            self._report(Diagnostic("SA008", "a key must be plain text", span))
            return None
        if event.value in content:
            secondary = ((self.source.keys[(*path, event.value)], "first given here"),)
            self._report(Diagnostic("SA005", f"`{event.value}` is given twice", span, "", secondary))
            return None
        self.source.keys[(*path, event.value)] = span
        return event.value

    def _skip(self, event: Any) -> int:
        """Read past a value that begins with `event`; returns the offset of its end."""
        depth = isinstance(event, _STARTS)
        while depth:
            event = next(self.events)
            depth += isinstance(event, _STARTS) - isinstance(event, _ENDS)
        return event.end_mark.index

    def _unused_feature(self, what: str, span: Span) -> None:
        message = f"the YAML {what} has no meaning in a document"
        helps = ("write the value out", 'quote the value if it is meant as text, as in `"*_HAA"`')
        self._report(Diagnostic("SA009", message, span, helps=helps))

    def _report(self, diagnostic: Diagnostic) -> None:
        self.source.problems.append(diagnostic)
