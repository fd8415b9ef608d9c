"""cusrl's recurrent PPO agent for `update_cost.py`, of cusrl's own parts with our settings and transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

import symaug
from symaug_trainer.train_config import TrainerSettings

try:
    import cusrl  # type: ignore[import-not-found]
except ImportError:
    cusrl: Any = None

INSTALL = "pip install cusrl==1.2.2"


def cusrl_agent(
    settings: TrainerSettings, program: symaug.Program, observations: torch.Tensor, *, augmented: bool
) -> Any:
    """An agent for environments that show `observations` [N, D]."""
    mirrors = [mirror(program, name) for name in ("observations/policy", "actions")]
    network = cusrl.Sequential.Factory(
        [
            cusrl.Rnn.Factory("LSTM", hidden_size=settings.lstm_width),
            cusrl.Mlp.Factory(settings.mlp_widths, activation_fn="ELU", ends_with_activation=True),
        ],
        [None],
    )
    hooks = cusrl.preset.ppo.ppo_hook_suite(
        gae_gamma=settings.gamma,
        gae_lamda=settings.lam,
        value_loss_weight=settings.value_coef,
        value_loss_clip=settings.clip,
        surrogate_clip_ratio=settings.clip,
        entropy_loss_weight=settings.entropy,
        max_grad_norm=settings.max_grad_norm,
        desired_kl_divergence=settings.desired_kl,
    )
    factory = cusrl.ActorCritic.Factory(
        num_steps_per_update=settings.steps_per_env,
        actor_factory=cusrl.Actor.Factory(network, cusrl.NormalDist.Factory(init_std=settings.init_std)),
        critic_factory=cusrl.Value.Factory(network),
        optimizer_factory=cusrl.preset.optimizer.AdamFactory(defaults={"lr": settings.learning_rate}),
        sampler=cusrl.AutoMiniBatchSampler(settings.epochs, settings.mini_batches),
        hooks=hooks,
        device="cpu",
    )
    if augmented:
        factory.register_hook(cusrl.hook.SymmetricDataAugmentation(), before="value_loss")
    spec = cusrl.EnvironmentSpec(
        observations.shape[-1],
        program.space("actions").width,
        num_instances=len(observations),
        autoreset=True,
        final_state_is_missing=True,
        mirror_observation=mirrors[0],
        mirror_action=mirrors[1],
    )
    return factory(spec)


def mirror(program: symaug.Program, name: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """All elements but the identity as one of cusrl's mirrors, [N, D] to [G-1, N, D]."""
    images = []
    for element in program.group.elements[1:]:
        action: Any = program.space(name).elements[element]
        flipped = [place for place, sign in enumerate(action.sign) if sign < 0]
        images.append(cusrl.hook.auxiliary.symmetry.MirrorDef(action.index, flipped))

    def images_of(x: torch.Tensor) -> torch.Tensor:
        return torch.stack([image(x) for image in images])

    x = torch.randn(8, program.space(name).width)
    ours = symaug.Transform(program.space(name), program.group).orbit(x)
    if not torch.equal(ours, torch.cat([x, *images_of(x)])):
        raise SystemExit(f"cusrl's images of `{name}` are not ours")
    return images_of
