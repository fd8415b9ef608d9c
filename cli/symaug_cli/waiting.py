"""How a command that may take a while says what it is at, on stderr. Imports nothing that training needs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from symaug_cli.console import err

PATIENCE_S = 2.0
"""How long nothing is said in a log."""


@contextmanager
def stages(what: str) -> Iterator[Callable[[str], None]]:
    """Yields a function to call with the name of what begins.

    A terminal shows a line that is gone at the end; a log gets one for what takes more than `PATIENCE_S`.

    Args:
        what: the verb, such as `checking`.
    """
    console = err()
    if console.is_terminal:
        with console.status(f"{what} …") as status:
            yield lambda name: status.update(f"{what} {name} …")
        return
    timers: list[threading.Timer] = []

    def begin(name: str) -> None:
        _cancel(timers)
        timer = threading.Timer(PATIENCE_S, console.print, (f"{what} {name} …",))
        timer.daemon = True
        timers.append(timer)
        timer.start()

    try:
        yield begin
    finally:
        _cancel(timers)


def _cancel(timers: list[threading.Timer]) -> None:
    for timer in timers:
        timer.cancel()
    timers.clear()
