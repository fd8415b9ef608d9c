"""`symaug infer`: from a robot's model to its robot document."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from symaug.infer import Inference


class Format(str, Enum):
    """What is printed or written."""

    yaml = "yaml"
    json = "json"


def infer_command(
    model: Annotated[Path, typer.Argument(help="MJCF or URDF file; its meshes need not be there.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file, such as robots/mine/robot.yaml."),
    ] = None,
    format: Annotated[
        Format,
        typer.Option(help="yaml: the robot document. json: its content, every map found, with residuals."),
    ] = Format.yaml,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")] = False,
) -> None:
    """Find a robot's symmetries in its model and write the robot document that declares them.

    Mirrors and turns of the base are matched with the joint tree: which joints change places, which change
    sign, which are shifted. What is found passes `symaug validate`; what only looks like a symmetry is told
    with the reason.

    Exit status: 0 done, 1 the model has no symmetry to declare, 2 it cannot be read.

    \b
    [bold]Examples[/bold]
      symaug infer robot.xml                              print the document
      symaug infer robot.urdf -o robots/mine/robot.yaml   write it; `symaug validate` then says the rest
      symaug infer robot.urdf --format json               maps as index, sign and offset
    """
    import json

    from symaug.infer import infer
    from symaug_cli.console import err
    from symaug_cli.waiting import stages
    from symaug_cli.writing import make_folder, refuse_to_overwrite, write_output

    refuse_to_overwrite(output, force)
    with stages("looking for symmetries in") as on_stage:
        on_stage(model.name)
        found = infer(model)
    folder = output.parent if output is not None else None
    if format is Format.json:
        text = json.dumps(found.to_json(folder), indent=2, ensure_ascii=False) + "\n"
    else:
        text = found.text(folder)
    if output is None:
        print(text, end="")
    else:
        make_folder(output.parent)
        write_output(output, text)
        err().print(f"wrote {output}: {summary(found)}", markup=False)
    raise typer.Exit(0 if found.chosen.generators else 1)


def summary(found: Inference) -> str:
    """`12 joints, 2 generators (sagittal, transversal), a group of 4`."""
    generators = found.chosen.generators
    many = f"{len(generators)} generator" + ("s" if len(generators) != 1 else "")
    return (
        f"{len(found.view.joints)} joints, {many} ({', '.join(generators)}), "
        f"a group of {len(found.chosen.moves)}"
    )
