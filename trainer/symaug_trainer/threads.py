"""How many threads torch uses, beside a physics engine with threads of its own.

After a parallel operation the threads of torch's pool go on spinning for a while, on the cores that the
physics engine needs next, and the operations of a control step are too small to gain anything from them.
With acting and stepping on one thread, the physics of 256 ANYmal D on two cores takes three quarters of the
time (measured with the `laptop` networks; thousands of environments with wide ones were not measured).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from symaug_trainer.waiting import may_share


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch use `count` threads; also a decorator."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def update_threads() -> int:
    """How many threads an update runs on: all CPUs; one where waiting threads would spin, because torch was
    loaded before symaug could say how they wait (`symaug_trainer.waiting`)."""
    return all_cpus() if may_share() else 1


def all_cpus() -> int:
    """How many threads torch may use: the CPUs of this process, or fewer where OMP_NUM_THREADS says so."""
    return torch.get_num_threads() if "OMP_NUM_THREADS" in os.environ else usable_cpus()


def usable_cpus() -> int:
    """The number of CPUs that this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 1
