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

        A state is zero where an episode ended, so only what follows an environment's last end counts; those
        that ended last at the same step are run together, as one sequence. Call it before the update, while
        the net has the parameters that collected the rollout.

        Args:
            observations: the rollout's, batch size [T, num_envs].
            dones: [T, num_envs, 1], nonzero where an episode ended after the step.
        """
        if not self._model.is_recurrent or self._images.trivial:
            return
        steps = torch.arange(1, len(dones) + 1, device=dones.device).unsqueeze(1)
        starts = (steps * (dones[..., 0] != 0)).amax(0)  # [num_envs]: the first step that counts, 0 to T
        state = self._zero_state()
        if self._state is not None:
            for part, before in zip(state, self._state, strict=True):
                part[:] = torch.where((starts == 0).unsqueeze(-1), before, 0.0)
        for start in starts.unique().tolist():
            if start < len(dones):
                rows = (starts == start).nonzero().squeeze(1)
                left = self._run(observations[start:, rows], tuple(part[:, :, rows] for part in state))
                for part, new in zip(state, left, strict=True):
                    part[:, :, rows] = new
        self._state = state

    def _zero_state(self) -> State:
        own = _parts(self._model.get_hidden_state())
        return tuple(part.new_zeros(len(part), self._images.order - 1, *part.shape[1:]) for part in own)

    def _run(self, observations: TensorDict, state: State) -> State:
        # In the batch mode of an update, of which rsl_rl's models return the outputs but not the last state.
        images = self._images.of_observations(observations, dim=1, originals=False)
        everywhere = torch.ones(images.batch_size, dtype=torch.bool, device=images.device)
        rows = tuple(part.flatten(1, 2) for part in state)
        left: list[HiddenState] = []
        recurrent: torch.nn.Module = self._model.rnn.rnn  # type: ignore[union-attr, assignment]
        with recurrent.register_forward_hook(lambda _, __, output: left.append(output[1])):
            self._model.get_latent(images, everywhere, _model_state(rows))
        return tuple(part.unflatten(1, state[0].shape[1:3]) for part in _parts(left[0]))


def _parts(state: HiddenState) -> State:
    assert state is not None, "a recurrent model has a state after a step"
    return (state,) if isinstance(state, torch.Tensor) else tuple(state)


def _model_state(state: State) -> HiddenState:
    """The state as rsl_rl's models take it: a bare tensor for a GRU."""
    return state[0] if len(state) == 1 else (state[0], state[1])
