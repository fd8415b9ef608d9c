"""Torch beside a physics engine with threads of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def torch_on_one_thread() -> Iterator[None]:
    """Keep torch on the calling thread; also a decorator.

    After every parallel operation the threads of torch's pool go on spinning for a while, on the cores that
    the physics engine needs next. The operations of a control step are too small to gain anything from them.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
