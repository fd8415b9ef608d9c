"""`symaug diff`: what changed in meaning between two programs, whatever changed in their text.

Terms of the same name are compared number by number: what each is read from, with the source told by its term
and its place there, so that a term that only moved within the tensor is not said to act differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from symaug.compiler.program import Program, Space, Term
from symaug.semantics.linear_map import OFFSET_TOLERANCE, TOLERANCE
from symaug.tools.labels import readings

Kind = Literal["removed", "added", "moved", "retyped", "resized", "mapped", "changed"]
_LISTED = 4
"""How many numbers of a term are told in one message; JSON has all of them."""


@dataclass(frozen=True)
class Change:
    """One difference in meaning.

    Attributes:
        kind: what happened to it.
        where: what it happened to: `group`, `joint_order`, `observations/policy`, or a term of a space,
            `observations/policy/joint_pos`.
        message: it in words.
        before, after: the two values, as plain data; None where there is none.
        element: under which group element, of numbers that are mapped differently.
    """

    kind: Kind
    where: str
    message: str
    before: Any = None
    after: Any = None
    element: str | None = None


def diff(before: Program, after: Program) -> tuple[Change, ...]:
    """All differences in meaning, the group's first, then those of each space in its order.

    The names of the two specs, their files and the compiler's version are not compared.
    """
    return tuple(_changes(before, after))


def to_json(changes: Sequence[Change]) -> dict[str, Any]:
    """The changes as plain data: `{"equal", "changes": [{"kind", "where", "message", "before", …}]}`."""
    return {"equal": not changes, "changes": [vars(change) for change in changes]}


def _changes(before: Program, after: Program) -> Iterator[Change]:
    if before.robot != after.robot:
        yield _changed("robot", before.robot, after.robot)
    yield from _group(before, after)
    if before.joint_order != after.joint_order:
        yield from _joint_order(before.joint_order, after.joint_order)
    memory = {
        f"memory/{role}": (before.memory.get(role), after.memory.get(role))
        for role in sorted({*before.memory, *after.memory})
    }
    retyped = {name for name, (old, new) in memory.items() if old != new}  # told once, below
    one, other = ({n: s for n, s in p.spaces.items() if n not in retyped} for p in (before, after))
    yield from _named("space", "", list(one), list(other))
    for name, space in one.items():
        if name in other:
            yield from _space(name, space, other[name])
    yield from (_changed(name, *memory[name]) for name in sorted(retyped))
    for role in ("train", "test"):
        old = list(getattr(before.tasks, role, ()))
        new = list(getattr(after.tasks, role, ()))
        yield from _named("task", f"tasks/{role}/", old, new)


def _group(before: Program, after: Program) -> Iterator[Change]:
    one, other = before.group, after.group
    yield from _named("element", "group/", one.elements, other.elements)
    common = [element for element in one.elements if element in other.elements]
    for left in common:
        for right in common:
            old = one.elements[one.product(one.index(left), one.index(right))]
            new = other.elements[other.product(other.index(left), other.index(right))]
            if old != new:
                yield _changed(f"group/{left} * {right}", old, new)


def _joint_order(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    yield from _named("joint", "joint_order/", before, after)
    if sorted(before) == sorted(after):
        first = next(rank for rank, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
        message = f"joints in another order: number {first} was `{before[first]}`, is `{after[first]}`"
        yield Change("changed", "joint_order", message, list(before), list(after))


def _space(name: str, before: Space, after: Space) -> Iterator[Change]:
    old = {term.name: term for term in before.terms}
    new = {term.name: term for term in after.terms}
    yield from _named("term", f"{name}/", list(old), list(new))
    if before.width != after.width:
        message = f"`{name}` had {before.width} numbers, has {after.width}"
        yield Change("resized", name, message, before.width, after.width)
    for term, one in old.items():
        if term in new:
            yield from _term(f"{name}/{term}", one, new[term])
    elements = [element for element in before.elements if element in after.elements]
    for term, one in old.items():
        if term in new and one.width == new[term].width:
            for element in elements:
                yield from _mapping(f"{name}/{term}", element, _Block(before, one), _Block(after, new[term]))


def _term(where: str, before: Term, after: Term) -> Iterator[Change]:
    if before.type != after.type:
        message = f"`{where}` was `{before.type}`, is `{after.type}`"
        yield Change("retyped", where, message, before.type, after.type)
    if before.width != after.width:
        message = f"`{where}` had {before.width} numbers, has {after.width}"
        yield Change("resized", where, message, before.width, after.width)
    if before.start != after.start:
        message = f"`{where}` stood at {before.start}:{before.stop}, stands at {after.start}:{after.stop}"
        yield Change("moved", where, message, [before.start, before.stop], [after.start, after.stop])


@dataclass(frozen=True)
class _Block:
    """A term within its space."""

    space: Space
    term: Term

    def rows(self, element: str) -> list[_Row]:
        """What each number of the term becomes under an element."""
        names = [f"{term.name}[{k}]" for term in self.space.terms for k in range(term.width)]
        return [
            _Row({names[source]: c for source, c in reading.sources}, reading.offset, reading.told(names))
            for reading in readings(self.space, element)[self.term.start : self.term.stop]
        ]


@dataclass(frozen=True)
class _Row:
    """What one number becomes: coefficients by source, an offset, and both in words."""

    sources: dict[str, float]
    offset: float
    told: str


def _mapping(where: str, element: str, before: _Block, after: _Block) -> Iterator[Change]:
    different = [
        (rank, one, other)
        for rank, (one, other) in enumerate(zip(before.rows(element), after.rows(element), strict=True))
        if not _alike(one, other)
    ]
    if not different:
        return
    told = [f"number {rank} was {one.told}, is {other.told}" for rank, one, other in different[:_LISTED]]
    more = len(different) - len(told)
    told += [f"and {more} more" if more else ""]
    message = f"`{where}` under `{element}`: " + "; ".join(filter(None, told))
    yield Change(
        "mapped",
        where,
        message,
        {str(rank): one.told for rank, one, _ in different},
        {str(rank): other.told for rank, _, other in different},
        element,
    )


def _alike(one: _Row, other: _Row) -> bool:
    sources = {*one.sources, *other.sources}
    same = all(abs(one.sources.get(s, 0.0) - other.sources.get(s, 0.0)) <= TOLERANCE for s in sources)
    return same and abs(one.offset - other.offset) <= OFFSET_TOLERANCE


def _named(noun: str, prefix: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change("removed", f"{prefix}{name}", f"the {noun} `{prefix}{name}` is gone", name)
    for name in after:
        if name not in before:
            yield Change("added", f"{prefix}{name}", f"the {noun} `{prefix}{name}` is new", None, name)


def _changed(where: str, before: Any, after: Any) -> Change:
    return Change("changed", where, f"`{where}` was `{before}`, is `{after}`", before, after)
