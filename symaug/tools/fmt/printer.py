"""From the tree to text: key order of the reference, aligned columns, brackets where they fit on a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from symaug.syntax.source import KeyPath
from symaug.tools.fmt.canonical import Canonical, quoted
from symaug.tools.fmt.tree import Collection, Entry, Scalar, Value
from symaug.tools.models import key_order

WIDTH = 110
"""Where lines end, comments behind them not counted."""

MAX_ALIGNED = 40
"""A longer key, such as a list of patterns, pushes no other value to the right."""


@dataclass
class _Line:
    """An entry to be printed: `before`, then `head` and `value` in one line with a comment, then `below`."""

    before: list[str]
    head: str
    value: str = ""
    comment: str = ""
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Printer:
    """Prints a tree.

    Attributes:
        model: the kind of document, which says the order of keys.
        values: the canonical form of each text, by its key path.
    """

    model: type[BaseModel]
    values: Mapping[KeyPath, Canonical]

    def document(self, tree: Collection) -> str:
        """The whole document. What stands above its first key stays at the top."""
        first = tree.entries[0]
        header, first.leading = first.leading, []
        body = self._block(tree, 0)
        while header and header[-1] == body[0] == "":
            header.pop()
        return "\n".join([*header, *body]).strip("\n") + "\n"

    def _block(self, collection: Collection, indent: int) -> list[str]:
        pad = " " * indent
        lines = [self._entry(entry, indent) for entry in self._ordered(collection)]
        if collection.is_map and indent:
            for section in _sections(lines, lambda line: bool(line.value) and len(line.head) <= MAX_ALIGNED):
                width = max(len(line.head) for line in section)
                for line in section:
                    line.head = line.head.ljust(width)
        for section in _sections(lines, lambda line: bool(line.comment)):
            column = max(len(_text(line)) for line in section)
            for line in section:
                line.comment = line.comment.rjust(column - len(_text(line)) + len(line.comment))
        made: list[str] = []
        for line in lines:
            made += [pad + before if before else "" for before in line.before]
            comment = f"  {line.comment}" if line.comment else ""
            made += [pad + _text(line) + comment, *line.below]
        return made + [pad + remark if remark else "" for remark in collection.tail]

    def outline(self, collection: Collection) -> list[tuple[KeyPath, str]]:
        """What is printed, in this order: each key path with its text, null, or nothing for a collection."""
        found: list[tuple[KeyPath, str]] = []
        for entry in self._ordered(collection):
            value = entry.value
            text = self._scalar(value, flow=True) if isinstance(value, Scalar) else ""
            found.append((entry.path, text))
            found += self.outline(value) if isinstance(value, Collection) else []
        return found

    def _ordered(self, collection: Collection) -> list[Entry]:
        order = key_order(self.model, collection.path) if collection.is_map else None
        if order is None:
            return collection.entries
        rank = {key: place for place, key in enumerate(order)}
        return sorted(collection.entries, key=lambda entry: rank.get(entry.path[-1], len(rank)))

    def _entry(self, entry: Entry, indent: int) -> _Line:
        *more, comment = entry.trailing or [""]
        key = f"{quoted(entry.path[-1], flow=False)}:" if entry.within.is_map else "-"
        made = _Line(entry.leading + more, key, comment=comment)
        room = WIDTH - indent - len(key) - 1
        short = self._inline(entry.value, flow=False)
        if isinstance(entry.value, Scalar):
            canonical = self.values.get(entry.path, Canonical(("",)))  # nothing, where it is null
            if short is None or len(short) > room or any(canonical.breaks):
                lines = canonical.lines(WIDTH - indent - 2)
                if len(lines) > 1:
                    made.head, pad = f"{key} >-", " " * (indent + 2)
                    made.below = [pad + line for line in lines]
                    return made
            made.value = short or ""
        elif short is not None and len(short) <= room:
            made.value = short
        else:
            made.below = self._block(entry.value, indent + 2)
        return made

    def _inline(self, value: Value, *, flow: bool) -> str | None:
        """The value on the line of its key; None where it needs lines of its own."""
        if isinstance(value, Scalar):
            return self._scalar(value, flow=flow)
        if value.entries and (not value.flow or value.commented):
            return None
        inner = []
        for entry in self._ordered(value):
            text = self._inline(entry.value, flow=True)
            if text is None:
                return None
            key = f"{quoted(entry.path[-1], flow=True)}: " if value.is_map else ""
            inner.append(f"{key}{text}".rstrip())
        return ("{%s}" if value.is_map else "[%s]") % ", ".join(inner)

    def _scalar(self, value: Scalar, *, flow: bool) -> str:
        return quoted(str(self.values[value.path]), flow=flow) if value.null is None else value.null


def _text(line: _Line) -> str:
    return f"{line.head} {line.value}".rstrip()


def _sections(lines: Sequence[_Line], belongs: Callable[[_Line], bool]) -> list[list[_Line]]:
    """Runs of neighbouring lines that belong together; a blank line or a value below its key ends one."""
    found: list[list[_Line]] = [[]]
    for line in lines:
        fits = belongs(line) and not line.below
        if "" in line.before or not fits:
            found.append([])
        if fits:
            found[-1].append(line)
    return [section for section in found if section]
