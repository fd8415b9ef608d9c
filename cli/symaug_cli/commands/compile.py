"""`symaug compile`: a spec's transforms as JSON or as a Python file."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Format(str, Enum):
    """What is written."""

    json = "json"
    python = "python"


def compile_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec (anymal_d/velocity) or path of a document.")],
    format: Annotated[
        Format | None,
        typer.Option(
            help="json: the program, for machines. python: one self-contained file that needs only torch."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file; .py and .json choose the format."),
    ] = None,
) -> None:
    """Compile a spec: how every group element acts on every tensor.

    \b
    [bold]Examples[/bold]
      symaug compile anymal_d/velocity                      the program as JSON
      symaug compile anymal_d/velocity -o symmetry.py       functions for your training code
      symaug compile specs/mine/task.yaml --format python
    """
    import symaug
    from symaug.diagnostics import UserError
    from symaug_cli.console import err
    from symaug_cli.writing import write_output

    chosen = format or _format_of(output)
    if chosen is None:
        raise UserError.of(
            "SA804",
            f"cannot tell the format of `{output}` by its ending",
            helps=("add `--format json` or `--format python`",),
        )
    program = symaug.compile(spec)
    if chosen is Format.python:
        from symaug.backends.python_file import emit

        text = emit(program)
    else:
        text = program.to_json()
    if output is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        write_output(output, text)
        err().print(f"wrote {output}: {len(program.group.elements)} elements, {len(program.spaces)} spaces")


def _format_of(output: Path | None) -> Format | None:
    if output is None:
        return Format.json
    return {".py": Format.python, ".json": Format.json}.get(output.suffix)
