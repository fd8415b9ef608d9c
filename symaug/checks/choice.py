"""Which checks run: all of them, or those whose names match some patterns and not others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from symaug.diagnostics import Diagnostic, UserError, did_you_mean

if TYPE_CHECKING:
    from symaug.compiler.program import Program

ALGEBRA = ("group", "base motions", "joints", "default pose")
GEOMETRY = (
    "model",
    "gravity",
    "bodies",
    "joint axes",
    "joint anchors",
    "joint limits",
    "colliders",
    "couplings",
)
DYNAMICS = ("mass matrix", "bias forces", "step", "contact step", "as published")
RESETS = ("declared", "sampled", "ranges")
ENVIRONMENT = ("layout", "dynamics", "observations", "rewards", "terminations")
_GROUP = "observations/"


def check_names(program: Program | None) -> tuple[str, ...]:
    """The names of all checks there are, in the order in which they run.

    Args:
        program: whose spaces and observation groups have checks of their own; None for a robot alone.
    """
    spaces = tuple(program.spaces) if program is not None else ()
    groups = [space.removeprefix(_GROUP) for space in spaces if space.startswith(_GROUP)]
    environment = [name for name in ENVIRONMENT if name != "observations" or not groups]
    return (
        *(f"algebra/{name}" for name in (*ALGEBRA, *spaces)),
        "tasks/orbits",
        "resets/declared",
        *(f"geometry/{name}" for name in GEOMETRY),
        *(f"terms/{group}" for group in (*groups, "actions")),
        *(f"dynamics/{name}" for name in DYNAMICS),
        *(f"environment/{name}" for name in environment),
        *(f"environment/{_GROUP}{group}" for group in groups),
        *(f"resets/{name}" for name in RESETS[1:]),
    )


@dataclass(frozen=True)
class Choice:
    """What was asked for.

    Attributes:
        only: patterns of names, `geometry/*`; an area's name stands for all of it, `dynamics`. All checks
            when there are none.
        skip: patterns of those that do not run all the same.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    @classmethod
    def of(cls, only: Iterable[str], skip: Iterable[str], known: Sequence[str]) -> Choice:
        """A choice among `known` names.

        Raises:
            UserError: SA607 a pattern matches no check; all such patterns are told.
        """
        choice = cls(tuple(only), tuple(skip))
        candidates = [*dict.fromkeys(name.partition("/")[0] for name in known), *known]
        problems = [
            Diagnostic(
                "SA607",
                f"no check is called `{pattern}`" if _is_plain(pattern) else f"`{pattern}` matches no check",
                helps=did_you_mean(pattern, candidates),
            )
            for pattern in (*choice.only, *choice.skip)
            if not any(_matches(pattern, name) for name in known)
        ]
        if problems:
            raise UserError(problems)
        return choice

    def wants(self, name: str) -> bool:
        """Whether the check of that name is to run."""
        chosen = not self.only or any(_matches(pattern, name) for pattern in self.only)
        return chosen and not any(_matches(pattern, name) for pattern in self.skip)

    def wants_any(self, names: Iterable[str]) -> bool:
        """Whether one of these is to run."""
        return any(map(self.wants, names))


def _matches(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern.rstrip('/')}/*")


def _is_plain(pattern: str) -> bool:
    return not set(pattern) & set("*?[")
