"""What a term of some name and width most likely is: the type to write down first, and others that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.terms.check import ACTIONS
from symaug.checks.terms.mirror_worlds import Quantity, World, Worlds
from symaug.checks.terms.quantities import is_known, known_names, quantities_named, quantities_of
from symaug.diagnostics import SpecError, nearest
from symaug.semantics.robot import Robot
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

_MOST_STEPS = 64
_NAMES = [name for name in (*known_names(), *ACTIONS) if len(name) > 1]
_ANY = (
    "scalar",
    "pseudoscalar",
    "vector",
    "pseudovector",
    "vector[xy]",
    "vector[xy] + pseudovector[z]",
    "joints",
    "positions(joints)",
    "unsigned(joints)",
    "limbs",
    "limbs * vector",
    "quaternion(wxyz)",
    "rotation_6d",
    "rotation_matrix",
)
"""What an unknown name may be; of these, those of its width are offered."""


@dataclass(frozen=True)
class Guess:
    """What a term is taken for.

    Attributes:
        type: as a spec writes it; it has the term's width, where that is known.
        doubt: why somebody should look at it, in a few words; empty where the name says it all.
    """

    type: str
    doubt: str = ""


class Namer:
    """Guesses the types of a robot's terms from their names.

    Args:
        robot: whose group the types must be closed under.
        order: the joints as the tensors list them.
    """

    def __init__(self, robot: Robot, order: Sequence[str]) -> None:
        world = World.random(robot, np.random.default_rng(0), 1)
        orders = {"": order} | {
            name: listed for name, listed in robot.joint_orders.items() if listed != order
        }
        self._worlds = Worlds(robot, {"e": world}, orders, order)
        self._resolver = TypeResolver(robot, tuple(order))

    def guess(self, name: str, width: int | None = None) -> Guess:
        """The likeliest type of a term; of the right width where one is given."""
        for steps in range(1, min(width or 1, _MOST_STEPS) + 1):
            if width is not None and width % steps:
                continue
            found = self._known(name, None if width is None else width // steps)
            if found is not None and steps == 1:
                return Guess(found)
            if found is not None:
                return Guess(f"history({steps}, {found})", f"{steps} steps, or `order=term`")
        return self._unknown(name, width)

    def _known(self, name: str, width: int | None) -> str | None:
        if name.lower().rsplit(".", 1)[-1] in ACTIONS:
            return "joints" if width in (None, len(self._worlds.model_order)) else None
        found = self._named(name) if width is None else quantities_of(name, width, self._worlds)
        likely = (each.type for each in found if each.type and not each.unusual)
        return next((text for text in likely if self.width_of(text) is not None), None)

    def _named(self, name: str) -> Iterator[Quantity]:
        return quantities_named(name, self._worlds)

    def _unknown(self, name: str, width: int | None) -> Guess:
        if width is None and is_known(name):  # only of a scan its width says more
            return Guess("grid(11 x 11, order=xy)", "how many points along x and y, and which runs fastest")
        close = [f"`{each}`" for each in nearest(name, _NAMES)]
        near = (f"did you mean {' or '.join(close)}?",) if close else ()
        if width is None:
            return Guess("scalar", "; ".join(["a name that does not say what it is", *near]))
        fitting = [f"`{text}`" for text in _ANY if self.width_of(text) == width]
        doubt = f"{width} numbers, not a name that says what they are"
        if fitting:
            doubt += f"; of this width: {', '.join(fitting)}"
        return Guess("scalar" if width == 1 else f"{width} * scalar", "; ".join([doubt, *near]))

    def width_of(self, text: str) -> int | None:
        """How many numbers a type has on this robot; None where it is not closed under its group."""
        try:
            return self._resolver.resolve(parse_type(Text.alone(text))).width
        except SpecError:
            return None
