"""The types a term may have, as candidates to be tried: the likely ones first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symaug.checks.live.neighbours import neighbours
from symaug.diagnostics import SpecError
from symaug.semantics import representations as rep
from symaug.semantics.linear_map import Action
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

if TYPE_CHECKING:
    from symaug.semantics.representations import Representation
    from symaug.semantics.robot import Robot

_TYPES = (
    "joints",
    "unsigned(joints)",
    "positions(joints)",
    "limbs * vector",
    "limbs * pseudovector",
    "limbs",
    "rotation_matrix",
    "rotation_6d",
    "rotation_6d(rows)",
    "quaternion(wxyz)",
    "quaternion(xyzw)",
    "vector",
    "pseudovector",
    "vector[xy]",
    "pseudovector[xy]",
    "vector[yz]",
    "vector[xz]",
    "pseudovector[yz]",
    "pseudovector[xz]",
    "scalar",
    "pseudovector[z]",
    "vector[x]",
    "vector[y]",
    "vector[z]",
    "pseudoscalar",
    "pseudovector[x]",
    "pseudovector[y]",
)
_LONGEST_HISTORY = 10


@dataclass(frozen=True)
class Block:
    """A candidate.

    Attributes:
        text: how a spec writes it; empty for joints in an order that no spec can name.
        actions: by element.
        width: how many numbers.
        order: the joints in another order than the spec's; None for everything else.
    """

    text: str
    actions: Mapping[str, Action]
    width: int
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Blocks:
    """All candidates of one robot."""

    robot: Robot
    resolver: TypeResolver
    known: tuple[Block, ...]

    def of_width(self, width: int) -> list[Block]:
        """Those of this width."""
        return [block for block in self.known if block.width == width]

    def up_to(self, width: int) -> list[Block]:
        """Those no wider, the widest first."""
        return sorted((b for b in self.known if b.width <= width), key=lambda block: -block.width)

    def block(self, text: str) -> Block | None:
        """The candidate of a type; None where it means nothing for the robot."""
        try:
            return _block(self.robot, text, self.resolver.resolve(parse_type(Text.alone(text))))
        except SpecError:
            return None


def blocks(robot: Robot, joint_order: Sequence[str]) -> Blocks:
    """The candidates of a robot whose joints the spec lists in this order."""
    resolver = TypeResolver(robot, tuple(joint_order))
    empty = Blocks(robot, resolver, ())
    known = [block for text in _TYPES if (block := empty.block(text)) is not None]
    named = {order: f"joints(order={name})" for name, order in robot.joint_orders.items()}
    others = [order for order in {robot.joints: "", **named} if order != tuple(joint_order)]
    for order in others:
        block = _block(robot, named.get(order, ""), rep.joints(robot, order))
        known.append(Block(block.text, block.actions, block.width, order))
    return Blocks(robot, resolver, tuple(known))


def neighbouring(known: Blocks, declared: str, width: int) -> Iterator[Block]:
    """Types of this width that differ from the declared one in a single place."""
    named = {block.text: block for block in known.known}
    for text in neighbours(declared, tuple(known.robot.joint_orders)):
        block = named.get(text) or known.block(text)
        if block is not None and block.width == width:
            yield block


def histories(known: Blocks, declared: str, width: int) -> Iterator[Block]:
    """Histories of this width: with a declared one, its other order and other contents; else of anything."""
    inside: list[tuple[int, str]] = []
    if declared.startswith("history("):
        count, _, rest = declared.removeprefix("history(").removesuffix(")").partition(", ")
        what, _, order = rest.partition(", order=")
        other = "time" if order == "term" else "term"
        inside = [(int(count), what)]
        yield from _resolved(known, (_history(int(count), what, each) for each in (other, order or "time")))
        counts = [int(count)]
    elif declared:
        return
    else:
        counts = [n for n in range(2, _LONGEST_HISTORY + 1) if width % n == 0]
    for count in counts:
        for block in known.of_width(width // count):
            if block.text and (count, block.text) not in inside:
                yield from _resolved(known, (_history(count, block.text, o) for o in ("time", "term")))


def _history(count: int, what: str, order: str) -> str:
    return f"history({count}, {what}{', order=term' if order == 'term' else ''})"


def _resolved(known: Blocks, texts: Iterator[str]) -> Iterator[Block]:
    for text in texts:
        block = known.block(text)
        if block is not None:
            yield block


def _block(robot: Robot, text: str, representation: Representation) -> Block:
    actions = dict(zip(robot.group.elements, representation.actions, strict=True))
    return Block(text, actions, representation.width)
