"""Short names for the numbers of a space: joints where a term lists them, axes, or places within the term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symaug.compiler.program import Program, Space, Term
from symaug.diagnostics import SpecError
from symaug.semantics.linear_map import LinearMap, as_linear_map
from symaug.syntax.expressions import Call, Named, Sum, TypeExpression
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

_EXACT = 1e-9


@dataclass(frozen=True)
class Reading:
    """What one number becomes: the sum of coefficient times source, and an offset.

    Attributes:
        sources: (number, coefficient), at least one.
        offset: added to them.
    """

    sources: tuple[tuple[int, float], ...]
    offset: float

    @property
    def is_mixed(self) -> bool:
        """Whether it is anything but another number, perhaps with its sign changed."""
        return len(self.sources) != 1 or abs(abs(self.sources[0][1]) - 1.0) > _EXACT

    def told(self, names: Sequence[str]) -> str:
        """In words, each number by its name: `−joint_pos RF_HAA`, `−0.5 force x + 0.866 force y`."""
        text = ""
        for source, coefficient in self.sources:
            minus, size = coefficient < 0, abs(coefficient)
            text += ((" − " if minus else " + ") if text else "−" if minus else "") + (
                names[source] if abs(size - 1.0) <= _EXACT else f"{size:.3g} {names[source]}"
            )
        shift = f" {'−' if self.offset < 0 else '+'} {abs(self.offset):.4g}" if self.offset else ""
        return text + shift


def readings(space: Space, element: str) -> list[Reading]:
    """What each number of a space becomes under an element.

    Raises:
        UserError: SA504 there is no such element.
    """
    action = as_linear_map(space.action(element))
    return [Reading(row, offset) for row, offset in zip(action.rows, action.offset, strict=True)]


def dense_elements(space: Space) -> list[str]:
    """The elements that mix numbers of a space, so that a matrix takes the place of the permutation."""
    return [name for name, action in space.elements.items() if isinstance(action, LinearMap)]


def mixed_terms(space: Space) -> list[Term]:
    """The terms whose numbers some element mixes."""
    mixed = {
        rank
        for element in space.elements
        for rank, reading in enumerate(readings(space, element))
        if reading.is_mixed
    }
    return [term for term in space.terms if not mixed.isdisjoint(range(term.start, term.stop))]


def number_labels(program: Program, space: Space) -> list[str]:
    """One label a number: `LF_HAA`, `x`, or its place in its term; empty where a term is one number."""
    return [label for term in space.terms for label in _of_term(term, program.joint_order)]


def _of_term(term: Term, joints: Sequence[str]) -> list[str]:
    try:
        found = _of_type(parse_type(Text.alone(term.type, term.name)), joints)
    except SpecError:  # a program of another version
        found = None
    if found is not None and len(found) == term.width:
        return found
    return [str(rank) for rank in range(term.width)] if term.width > 1 else [""]


def _of_type(tree: TypeExpression, joints: Sequence[str]) -> list[str] | None:
    """The labels of a type whose numbers have names of their own; None for any other."""
    if isinstance(tree, Sum):
        parts = [_of_type(part, joints) for part in tree.parts]
        return None if None in parts else [label for part in parts if part for label in part]
    if isinstance(tree, Call) and tree.name.text in ("positions", "unsigned") and len(tree.arguments) == 1:
        (inner,) = tree.arguments
        return _of_type(inner, joints) if isinstance(inner, Named) and inner.name.text == "joints" else None
    if isinstance(tree, Call) and tree.name.text in ("quaternion", "euler"):
        return list(str(tree.arguments[0]))
    if not isinstance(tree, Named):
        return None
    if tree.name.text in ("vector", "pseudovector"):
        return list("".join(word.text for word in tree.selection) or "xyz")
    if tree.name.text in ("scalar", "pseudoscalar"):
        return [""]
    return list(joints) if tree.name.text == "joints" and not tree.selection else None
