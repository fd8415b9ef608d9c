"""Who is told how training goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symaug_trainer.runs.folder import RunConfig

if TYPE_CHECKING:
    from symaug_trainer.runs.runner import Iteration


class Listener:
    """Is told how training goes. Override what you need."""

    def on_start(self, run: Path, config: RunConfig, first_iteration: int) -> None:
        """The run's folder exists, and training begins with that iteration."""

    def on_iteration(self, iteration: Iteration) -> None:
        """An iteration is complete."""

    def on_stop_requested(self) -> None:
        """Ctrl-C or SIGTERM arrived: the iteration under way is the last one."""
