"""`symaug diff`: what changed in meaning between two specs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

_MARKS = {
    "removed": "[red]-[/]",
    "added": "[green]+[/]",
    "moved": "[cyan]>[/]",
    "retyped": "[yellow]~[/]",
    "resized": "[yellow]~[/]",
    "mapped": "[magenta]±[/]",
    "changed": "[yellow]~[/]",
}


def diff_command(
    before: Annotated[str, typer.Argument(help="A spec or a compiled program (.json).")],
    after: Annotated[str, typer.Argument(help="What it is compared with.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as one JSON object.")] = False,
) -> None:
    """Compare two specs in meaning: layout, group, and what each element does to each number.

    Comments, spelling and the names of the specs make no difference.

    Exit status: 0 they mean the same, 1 they differ, 2 one of them is wrong.

    \b
    [bold]Examples[/bold]
      symaug diff anymal_d/velocity anymal_d/position
      symaug diff runs/old/program.json specs/mine/task.yaml --json
    """
    import symaug
    from symaug.tools.diff import diff, to_json
    from symaug_cli.console import out

    changes = diff(symaug.compile(before), symaug.compile(after))
    if as_json:
        print(json.dumps(to_json(changes), indent=2))
    else:
        from rich.markup import escape

        for change in changes:
            out().print(f"{_MARKS[change.kind]} {escape(change.message)}", soft_wrap=True)
        if not changes:
            out().print("they mean the same")
    raise typer.Exit(1 if changes else 0)
