"""Does a compiled spec describe this environment? Asked before a run begins: a wrong layout trains without a
word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Protocol

from symaug import Program, Space
from symaug.diagnostics import UserError

Terms = Sequence[tuple[str, int]]
"""Names and widths, in the order of the vector."""


class DescribedEnv(Protocol):
    """What an environment says about its own layout."""

    observation_terms: list[tuple[str, int]]
    critic_terms: list[tuple[str, int]]
    num_actions: int
    joint_names: tuple[str, ...]


def require_same_layout(program: Program, env: DescribedEnv) -> None:
    """Compare the spec's observation terms, action width and joint order with the environment's.

    Raises:
        UserError: SA706, with both tables side by side.
    """
    _require_same_terms(program, "policy", env.observation_terms)
    if env.critic_terms:
        _require_same_terms(program, "critic", env.critic_terms)
    actions = program.space("actions").width
    if actions != env.num_actions:
        raise UserError.of(
            "SA706",
            f"the spec `{program.spec}` describes {actions} actions, the environment takes {env.num_actions}",
        )
    if tuple(program.joint_order) != tuple(env.joint_names):
        raise UserError.of(
            "SA706",
            f"the spec `{program.spec}` lists the joints in another order than the environment",
            notes=(f"spec: {' '.join(program.joint_order)}", f"environment: {' '.join(env.joint_names)}"),
            helps=("set `joint_order:` in the spec; the robot document names the orders it knows",),
        )


def _require_same_terms(program: Program, group: str, built: Terms) -> None:
    space = program.space(f"observations/{group}")
    declared = [(term.name, term.width) for term in space.terms]
    if declared != list(built):
        raise UserError.of(
            "SA706",
            f"the spec `{program.spec}` describes {space.width} observations, the environment makes "
            f"{sum(width for _, width in built)}"
            if space.width != sum(width for _, width in built)
            else f"the spec `{program.spec}` orders or names the observations otherwise than the environment",
            notes=("\n" + side_by_side(declared, built),),
            helps=(f"make the spec's `observations: {group}:` list the terms as the environment has them",),
        )


def declared_space(program: Program, name: str, width: int) -> Space:
    """The program's space of that name, for tensors of that width.

    Raises:
        UserError: SA706 there is none, or it has another width.
    """
    if name not in program.spaces:
        raise UserError.of(
            "SA706",
            f"the spec `{program.spec}` does not describe `{name}`, which the environment has",
            notes=(f"spaces of the spec: {', '.join(f'`{known}`' for known in program.spaces)}",),
            helps=("name the observation group in the spec as in the environment",),
        )
    space = program.spaces[name]
    if space.width != width:
        table = ", ".join(f"{term.name} [{term.start}:{term.stop}]" for term in space.terms)
        raise UserError.of(
            "SA706",
            f"`{name}` is {space.width} wide in `{program.spec}` and {width} wide in the environment",
            notes=(f"the spec's terms: {table}",),
            helps=(
                "`symaug show` prints the spec's layout; compare it with the environment's observation table",
            ),
        )
    return space


def side_by_side(declared: Terms, built: Terms) -> str:
    """Both layouts as a table of terms with their slices; lines that differ are marked with `<`."""
    rows = [("spec", "environment", "")]
    for left, right in zip_longest(_slices(declared), _slices(built)):
        rows.append((left or "–", right or "–", "" if left == right else "<"))
    width = max(len(row[0]) for row in rows) + 3
    wide = max(len(row[1]) for row in rows) + 2
    return "\n".join(f"    {left:<{width}}{right:<{wide}}{mark}".rstrip() for left, right, mark in rows)


def _slices(terms: Terms) -> list[str]:
    start, lines = 0, []
    for name, width in terms:
        lines.append(f"[{start:>3}:{start + width:>3}] {name}")
        start += width
    return lines
