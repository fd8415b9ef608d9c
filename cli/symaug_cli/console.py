"""Where words go: results to stdout, progress and complaints to stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO, cast

from symaug.diagnostics import Diagnostic, render_concise, render_full, to_json

if TYPE_CHECKING:  # rich takes as long to import as a spec to compile, and most commands print plain text
    from rich.console import Console
    from rich.table import Table

_TABLE_STYLE = {"box": None, "header_style": "bold", "pad_edge": False, "padding": (0, 2, 0, 0)}


_WIDE = 200
"""Columns of a table that goes into a file or a pipe, where nothing should be cut off."""


def out() -> Console:
    """The console of results."""
    return _console(sys.stdout)


def err() -> Console:
    """The console of progress and complaints."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    if stream.isatty():
        return Console(file=stream, highlight=False)
    return Console(file=cast(TextIO, _Trimmed(stream)), highlight=False, width=_WIDE)


class _Trimmed:
    """A stream without the blanks that a table's last column is padded with."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(r" +(?=\n)", "", text))


def print_json_line(document: dict) -> None:
    """One JSON object on one line of stdout, at once."""
    print(json.dumps(document), flush=True)


def table(*columns: str, right: Iterable[str] = ()) -> Table:
    """An empty table with those headings; the columns named in `right` are flushed right."""
    from rich.table import Table

    made = Table(**_TABLE_STYLE)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", no_wrap=True)
    return made


def print_diagnostics(diagnostics: Sequence[Diagnostic], error_format: str = "full") -> None:
    """Every diagnostic, on stderr.

    Args:
        diagnostics: what is wrong, at least one.
        error_format: `full` as rustc would print them, with where to read on; `short` one a line; `json` one
            object a line.
    """
    if error_format != "full":
        for diagnostic in diagnostics:
            line = render_concise(diagnostic) if error_format == "short" else json.dumps(to_json(diagnostic))
            print(line, file=sys.stderr)
        return
    from rich.text import Text

    console = err()
    for diagnostic in diagnostics:
        head, _, rest = render_full(diagnostic).partition("\n")
        mark, _, message = head.partition(": ")
        colour = "bold red" if diagnostic.severity == "error" else "bold yellow"
        console.print(Text.assemble((f"{mark}: ", colour), (message, "bold")), soft_wrap=True)
        if rest:
            console.print(Text(rest), soft_wrap=True)
    codes = " ".join(dict.fromkeys(diagnostic.code for diagnostic in diagnostics))
    console.print(Text(f"for more: symaug explain {codes}", "dim"), soft_wrap=True)


def heading(text: str) -> None:
    """A heading among the progress, on stderr."""
    from rich.text import Text

    console = err()
    console.print()
    console.print(Text(text, "bold cyan"))
