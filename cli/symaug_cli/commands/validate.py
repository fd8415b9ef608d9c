"""`symaug validate`: is what the spec says true of the robot?"""

from __future__ import annotations

from typing import Annotated

import typer


def validate_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec or robot, or path of a document.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    seed: Annotated[int, typer.Option(help="Of the sampled states.")] = 0,
) -> None:
    """Check a spec: algebra, geometry against the robot's model, and dynamics.

    Exit status: 0 all checks passed or were skipped, 1 a check failed, 2 the document itself is wrong.

    \b
    [bold]Examples[/bold]
      symaug validate anymal_d/velocity
      symaug validate specs/mine/task.yaml --json
    """
    from symaug.checks.validate import validate
    from symaug_cli.console import out
    from symaug_cli.tables import validation_table

    report = validate(spec, seed=seed)
    if as_json:
        print(report.dumps())
    else:
        out().print(validation_table(report))
        failed = len(report.failures())
        skipped = sum(check.status == "skip" for check in report.checks)
        verdict = f"[bold red]{failed} failed" if failed else "[bold green]valid"
        out().print(
            f"\n{verdict}[/]: {len(report.checks)} checks" + (f", {skipped} skipped" if skipped else "")
        )
    raise typer.Exit(0 if report.ok else 1)
