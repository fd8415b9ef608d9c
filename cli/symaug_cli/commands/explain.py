"""`symaug explain`: what a diagnostic's code means, with an example of the mistake and of its mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from symaug.explanations import Explanation

_WIDTH = 90
"""Columns of prose: what reads well, on a screen that is wider, too."""
_HEADINGS = {"given": "given", "bad": "wrong", "mended": "mended"}


def explain_command(
    codes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE]...", help="Codes such as SA211; all are listed without one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Explain the code of an error: what is meant, why the rule exists, and how to mend it.

    \b
    [bold]Examples[/bold]
      symaug explain SA211
      symaug explain              all codes, by family
      symaug explain --json       all of it, for tools
    """
    from symaug.diagnostics import CODES
    from symaug.explanations import explain
    from symaug_cli.console import out, print_json_line

    if as_json:
        for explanation in [explain(code) for code in codes or CODES]:
            print_json_line(explanation.to_json())
    elif not codes:
        _list_all()
    else:
        for rank, explanation in enumerate([explain(code) for code in codes]):
            if rank:
                out().print()
            _show(explanation)


def _list_all() -> None:
    from rich.text import Text

    from symaug.diagnostics import CODES
    from symaug.explanations import FAMILIES
    from symaug_cli.console import out, table

    for prefix, family in FAMILIES.items():
        out().print(Text(f"{prefix}xx: {family}", "bold cyan"))
        made = table("code", "title")
        for code, title in CODES.items():
            if code.startswith(prefix):
                made.add_row(code, title)
        out().print(made)
        out().print()


def _show(explanation: Explanation) -> None:
    from rich.text import Text

    from symaug_cli.console import out

    console = out()
    console.print(Text.assemble((f"{explanation.code}: ", "bold cyan"), (explanation.title, "bold")))
    for paragraph in explanation.paragraphs:
        console.print()
        console.print(_prose(paragraph), width=min(_WIDTH, console.width))
    for example in explanation.examples:
        console.print()
        where = f", {example.file}" if example.file else ""
        console.print(Text(f"{_HEADINGS[example.role]}{where}:", "red" if example.role == "bad" else "green"))
        for line in example.text.splitlines():
            console.print(Text(f"    {line}".rstrip()), soft_wrap=True)


def _prose(paragraph: str) -> Text:
    """A paragraph as one line to wrap, `code` in another colour."""
    from rich.text import Text

    parts = " ".join(paragraph.splitlines()).split("`")
    return Text.assemble(
        *((f"`{part}`", "cyan") if rank % 2 else (part, "") for rank, part in enumerate(parts))
    )
