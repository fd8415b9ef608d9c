"""How a recurrent memory follows the symmetry: replayed, or moved by a type of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics.linear_map import Action, is_permutation
from symaug.semantics.representations import Representation
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.syntax.expressions import Call, Count, Dimensions, Named, Option, Product, Sum, TypeExpression

REPLAY = "replay"
"""The word in the place of a type for a memory that is no function of another: the network is run over the
transformed history."""

_REGULAR = "`32 * regular` (32 numbers for each group element)"


def resolve_memory(types: TypeResolver, expression: TypeExpression) -> Representation:
    """The representation of a memory, which the group only permutes.

    Gates and activations act on each number alone: they commute with permutations, not with a change of sign
    (tanh does, sigmoid does not), nor with a mixture.

    Raises:
        SpecError: SA314 an element does more than permute, at each guilty part; and what
            `TypeResolver.resolve` raises.
    """
    if isinstance(expression, Named) and get_close_matches(str(expression), [REPLAY], cutoff=0.7):
        message, helps = f"unknown type `{expression}`", did_you_mean(str(expression), [REPLAY])
        raise SpecError.of("SA301", message, span=expression.span, helps=helps)
    representation = types.resolve(expression)
    problems = list(_not_permuted(types, expression))
    if problems:
        raise SpecError(problems)
    return representation


def _not_permuted(types: TypeResolver, part: TypeExpression) -> Iterator[Diagnostic]:
    """One for each smallest part that is not only permuted; what is put together of permuted ones is."""
    for element, action in zip(types.robot.group.elements, types.resolve(part).actions, strict=True):
        if not is_permutation(action):
            inside = replace(types, camera_each_limb=True)  # a product with limbs was found to be whole
            within = [problem for inner in _parts(part) for problem in _not_permuted(inside, inner)]
            yield from within or [_refused(part, element, action)]
            return


def _parts(whole: TypeExpression) -> tuple[TypeExpression, ...]:
    """The types that one is put together of, as far as it moves as they do."""
    if isinstance(whole, Sum):
        return whole.parts
    some = whole.factors if isinstance(whole, Product) else ()
    if isinstance(whole, Call) and whole.name.text in ("history", "image"):
        some = whole.arguments
    return tuple(part for part in some if not isinstance(part, (Count, Dimensions, Option)))


def _refused(part: TypeExpression, element: str, action: Action) -> Diagnostic:
    does, note = f"changes signs of `{part}`", "the sigmoid of −h is not minus the sigmoid of h"
    if not isinstance(action, SignedPermutation):
        does, note = f"mixes the numbers of `{part}`", "a mixture of sigmoids is not the sigmoid of a mixture"
    elif not action.is_linear:
        does, note = (
            f"adds to the numbers of `{part}`",
            "the sigmoid of h + c is not the sigmoid of h, plus c",
        )
    joints = _joints_in(part)
    unsigned = f"use `unsigned({joints})`, the joints' exchange without signs, or" if joints else "use"
    others = "" if joints else ", `limbs` or `unsigned(joints)`"
    return Diagnostic(
        "SA314",
        f"a memory is only permuted, but `{element}` {does}",
        part.span,
        notes=(f"gates act on each number alone: {note}",),
        helps=(f"{unsigned} {_REGULAR}{others}",),
    )


def _joints_in(part: TypeExpression) -> TypeExpression | None:
    """The `joints[…]` of `joints[…]` and `positions(joints[…])`."""
    if isinstance(part, Call) and part.name.text == "positions":
        (inner,) = part.arguments
        return inner if isinstance(inner, (Named, Call)) else None
    return part if isinstance(part, (Named, Call)) and part.name.text == "joints" else None
