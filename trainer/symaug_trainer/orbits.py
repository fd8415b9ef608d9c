"""Which numbers of a space the group turns into each other or mixes, and means over them.

What is kept one number a component, a deviation of noise or of an observation, must be the same on all of
them to commute with the group.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from symaug.compiler.program import Space
from symaug.semantics.linear_map import as_linear_map


def orbit_labels(space: Space, elements: Sequence[str]) -> torch.Tensor:
    """[width] int64: equal for numbers of which an element makes one from the other, or from both."""
    label = list(range(space.width))

    def first(number: int) -> int:
        while label[number] != number:
            label[number] = label[label[number]]
            number = label[number]
        return number

    for element in elements:
        for target, sources in enumerate(as_linear_map(space.elements[element]).sources):
            for source in sources:
                label[first(source)] = first(target)
    return torch.unique(torch.tensor([first(number) for number in label]), return_inverse=True)[1]


def orbit_mean(values: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Each of the numbers [..., width] replaced by the mean over those of its label; summed in float64."""
    count = int(labels.max()) + 1
    sums = values.new_zeros((*values.shape[:-1], count), dtype=torch.float64)
    sums.index_add_(-1, labels, values.double())
    sizes = torch.bincount(labels, minlength=count)
    return (sums / sizes)[..., labels].to(values.dtype)
