"""Every spec that has one mistake: the types of an observation or action, one changed at a time.

A wrong spec is a small document that extends the right one, so that it goes the way of any document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from symaug.compiler.program import Program, Space

KINDS = (
    "vector for pseudovector, scalar for pseudoscalar",
    "wrong axes of a vector",
    "joints of another kind or order",
    "wrong order of a grid, a history, a quaternion",
    "types of two terms exchanged",
    "wrong joint order of the spec",
)
_OBSERVATIONS = "observations/"
_HANDED = {
    "vector": "pseudovector",
    "pseudovector": "vector",
    "scalar": "pseudoscalar",
    "pseudoscalar": "scalar",
}
_ORDERS = (("order=xy", "order=yx"), ("order=time", "order=term"), ("(wxyz)", "(xyzw)"), ("(rpy)", "(ypr)"))


@dataclass(frozen=True)
class SpecMutant:
    """One wrong spec.

    Attributes:
        kind: one of `KINDS`.
        what: which it is, in words.
        document: its text.
        right: what the guilty terms should be, by space (`observations/policy`, `actions`) and term.
    """

    kind: str
    what: str
    document: str
    right: Mapping[tuple[str, str], str] = field(default_factory=dict)


def spec_mutants(
    name: str, program: Program, joint_orders: Mapping[str, Sequence[str]]
) -> Iterator[SpecMutant]:
    """All one-mistake specs.

    Args:
        name: of the right spec, or its path.
        program: compiled from it.
        joint_orders: of the robot, by name.
    """
    other_orders = [
        order for order, names in joint_orders.items() if list(names) != list(program.joint_order)
    ]
    for space, term, written in _terms(program):
        for kind, wrong in wrong_types(written, other_orders):
            what = f"{term}: {wrong} for {written}"
            yield SpecMutant(kind, what, _document(name, {(space, term): wrong}), {(space, term): written})
    for (space, one, first), (other_space, other, second) in combinations(_terms(program), 2):
        widths = {w for s, t, w in _widths(program) if (s, t) in ((space, one), (other_space, other))}
        if space == other_space != "actions" and first != second and len(widths) == 1:
            types = {(space, one): second, (space, other): first}
            right = {(space, one): first, (space, other): second}
            yield SpecMutant(KINDS[4], f"{one} and {other}", _document(name, types), right)
    for order in (None, *other_orders):
        if order is not None or list(program.joint_order) in map(list, joint_orders.values()):
            document = {"extend": name, "spec": "mutant/order", "joint_order": order}
            joints = {(s, t): w for s, t, w in _terms(program) if re.search(r"\bjoints\b(?!\(order)", w)}
            what = order or "the canonical one"
            yield SpecMutant(KINDS[5], what, yaml.safe_dump(document, sort_keys=False), joints)


def _tensors(program: Program) -> dict[str, Space]:
    """What an environment gives and takes: all spaces but the memories of a network."""
    return {name: space for name, space in program.spaces.items() if not name.startswith("memory/")}


def _terms(program: Program) -> list[tuple[str, str, str]]:
    return [(name, t.name, t.type) for name, space in _tensors(program).items() for t in space.terms]


def _widths(program: Program) -> list[tuple[str, str, int]]:
    return [(name, t.name, t.width) for name, space in _tensors(program).items() for t in space.terms]


def _document(name: str, types: Mapping[tuple[str, str], str]) -> str:
    document: dict[str, object] = {"extend": name, "spec": "mutant/types"}
    groups: dict[str, dict[str, str]] = {}
    for (space, term), written in types.items():
        if space == "actions":
            document["actions"] = written
        else:
            groups.setdefault(space.removeprefix(_OBSERVATIONS), {})[term] = written
    if groups:
        document["observations"] = groups
    return yaml.safe_dump(document, sort_keys=False)


def wrong_types(written: str, other_orders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """One change at one place of the type's text."""
    for match in re.finditer(r"\b(pseudo)?(vector|scalar)\b", written):
        yield KINDS[0], _with(written, match, _HANDED[match[0]])
    for match in re.finditer(r"(?<=vector)\[([xyz]+)\]", written):
        for axes in {1: ("x", "y", "z"), 2: ("xy", "yx", "xz", "yz")}.get(len(match[1]), ()):
            if axes != match[1]:
                yield KINDS[1], _with(written, match, f"[{axes}]")
    for match in re.finditer(r"(unsigned|positions)\(joints\)|\bjoints\b(\(order=[\w.-]+\))?(?!\))", written):
        others = ["joints", "unsigned(joints)", "positions(joints)"]
        others += [f"joints(order={order})" for order in other_orders]
        for other in others:
            if other != match[0]:
                yield KINDS[2], _with(written, match, other)
    for here, there in (*_ORDERS, *((b, a) for a, b in _ORDERS)):
        if here in written:
            yield KINDS[3], written.replace(here, there)


def _with(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
