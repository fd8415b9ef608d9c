"""What is counted, and how it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

FIRST = 3
"""So many of the names that a check lists are `among the first`."""


@dataclass(frozen=True)
class Outcome:
    """One mistake.

    Attributes:
        subject: robot and generator, or spec.
        kind: of the mistake.
        what: which it is.
        harmless: nothing changes by it: measured, it is no mistake.
        refused: the document does not compile.
        caught: a check failed, or the document was refused.
        named: a guilty joint or term is among the first named.
        single: one edit mends it.
        suggested: the suggested edit leads to the right declaration.
        told: what was said, for those who look closer.
    """

    subject: str
    kind: str
    what: str
    harmless: bool = False
    refused: bool = False
    caught: bool = False
    named: bool = False
    single: bool = True
    suggested: bool = False
    told: str = ""


@dataclass(frozen=True)
class Row:
    """Outcomes of one kind, counted."""

    kind: str
    number: int
    harmless: int
    refused: int
    caught: int
    named: int
    single: int
    suggested: int

    @property
    def mistakes(self) -> int:
        """Those that change something."""
        return self.number - self.harmless

    def cells(self) -> list[str]:
        """For a table: kind, number, no mistake, refused, caught, named, edit right."""
        return [
            self.kind,
            str(self.number),
            str(self.harmless or ""),
            str(self.refused or ""),
            f"{self.caught} of {self.mistakes}",
            f"{self.named} of {self.mistakes}",
            f"{self.suggested} of {self.single}" if self.single else "-",
        ]


COLUMNS = ("mistake", "number", "no mistake", "refused", "caught", "guilty one named", "right edit suggested")


def count(kind: str, outcomes: Iterable[Outcome]) -> Row:
    """Count outcomes; harmless ones are counted as such and nowhere else."""
    every = list(outcomes)
    real = [each for each in every if not each.harmless]
    return Row(
        kind,
        len(every),
        len(every) - len(real),
        sum(each.refused for each in real),
        sum(each.caught for each in real),
        sum(each.named for each in real),
        sum(each.single for each in real),
        sum(each.suggested and each.single for each in real),
    )


def table(outcomes: Iterable[Outcome]) -> list[Row]:
    """A row a kind, in order of appearance, and one for all."""
    every = list(outcomes)
    kinds = dict.fromkeys(each.kind for each in every)
    return [*(count(kind, [e for e in every if e.kind == kind]) for kind in kinds), count("all", every)]


def as_json(row: Row) -> dict[str, object]:
    """The row by field."""
    return {field.name: getattr(row, field.name) for field in fields(row)}
