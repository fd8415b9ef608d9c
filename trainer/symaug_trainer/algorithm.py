"""Memory-augmented PPO (Bao et al., CoRL 2025, arXiv 2502.01521) on rsl_rl's own PPO.

One iteration, with the group elements g of a compiled spec:

1. rsl_rl collects a rollout with the unmodified tasks and computes advantages and returns;
2. `AugmentedMemory` runs the recurrent nets, with the parameters that acted, over every transformed
observation
   sequence and keeps the final state h^g for the next iteration (paper, section 4.3);
3. rsl_rl's `PPO.update` runs unchanged on mini-batches that hold the original trajectories and their images
in
   equal number (section 4.2); `augmentation.FATES` says what becomes of each tensor. KL divergence,
   learning-rate schedule and entropy are taken over the originals alone.

Nothing of rsl_rl is copied: for the time of an update the storage and the actor are replaced by two small
views. Works with recurrent and with feed-forward models, on rsl-rl-lib 5.4.2 up to 5.x.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import torch
from rsl_rl.algorithms import PPO
from rsl_rl.models import MLPModel
from rsl_rl.storage import RolloutStorage

import symaug
from symaug.diagnostics import UserError, did_you_mean
from symaug.nn import of_elements
from symaug_trainer.augmentation import Images, augment_batch
from symaug_trainer.commuting_layers import (
    commuting_layers,
    has_plain_layers,
    observation_space,
    start_symmetric,
)
from symaug_trainer.memory import AugmentedMemory
from symaug_trainer.noise import tie_noise
from symaug_trainer.normalization import symmetrise_normalization


class MemoryAugmentedPPO(PPO):
    """PPO that learns from every rollout and from its images under a symmetry group.

    Select it in an rsl_rl configuration by
    `algorithm = {"class_name": "symaug_trainer:MemoryAugmentedPPO", "memory_aug_cfg": {"spec":
    "anymal_d/velocity"}, …}`.

    Args:
        actor: rsl_rl model, recurrent or not.
        critic: rsl_rl model, recurrent or not.
        storage: rollout storage that rsl_rl made.
        memory_aug_cfg: `spec`, the name or path of a spec or of a compiled program (JSON); optionally
            `elements`, the names of the group elements to use, a subgroup that holds `e` (default: the whole
            group), and `init`: `plain` leaves the models' first weights, as in the paper; `symmetric` draws
            them anew so that they commute with the group (`commuting_layers.start_symmetric`). By default
            symmetric where the models allow it.
        **ppo: everything else that rsl_rl's PPO takes.

    Raises:
        UserError: SA706 when the spec does not fit the observations or the actions, SA709 for a configuration
            that memory augmentation cannot keep correct.
    """

    def __init__(
        self,
        actor: MLPModel,
        critic: MLPModel,
        storage: RolloutStorage,
        *,
        memory_aug_cfg: dict[str, Any],
        **ppo: Any,
    ) -> None:
        for key, reason in _REFUSED.items():
            if ppo.get(key):
                raise UserError.of(
                    "SA709", f"`{key}` cannot be combined with memory augmentation", notes=(reason,)
                )
        _require_known(memory_aug_cfg)
        super().__init__(actor, critic, storage, **ppo)
        program = symaug.compile(memory_aug_cfg["spec"])
        self.images = Images(
            program,
            storage.observations,
            storage.actions,
            elements=memory_aug_cfg.get("elements"),
            device=self.device,
        )
        self.memories = {
            "actor": AugmentedMemory(self._raw_actor, self.images),
            "critic": AugmentedMemory(self._raw_critic, self.images),
        }
        """The images' recurrent states, by model: what the nets would remember had the world been
        transformed."""
        if not self.images.trivial:
            group = program.group.subgroup(self.images.elements)
            self._start(program, group, memory_aug_cfg.get("init"))
            tie_noise(self._raw_actor, of_elements(program.space("actions"), group.elements))
            for model in (self._raw_actor, self._raw_critic):
                symmetrise_normalization(model, observation_space(model, program, group))

    def _start(self, program: symaug.Program, group: symaug.Group, init: str | None) -> None:
        models = {"actor": self._raw_actor, "critic": self._raw_critic}
        if init == "plain" or (init is None and not all(map(has_plain_layers, models.values()))):
            return
        try:
            layers = {
                obs_set: commuting_layers(model, program, obs_set, group=group)
                for obs_set, model in models.items()
            }
        except UserError:
            if init == "symmetric":
                raise
            return
        for obs_set, model in models.items():
            start_symmetric(model, layers[obs_set])

    def update(self) -> dict[str, float]:
        """Update actor and critic on the rollout and its images; returns rsl_rl's mean losses."""
        storage, actor = self.storage, self.actor
        starts = (self.memories["actor"].state, self.memories["critic"].state)
        for memory in self.memories.values():
            memory.advance(storage.observations, storage.dones)
        recurrent = actor.is_recurrent or self.critic.is_recurrent
        self.storage = cast(RolloutStorage, _AugmentedStorage(storage, self.images, starts))
        self.actor = cast(
            MLPModel, _OriginalsOnly(actor, env_dim=1 if recurrent else 0, copies=self.images.order)
        )
        try:
            return super().update()
        finally:
            self.storage, self.actor = storage, actor

    def load(self, loaded_dict: dict, load_cfg: dict | None, strict: bool) -> bool:
        """Load a checkpoint. Environments start afresh after it, and so do the images' recurrent states."""
        for memory in self.memories.values():
            memory.reset()
        return super().load(loaded_dict, load_cfg, strict)


def _require_known(config: dict[str, Any]) -> None:
    for key in config:
        if key not in _KNOWN:
            raise UserError.of(
                "SA709",
                f"`memory_aug_cfg` has no key `{key}`",
                helps=did_you_mean(key, _KNOWN),
                notes=(f"its keys: {', '.join(f'`{known}`' for known in _KNOWN)}",),
            )
    if "spec" not in config:
        raise UserError.of(
            "SA709",
            "`memory_aug_cfg` names no spec",
            helps=('say what to transform by: `"memory_aug_cfg": {"spec": "path/to/your_spec.yaml"}`',),
        )
    if config.get("init") not in (None, "plain", "symmetric"):
        raise UserError.of(
            "SA709",
            f"`init` in `memory_aug_cfg` is `{config['init']}`",
            helps=("use `symmetric` or `plain`, or leave it out",),
        )


_KNOWN = ("spec", "elements", "init")
_REFUSED = {
    "symmetry_cfg": "it would augment twice; drop `symmetry_cfg`",
    "rnd_cfg": "an intrinsic reward is not invariant under the group, so images could not reuse it",
}


class _AugmentedStorage:
    """The rollout storage as `PPO.update` sees it: mini-batches hold originals first, then their images."""

    def __init__(self, storage: RolloutStorage, images: Images, starts: tuple[Any, Any]) -> None:
        self._storage, self._images, self._starts = storage, images, starts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def mini_batch_generator(
        self, num_mini_batches: int, num_epochs: int = 8
    ) -> Iterator[RolloutStorage.Batch]:
        """Flat mini-batches [G·B, …] for feed-forward models."""
        batches = self._storage.mini_batch_generator(num_mini_batches, 1)
        yield from _every_epoch([augment_batch(batch, self._images) for batch in batches], num_epochs)

    def recurrent_mini_batch_generator(
        self, num_mini_batches: int, num_epochs: int = 8
    ) -> Iterator[RolloutStorage.Batch]:
        """Trajectory mini-batches: [T, G·n_traj, …] padded observations, [T, G·B, …] everything else."""
        augmented = []
        first_env = 0
        for batch in self._storage.recurrent_mini_batch_generator(num_mini_batches, 1):
            envs = slice(first_env, first_env + cast(torch.Tensor, batch.actions).shape[1])
            starts = tuple(
                None if state is None else tuple(part[..., envs, :] for part in state)
                for state in self._starts
            )
            augmented.append(
                augment_batch(batch, self._images, dones=self._storage.dones[:, envs, 0], starts=starts)
            )
            first_env = envs.stop
        yield from _every_epoch(augmented, num_epochs)


def _every_epoch(batches: list[RolloutStorage.Batch], num_epochs: int) -> Iterator[RolloutStorage.Batch]:
    """rsl_rl's epochs repeat the same mini-batches in the same order, so each is transformed once an
    iteration."""
    for _ in range(num_epochs):
        for batch in batches:
            again = RolloutStorage.Batch()
            again.__dict__.update(batch.__dict__)  # PPO normalises advantages by assigning to the batch
            yield again


class _OriginalsOnly:
    """The actor as `PPO.update` sees it: runs on all samples, reports its distribution for the originals
    alone."""

    def __init__(self, actor: MLPModel, env_dim: int, copies: int) -> None:
        self._actor, self._env_dim, self._copies = actor, env_dim, copies

    def __getattr__(self, name: str) -> Any:
        return getattr(self._actor, name)

    def __call__(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        return self._actor(*args, **kwargs)

    def _originals(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.narrow(self._env_dim, 0, tensor.shape[self._env_dim] // self._copies)

    @property
    def output_distribution_params(self) -> tuple[torch.Tensor, ...]:
        return tuple(self._originals(parameter) for parameter in self._actor.output_distribution_params)

    @property
    def output_entropy(self) -> torch.Tensor:
        return self._originals(self._actor.output_entropy)
