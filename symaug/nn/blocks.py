"""The parts of a space that the group keeps apart: orbits of numbers that it exchanges or mixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from symaug.compiler.program import Space
from symaug.semantics.linear_map import as_linear_map


@dataclass(frozen=True)
class Block:
    """All orbits of a space on which the group acts alike.

    Attributes:
        actions: [G, n, n] float64, what each element does to the n numbers of one of them.
        members: [k, n] int64, the numbers of each of the k orbits.
    """

    actions: Tensor
    members: Tensor


def orbit_labels(space: Space, elements: Iterable[str] | None = None) -> Tensor:
    """[width] int64: equal for numbers of which an element makes one from the other, or from both.

    What is kept one number a component, a deviation of noise or of an observation, must be equal on all
    numbers of a label to commute with the group.

    Args:
        space: the layout.
        elements: names of those that count; all when None.
    """
    label = list(range(space.width))

    def first(number: int) -> int:
        while label[number] != number:
            label[number] = label[label[number]]
            number = label[number]
        return number

    for element in space.elements if elements is None else elements:
        for target, sources in enumerate(as_linear_map(space.elements[element]).sources):
            for source in sources:
                one, other = sorted((first(source), first(target)))
                label[other] = one
    return torch.unique(torch.tensor([first(number) for number in label]), return_inverse=True)[1]


def orbit_mean(values: Tensor, labels: Tensor) -> Tensor:
    """Each of the numbers [..., width] replaced by the mean over those of its label; summed in float64."""
    count = int(labels.max()) + 1
    sums = values.new_zeros((*values.shape[:-1], count), dtype=torch.float64)
    sums.index_add_(-1, labels, values.double())
    sizes = torch.bincount(labels, minlength=count)
    return (sums / sizes)[..., labels].to(values.dtype)


def blocks(space: Space) -> list[Block]:
    """The space as orbits, those on which the group acts alike together; in the order of their first number.

    Offsets are left out: it is the linear parts that a layer's weights commute with.
    """
    labels = orbit_labels(space)
    maps = [as_linear_map(action) for action in space.elements.values()]
    alike: dict[tuple, tuple[Tensor, list[list[int]]]] = {}
    for label in range(int(labels.max()) + 1 if space.width else 0):
        members = (labels == label).nonzero().flatten().tolist()
        place = {number: rank for rank, number in enumerate(members)}
        entries = tuple(
            (g, rank, place[source], coefficient)
            for g, action in enumerate(maps)
            for rank, number in enumerate(members)
            for source, coefficient in action.rows[number]
        )
        if entries not in alike:
            actions = torch.zeros(len(maps), len(members), len(members), dtype=torch.float64)
            for g, target, source, coefficient in entries:
                actions[g, target, source] = coefficient
            alike[entries] = (actions, [])
        alike[entries][1].append(members)
    return [Block(actions, torch.tensor(members)) for actions, members in alike.values()]


def fixed_point(space: Space) -> Tensor:
    """[width] float64: a point that every element maps onto itself; zero where no element has an offset.

    The mean of the images of zero, which an affine action of a finite group leaves in place.
    """
    offsets = [list(action.offset) for action in space.elements.values()]
    return torch.tensor(offsets, dtype=torch.float64).mean(dim=0)
