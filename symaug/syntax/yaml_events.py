"""What PyYAML reads, event by event, and what to say where it cannot go on.

libyaml reads where it is there, several times faster. PyYAML's own scanner reads whatever libyaml refuses,
for its better account of what is wrong, and whatever has tabs, of which libyaml lets more pass. So a document
means the same on every machine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import yaml

from symaug.diagnostics import Diagnostic, SpecError
from symaug.syntax.source import Source

MAX_NESTING = 30
"""How deep a document's mappings and lists may nest; three levels are in use."""


class NotYaml(Exception):
    """The document cannot be read from some place on; `diagnostic` (SA003) says why."""

    def __init__(self, source: Source, offset: int, problem: str) -> None:
        offset = min(offset, len(source.text))
        at_end = offset >= len(source.text.rstrip())
        span = source.span(offset, offset if at_end else offset + 1)
        helps = ('quote the value: `"*_HAA"`',) if "without quotes" in problem else ()
        self.diagnostic = Diagnostic("SA003", f"this is not valid YAML: {problem}", span, helps=helps)
        super().__init__(self.diagnostic)


def events(source: Source) -> Iterator[yaml.Event]:
    """The events of a document, positions counted in characters.

    Raises:
        NotYaml: when the reader comes to a place that is not YAML; what comes before it is yielded.
    """
    fast = getattr(yaml, "CBaseLoader", None)
    if fast is not None and "\t" not in source.text:
        try:
            found = list(yaml.parse(source.text, fast))
        except (yaml.YAMLError, ValueError, OverflowError):
            pass
        else:
            yield from found
            return
    yield from _careful_events(source)


def too_deep(source: Source, offset: int) -> NotYaml:
    """The error for mappings and lists inside each other without end."""
    return NotYaml(source, offset, f"nested more than {MAX_NESTING} deep")


class _TooDeep(Exception):
    def __init__(self, offset: int) -> None:
        self.offset = offset


class _Loader(yaml.BaseLoader):
    """Bounds the depth while scanning: PyYAML's time grows with its square."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:
        if self.flow_level >= MAX_NESTING:
            raise _TooDeep(self.index)
        super().fetch_flow_collection_start(TokenClass)

    def add_indent(self, column: int) -> bool:
        if len(self.indents) >= MAX_NESTING:
            raise _TooDeep(self.index)
        return super().add_indent(column)


def compose(source: Source) -> yaml.Node | None:
    """PyYAML's node tree of a document, None when it is empty: for whoever needs to see how it is written.

    Raises:
        SpecError: SA003.
    """
    try:
        deque(_careful_events(source), maxlen=0)
    except NotYaml as error:
        raise SpecError([error.diagnostic]) from None
    return yaml.compose(source.text, yaml.BaseLoader)


def _careful_events(source: Source) -> Iterator[yaml.Event]:
    loader = None
    try:
        loader = _Loader(source.text)
        while loader.check_event():
            yield loader.get_event()
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        raise NotYaml(source, position, "a character that YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        # A quote or bracket that is never closed is only noticed at the end; its beginning says more.
        opened = "quoted" in (error.context or "") and error.context_mark
        mark = opened or error.problem_mark or error.context_mark
        raise NotYaml(source, mark.index if mark else 0, _problem(error)) from None
    except _TooDeep as found:
        raise too_deep(source, found.offset) from None
    except (ValueError, OverflowError):  # an escape such as "\U99999999" that names no character
        raise NotYaml(source, loader.index if loader else 0, "an escape that names no character") from None
    finally:
        if loader is not None:
            loader.dispose()


_PROBLEMS = (  # what the scanner and parser say → what a user sees
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
    ("while scanning an alias", "a `*` that starts a value without quotes"),
    ("while scanning an anchor", "a `&` that starts a value without quotes"),
    ("while scanning a tag", "a `!` that starts a value without quotes"),
    ("while scanning a directive", "a `%` that starts a line"),
)


def _problem(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    for clue, ours in _PROBLEMS:
        if clue in said:
            return ours
    return "it cannot be read from here on"
