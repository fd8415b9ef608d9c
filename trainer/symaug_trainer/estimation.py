"""A memory that is asked, while it learns, for what the robot cannot observe: which joint is dead.

A linear head reads flags (0 or 1) of a privileged observation group from the memory's output; its
cross-entropy rides along with whatever loss the model is trained by, so rsl_rl's PPO needs no change. When
acting, nothing of it is left.

Asymmetric learning from privileged observations: Pinto et al. (RSS 2018, arXiv 1710.06542). That a recurrent
policy does better when it must tell hidden physics: Yu et al. (RSS 2017, arXiv 1702.02453).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from rsl_rl.models import RNNModel
from rsl_rl.modules import HiddenState
from rsl_rl.utils import unpad_trajectories
from tensordict import TensorDict
from torch import Tensor, nn

import symaug
from symaug import Program, Space
from symaug.diagnostics import UserError, did_you_mean


@dataclass(frozen=True)
class Estimate:
    """What to ask a memory for.

    Attributes:
        group: a privileged observation group of the spec.
        term: one of its terms, of flags that the group only permutes.
        weight: of the cross-entropy, summed over the flags, against the rest of the loss.
    """

    group: str
    term: str
    weight: float = 0.1


class Estimator(nn.Module):
    """The head, and the loss that rides along.

    Args:
        head: from the memory's output to one logit a flag.
        estimate: what is asked for.
        columns: where the flags stand in the group.
    """

    def __init__(self, head: nn.Module, estimate: Estimate, columns: slice) -> None:
        super().__init__()
        self.head = head
        self.estimate, self.columns = estimate, columns

    def ride_along(self, remembered: Tensor, obs: TensorDict, masks: Tensor) -> Tensor:
        """The memory's output [T, B, H] as it is, with a gradient that also learns to tell the flags.

        Args:
            remembered: what the memory puts out, unpadded.
            obs: the padded trajectories that it has seen, [T, n_traj, …].
            masks: [T, n_traj] bool, where they are no padding.
        """
        flags = unpad_trajectories(obs[self.estimate.group][..., self.columns], masks)
        losses = nn.functional.binary_cross_entropy_with_logits(
            self.head(remembered), flags, reduction="none"
        )
        return _WithLoss.apply(remembered, self.estimate.weight * losses.sum(-1).mean())


class _WithLoss(torch.autograd.Function):
    """Hands a tensor on; backward, a loss is differentiated together with whatever depends on the tensor."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, loss: Tensor) -> Tensor:
        ctx.loss = loss
        return tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        return gradient, torch.ones_like(ctx.loss)


def asked_for(program: Program, estimate: dict[str, Any]) -> tuple[Estimate, Space, slice]:
    """What a configuration asks for, the space of its flags, and where they stand in their group.

    Raises:
        UserError: SA706 the spec has no such group or term.
    """
    asked = Estimate(**estimate)
    space = program.spaces.get(f"observations/{asked.group}")
    terms = {term.name: term for term in space.terms} if space is not None else {}
    if space is None or asked.term not in terms:
        raise UserError.of(
            "SA706",
            f"the spec `{program.spec}` has no term `{asked.term}` in `observations/{asked.group}`",
            helps=did_you_mean(asked.term, terms) if terms else (),
        )
    term = terms[asked.term]
    actions = {}
    for element, action in space.elements.items():
        part = action.restrict(range(term.start, term.stop))
        assert part is not None, "terms are closed under the group"
        actions[element] = part
    return asked, Space(term.width, (term,), actions), slice(term.start, term.stop)


class EstimatingRNNModel(RNNModel):
    """rsl_rl's `RNNModel` whose memory learns to tell what it cannot observe.

    Args:
        obs, obs_groups, obs_set, output_dim: as rsl_rl gives them.
        spec: name or path of a spec, or of a compiled program (JSON).
        estimate: the fields of `Estimate`; None asks for nothing.
        **model: what rsl_rl's model takes.

    Raises:
        UserError: SA706 the spec has no such group or term.
    """

    estimator: Estimator | None

    def __init__(
        self,
        obs: TensorDict,
        obs_groups: dict,
        obs_set: str,
        output_dim: int,
        *,
        spec: str,
        estimate: dict[str, Any] | None = None,
        **model: Any,
    ) -> None:
        super().__init__(obs, obs_groups, obs_set, output_dim, **model)
        self.estimator = None
        if estimate is not None:
            asked, space, columns = asked_for(symaug.compile(spec), estimate)
            self.estimator = Estimator(nn.Linear(self.latent_dim, space.width), asked, columns)

    def get_latent(
        self, obs: TensorDict, masks: torch.Tensor | None = None, hidden_state: HiddenState = None
    ) -> torch.Tensor:
        """The memory's output, as rsl_rl's model gives it."""
        remembered = super().get_latent(obs, masks, hidden_state)
        if self.estimator is None or masks is None or not torch.is_grad_enabled():
            return remembered
        return self.estimator.ride_along(remembered, obs, masks)
