"""The compiler's own proof: what it must find true of every program before it lets it go, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symaug.semantics.linear_map import LinearMap, compose, differences, is_permutation
from symaug.semantics.memory import REPLAY

if TYPE_CHECKING:
    from symaug.compiler.program import Program, Space
    from symaug.semantics.group import Group


ORTHOGONAL_TOLERANCE = 1e-9
_MEMORY = "memory/"


def program_violations(program: Program) -> list[str]:
    """Everything that contradicts the contract of a `Program`, in words; empty for a sound one.

    The group's axioms are checked, that terms tile their space, that every element acts, and on every space
    ρ(a·b) = ρ(a)·ρ(b) for all pairs of elements; and that memories have the spaces that they say, and are
    only permuted.
    """
    found = [f"`{name!a}` is no name" for name in _names(program) if not (name and name.isprintable())]
    if found:
        return found
    found = program.group.axiom_violations()
    if found:
        return [f"the group: {violation}" for violation in found]
    for name, space in program.spaces.items():
        found += [f"the space `{name}`: {violation}" for violation in _space_violations(space, program.group)]
    return [*found, *_memory_violations(program)]


def _names(program: Program) -> Iterator[str]:
    yield from (program.robot, program.spec, *program.group.elements, *program.spaces, *program.joint_order)
    yield from (text for pair in program.memory.items() for text in pair)
    for space in program.spaces.values():
        yield from (text for term in space.terms for text in (term.name, term.type))


def _memory_violations(program: Program) -> Iterator[str]:
    for name in dict.fromkeys((*(_MEMORY + role for role in program.memory), *program.spaces)):
        if not name.startswith(_MEMORY):
            continue
        said = program.memory.get(name.removeprefix(_MEMORY), REPLAY)
        space = program.spaces.get(name)
        there = REPLAY if space is None else " + ".join(term.type for term in space.terms)
        if said != there:
            yield f"`{name}` is `{said}`, but its spaces say `{there}`"
        for element, action in space.elements.items() if space else ():
            if not is_permutation(action):
                yield f"the space `{name}`: `{element}` does more than permute it"


def _space_violations(space: Space, group: Group) -> list[str]:
    stop = 0
    for term in space.terms:
        if term.start != stop or term.stop <= term.start:
            return [f"the term `{term.name}` does not start where the one before it ends"]
        stop = term.stop
    if stop != space.width:
        return [f"its terms have {stop} numbers, its width is {space.width}"]
    if tuple(space.elements) != group.elements:
        return ["its actions are not those of the group's elements, in order"]
    if any(len(action) != space.width for action in space.elements.values()):
        return ["an action has another width"]
    for name, action in space.elements.items():
        if isinstance(action, LinearMap) and not action.orthogonality_error() <= ORTHOGONAL_TOLERANCE:
            return [f"the matrix of `{name}` is not orthogonal"]
    return homomorphism_violations(space, group)


def homomorphism_violations(space: Space, group: Group) -> list[str]:
    """The pairs of elements whose actions do not multiply as they do; empty for a representation.

    Signed permutations are compared exactly; where numbers are mixed or shifted, up to rounding.
    """
    actions = list(space.elements.values())
    names = group.elements
    return [
        f"acting with `{names[j]}` and then `{names[i]}` differs from `{names[group.product(i, j)]}`"
        for i in range(group.order)
        for j in range(group.order)
        if differences(compose(actions[i], actions[j]), actions[group.product(i, j)])
    ]
