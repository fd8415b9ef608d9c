"""A trained actor from its checkpoint, without the rest of the training algorithm."""

from __future__ import annotations

from pathlib import Path

import torch
from rsl_rl.models import MLPModel
from rsl_rl.utils import resolve_callable
from tensordict import TensorDict

from symaug.diagnostics import UserError
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.folder import PROGRAM, RunConfig
from symaug_trainer.runs.plain_data import from_plain_data
from symaug_trainer.tasks import find_policy
from symaug_trainer.train_config import TrainerSettings, rsl_rl_config


def load_actor(config: RunConfig, checkpoint: Path, observations: TensorDict, num_actions: int) -> MLPModel:
    """The actor in evaluation mode; call it with observations for the mean action, and `reset(dones)` after
    each step.

    Args:
        config: the run's.
        checkpoint: one of the run's.
        observations: an example with the environment's observation groups, [N, width] each.
        num_actions: the environment's.

    Raises:
        UserError: SA704 where the checkpoint is damaged or is not of this run's network.
    """
    state = checkpoints.read(checkpoint)["actor_state_dict"]
    actor = _new_actor(config, str(checkpoint.parent / PROGRAM), observations, num_actions)
    try:
        actor.load_state_dict(state)
    except RuntimeError as error:
        raise UserError.of(
            "SA704",
            f"the checkpoint `{checkpoint}` does not fit this run's networks",
            notes=tuple(line.strip() for line in str(error).splitlines()[1:4]),
            helps=("it comes from a run with other settings; use a checkpoint of this run",),
        ) from error
    for tensor in state.values():
        if not torch.isfinite(tensor).all():
            raise UserError.of("SA704", f"the checkpoint `{checkpoint}` holds NaN or infinite parameters")
    return actor.eval()


def untrained_actor(
    config: RunConfig, observations: TensorDict, num_actions: int, *, seed: int, program: Path | None = None
) -> MLPModel:
    """The same network as it was before training, in evaluation mode.

    Args:
        config, observations, num_actions: as for `load_actor`.
        program: the run's compiled program; None for the spec it was started with.
        seed: of its random parameters; torch's own generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _new_actor(config, str(program or config.spec), observations, num_actions).eval()


def _new_actor(config: RunConfig, spec: str, observations: TensorDict, num_actions: int) -> MLPModel:
    settings = from_plain_data(TrainerSettings, config.trainer)
    arguments = rsl_rl_config(find_policy(config.policy), settings, spec, config.env.get("critic", ()))
    network = dict(arguments["actor"])
    actor_class = resolve_callable(network.pop("class_name"))
    return actor_class(observations, arguments["obs_groups"], "actor", num_actions, **network)  # type: ignore[operator]
