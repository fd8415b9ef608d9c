"""`symaug bench`: how fast the kernels are here, beside a plain copy and what others do."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from symaug.backends.bench import Case


class Dtype(str, Enum):
    """The dtype of the numbers."""

    float32 = "float32"
    float64 = "float64"
    bfloat16 = "bfloat16"
    float16 = "float16"


def bench_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec or path of a document.")] = "anymal_d/velocity",
    batch: Annotated[
        list[int] | None,
        typer.Option("--batch", "-b", help="Rows; repeatable.", show_default="1, 4096, 24576"),
    ] = None,
    space: Annotated[
        list[str] | None,
        typer.Option("--space", help="A space of the spec; repeatable.", show_default="the widest"),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, …")] = "cpu",
    dtype: Annotated[Dtype, typer.Option(help="Of the numbers.")] = Dtype.float32,
    threads: Annotated[
        int | None, typer.Option(help="Threads on the CPU.", show_default="what torch takes")
    ] = None,
    seconds: Annotated[float, typer.Option(help="About how long each batch is measured.")] = 4.0,
    isaaclab: Annotated[
        Path | None,
        typer.Option(
            envvar="SYMAUG_ISAACLAB",
            help="Folder that Isaac Lab's wheel was unzipped in: its function for ANYmal then takes part.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Time the kernels: all images of a batch, by us and by others, beside a plain copy of as many bytes.

    Everything is measured in one run, in turns, after its numbers were held against the exact maps. Ratios
    are of the best times to the copy's best; a copy reads as much as it writes, so less than 1 is possible.

    \b
    [bold]Examples[/bold]
      symaug bench                                        anymal_d/velocity on the CPU
      symaug bench anymal_d/velocity_rough --threads 1
      symaug bench --device cuda -b 4096 -b 98304
      symaug bench specs/mine/task.yaml --space actions --json | jq .ratio
    """
    import symaug
    from symaug_cli.console import out
    from symaug_cli.waiting import stages

    program = symaug.compile(spec)
    from symaug.backends.bench import bench

    with stages("measuring") as begin:
        cases = bench(
            program,
            spaces=space or (),
            batches=batch or (1, 4096, 24576),
            device=device,
            dtype=dtype.value,
            threads=threads,
            seconds=seconds,
            isaaclab=isaaclab,
            on_case=begin,
        )
    if as_json:
        _print_lines(cases)
        return
    for case in cases:
        out().print(_heading(case), markup=False)
        out().print(bench_table(case))
        for name, reason in case.left_out:
            out().print(f"without {name}: {reason}", style="dim", soft_wrap=True)
        out().print()


def bench_table(case: Case) -> Table:
    """One line a contender."""
    from symaug_cli.console import table

    made = table("", "best", "median", "x copy", "what it does", right=("best", "median", "x copy"))
    for timing in case.timings:
        name = f"[bold]{timing.name}[/]" if timing.name.startswith("symaug") else timing.name
        made.add_row(name, _time(timing.best_s), _time(timing.median_s), f"{timing.ratio:.2f}", timing.about)
    return made


def _heading(case: Case) -> str:
    threads = f", {case.threads} thread{'s' * (case.threads > 1)}" if case.device == "cpu" else ""
    return (
        f"{case.spec} {case.space}: {case.batch} x {case.width} {case.dtype}, {case.elements} elements, "
        f"{case.bytes / 1e6:.3g} MB of images, {case.device}{threads}, {case.rounds} rounds"
    )


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def _print_lines(cases: list[Case]) -> None:
    from dataclasses import asdict

    from symaug_cli.console import print_json_line

    for case in cases:
        about = asdict(case)
        timings, left_out = about.pop("timings"), about.pop("left_out")
        for timing in timings:
            print_json_line({"event": "timing", **about, **timing})
        for name, reason in left_out:
            print_json_line({"event": "left_out", **about, "name": name, "reason": reason})
