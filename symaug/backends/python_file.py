"""One self-contained Python file from a program: torch only, readable, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from symaug.compiler.program import Program, Space
from symaug.semantics.linear_map import Action, LinearMap

TEMPLATE = Path(__file__).with_name("python_file_template.py.txt")
NAMES_IN_ROW = 4
ROW = 20
"""How many numbers a line of a table holds; a term's numbers start on a new line."""


def emit(program: Program) -> str:
    """The text of a Python file that applies `program` with nothing but torch.

    It holds the tables, term by term; `transform` and `orbit`, which do what `symaug.Transform` does;
    `data_augmentation_func(env, obs, actions)` as rsl_rl calls it; and a self-check that runs with
    `python FILE`. The text depends on the program alone: no time, machine or path goes into it.
    """
    tables = "\n".join(_tables(program))
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.replace("# {{tables}}\n", tables + "\n")


def _tables(program: Program) -> Iterator[str]:
    yield f"COMPILER = {_literal('symaug ' + program.compiler)}"
    yield f"ROBOT = {_literal(program.robot)}"
    yield f"SPEC = {_literal(program.spec)}"
    yield "SOURCES = {  # the SHA-256 of each document this file was compiled from"
    yield from (f"    {_literal(name)}: {_literal(digest)}," for name, digest in program.sources.items())
    yield "}"
    yield from _names("JOINT_ORDER", program.joint_order)
    yield ""
    yield from _names("ELEMENTS", program.group.elements)
    yield from _names("GENERATORS", program.group.generators)
    yield "TABLE = (  # TABLE[i][j]: the position of ELEMENTS[i] * ELEMENTS[j], the latter applied first"
    yield from (f"    {_row(row)}," for row in program.group.table)
    yield ")"
    yield ""
    yield "# For each space its width, its terms (name, start, stop, type), and for each element index, sign"
    yield "# and offset (None where all are zero). An element that mixes numbers has the rows of its matrix"
    yield "# in place of the signs, and no index."
    yield "WIDTH = {"
    yield from (f"    {_literal(name)}: {space.width}," for name, space in program.spaces.items())
    yield "}"
    yield "TERMS = {"
    for name, space in program.spaces.items():
        yield f"    {_literal(name)}: ("
        for term in space.terms:
            yield f"        ({_literal(term.name)}, {term.start}, {term.stop}, {_literal(term.type)}),"
        yield "    ),"
    yield "}"
    yield "MAPS = {"
    for name, space in program.spaces.items():
        yield f"    {_literal(name)}: {{"
        for element, action in space.elements.items():
            yield f"        {_literal(element)}: ("
            yield from _map(space, action)
            yield "        ),"
        yield "    },"
    yield "}"


def _map(space: Space, action: Action) -> Iterator[str]:
    if isinstance(action, LinearMap):
        yield "            None,"
        yield "            ("
        yield from (f"                {_row(map(_coefficient, row))}," for row in action.matrix())
        yield "            ),"
    else:
        width = len(str(max(space.width - 1, 0)))
        yield from _column(space, [str(source).rjust(width) for source in action.index])
        yield from _column(space, [str(sign).rjust(2) for sign in action.sign])
    if action.is_linear:
        yield "            None,"
    else:
        yield from _column(space, [repr(offset) for offset in action.offset])


def _column(space: Space, cells: list[str]) -> Iterator[str]:
    yield "            ("
    for term in space.terms:
        for start in range(term.start, term.stop, ROW):
            row = ", ".join(cells[start : min(start + ROW, term.stop)])
            comment = f"  # {term.name}" if start == term.start else ""
            yield f"                {row},{comment}"
    yield "            ),"


def _coefficient(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _literal(text: str) -> str:
    return json.dumps(text)  # ASCII only, and a Python literal too


def _names(variable: str, names: Sequence[str]) -> Iterator[str]:
    yield f"{variable} = ("
    for start in range(0, len(names), NAMES_IN_ROW):
        yield f"    {', '.join(_literal(name) for name in names[start : start + NAMES_IN_ROW])},"
    yield ")"


def _row(cells: Iterable[object]) -> str:
    written = [str(cell) for cell in cells]
    return f"({', '.join(written)}{',' if len(written) == 1 else ''})"
