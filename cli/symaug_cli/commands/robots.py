"""`symaug robots`: the robots that ship with symaug."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from symaug.tools.catalogue import RobotEntry


def robots_command(
    names: Annotated[list[str] | None, typer.Argument(help="Only these; all without any.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Draw the joints of the one robot named, into this file.")
    ] = None,
) -> None:
    """List the robots that ship with symaug: group, joints, licence of the numbers, and where the model is.

    A robot whose declaration was compared with no model says `not checked against a model`.

    \b
    [bold]Examples[/bold]
      symaug robots
      symaug robots go2 talos --json
      symaug robots talos --svg talos.svg        needs its model
    """
    import json
    from dataclasses import asdict

    from symaug.shipped import list_robots
    from symaug.tools.catalogue import robot_entry
    from symaug_cli.console import out

    if svg is not None:
        _draw(names or [], svg)
        return
    entries = [robot_entry(_shipped(name)) for name in names or list_robots()]
    if as_json:
        print(json.dumps({"robots": [asdict(entry) for entry in entries]}, indent=2, ensure_ascii=False))
        return
    out().print(_table(entries))
    _print_missing(entries)


def _shipped(name: str) -> str:
    """The name, if a robot of that name ships.

    Raises:
        UserError: SA010.
    """
    from symaug.diagnostics import UserError, did_you_mean
    from symaug.shipped import list_robots

    if name not in list_robots():
        message = f"no robot named `{name}` ships with symaug"
        raise UserError.of("SA010", message, helps=did_you_mean(name, list_robots()))
    return name


_FOR_TRAINING = "_privileged"
"""How the names of specs end that extend another by what only training sees; `--json` has them, too."""


def _table(entries: list[RobotEntry]) -> Table:
    from rich.markup import escape

    from symaug_cli.console import table

    made = table("robot", "group", "generators", "joints", "licence", "model", "specs", right=("joints",))
    for entry in entries:
        style = {"none": "yellow", "not installed": "dim"}.get(entry.state)
        checked = escape(entry.checked)
        made.add_row(
            f"[link={entry.picture}]{entry.name}[/link]",
            entry.group,
            " ".join(entry.generators),
            str(entry.joints),
            escape(entry.license),
            f"[{style}]{checked}[/]" if style else checked,
            " ".join(spec.partition("/")[2] for spec in entry.specs if not spec.endswith(_FOR_TRAINING)),
        )
    for column in (made.columns[5], made.columns[6]):
        column.no_wrap, column.overflow = False, "fold"
    return made


def _print_missing(entries: list[RobotEntry]) -> None:
    from symaug_cli.console import err

    missing = sorted({entry.package for entry in entries if entry.package and entry.state == "not installed"})
    if missing:
        err().print(f"models not installed: pip install --no-deps {' '.join(missing)}", style="dim")


def _draw(names: list[str], path: Path) -> None:
    from symaug.checks.mechanics.places import skeleton
    from symaug.diagnostics import UserError
    from symaug.semantics.robot import load_robot_symmetry
    from symaug.tools.robot_drawing import draw_robot
    from symaug_cli.console import err
    from symaug_cli.writing import write_output

    if len(names) != 1:
        raise UserError.of("SA804", "`--svg` draws one robot; name it: `symaug robots talos --svg talos.svg`")
    robot = load_robot_symmetry(_shipped(names[0]))
    bones = skeleton(robot)
    if bones is None:
        raise UserError.of("SA610", f"there is no model to draw: {robot.why_no_model}")
    write_output(path, draw_robot(robot, bones))
    err().print(f"wrote {path}", markup=False)
