"""When a training run ends before its last iteration: Ctrl-C, a scheduler's SIGTERM, or a budget of
minutes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Literal

from symaug_trainer.runs.runner import StopTraining

StoppedBy = Literal["iterations", "minutes", "signal"]


class StopConditions:
    """A context in which the first SIGINT or SIGTERM only asks for a stop; a second one interrupts at once.

    Args:
        minutes: budget of wall time from the moment of entering, or None.
        on_signal: called when the first signal arrives.
    """

    def __init__(self, minutes: float | None, on_signal: Callable[[], None]) -> None:
        self.stopped_by: StoppedBy = "iterations"
        self.signal: int | None = None
        self._minutes = minutes
        self._on_signal = on_signal
        self._handlers: dict[int, object] = {}
        self._start = 0.0

    def __enter__(self) -> StopConditions:
        self._start = time.monotonic()
        if threading.current_thread() is threading.main_thread():  # elsewhere Python takes no handlers
            self._handlers = {
                number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)
            }
        return self

    def __exit__(self, *_) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def spent(self) -> float:
        """The share of the minutes that is over; 0 without a budget."""
        return 0.0 if self._minutes is None else (time.monotonic() - self._start) / (60 * self._minutes)

    def check(self) -> None:
        """Raise StopTraining where one of the conditions holds."""
        if self.signal is not None:
            self.stopped_by = "signal"
        elif self.spent() >= 1.0:
            self.stopped_by = "minutes"
        else:
            return
        raise StopTraining

    def _take(self, number: int, _frame: object) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
        self._on_signal()
