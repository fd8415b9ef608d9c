"""The layers of an rsl_rl model, of the same widths, that commute with the group.

`EquivariantRNNModel` puts them in the place of the plain ones; `start_symmetric` copies their first weights
into the plain ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

import torch
from rsl_rl.models import MLPModel, RNNModel
from rsl_rl.modules.distribution import (
    Distribution,
    GaussianDistribution,
    HeteroscedasticGaussianDistribution,
)
from torch import nn

from symaug import Group, Program, Space
from symaug.diagnostics import UserError
from symaug.nn import GRU, LSTM, Linear, direct_sum, linear_part, magnitudes, of_elements, regular, trivial
from symaug_trainer.estimation import EstimatingRNNModel, asked_for
from symaug_trainer.layout import declared_space


@dataclass(frozen=True)
class CommutingLayers:
    """Layers for one rsl_rl model.

    Attributes:
        recurrent: for its `rnn.rnn`; None without memory.
        linear: for its `mlp`, by their places in it.
        told: for the head of its `estimator`; None without one.
    """

    recurrent: LSTM | GRU | None
    linear: dict[int, Linear]
    told: Linear | None = None


def commuting_layers(
    model: MLPModel,
    program: Program,
    obs_set: str,
    *,
    group: Group | None = None,
    skip: bool = False,
) -> CommutingLayers:
    """Layers of the model's own widths, freshly initialised.

    Args:
        model: rsl_rl's `MLPModel` or `RNNModel`; not changed.
        program: the compiled spec, which describes the model's observation groups and the actions.
        obs_set: what the model's groups are chosen by, `actor` or `critic`. The critic's output is invariant,
            others are actions.
        group: the program's or a subgroup of it.
        skip: whether the perceptron reads the observation beside the memory.

    Raises:
        UserError: SA706 the spec does not fit the observations or the actions, SA714 a width or a
            distribution that the group does not permit.
    """
    group = group or program.group
    source = _observation(model, program, group)
    recurrent: LSTM | GRU | None = None
    inner = source
    told = None
    if isinstance(model, RNNModel):
        plain = model.rnn.rnn
        inner = _memory(program, obs_set, group, plain.hidden_size)
        recurrent = (LSTM if isinstance(plain, nn.LSTM) else GRU)(source, inner, plain.num_layers)
        told = _told(model, program, inner)
        inner = direct_sum(inner, source) if skip else inner
    places = [place for place, layer in enumerate(model.mlp) if isinstance(layer, nn.Linear)]
    linear: dict[int, Linear] = {}
    for place in places[:-1]:
        hidden = regular(
            group, _channels(group, cast(nn.Linear, model.mlp[place]).out_features, "hidden_dims")
        )
        linear[place] = Linear(inner, hidden)
        inner = hidden
    linear[places[-1]] = Linear(inner, _output(model, program, obs_set, group))
    if model.distribution is not None:
        _start_distribution(model.distribution, list(model.mlp), linear)
    return CommutingLayers(recurrent, linear, told)


@torch.no_grad()
def start_symmetric(model: MLPModel, layers: CommutingLayers) -> None:
    """Give a plain model the weights of layers that commute with the group; it is free to leave them.

    The gradient of a loss over all images is then symmetric, so an augmented model stays equivariant to
    rounding (Nordenfors, Ohlsson and Flinth, arXiv 2303.13458), and an image's probability ratio starts at 1
    as the original's does.

    Args:
        model: changed in place.
        layers: what `commuting_layers` makes for it.
    """
    if layers.recurrent is not None:
        model.rnn.rnn.load_state_dict(layers.recurrent.plain().state_dict())  # type: ignore[union-attr, operator]
    for place, layer in layers.linear.items():
        model.mlp[place].load_state_dict(layer.plain().state_dict())
    if layers.told is not None:
        model.estimator.head.load_state_dict(layers.told.plain().state_dict())  # type: ignore[union-attr]


def has_plain_layers(model: MLPModel) -> bool:
    """Whether it is built of nothing but the layers that `commuting_layers` replaces: not where a subclass
    brings others (a CNN), nor where they commute already."""
    return type(model) in (MLPModel, RNNModel, EstimatingRNNModel)


def observation_space(model: MLPModel, program: Program, group: Group) -> Space:
    """The model's observation groups side by side, as the environment gives them.

    Raises:
        UserError: SA706 the spec does not describe them, or not all.
    """
    names = [f"observations/{name}" for name in model.obs_groups]
    for name in names:
        if name not in program.spaces:
            declared_space(program, name, 0)
    space = direct_sum(*(of_elements(program.spaces[name], group.elements) for name in names))
    if space.width != model.obs_dim:
        parts = ", ".join(f"`{name}` {program.spaces[name].width}" for name in names)
        raise UserError.of(
            "SA706",
            f"the model reads {model.obs_dim} numbers, the spec `{program.spec}` describes {space.width}",
            notes=(f"widths in the spec: {parts}",),
            helps=(
                "`symaug show` prints the spec's layout; compare it with the environment's observation table",
            ),
        )
    return space


def _observation(model: MLPModel, program: Program, group: Group) -> Space:
    space = observation_space(model, program, group)
    return linear_part(space) if model.obs_normalization else space


def _memory(program: Program, obs_set: str, group: Group, width: int) -> Space:
    declared = program.spaces.get(f"memory/{obs_set}")
    if declared is None:
        return regular(group, _channels(group, width, "rnn_hidden_dim"))
    if declared.width != width:
        raise UserError.of(
            "SA706",
            f"`memory/{obs_set}` is {declared.width} wide in `{program.spec}`, `rnn_hidden_dim` is {width}",
            notes=(f"the spec says `{declared.terms[0].type}`",),
            helps=(f"set `rnn_hidden_dim` to {declared.width}, or change `memory:` in the spec",),
        )
    return of_elements(declared, group.elements)


def _told(model: RNNModel, program: Program, memory: Space) -> Linear | None:
    if not isinstance(model, EstimatingRNNModel) or model.estimator is None:
        return None
    _, flags, _ = asked_for(program, asdict(model.estimator.estimate))
    return Linear(memory, of_elements(flags, memory.elements))


def _output(model: MLPModel, program: Program, obs_set: str, group: Group) -> Space:
    last = next(layer for layer in reversed(model.mlp) if isinstance(layer, nn.Linear))
    if obs_set == "critic":
        return trivial(group, last.out_features)
    if not isinstance(model.distribution, GaussianDistribution | None):
        raise UserError.of(
            "SA714",
            f"`{type(model.distribution).__name__}` has no symmetric form here",
            helps=("use GaussianDistribution or HeteroscedasticGaussianDistribution",),
        )
    stateful = isinstance(model.distribution, HeteroscedasticGaussianDistribution)
    width = last.out_features // 2 if stateful else last.out_features
    actions = linear_part(of_elements(declared_space(program, "actions", width), group.elements))
    return direct_sum(actions, magnitudes(actions)) if stateful else actions


def _channels(group: Group, width: int, key: str) -> int:
    if width % group.order:
        lower = max(width - width % group.order, group.order)
        raise UserError.of(
            "SA714",
            f"`{key}` is {width}, which the group's {group.order} elements do not divide",
            notes=("a layer holds some channels, each with one number for each group element",),
            helps=(f"use {lower} or {lower + group.order}",),
        )
    return width // group.order


def _start_distribution(distribution: Distribution, mlp: list[nn.Module], linear: dict[int, Linear]) -> None:
    # What rsl_rl does to the last layer of a state-dependent distribution, done to ours.
    places = dict(linear)
    started = nn.Sequential(*(places[k].plain() if k in places else layer for k, layer in enumerate(mlp)))
    distribution.init_mlp_weights(started)
    for place, layer in linear.items():
        plain = cast(nn.Linear, started[place])
        layer.weight.set_nearest(plain.weight)
        if layer.bias is not None:
            layer.bias.set_nearest(plain.bias.unsqueeze(-1))
