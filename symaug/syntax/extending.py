"""`extend`: one source from a spec document and those that it builds on.

Keys of the child replace the parent's, observation groups and blocks term by term; `null` leaves out what is
inherited. Every key and value keeps its place in the file it was written in. A source whose data still has
the key `extend` is one whose inheritance was not read: what it lacks may stand there, so nothing is missed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symaug.diagnostics import Diagnostic, Span, SpecError, did_you_mean
from symaug.shipped import find_spec
from symaug.syntax.reader import read_source
from symaug.syntax.source import KeyPath, Source, Text

TERM_BY_TERM = ("observations", "blocks")
"""Keys whose mappings of mappings are merged; any other key is replaced as a whole."""


def with_inherited(source: Source) -> Source:
    """The source with everything that it inherits; what is wrong on the way is in its problems.

    Codes: SA008, SA010, SA012, SA013, and SA001 … SA004 for a parent that cannot be read.
    """
    chain = [source]
    while chain[-1].inherits:
        parent = _parent(chain)
        if parent is None:
            break
        chain.append(parent)
    merged = chain.pop()
    while chain:
        merged = _Merging(merged, chain.pop()).merged
    return merged


def drop_nulls(source: Source) -> None:
    """Forget what a document leaves out of its inheritance, when that is not known."""
    _drop_nulls(source, source.data, ())


def _drop_nulls(source: Source, data: dict[str, Any], path: KeyPath) -> None:
    for key, value in [*data.items()]:
        place = (*path, key)
        if is_null(source, place, value) and place != ("extend",):
            del data[key]
        elif _merges(place) and isinstance(value, dict):
            _drop_nulls(source, value, place)


def is_null(source: Source, path: KeyPath, value: Any) -> bool:
    """Whether a value is `null` or `~`; one that was forgotten or could not be read is not."""
    span = source.values[path]
    written = (span.line, span.column) != (span.end_line, span.end_column)
    return value is None and written and path not in source.holes


def _parent(chain: list[Source]) -> Source | None:
    """The source that the last one of the chain extends; None where it says why there is none."""
    child, text = chain[-1], chain[-1].get("extend")
    if text is None:  # not even text, which is reported with the rest of the structure
        return None
    try:
        path = find_spec(text.value, near=child.path, span=text.span())
        if path.suffix == ".json":
            message = f"`{text.value}` is a compiled program, and only documents can be extended"
            raise SpecError.of("SA008", message, span=text.span())
        places = [other.path.resolve() for other in chain]
        if path.resolve() in places:
            raise SpecError([_circle(chain[places.index(path.resolve()) :], text)])
        return read_source(path)
    except SpecError as error:
        way = tuple((span, "extended here") for span in _extend_spans(chain[:-1]))
        for problem in error.diagnostics:
            secondary = way if problem.code == "SA010" else problem.secondary
            child.problems.append(replace(problem, span=problem.span or text.span(), secondary=secondary))
        return None


def _circle(members: list[Source], text: Text) -> Diagnostic:
    if len(members) == 1:
        helps = ("give the name or path of another spec, or drop `extend`",)
        return Diagnostic("SA012", f"`{text.value}` extends itself", text.span(), helps=helps)
    message = f"{len(members)} specs extend each other in a circle"
    secondary = tuple((span, "by way of this") for span in _extend_spans(members[:-1]))
    helps = ("put what they share into a spec that extends none of them",)
    return Diagnostic("SA012", message, text.span(), "back to where it began", secondary, helps=helps)


def _extend_spans(sources: list[Source]) -> list[Span]:
    return [source.value("extend") for source in sources]


class _Merging:
    """Lays a child over its parent."""

    def __init__(self, parent: Source, child: Source) -> None:
        self.parent, self.child = parent, child
        self.merged = Source(
            child.path,
            child.file,
            child.text,
            _copied(parent.data),
            dict(parent.keys),
            dict(parent.values),
            dict(parent.texts),
            [*parent.problems, *child.problems],
            set(parent.holes),
            (*child.files, *parent.files),
        )
        self._drop(("spec",), self.merged.data)  # a name is its document's own
        self.merged.values[()] = child.values[()]
        self._lay(child.data, self.merged.data, ())
        self.merged.holes |= child.holes

    def _lay(self, given: dict[str, Any], inherited: dict[str, Any], path: KeyPath) -> None:
        for key, value in given.items():
            place = (*path, key)
            if place == ("extend",):
                continue
            if is_null(self.child, place, value) and place != ("spec",):
                self._leave_out(place, inherited)
            elif value is None and key in inherited and place not in self.child.holes:
                helps = (f"give it a value, or write `{key}: null` to leave out what is inherited",)
                span = self.child.key(*place)
                self.merged.problems.append(Diagnostic("SA008", f"`{key}` is empty", span, helps=helps))
            elif _merges(place) and isinstance(value, dict) and isinstance(inherited.get(key, {}), dict):
                self.merged.keys[place] = self.child.keys[place]
                self.merged.values[place] = self.child.values[place]
                self._lay(value, inherited.setdefault(key, {}), place)
            else:
                self._drop(place, {})
                inherited[key] = value
                self._take(place)

    def _leave_out(self, place: KeyPath, inherited: dict[str, Any]) -> None:
        key = place[-1]
        if key in inherited:
            self._drop(place, inherited)
        elif not self.merged.inherits:
            group = self.parent.keys.get(place[:-1])
            secondary = (
                ((group, "not among these"),) if group else ((self.child.value("extend"), "not in this one"),)
            )
            helps = _block_with(key, self.merged, inherited) or did_you_mean(key, inherited)
            message = f"there is no `{key}` to leave out"
            span = self.child.key(*place)
            self.merged.problems.append(Diagnostic("SA013", message, span, "", secondary, helps=helps))
            self.merged.holes.add((*place[:-1], ""))

    def _drop(self, place: KeyPath, data: dict[str, Any]) -> None:
        data.pop(place[-1], None)
        merged, size = self.merged, len(place)
        for table in (merged.keys, merged.values, merged.texts):
            for path in [path for path in table if path[:size] == place]:
                del table[path]
        merged.holes = {path for path in merged.holes if path[:size] != place}

    def _take(self, place: KeyPath) -> None:
        size = len(place)
        self.merged.keys |= {path: v for path, v in self.child.keys.items() if path[:size] == place}
        self.merged.values |= {path: v for path, v in self.child.values.items() if path[:size] == place}
        self.merged.texts |= {path: v for path, v in self.child.texts.items() if path[:size] == place}


def _merges(place: KeyPath) -> bool:
    """Whether a mapping there is merged entry by entry."""
    return place[0] in TERM_BY_TERM and len(place) <= 2


def _copied(data: Any) -> Any:
    return {key: _copied(value) for key, value in data.items()} if isinstance(data, dict) else data


def _block_with(term: str, source: Source, inherited: dict[str, Any]) -> tuple[str, ...]:
    """What to do about a term that comes with a block."""
    blocks = source.data.get("blocks")
    for name, terms in blocks.items() if isinstance(blocks, dict) else ():
        if name in inherited and isinstance(terms, dict) and term in terms:
            how = f"`blocks: {{{name}: {{{term}: null}}}}`"
            return (f"it comes with the block `{name}`: leave it out there, {how}",)
    return ()
