"""Augmented memory: what a recurrent net would remember had the world been transformed.

The state of an LSTM is no function of the current observation, so it cannot be transformed like one; copying
or repeating the original state is wrong. It has to be evolved on the transformed history (paper, section
4.3).
"""

from __future__ import annotations

import torch
from rsl_rl.models import MLPModel
from rsl_rl.modules import HiddenState
from tensordict import TensorDict

from symaug_trainer.augmentation import Images, State


class AugmentedMemory:
    """The recurrent states h^g of one model, for each environment and each group element except the identity.

    Args:
        model: rsl_rl model; without memory there is nothing to keep and `state` stays None.
        images: the group's action.
    """

    def __init__(self, model: MLPModel, images: Images) -> None:
        self._model = model
        self._images = images
        self._state: State | None = None

    @property
    def state(self) -> State | None:
        """States at the next step: a tuple (h, c) or (h,), each [layers, G-1, num_envs, width]; None before
        the first rollout has been seen (a zero state), or without memory."""
        return self._state

    def reset(self) -> None:
        """Forget everything: every episode begins anew."""
        self._state = None

    @torch.no_grad()
    def advance(self, observations: TensorDict, dones: torch.Tensor) -> None:
        """Run the net over the images of a rollout, from the states that the last call left.

        Steps it exactly as it acted: one call a step, state zeroed where an episode ended. Call it before the
        update, while the net has the parameters that collected the rollout.

        Args:
            observations: the rollout's, batch size [T, num_envs].
            dones: [T, num_envs, 1], nonzero where an episode ended after the step.
        """
        if not self._model.is_recurrent or self._images.trivial:
            return
        steps, num_envs = observations.batch_size[:2]
        copies = self._images.order - 1
        own_state = self._model.get_hidden_state()
        self._model.reset(hidden_state=None if self._state is None else _model_state(self._state))
        for step in range(steps):
            self._model(self._images.of_observations(observations[step], dim=0, originals=False))
            self._model.reset(dones[step, :, 0].repeat(copies))
        self._state = tuple(
            part.unflatten(1, (copies, num_envs)) for part in _parts(self._model.get_hidden_state())
        )
        self._model.reset(hidden_state=own_state)


def _parts(state: HiddenState) -> State:
    assert state is not None, "a recurrent model has a state after a step"
    return (state,) if isinstance(state, torch.Tensor) else tuple(state)


def _model_state(state: State) -> HiddenState:
    """The state as rsl_rl's models hold it: rows flattened, a bare tensor for a GRU. A copy: models write
    into it."""
    rows = tuple(part.flatten(1, 2).clone() for part in state)
    return rows[0] if len(rows) == 1 else (rows[0], rows[1])
