"""`symaug fmt`: the canonical form of robot and spec documents.

Comments and blank lines stay. Expressions are printed from their syntax trees, keys are put in the order of
the reference, the values of a block stand in one column, brackets stay where they fit on a line. The result
is read back and compared with what was given; formatting it again changes nothing.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import yaml

from symaug.diagnostics import Diagnostic, SpecError, UserError
from symaug.files import write_atomic
from symaug.syntax.documents import RobotDocument, SpecDocument, check
from symaug.syntax.reader import parse_source
from symaug.syntax.source import KeyPath, read_text
from symaug.syntax.yaml_events import compose
from symaug.tools.fmt.canonical import Canonical, canonical
from symaug.tools.fmt.printer import Printer
from symaug.tools.fmt.tree import Collection, build, comments
from symaug.tools.models import kind_at

__all__ = ["difference", "format_file", "format_text"]


def format_text(text: str, path: Path = Path("<stdin>")) -> str:
    """The canonical form of a document.

    Args:
        text: the document.
        path: what messages call it.

    Raises:
        SpecError: SA003 … SA011, SA1xx; all that apply. What its names mean is not looked at.
    """
    printer, tree = _read(text.removeprefix("\ufeff"), path)
    said = printer.outline(tree), comments(tree)
    made = printer.document(tree)
    again, same = _read(made, path)
    if (again.outline(same), comments(same)) != said:  # a mistake of ours
        raise AssertionError(f"formatting would change what `{path}` says")
    return made


def format_file(path: Path, *, write: bool = True) -> tuple[str, str]:
    """Format a file in place, unless it is canonical already.

    Returns:
        The text before and after.

    Raises:
        SpecError: as `format_text`, and SA001, SA002; the file is left as it was.
        UserError: SA701 it cannot be written.
    """
    before = read_text(path)
    after = format_text(before, path)
    if write and path.read_bytes() != after.encode():
        try:
            write_atomic(path.resolve(), after)  # a link stays one
        except OSError as error:
            raise UserError.of("SA701", f"cannot write `{path}`: {error.strerror or error}") from None
    return before, after


def difference(before: str, after: str, name: str) -> str:
    """What formatting changes, as a unified diff; empty when nothing."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, f"{name} (formatted)", lineterm=""
    )
    told = "".join(f"{line}\n" for line in lines)
    return told if told or before == after else f"{name}: line ends only\n"


def _read(text: str, path: Path) -> tuple[Printer, Collection]:
    source = parse_source(text, path)
    model = SpecDocument if "spec" in source.data else RobotDocument
    problems: list[Diagnostic] = [*check(source, model).problems]
    values: dict[KeyPath, Canonical] = {}
    for place, value in source.texts.items():
        try:
            values[place] = canonical(value, kind_at(model, place))
        except SpecError as error:
            problems += error.diagnostics
    if problems:
        raise SpecError(problems)
    root = compose(source)
    assert isinstance(root, yaml.MappingNode)  # what has been checked is a mapping
    return Printer(model, values), build(root, text)
