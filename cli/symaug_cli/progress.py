"""How a long command shows that it is getting somewhere, on stderr: a live view, or now and then a line in a
log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from symaug_cli.console import err
from symaug_trainer.runs.folder import RunConfig
from symaug_trainer.runs.listener import Listener

if TYPE_CHECKING:
    from symaug_trainer.runs.runner import Iteration

_LINE_EVERY_S = 10.0


@contextmanager
def step_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yields a function to call with (steps done, steps in all)."""
    console = err()
    if not console.is_terminal:
        console.print(f"{what} …")
        yield lambda done, total: None
        return
    columns = (
        TextColumn(what),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


class TrainingView(Listener):
    """Shows a run's progress.

    Args:
        minutes: the run's budget, for the remaining time.
        on_json: called with every event as plain data, for `--json`.
    """

    def __init__(self, minutes: float | None, on_json: Callable[[dict], None] | None = None) -> None:
        self._console = err()
        self._minutes = minutes
        self._on_json = on_json
        self._live: Live | None = None
        self._run: Path | None = None
        self._total = 0
        self._first = 0
        self._began = 0.0
        self._line_at = 0.0

    def __enter__(self) -> TrainingView:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
        if kind is KeyboardInterrupt and self._run is not None:
            self._console.print(f"go on after its last checkpoint:  symaug train --resume {self._run}")

    def on_start(self, run: Path, config: RunConfig, first_iteration: int) -> None:
        """Say what is trained and where it goes."""
        self._run = run
        self._total, self._first, self._began = config.iterations, first_iteration, time.monotonic()
        per_iteration = config.env["num_envs"] * config.trainer["steps_per_env"]
        self._console.print(
            f"[bold]{config.policy}[/] on [bold]{config.task}[/], preset {config.preset}, "
            f"seed {config.seed}: {config.env['num_envs']} environments, {per_iteration:,} steps an iteration"
        )
        verb = f"going on with iteration {first_iteration} of" if first_iteration else "run"
        self._console.print(f"{verb} [cyan]{run}[/]")
        self._emit(
            {"event": "start", "run": str(run), "iteration": first_iteration, "iterations": config.iterations}
        )
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4)
            self._live.start()

    def on_iteration(self, iteration: Iteration) -> None:
        """Show the latest numbers."""
        self._emit({"event": "iteration", **iteration.to_json()})
        now = time.monotonic()
        if self._live is not None:
            self._live.update(self._panel(iteration, now))
        elif now - self._line_at >= _LINE_EVERY_S or iteration.iteration + 1 == self._total:
            self._line_at = now
            self._console.print(self._line(iteration, now))

    def on_stop_requested(self) -> None:
        """Ctrl-C: say what is going to happen."""
        self._console.print("stopping after this iteration; once more to stop at once (without saving it)")

    def _emit(self, event: dict) -> None:
        if self._on_json is not None:
            self._on_json(event)

    def _panel(self, iteration: Iteration, now: float) -> Group:
        done = iteration.iteration + 1
        bar = Progress(
            TextColumn(f"iteration {done}/{self._total}"),
            BarColumn(bar_width=40),
            TextColumn(f"{_clock(now - self._began)} elapsed, {_clock(self._seconds_left(done, now))} left"),
        )
        bar.add_task("", total=self._total, completed=done)
        numbers = Table.grid(padding=(0, 3, 0, 0))
        cells = _numbers(iteration)
        for row in range(0, len(cells), 4):
            numbers.add_row(
                *(Text.assemble((f"{name} ", "dim"), value) for name, value in cells[row : row + 4])
            )
        return Group(bar, numbers)

    def _line(self, iteration: Iteration, now: float) -> str:
        done = iteration.iteration + 1
        numbers = "  ".join(f"{name} {value}" for name, value in _numbers(iteration)[:6])
        return f"{done:>5}/{self._total}  {numbers}  {_clock(self._seconds_left(done, now))} left"

    def _seconds_left(self, done: int, now: float) -> float:
        elapsed = now - self._began
        left = elapsed / max(1, done - self._first) * (self._total - done)
        return left if self._minutes is None else max(0.0, min(left, 60 * self._minutes - elapsed))


def _numbers(iteration: Iteration) -> list[tuple[str, str]]:
    """Names and values to show, the most telling first."""
    shown = [("steps", _count(iteration.steps)), ("steps/s", f"{iteration.steps_per_second:,.0f}")]
    if iteration.mean_return is not None:
        shown.append(("return", f"{iteration.mean_return:.2f}"))
    if iteration.episode_length is not None:
        shown.append(("episode length", f"{iteration.episode_length:.0f}"))
    plain = {
        name.rsplit("/", 1)[-1]: value
        for name, value in iteration.metrics.items()
        if "reward" not in name.lower()
    }
    shown += [(name.replace("_", " "), f"{value:.3f}") for name, value in plain.items()]
    shown += [(f"{name} loss", f"{value:.4f}") for name, value in iteration.losses.items()]
    return [
        *shown,
        ("learning rate", f"{iteration.learning_rate:.1e}"),
        ("action std", f"{iteration.action_std:.2f}"),
    ]


def _count(steps: int) -> str:
    return f"{steps / 1e6:.2f}M" if steps >= 1e5 else f"{steps:,}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
