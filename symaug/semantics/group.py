"""Finite groups, closed from their generators: element names and the Cayley table, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")

MAX_ORDER = 192
"""The largest group that is enumerated; robots have a few elements, the full cube group has 48."""


class GroupTooLarge(Exception):
    """The closure of the generators has more than `MAX_ORDER` elements."""


@dataclass(frozen=True)
class Group:
    """A finite group by its Cayley table.

    Attributes:
        elements: names; the identity `e` first, then the generators, then products such as `a*b` in
            breadth-first order. `a*b` applies `b` first, then `a`.
        table: `table[i][j]` is the position of `elements[i] * elements[j]`.
        generators: the names of the generators, in document order.
    """

    elements: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    generators: tuple[str, ...]

    @property
    def order(self) -> int:
        """The number of elements."""
        return len(self.elements)

    @property
    def identity(self) -> int:
        """The position of the identity: always 0."""
        return 0

    def index(self, element: str) -> int:
        """The position of an element by its name.

        Raises:
            KeyError: there is no such element.
        """
        try:
            return self.elements.index(element)
        except ValueError:
            raise KeyError(element) from None

    def product(self, left: int, right: int) -> int:
        """The position of `left * right` (`right` applied first)."""
        return self.table[left][right]

    def inverse(self, element: int) -> int:
        """The position of the inverse."""
        return self.table[element].index(self.identity)

    def subgroup(self, elements: Iterable[str]) -> Group:
        """The group of some of the elements, which hold `e` and are closed under products."""
        kept = [self.index(element) for element in elements]
        place = {position: rank for rank, position in enumerate(kept)}
        table = tuple(tuple(place[self.table[left][right]] for right in kept) for left in kept)
        names = tuple(self.elements[position] for position in kept)
        return Group(names, table, tuple(name for name in self.generators if name in names))

    def axiom_violations(self) -> list[str]:
        """Everything that keeps the table from being a group's, in words; empty for a group."""
        size, names, found = self.order, self.elements, []
        span = range(size)
        if len(set(names)) != size:
            found.append("two elements share a name")
        if len(self.table) != size or any(len(row) != size for row in self.table):
            return [*found, f"the table is not {size} by {size}"]
        if any(entry not in span for row in self.table for entry in row):
            return [*found, "a product is not an element"]
        if any(self.table[0][i] != i or self.table[i][0] != i for i in span):
            found.append(f"`{names[0]}` is not the identity")
        for i in span:
            if len(set(self.table[i])) != size or len({row[i] for row in self.table}) != size:
                found.append(f"`{names[i]}` has no inverse")
        for i in span:
            for j in span:
                for k in span:
                    if self.table[self.table[i][j]][k] != self.table[i][self.table[j][k]]:
                        return [*found, f"({names[i]} {names[j]}) {names[k]} is not associative"]
        if any(name not in names for name in self.generators):
            found.append("a generator is not an element")
        return found


def close(
    generators: Mapping[str, Value],
    identity: Value,
    multiply: Callable[[Value, Value], Value],
    key: Callable[[Value], Hashable] = lambda value: value,
) -> tuple[Group, tuple[Value, ...]]:
    """Close `generators` under `multiply` and name every element.

    Args:
        generators: distinct values by name, none of them the identity.
        identity: the neutral value.
        multiply: `multiply(a, b)` is the value of `a*b`.
        key: what two values have in common exactly when they are the same element; the value itself where it
            is exact. The value kept is the one found first.

    Returns:
        The group and the value of each of its elements, in the same order.

    Raises:
        GroupTooLarge: more than `MAX_ORDER` elements.
    """
    position: dict[Hashable, int] = {}
    values: list[Value] = []
    names: list[str] = []

    def meet(value: Value, name: str) -> None:
        if key(value) not in position:
            position[key(value)] = len(values)
            values.append(value)
            names.append(name)

    meet(identity, "e")
    for name, value in generators.items():
        meet(value, name)
    for value in values:  # grows while it is walked: breadth first
        for name, generator in generators.items():
            meet(multiply(value, generator), f"{names[position[key(value)]]}*{name}")
            if len(values) > MAX_ORDER:
                raise GroupTooLarge
    table = tuple(tuple(position[key(multiply(left, right))] for right in values) for left in values)
    return Group(tuple(names), table, tuple(generators)), tuple(values)
