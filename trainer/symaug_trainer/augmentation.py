"""How a mini-batch is joined by its images under the group: which tensors are transformed, repeated or left.

Order of samples along the environment (or trajectory) axis: originals first, then one block for each further
group element, in the order of `Images.elements`.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from rsl_rl.storage import RolloutStorage
from tensordict import TensorDict

import symaug
from symaug.diagnostics import UserError
from symaug_trainer.layout import declared_space

FATES = {
    "observations": "transformed",
    "actions": "transformed",
    "masks": "repeated",
    "hidden_states": "evolved",
    "values": "repeated",
    "advantages": "repeated",
    "returns": "repeated",
    "old_actions_log_prob": "repeated",
    "old_distribution_params": "left",
    "privileged_actions": "unused",
    "dones": "unused",
}
"""What becomes of every field of rsl_rl's `RolloutStorage.Batch`.

- transformed: images by the compiled action of the space;
- repeated: the same numbers for the images, by properties (a) to (c) of the paper (section 4.1);
- evolved: recurrent states that were really run on the transformed history (`AugmentedMemory`), zero after a
  reset;
- left: originals only, because KL divergence and learning rate are judged on what was really sampled;
- unused: fields of other algorithms (distillation).
"""

State = tuple[torch.Tensor, ...]
"""Recurrent state of a model as a tuple: (h, c) of an LSTM, (h,) of a GRU; each [layers, rows, width]."""


class Images:
    """The group as it acts on one environment's tensors.

    Args:
        program: a compiled spec.
        observations: an example with the observation groups as keys, each [..., width].
        actions: an example, [..., width].
        elements: names of the elements to use; they must hold `e` and be closed under products. Default: all.
        device: where the tables live.

    Raises:
        UserError: SA706 when a space is missing or has another width, SA504 for an unknown element, SA709
            when the elements are no subgroup.
    """

    def __init__(
        self,
        program: symaug.Program,
        observations: TensorDict,
        actions: torch.Tensor,
        *,
        elements: Sequence[str] | None = None,
        device: str = "cpu",
    ) -> None:
        self.program = program
        self.elements = _subgroup(program, elements)
        self.observations = {
            str(group): _transform(program, f"observations/{group}", tensor.shape[-1], device)
            for group, tensor in observations.items()
        }
        self.actions = _transform(program, "actions", actions.shape[-1], device)

    @property
    def order(self) -> int:
        """Number of elements, the identity included."""
        return len(self.elements)

    @property
    def trivial(self) -> bool:
        """Whether the identity is alone: then nothing is augmented."""
        return self.order == 1

    def of_observations(self, observations: TensorDict, dim: int, *, originals: bool = True) -> TensorDict:
        """Images of every observation group, joined along `dim`; `originals=False` leaves the first block
        out."""
        elements = self.elements if originals else self.elements[1:]
        images = {
            group: transform.orbit(observations[group], dim=dim, elements=elements)
            for group, transform in self.observations.items()
        }
        batch_size = list(observations.batch_size)
        batch_size[dim] *= len(elements)
        return TensorDict(images, batch_size=batch_size, device=observations.device)  # type: ignore[arg-type]

    def of_actions(self, actions: torch.Tensor, dim: int) -> torch.Tensor:
        """Images of actions [..., A], joined along `dim`, originals first."""
        return self.actions.orbit(actions, dim=dim, elements=self.elements)


def augment_batch(
    batch: RolloutStorage.Batch,
    images: Images,
    *,
    dones: torch.Tensor | None = None,
    starts: tuple[State | None, ...] = (None, None),
) -> RolloutStorage.Batch:
    """Join a mini-batch by its images, as `FATES` says.

    Args:
        batch: flat [B, …] or recurrent: observations and masks [T, n_traj, …], hidden states [layers, n_traj,
            width], the rest [T, B, …].
        images: the group's action; of order G.
        dones: recurrent only: [T, B], 1 where an episode ended after the step.
        starts: recurrent only: the images' states at the first step for actor and critic, each
            [layers, G-1, B, width]; None for zero, and for a model without memory.

    Returns:
        A new batch with G·B (and G·n_traj) in place of B (and n_traj). Fields that are left share memory.
    """
    if images.trivial:
        return batch
    recurrent = dones is not None
    env_dim = 1 if recurrent else 0
    joined = copy.copy(batch)
    joined.observations = images.of_observations(batch.observations, dim=env_dim)  # type: ignore[arg-type]
    joined.actions = images.of_actions(batch.actions, dim=env_dim)  # type: ignore[arg-type]
    for field, fate in FATES.items():
        tensor = getattr(batch, field)
        if fate == "repeated" and tensor is not None:
            setattr(joined, field, torch.cat([tensor] * images.order, dim=env_dim))
    if dones is not None:
        joined.hidden_states = tuple(  # type: ignore[assignment]
            None if state is None else _join_states(state, start, dones, images.order - 1)
            for state, start in zip(batch.hidden_states, starts, strict=True)
        )
    return joined


def _join_states(state: Any, start: State | None, dones: torch.Tensor, copies: int) -> Any:
    """Initial recurrent states of all trajectories: the originals' as stored, the images' carried over or
    zero.

    Trajectories are ordered environment by environment, as rsl_rl's `split_and_pad_trajectories` lays them
    out. Only an environment's first trajectory continues an older history; the others begin at a reset.
    """
    parts: State = (state,) if isinstance(state, torch.Tensor) else tuple(state)
    later_starts = dones[:-1].long().sum(0)  # a done at the last step begins no trajectory in this rollout
    first_trajectory = torch.cumsum(later_starts + 1, 0) - (later_starts + 1)
    joined = []
    for index, original in enumerate(parts):
        layers, trajectories, width = original.shape
        evolved = original.new_zeros(layers, copies, trajectories, width)
        if start is not None:
            evolved[:, :, first_trajectory] = start[index]
        joined.append(torch.cat([original, evolved.flatten(1, 2)], dim=1))
    return joined[0] if isinstance(state, torch.Tensor) else tuple(joined)


def _subgroup(program: symaug.Program, elements: Sequence[str] | None) -> tuple[str, ...]:
    """The chosen elements in the program's order, checked to be a subgroup."""
    group = program.group
    if elements is None:
        return group.elements
    for element in elements:
        if element not in group.elements:
            raise UserError.of(
                "SA504",
                f"no group element `{element}` in `{program.spec}`",
                notes=(f"elements: {', '.join(f'`{name}`' for name in group.elements)}",),
            )
    chosen = {group.elements.index(element) for element in elements}
    for left in chosen | {group.identity}:
        for right in chosen | {group.identity}:
            if group.table[left][right] not in chosen:
                missing = group.elements[group.table[left][right]]
                raise UserError.of(
                    "SA709",
                    "the elements to augment with are not a subgroup",
                    notes=(f"`{group.elements[left]}` after `{group.elements[right]}` is `{missing}`",),
                    helps=(f"add `{missing}`, or drop `elements` to use the whole group",),
                )
    return tuple(name for index, name in enumerate(group.elements) if index in chosen)


def _transform(program: symaug.Program, space: str, width: int, device: str) -> symaug.Transform:
    return symaug.Transform(declared_space(program, space, width), program.group, device=device)
