"""A trained actor from its checkpoint, without the rest of the training algorithm."""

from __future__ import annotations

from pathlib import Path

import torch
from rsl_rl.env import VecEnv
from rsl_rl.models import MLPModel
from rsl_rl.utils import resolve_callable

from symaug.diagnostics import UserError
from symaug_trainer.runs import checkpoints
from symaug_trainer.runs.folder import RunConfig
from symaug_trainer.runs.plain_data import from_plain_data
from symaug_trainer.tasks import find_policy
from symaug_trainer.train_config import TrainerSettings, rsl_rl_config


def load_actor(config: RunConfig, checkpoint: Path, env: VecEnv) -> MLPModel:
    """The actor in evaluation mode; call it with observations for the mean action, and `reset(dones)` after
    each step.

    Raises:
        UserError: SA704 where the checkpoint is damaged or is not of this run's network.
    """
    state = checkpoints.read(checkpoint)["actor_state_dict"]
    settings = from_plain_data(TrainerSettings, config.trainer)
    arguments = rsl_rl_config(find_policy(config.policy), settings, config.spec)
    network = dict(arguments["actor"])
    actor_class = resolve_callable(network.pop("class_name"))
    observations = env.get_observations()
    actor: MLPModel = actor_class(observations, arguments["obs_groups"], "actor", env.num_actions, **network)  # type: ignore[operator]
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
