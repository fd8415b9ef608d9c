"""`symaug fmt`: documents in their canonical form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def fmt_command(
    files: Annotated[
        list[Path], typer.Argument(help="Robot and spec documents; `-` reads stdin and prints to stdout.")
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; print what would change, exit with 1 if anything."),
    ] = False,
) -> None:
    """Format documents: aligned columns, canonical expressions, keys in the order of the reference.

    Comments and blank lines are kept, and what a document says does not change. A document with errors is
    reported and left alone.

    Exit status: 0 done, 1 with --check when something would change, 2 a document is wrong.

    \b
    [bold]Examples[/bold]
      symaug fmt robots/mine/robot.yaml specs/mine/*.yaml
      symaug fmt --check specs/mine/*.yaml
      symaug fmt - < draft.yaml
    """
    from symaug.diagnostics import Diagnostic, UserError
    from symaug.syntax.source import decoded
    from symaug.tools.fmt import difference, format_file, format_text
    from symaug_cli.console import err

    problems: list[Diagnostic] = []
    changed = 0
    for file in files:
        try:
            if file == Path("-"):
                name = "<stdin>"
                before = decoded(sys.stdin.buffer.read(), name)
                after = format_text(before)
                if not check:
                    print(after, end="")
            else:
                name = str(file)
                before, after = format_file(file, write=not check)
        except UserError as error:
            problems += error.diagnostics
            continue
        if before == after:
            continue
        changed += 1
        if check:
            print(difference(before, after, name), end="")
        elif name != "<stdin>":
            err().print(f"formatted {name}", markup=False)
    if problems:
        raise UserError(problems)
    raise typer.Exit(1 if check and changed else 0)
