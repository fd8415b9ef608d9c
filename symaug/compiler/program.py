"""The intermediate representation: everything a kernel needs, frozen, and its JSON form (docs/program.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

from symaug.diagnostics import UserError, did_you_mean
from symaug.semantics.group import Group
from symaug.semantics.linear_map import Action
from symaug.semantics.task_orbits import TaskOrbits

SCHEMA = 1
"""The version of the JSON form; raised when a reader of the old form would misread the new one."""


@dataclass(frozen=True)
class Term:
    """A named slice of a space: numbers `start` (included) to `stop` (excluded).

    Attributes:
        name: as in the spec.
        start, stop: the slice.
        type: its type expression, in canonical form.
    """

    name: str
    start: int
    stop: int
    type: str

    @property
    def width(self) -> int:
        """How many numbers."""
        return self.stop - self.start


@dataclass(frozen=True)
class Space:
    """One tensor layout and how each element of the group acts on it.

    Attributes:
        width: the size of the last dimension.
        terms: its parts, in order, without gaps.
        elements: the action of each element, by name, in the group's order: a `SignedPermutation` wherever it
            is one, else a `LinearMap`.
    """

    width: int
    terms: tuple[Term, ...]
    elements: dict[str, Action]

    def action(self, element: str) -> Action:
        """The action of an element.

        Raises:
            UserError: SA504 there is no such element; the nearest names are given.
        """
        if element not in self.elements:
            message = f"no group element named `{element}`"
            raise UserError.of("SA504", message, helps=did_you_mean(element, self.elements))
        return self.elements[element]

    def table(self) -> str:
        """The layout as text: index, name, slice, width and type of each term, one a line."""
        rows = [("#", "term", "slice", "width", "type")]
        rows += [
            (str(rank), term.name, f"{term.start}:{term.stop}", str(term.width), term.type)
            for rank, term in enumerate(self.terms)
        ]
        sizes = [max(len(row[column]) for row in rows) for column in range(5)]
        return "\n".join(
            "  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip()
            for row in rows
        )


@dataclass(frozen=True)
class Program:
    """A compiled spec.

    Attributes:
        robot, spec: names, as the documents give them.
        group: the symmetry group; `group.elements` orders everything below.
        spaces: tensor layouts by name: `observations/GROUP` for each observation group, `actions`, and
            `memory/actor` and `memory/critic` where the spec gives a memory's type.
        joint_order: joint names in the order in which tensors list them.
        memory: how each recurrent memory follows the symmetry, by `actor` and `critic`: `replay`, or the type
            of its space.
        tasks: training and test tasks and their orbits; None when the spec declares none.
        sources: SHA-256 of each document, by its name.
        compiler: the version of symaug that compiled it.
        schema: the version of the JSON form.
    """

    robot: str
    spec: str
    group: Group
    spaces: dict[str, Space]
    joint_order: tuple[str, ...]
    memory: dict[str, str]
    tasks: TaskOrbits | None
    sources: dict[str, str]
    compiler: str
    schema: int = field(default=SCHEMA)

    def space(self, name: str) -> Space:
        """A space by its name.

        Raises:
            UserError: SA503 there is no such space; the nearest names are given.
        """
        if name not in self.spaces:
            helps = did_you_mean(name, self.spaces)
            raise UserError.of("SA503", f"`{self.spec}` has no space named `{name}`", helps=helps)
        return self.spaces[name]

    def to_json(self) -> str:
        """The program as JSON text: deterministic, one line a list, ending in a line end."""
        from symaug.compiler.program_json import dump

        return dump(self)

    @classmethod
    def from_json(cls, text: str, *, file: str = "program") -> Program:
        """Read back what `to_json` wrote.

        Args:
            text: the JSON text.
            file: what messages call it.

        Raises:
            UserError: SA502 it is no program, or one whose parts contradict each other.
        """
        from symaug.compiler.program_json import load

        return load(text, file)
