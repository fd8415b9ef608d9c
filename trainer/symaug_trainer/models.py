"""rsl_rl models that cannot break the symmetry, by class name in any rsl_rl configuration.

    actor = {"class_name": "symaug_trainer:EquivariantRNNModel", "spec": "path/to/your_spec.yaml", …}

Everything else of the configuration stays as for rsl_rl's own `RNNModel` and `MLPModel`. The actor's answer
to an image is the image of its answer, π(ρ(g) o, ρ(g) h) = ρ(g) π(o, h), its memory moves along, and the
critic's value stays the same: before training, after it, and at every step of it. Nothing has to be
augmented: rsl_rl's own PPO trains them.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar, cast

import torch
from rsl_rl.models import MLPModel, RNNModel
from rsl_rl.modules import MLP, EmpiricalNormalization, HiddenState
from rsl_rl.utils import unpad_trajectories
from tensordict import TensorDict
from torch import nn

import symaug
from symaug import Program
from symaug.nn import Norm
from symaug.nn.layers import plain
from symaug_trainer.commuting_layers import commuting_layers, observation_space
from symaug_trainer.estimation import EstimatingRNNModel
from symaug_trainer.noise import tie_noise
from symaug_trainer.normalization import symmetrise_normalization

Model = TypeVar("Model", bound=MLPModel)


class EquivariantMLPModel(MLPModel):
    """rsl_rl's `MLPModel` with layers that commute with the symmetry group.

    Args:
        obs, obs_groups, obs_set, output_dim: as rsl_rl gives them. The output of the set `critic` is
            invariant, that of others is an action.
        spec: name or path of a spec, or of a compiled program (JSON).
        **model: what rsl_rl's model takes; hidden widths are multiples of the group's order.

    Raises:
        UserError: SA706 the spec does not fit the observations or the actions, SA714 a width or a
            distribution that the group does not permit.
    """

    def __init__(
        self, obs: TensorDict, obs_groups: dict, obs_set: str, output_dim: int, *, spec: str, **model: Any
    ) -> None:
        super().__init__(obs, obs_groups, obs_set, output_dim, **model)
        _make_equivariant(self, symaug.compile(spec), obs_set)

    def as_jit(self) -> nn.Module:
        """rsl_rl's export, of the plain network that computes the same."""
        return MLPModel.as_jit(_plain(self))  # of the class: the copy's own would come back here

    def as_onnx(self, verbose: bool = False) -> nn.Module:
        """rsl_rl's export, of the plain network that computes the same."""
        return MLPModel.as_onnx(_plain(self), verbose)


class EquivariantRNNModel(EstimatingRNNModel):
    """rsl_rl's `RNNModel` with layers, and a memory, that commute with the symmetry group.

    The memory lives in the spec's space `memory/SET` where it declares one (`memory: {actor: 32 * regular}`),
    else in as many channels of the regular representation as `rnn_hidden_dim` holds. Its image under an
    element is `Transform(space, group).apply(h, element)`.

    Args:
        obs, obs_groups, obs_set, output_dim: as rsl_rl gives them. The output of the set `critic` is
            invariant, that of others is an action.
        spec: name or path of a spec, or of a compiled program (JSON).
        skip: whether the perceptron after the memory reads the observation, too.
        estimate: what the memory learns to tell (`symaug_trainer.estimation.Estimate`); None for nothing.
        **model: what rsl_rl's model takes; hidden widths are multiples of the group's order.

    Raises:
        UserError: SA706 the spec does not fit the observations, the actions or the memory, SA714 a width or a
            distribution that the group does not permit.
    """

    def __init__(
        self,
        obs: TensorDict,
        obs_groups: dict,
        obs_set: str,
        output_dim: int,
        *,
        spec: str,
        skip: bool = False,
        estimate: dict[str, Any] | None = None,
        **model: Any,
    ) -> None:
        super().__init__(obs, obs_groups, obs_set, output_dim, spec=spec, estimate=estimate, **model)
        self.skip = skip
        _make_equivariant(self, symaug.compile(spec), obs_set, skip=skip)

    def get_latent(
        self, obs: TensorDict, masks: torch.Tensor | None = None, hidden_state: HiddenState = None
    ) -> torch.Tensor:
        """What the perceptron reads: the memory's output, and the normalised observation beside it where it
        skips the memory."""
        remembered = super().get_latent(obs, masks, hidden_state)
        if not self.skip:
            return remembered
        seen = MLPModel.get_latent(self, obs)
        seen = unpad_trajectories(seen, masks) if masks is not None else seen
        return torch.cat([remembered, seen], dim=-1)

    def as_jit(self) -> nn.Module:
        """rsl_rl's export, of the plain network that computes the same."""
        return self._exported(RNNModel.as_jit(_plain(self)))

    def as_onnx(self, verbose: bool = False) -> nn.Module:
        """rsl_rl's export, of the plain network that computes the same."""
        return self._exported(RNNModel.as_onnx(_plain(self), verbose))

    def _exported(self, network: nn.Module) -> nn.Module:
        if self.skip:
            plain_rnn = cast(nn.Module, network.rnn)
            network.rnn = _LSTMBeside(plain_rnn) if isinstance(plain_rnn, nn.LSTM) else _GRUBeside(plain_rnn)
        return network


def _make_equivariant(model: MLPModel, program: Program, obs_set: str, *, skip: bool = False) -> None:
    layers = commuting_layers(model, program, obs_set, skip=skip)
    if layers.recurrent is not None:
        model.rnn.rnn = layers.recurrent  # type: ignore[union-attr]
    for place, layer in layers.linear.items():
        model.mlp[place] = layer
    symmetrise_normalization(model, observation_space(model, program, program.group))
    if layers.told is not None:
        model.estimator.head = layers.told  # type: ignore[union-attr]
    if model.distribution is not None:
        tie_noise(model, program.space("actions"))


def _plain(model: Model) -> Model:
    """A copy of the model, on the CPU, with ordinary torch layers that compute the same."""
    again = copy.copy(model)
    again._modules = dict(model._modules)
    again.mlp = cast(MLP, nn.Sequential(*(plain(layer) for layer in model.mlp)))
    if isinstance(model, RNNModel):
        again.rnn = copy.copy(model.rnn)
        again.rnn._modules = {"rnn": plain(model.rnn.rnn)}
    if isinstance(model.obs_normalizer, Norm):
        again.obs_normalizer = EmpiricalNormalization(model.obs_dim, eps=model.obs_normalizer.eps)
        again.obs_normalizer.load_state_dict(model.obs_normalizer.state_dict())
    return again


class _LSTMBeside(nn.Module):
    """An LSTM for rsl_rl's exports that puts out its input, too."""

    def __init__(self, lstm: nn.Module) -> None:
        super().__init__()
        self.lstm = lstm

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        y, left = self.lstm(x, state)
        return torch.cat([y, x], dim=-1), left


class _GRUBeside(nn.Module):
    """A GRU for rsl_rl's exports that puts out its input, too."""

    def __init__(self, gru: nn.Module) -> None:
        super().__init__()
        self.gru = gru

    def forward(self, x: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y, left = self.gru(x, state)
        return torch.cat([y, x], dim=-1), left
