"""The rewards of a step and what their sums over whole episodes say."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from symaug.diagnostics import UserError, did_you_mean
from symaug_trainer.envs.mdp import rewards
from symaug_trainer.envs.mdp.view import View


class RewardLedger:
    """Weighs reward terms, and keeps their sums and the task's error over each running episode.

    Args:
        weights: weight of each reward term; terms with weight zero are left out.
        metric: the name under which the mean error of an episode is logged.
        num_envs: N.
        dt: s of a control step, by which every weight is multiplied.
        device: where the sums live.

    Raises:
        UserError: SA711 an unknown term or a weight that is not a number.
    """

    def __init__(
        self, weights: Mapping[str, float], metric: str, num_envs: int, dt: float, device: torch.device
    ) -> None:
        for name, weight in weights.items():
            if name not in rewards.TERMS:
                helps = did_you_mean(name, rewards.TERMS)
                raise UserError.of("SA711", f"no reward term named `{name}`", helps=helps)
            if not math.isfinite(weight):
                raise UserError.of("SA711", f"the weight of reward term `{name}` is not a finite number")
        self.names = [name for name, weight in weights.items() if weight != 0.0]
        self._functions = [rewards.TERMS[name] for name in self.names]
        self._weights = torch.tensor([weights[name] * dt for name in self.names], device=device)
        self._metric = metric
        # Rows: the unweighted terms, the task's error, and ones, whose sum is the length of the episode.
        self._rows = torch.zeros(len(self.names) + 2, num_envs, device=device)
        self._rows[-1] = 1.0
        self._sums = torch.zeros_like(self._rows)

    def score(self, view: View, error: torch.Tensor, alive: torch.Tensor) -> torch.Tensor:
        """The rewards [N] of this step.

        Args:
            view: what the terms look at.
            error: [N] how far the task is from being done.
            alive: [N] bool, False where the simulation broke down: nothing but the termination counts there.
        """
        for row, term in enumerate(self._functions):
            self._rows[row] = term(view)
        self._rows[-2] = error
        if not alive.all():
            ends = torch.tensor([name == "termination" for name in self.names], device=error.device).float()
            self._rows[:-2, ~alive] = ends.unsqueeze(1)
            self._rows[-2, ~alive] = 0.0
        self._sums += self._rows
        return self._weights @ self._rows[:-2]

    def clear(self, env_ids: torch.Tensor) -> None:
        """Start new sums in these environments."""
        self._sums[:, env_ids] = 0.0

    def terms(self) -> dict[str, torch.Tensor]:
        """The terms [N] of the last step, without weight and time step."""
        return dict(zip(self.names, self._rows[:-2].clone(), strict=True))

    @property
    def error(self) -> torch.Tensor:
        """[N] the task's error in the last step."""
        return self._rows[-2].clone()

    def log(self, env_ids: torch.Tensor, episode_s: float) -> dict[str, float]:
        """Means over the episodes that end in these environments, in rsl_rl's naming; rewards per second."""
        sums = self._sums[:, env_ids]
        means = (self._weights * sums[:-2].mean(1) / episode_s).tolist()
        log = {f"Episode_Reward/{name}": mean for name, mean in zip(self.names, means, strict=True)}
        log[f"Metrics/{self._metric}"] = float((sums[-2] / sums[-1]).mean())
        return log
