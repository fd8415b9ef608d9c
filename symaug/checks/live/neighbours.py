"""Types that differ from a declared one in a single place: what its author most likely meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from symaug.syntax.expressions import Call, Named, Option, Product, Sum, TypeExpression, Word
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text

_BY_WIDTH = {
    1: (
        *("scalar", "pseudoscalar"),
        *(f"{kind}[{axis}]" for kind in ("pseudovector", "vector") for axis in "zxy"),
    ),
    2: tuple(
        f"{kind}[{''.join(axes)}]"
        for kind in ("vector", "pseudovector")
        for axes in sorted(permutations("xyz", 2), key=lambda axes: axes != ("x", "y"))
    ),
    3: ("vector", "pseudovector"),
}
_CHOICES = (("wxyz", "xyzw"), ("columns", "rows"), ("xy", "yx"), ("time", "term"), ("rpy", "ypr"))
_DEFAULTS = {"rotation_6d": "columns", "history": "order=time"}


def neighbours(declared: str, joint_orders: Sequence[str]) -> Iterator[str]:
    """Every type that differs from `declared` in one place, each once; some may mean nothing for the robot.

    One vector is of the other kind or lists other axes, one set of joints is signed, ordered or counted
    otherwise (`joint_orders` are the names of the robot's orders), one order of a grid, a history or a
    quaternion is another, two parts or factors change places.
    """
    told = {declared}
    for found in _variants(parse_type(Text.alone(declared)), joint_orders):
        if (text := str(found)) not in told:
            told.add(text)
            yield text


def _variants(node: TypeExpression, orders: Sequence[str]) -> Iterator[TypeExpression]:
    yield from _leaf_variants(node, orders)
    if isinstance(node, Sum):
        yield from (replace(node, parts=parts) for parts in _one_changed(node.parts, orders))
        yield from (replace(node, parts=parts) for parts in _two_exchanged(node.parts))
    elif isinstance(node, Product):
        yield from (replace(node, factors=factors) for factors in _one_changed(node.factors, orders))
        yield from (replace(node, factors=factors) for factors in _two_exchanged(node.factors))
    elif isinstance(node, Call):
        usual = _DEFAULTS.get(str(node.name))
        for each in _one_changed(node.arguments, orders):
            said = tuple(part for part in each if not (isinstance(part, Option) and str(part) == usual))
            yield replace(node, arguments=said)


def _leaf_variants(node: TypeExpression, orders: Sequence[str]) -> Iterator[TypeExpression]:
    written = str(node)
    joints = ["joints", "unsigned(joints)", "positions(joints)", *(f"joints(order={o})" for o in orders)]
    if written in joints:
        yield from map(_parsed, joints)
    width = next((w for w, texts in _BY_WIDTH.items() if written in texts), None)
    if width is not None:
        yield from map(_parsed, _BY_WIDTH[width])
    if isinstance(node, (Named, Call)) and str(node.name) in _DEFAULTS:
        yield from _reordered(node)


def _reordered(node: Named | Call) -> Iterator[TypeExpression]:
    # A choice that is left to its default is another choice away, too.
    arguments = node.arguments if isinstance(node, Call) else ()
    said = {each for argument in arguments for each in str(argument).split("=")}
    default = _DEFAULTS[str(node.name)]
    for pair in _CHOICES:
        usual = default.removeprefix("order=")
        if usual in pair and not said & set(pair):
            (other,) = set(pair) - {usual}
            inside = ", ".join([*map(str, arguments), default.replace(usual, other)])
            yield _parsed(f"{node.name}({inside})")


def _one_changed(parts: Sequence, orders: Sequence[str]) -> Iterator[tuple]:
    for rank, part in enumerate(parts):
        for other in _argument_variants(part, orders):
            yield (*parts[:rank], other, *parts[rank + 1 :])


def _argument_variants(part, orders: Sequence[str]) -> Iterator:
    if isinstance(part, Option):
        yield from (replace(part, value=Word(other)) for other in _others(str(part.value)))
    elif isinstance(part, Named) and (others := list(_others(str(part)))):
        yield from (Named(Word(other)) for other in others)
    elif isinstance(part, (Named, Call, Sum, Product)):
        yield from _variants(part, orders)


def _others(choice: str) -> Iterator[str]:
    for pair in _CHOICES:
        yield from (other for other in pair if choice in pair and other != choice)


def _two_exchanged(parts: Sequence) -> Iterator[tuple]:
    for first in range(len(parts)):
        for second in range(first + 1, len(parts)):
            swapped = list(parts)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            yield tuple(swapped)


def _parsed(text: str) -> TypeExpression:
    return parse_type(Text.alone(text))
