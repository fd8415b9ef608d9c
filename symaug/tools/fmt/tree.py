"""A document as the formatter sees it: entries with the comments and blank lines around them.

PyYAML gives no comments, but it gives the place of everything else: what starts with `#` outside every value
is a comment. Those on a line of their own go before the entry that follows, or to the end of the collection
that they are indented like; those behind something stay behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from symaug.syntax.source import KeyPath

_LINES = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|$)")
NULLS = ("", "~", "null", "Null", "NULL")
_HASH = re.compile(r"(?<!\S)#")


@dataclass
class Scalar:
    """A text; what it says is known by its path.

    Attributes:
        path: where it stands.
        null: `null` or nothing, where no text is written.
    """

    path: KeyPath
    null: str | None = None


@dataclass
class Collection:
    """A mapping or a list.

    Attributes:
        path: where it stands.
        is_map: whether its entries have keys.
        flow: whether it is written in brackets.
        start, end: its place; the end is only meaningful in brackets.
        column: how far its entries are indented.
        owner: the entry whose value it is; None for the document.
        entries: what is in it.
        tail: comments and blank lines after the last entry.
        commented: whether there are comments inside its brackets.
    """

    path: KeyPath
    is_map: bool
    flow: bool
    start: int
    end: int
    column: int
    owner: Entry | None
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    commented: bool = False

    @property
    def depth(self) -> int:
        """How many collections it is in."""
        return len(self.path)


Value: TypeAlias = Scalar | Collection


@dataclass
class Entry:
    """One key with its value, or one item of a list.

    Attributes:
        path: where its value stands.
        within: the collection that it belongs to.
        start: where it begins.
        leading: comments before it, "" for a blank line.
        trailing: comments behind it, as written.
    """

    path: KeyPath
    within: Collection
    start: int
    value: Value
    leading: list[str] = field(default_factory=list)
    trailing: list[str] = field(default_factory=list)


def build(root: yaml.MappingNode, text: str) -> Collection:
    """The tree of a document and its comments."""
    opaque: list[tuple[int, int]] = []
    tree = _collection(root, (), None, opaque, text)
    _attach(tree, text, opaque)
    return tree


def comments(tree: Collection) -> list[str]:
    """All comments of a tree, sorted."""
    found = [*tree.tail]
    for entry in _walk(tree):
        found += entry.leading + entry.trailing
        found += entry.value.tail if isinstance(entry.value, Collection) else []
    return sorted(filter(None, found))


def _remarks(text: str, opaque: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Each comment and blank line outside the opaque stretches: offset, column and text ("" when blank).

    A comment behind something has the column -1.
    """
    stretches = sorted(opaque)

    def hidden(offset: int) -> bool:
        rank = bisect_right(stretches, (offset, len(text)))
        return rank > 0 and offset < stretches[rank - 1][1]

    for line in _LINES.finditer(text):
        begin, content = line.start(), line.group().rstrip()
        if not content and line.group() and not hidden(begin):
            yield begin, 0, ""
        for found in _HASH.finditer(content):
            if not hidden(begin + found.start()):
                alone = not content[: found.start()].strip()
                yield begin + found.start(), found.start() if alone else -1, content[found.start() :]
                break


def _collection(
    node: yaml.MappingNode | yaml.SequenceNode,
    path: KeyPath,
    owner: Entry | None,
    opaque: list[tuple[int, int]],
    text: str,
) -> Collection:
    start, end = node.start_mark, node.end_mark
    is_map = isinstance(node, yaml.MappingNode)
    made = Collection(path, is_map, bool(node.flow_style), start.index, end.index, start.column, owner)
    pairs = node.value if is_map else [(None, item) for item in node.value]
    for rank, (key, value) in enumerate(pairs):
        place = (*path, key.value if key else str(rank))
        entry = Entry(place, made, (key or value).start_mark.index, Scalar(place))
        if key:
            opaque.append((key.start_mark.index, key.end_mark.index))
        if isinstance(value, yaml.ScalarNode):
            opaque.append(_body(value, text))
            if value.style is None and value.value in NULLS:
                entry.value = Scalar(place, "null" if value.value else "")
        else:
            entry.value = _collection(value, place, entry, opaque, text)
        made.entries.append(entry)
    return made


def _body(node: yaml.ScalarNode, text: str) -> tuple[int, int]:
    """The part of a scalar in which `#` is text: of a block scalar, all but its first line."""
    start, end = node.start_mark.index, node.end_mark.index
    end = start + len(text[start:end].rstrip())
    if node.style in ("|", ">"):
        line = _LINES.match(text, start)
        start = line.end() if line else end
    return start, end


def _attach(tree: Collection, text: str, opaque: list[tuple[int, int]]) -> None:
    entries = list(_walk(tree))
    rank, blank = 0, False
    for offset, column, comment in _remarks(text, opaque):
        while rank < len(entries) and entries[rank].start < offset:
            blank = blank and _lead(entries[rank], "")
            rank += 1
        if not comment:
            blank = True
            continue
        _mark(tree, offset)
        previous = entries[rank - 1] if rank else None
        following = entries[rank] if rank < len(entries) else None
        if column < 0 and previous is not None:
            _owner_at(previous, offset).trailing.append(comment)
            continue
        home = _home(tree, previous, offset, column)
        if following and following.within.depth >= home.depth:
            blank = blank and _lead(following, "")
            following.leading.append(comment)
        else:
            home.tail += ["", comment] if blank else [comment]
            blank = False
    if blank and rank < len(entries):
        _lead(entries[rank], "")


def _lead(entry: Entry, line: str) -> bool:
    """Put a blank line before an entry, unless it is the first thing there; always False."""
    if entry.leading or entry.within.entries[0] is not entry:
        entry.leading.append(line)
    return False


def _walk(collection: Collection) -> Iterator[Entry]:
    for entry in collection.entries:
        yield entry
        if isinstance(entry.value, Collection):
            yield from _walk(entry.value)


def _mark(collection: Collection, offset: int) -> None:
    """Remember of every bracket around a comment that it cannot be written on one line."""
    for entry in _walk(collection):
        inner = entry.value
        if isinstance(inner, Collection) and inner.flow and inner.start < offset < inner.end:
            inner.commented = True


def _owner_at(entry: Entry, offset: int) -> Entry:
    """The outermost entry that ends where a comment begins behind it."""
    while entry.within.flow and entry.within.end <= offset and entry.within.owner:
        entry = entry.within.owner
    return entry


def _home(tree: Collection, previous: Entry | None, offset: int, column: int) -> Collection:
    """The collection that a comment on its own line is indented like, or in whose brackets it stands."""
    if previous is None:
        return tree
    inner = previous.value
    here: Collection | None = inner if isinstance(inner, Collection) else previous.within
    while here is not None:
        if here.flow and here.start < offset < here.end:
            return here
        if not here.flow and here.column <= column:
            return here
        here = here.owner.within if here.owner else None
    return tree
