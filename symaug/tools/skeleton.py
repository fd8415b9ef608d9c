"""The text of a first spec: what is known about each term, and a mark at each that somebody must look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symaug.tools.fmt import format_text
from symaug.tools.fmt.canonical import quoted

MARK = "CHECK"
"""Begins the comment on every line that somebody must look at."""


@dataclass(frozen=True)
class TermLine:
    """One term of an observation group: its type, and why that is to be checked; empty where it is sure."""

    name: str
    type: str
    doubt: str = ""


def spec_text(
    name: str,
    robot: str,
    groups: Mapping[str, Sequence[TermLine]],
    *,
    joint_order: str | None = None,
    other_orders: Sequence[str] = (),
) -> str:
    """A spec document in its canonical form.

    Args:
        name: the spec's.
        robot: how the document names its robot.
        groups: the terms of each observation group, in tensor order.
        joint_order: the order of joints in the tensors; the robot's canonical one without it.
        other_orders: orders that the robot names, told in a comment where none is chosen.

    Raises:
        SpecError: SA011 a name that a document cannot hold.
    """
    lines = [
        "# A first draft: a type says what numbers are, and a wrong one of the right width goes unnoticed.",
        f"spec: {quoted(name, flow=False)}",
        f"robot: {quoted(robot, flow=False)}",
    ]
    if joint_order is not None:
        lines.append(f"joint_order: {quoted(joint_order, flow=False)}")
    elif other_orders:
        known = ", ".join(other_orders)
        lines.append(f"# Joints come as the robot document lists them; `joint_order` also knows {known}.")
    lines.append("observations:")
    for group, terms in groups.items():
        lines.append(f"  {quoted(group, flow=False)}:")
        lines += [_line(term) for term in terms]
    return format_text("\n".join([*lines, "actions: joints", ""]))


def _line(term: TermLine) -> str:
    comment = f"  # {MARK}: {term.doubt}" if term.doubt else ""
    return f"    {quoted(term.name, flow=False)}: {quoted(term.type, flow=False)}{comment}"
