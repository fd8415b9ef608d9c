"""How long torch's threads spin when they have nothing to do, decided before torch is loaded.

Torch's OpenMP on Linux is GNU's. A thread of its pool that waits for the others, or for work, spins for some
4 ms before it sleeps, after every single operation. On an idle machine that saves waking it; beside another
process it takes the core from those it waits for, and an update of a small network was 25 to 60 times as slow
on two threads as on one. Spinning for some ten microseconds keeps most of the gain, and lost less than a
factor of two. GNU's OpenMP reads the environment once, when it is loaded; there is no call for it later.
"""

from __future__ import annotations

import os
import sys

SPINCOUNT = "GOMP_SPINCOUNT"
_SPINS = "1000"  # of about ten nanoseconds
_POLICY = "OMP_WAIT_POLICY"


def wait_briefly() -> None:
    """Let waiting threads sleep soon, where torch is not loaded yet and the user has not said how to wait.

    The setting goes into this process's environment, and so to its children. Only GNU's OpenMP knows it.
    """
    if sys.platform == "linux" and "torch" not in sys.modules and not _chosen():
        os.environ[SPINCOUNT] = _SPINS


def may_share() -> bool:
    """Whether several threads of torch may be used beside other processes: how they wait was chosen, by
    `wait_briefly` or by the user. True where that is not known, on other systems than Linux."""
    return sys.platform != "linux" or _chosen()


def _chosen() -> bool:
    return _POLICY in os.environ or SPINCOUNT in os.environ
