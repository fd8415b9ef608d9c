"""How fast the images of a tensor are made, by us and by others, all in one run beside a plain copy.

What is compared (`Contender`) is made in `contenders`; here it is proved to give the right numbers and timed,
one call of each in turn, so that a change in the machine's load meets all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from symaug.backends.contenders import COPY, Contender, contenders
from symaug.compiler.program import Program, Space
from symaug.diagnostics import UserError

DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
SHORTEST_SAMPLE_S = 2e-4
"""What is faster than this is called several times in a row and the time divided."""
ROUNDS = (5, 200)
"""How often each is measured, at least and at most."""


@dataclass(frozen=True)
class Timing:
    """One contender's times for one call.

    Attributes:
        name, about: as in `Contender`.
        best_s, median_s: over all rounds, in seconds.
        ratio: the best over the plain copy's best.
    """

    name: str
    about: str
    best_s: float
    median_s: float
    ratio: float


@dataclass(frozen=True)
class Case:
    """One space at one batch size.

    Attributes:
        spec, space: names.
        width, elements: of the space and the group.
        batch: rows; the images are `elements` times as many.
        bytes: of all images.
        device, dtype, threads: where and how.
        rounds: how often each contender was measured.
        timings: in the order of `contenders`, the copy first.
        left_out: what could not take part, and why.
    """

    spec: str
    space: str
    width: int
    elements: int
    batch: int
    bytes: int
    device: str
    dtype: str
    threads: int
    rounds: int
    timings: tuple[Timing, ...]
    left_out: tuple[tuple[str, str], ...]


def bench(
    program: Program,
    *,
    spaces: Sequence[str] = (),
    batches: Sequence[int] = (1, 4096, 24576),
    device: str = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    seconds: float = 4.0,
    isaaclab: Path | None = None,
    on_case: Callable[[str], None] = lambda what: None,
) -> list[Case]:
    """Time every contender on every space and batch.

    Args:
        program: a compiled spec.
        spaces: names of spaces; the widest when empty.
        batches: numbers of rows.
        device: `cpu` or a CUDA device such as `cuda:0`.
        dtype: a key of `DTYPES`.
        threads: torch's threads on the CPU, for this run; as they are when None.
        seconds: about how long each case is measured; at least five rounds are.
        isaaclab: the folder that Isaac Lab's wheel was unzipped in; its function then takes part where it
            fits.
        on_case: called with a few words before each case.

    Raises:
        UserError: SA503 no such space, SA804 an unknown device, dtype, batch or number of threads.
        AssertionError: a contender's numbers are wrong.
    """
    where = _device(device)
    if dtype not in DTYPES:
        raise UserError.of("SA804", f"dtype is `{dtype}`; it can be {', '.join(DTYPES)}")
    for name, value in (("batch", min(batches, default=1)), ("threads", 1 if threads is None else threads)):
        if value < 1:
            raise UserError.of("SA804", f"{name} is {value}; it must be at least 1")
    widest = max(program.spaces, key=lambda name: program.spaces[name].width)
    chosen = [(name, program.space(name)) for name in spaces or (widest,)]
    cases = []
    with _threads(threads):
        for name, space in chosen:
            for batch in batches:
                on_case(f"{name}, {batch} rows")
                cases.append(_case(program, name, space, batch, where, dtype, seconds, isaaclab))
    return cases


def _case(
    program: Program,
    name: str,
    space: Space,
    batch: int,
    device: torch.device,
    dtype: str,
    seconds: float,
    isaaclab: Path | None,
) -> Case:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(batch, space.width, generator=generator).to(device, DTYPES[dtype])
    entrants, left_out = contenders(program, name, x, isaaclab)
    _agree(program, space, x, entrants)
    rounds, times = _times(entrants, device, seconds)
    copy = min(times[COPY])
    timings = tuple(
        Timing(
            one.name, one.about, min(times[one.name]), median(times[one.name]), min(times[one.name]) / copy
        )
        for one in entrants
    )
    return Case(
        program.spec,
        name,
        space.width,
        len(space.elements),
        batch,
        len(space.elements) * x.numel() * x.element_size(),
        torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        dtype,
        torch.get_num_threads(),
        rounds,
        timings,
        tuple(left_out.items()),
    )


def _agree(program: Program, space: Space, x: Tensor, entrants: Sequence[Contender]) -> None:
    """Hold every contender's images of the first rows against the exact maps, number by number."""
    rows = x[:64].double().tolist()
    images = [space.action(element).apply(row) for element in program.group.elements for row in rows]
    expected = torch.tensor(images, dtype=torch.float64)
    tolerance = max(1e-12, 8 * torch.finfo(x.dtype).eps)
    for one in entrants:
        if one.checked:
            made = one.run().reshape(len(space.elements), -1, space.width)[:, :64].flatten(0, 1)
            message = f"{one.name} gives other numbers than the exact maps"
            torch.testing.assert_close(
                made.double().cpu(), expected, rtol=tolerance, atol=tolerance, msg=message
            )


def _times(
    entrants: Sequence[Contender], device: torch.device, seconds: float
) -> tuple[int, dict[str, list[float]]]:
    timed = _timed_on_device if device.type == "cuda" else _timed_on_host
    calls, round_s = {}, 0.0
    for one in entrants:
        for _ in range(5):  # whatever is prepared at first calls
            one.run()
        once = min(timed(one.run, 1) for _ in range(3))
        calls[one.name] = max(1, round(SHORTEST_SAMPLE_S / max(once, 1e-7)))
        round_s += once * calls[one.name]
    least, most = ROUNDS
    rounds = max(least, min(most, round(seconds / round_s)))
    times: dict[str, list[float]] = {one.name: [] for one in entrants}
    for _ in range(rounds):
        for one in entrants:
            times[one.name].append(timed(one.run, calls[one.name]))
    return rounds, times


def _timed_on_host(run: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def _timed_on_device(run: Callable[[], object], calls: int) -> float:
    """By the device's own clock: the host's part counts only where the device waits for it."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(calls):
        run()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1000 / calls


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UserError.of("SA804", f"device is `{name}`; it can be `cpu`, `cuda`, `cuda:0` and so on")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UserError.of("SA804", f"there is no device `{name}` that torch could use here")
    return device


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
