"""The spaces of a network's inner layers, and what its layers ask of a space.

A `Space` says how each group element acts on the last dimension of a tensor. Programs bring those of
observations, actions and memories; hidden layers are mostly `regular`.
"""

from __future__ import annotations

from collections.abc import Iterable

from symaug.compiler.program import Space, Term
from symaug.diagnostics import UserError
from symaug.semantics import linear_map, representations
from symaug.semantics.group import Group
from symaug.semantics.linear_map import Action, is_permutation
from symaug.semantics.signed_permutation import SignedPermutation


def regular(group: Group, channels: int) -> Space:
    """`channels` copies of the regular representation, as the type `channels * regular`.

    Args:
        group: of order G.
        channels: how many numbers a group element.

    Returns:
        The space of width channels·G; number `c·G + h` is channel c at element h, and element g sends it to
        `c·G + g*h`. No element but the identity leaves a number in its place, so maps between such spaces
        have a G-th of a plain map's free numbers.
    """
    representation = representations.regular(group).repeated(channels)
    actions = dict(zip(group.elements, representation.actions, strict=True))
    return _space(f"{channels} * regular", representation.width, actions)


def trivial(group: Group, width: int) -> Space:
    """`width` numbers that no element changes, as the type `width * scalar`: a value, a time."""
    return _scalars(group.elements, width)


def trivial_like(space: Space, width: int = 1) -> Space:
    """`trivial` of the group that acts on `space`."""
    return _scalars(space.elements, width)


def direct_sum(*spaces: Space) -> Space:
    """The spaces side by side: how the group acts on `torch.cat(tensors, dim=-1)`.

    Raises:
        UserError: SA508 the spaces are of different groups.
    """
    require_same_group(*spaces)
    terms, start = [], 0
    for space in spaces:
        terms += [Term(t.name, start + t.start, start + t.stop, t.type) for t in space.terms]
        start += space.width
    actions = {
        element: linear_map.direct_sum([space.elements[element] for space in spaces])
        for element in spaces[0].elements
    }
    return Space(start, tuple(terms), actions)


def linear_part(space: Space) -> Space:
    """The same numbers relative to a fixed point: how differences and rates of them move."""
    actions = {element: action.without_offset() for element, action in space.elements.items()}
    return Space(space.width, space.terms, actions)


def of_elements(space: Space, elements: Iterable[str]) -> Space:
    """The same numbers under some of the elements only, a subgroup."""
    return Space(space.width, space.terms, {element: space.action(element) for element in elements})


def magnitudes(space: Space) -> Space:
    """The same numbers without their signs, as `unsigned(joints)` of `joints`: standard deviations, limits.

    Raises:
        UserError: SA508 an element mixes the numbers, so that magnitudes are not moved among themselves.
    """
    actions: dict[str, Action] = {}
    for element, action in space.elements.items():
        if not isinstance(action, SignedPermutation):
            raise UserError.of("SA508", f"`{element}` mixes these numbers: their magnitudes have no images")
        actions[element] = action.without_signs()
    return _space("magnitudes", space.width, actions)


def require_same_group(*spaces: Space) -> None:
    """Raises UserError SA508 where two spaces have different elements."""
    first = list(spaces[0].elements)
    for space in spaces[1:]:
        if list(space.elements) != first:
            raise UserError.of(
                "SA508",
                "a layer between spaces of different groups",
                notes=(f"one has the elements {', '.join(first)}; the other {', '.join(space.elements)}",),
                helps=("take both spaces from one program, or make them with its `group`",),
            )


def require_permuted(space: Space, what: str) -> None:
    """Refuse a space on which functions of each number alone (gates, ELU, tanh) do not commute.

    Raises:
        UserError: SA508, naming the element and the term.
    """
    for element, action in space.elements.items():
        if is_permutation(action):
            continue
        reason = "changes signs or adds to" if isinstance(action, SignedPermutation) else "mixes"
        guilty = next(
            (f" of `{term.name}: {term.type}`" for term in space.terms if not _permutes(action, term)), ""
        )
        raise UserError.of(
            "SA508",
            f"{what} is only permuted by the group, but `{element}` {reason} numbers{guilty}",
            notes=("gates and activations act on each number alone, and do not commute with that",),
            helps=("use `regular(group, channels)`, or limbs and magnitudes (`unsigned(joints)`)",),
        )


def _permutes(action: Action, term: Term) -> bool:
    part = action.restrict(range(term.start, term.stop))
    return is_permutation(linear_map.simplest(part) if part is not None else action)


def _scalars(elements: Iterable[str], width: int) -> Space:
    return _space(f"{width} * scalar", width, {name: SignedPermutation.identity(width) for name in elements})


def _space(kind: str, width: int, actions: dict[str, Action]) -> Space:
    return Space(width, (Term("hidden", 0, width, kind),), actions)
