"""How a recurrent memory follows the symmetry: replayed, or moved by a type of its own."""

from __future__ import annotations

from difflib import get_close_matches

from symaug.diagnostics import SpecError, did_you_mean
from symaug.semantics.representations import Representation
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.syntax.expressions import Named, Sum, TypeExpression

REPLAY = "replay"
"""The word in the place of a type for a memory that is no function of another: the network is run over the
transformed history."""


def resolve_memory(types: TypeResolver, expression: TypeExpression) -> Representation:
    """The representation of a memory, which the group only permutes.

    Gates and activations act on each number alone: they commute with permutations, not with a change of sign
    (tanh does, sigmoid does not), nor with a mixture.

    Raises:
        SpecError: SA314 an element does more than permute, at the guilty summand; and what
            `TypeResolver.resolve` raises.
    """
    if isinstance(expression, Named) and get_close_matches(str(expression), [REPLAY], cutoff=0.7):
        message, helps = f"unknown type `{expression}`", did_you_mean(str(expression), [REPLAY])
        raise SpecError.of("SA301", message, span=expression.span, helps=helps)
    for part in expression.parts if isinstance(expression, Sum) else (expression,):
        _require_permuted(types, part)
    return types.resolve(expression)


def _require_permuted(types: TypeResolver, part: TypeExpression) -> None:
    for element, action in zip(types.robot.group.elements, types.resolve(part).actions, strict=True):
        if not isinstance(action, SignedPermutation):
            does = f"mixes the numbers of `{part}`"
        elif not action.is_linear:
            does = f"adds to the numbers of `{part}`"
        elif -1 in action.sign:
            does = f"changes signs of `{part}`"
        else:
            continue
        raise SpecError.of(
            "SA314",
            f"a memory is only permuted, but `{element}` {does}",
            span=part.span,
            notes=("gates act on each number alone, and do not commute with that",),
            helps=("use `32 * regular` (32 numbers for each group element), `limbs` or `unsigned(joints)`",),
        )
