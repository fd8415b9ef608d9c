"""`symaug report`: pictures and tables of an evaluated run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report_command(
    run: Annotated[Path, typer.Argument(help="The folder of a run that was evaluated.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for the report; RUN/report without it.")
    ] = None,
) -> None:
    """Write a run's report: one HTML file, and its pictures as PNG.

    \b
    [bold]Examples[/bold]
      symaug report runs/anymal_d-velocity-joint_failure/memory-aug-laptop-seed0-20250101-120000
      symaug report RUN -o docs/demo
    """
    from symaug_cli.console import err
    from symaug_trainer.report import write_report

    path = write_report(run, output)
    err().print(f"wrote {path}")
    print(path)
