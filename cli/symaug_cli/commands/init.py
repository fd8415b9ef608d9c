"""`symaug init`: a first spec, from a robot and the names of what it observes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from symaug.checks.drafting import Draft


def init_command(
    robot: Annotated[
        str | None, typer.Argument(help="Name of a robot (symaug robots) or path of its document.")
    ] = None,
    observations: Annotated[
        str | None,
        typer.Option("--observations", metavar="NAME,NAME…", help="The terms, in the order of the tensor."),
    ] = None,
    env: Annotated[
        str | None,
        typer.Option(
            "--env",
            metavar="TASK|MODULE:FUNCTION",
            help="Take terms, widths and joint order from this environment, as `validate --env` does.",
        ),
    ] = None,
    joint_order: Annotated[
        str | None,
        typer.Option(help="Which of the robot's joint orders the tensors use; the canonical one without it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file, such as specs/mine/walk.yaml."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")] = False,
) -> None:
    """Draft a spec from a robot and the names of its observation terms.

    Names that say what they are get their type; every other line is marked CHECK, with the types that its
    width allows. On a terminal, what is not given is asked for.

    \b
    [bold]Examples[/bold]
      symaug init                                               asks
      symaug init go2 --observations base_ang_vel,projected_gravity,joint_pos,joint_vel,last_action
      symaug init robots/mine/robot.yaml --env my_project.symmetry:make_world -o specs/mine/walk.yaml
    """
    from symaug.diagnostics import UserError
    from symaug_cli.writing import refuse_to_overwrite

    if observations is not None and env is not None:
        helps = ("leave out one of them",)
        raise UserError.of("SA804", "the terms come from `--observations` or from `--env`", helps=helps)
    if robot is None or (observations is None and env is None):
        if not _is_terminal():
            raise UserError.of("SA804", *_what_is_missing(robot))
        robot, observations, joint_order, output = _ask(robot, observations, env, joint_order, output)
    refuse_to_overwrite(output, force)
    _write(_draft(robot, observations, env, joint_order, output), output)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _what_is_missing(robot: str | None) -> tuple[str]:
    if robot is None:
        return (
            "which robot? Give a name or the path of its document; `symaug robots` lists the shipped ones",
        )
    return ("what does it observe? Give `--observations NAME,NAME…` or `--env MODULE:FUNCTION`",)


def _ask(
    robot: str | None,
    observations: str | None,
    env: str | None,
    joint_order: str | None,
    output: Path | None,
) -> tuple[str, str | None, str | None, Path | None]:
    """What was not given, asked for on stderr, so that stdout stays the document's."""
    from rich.prompt import Prompt

    from symaug.checks.drafting import USUAL
    from symaug.diagnostics import UserError
    from symaug.semantics.robot import load_robot_symmetry
    from symaug.shipped import list_robots
    from symaug_cli.console import err, print_diagnostics

    console = err()
    if robot is None:
        console.print(f"[dim]shipped robots:[/] {' '.join(list_robots())}")
    while True:
        robot = robot or Prompt.ask("robot, by name or path of its document", console=console)
        try:
            found = load_robot_symmetry(robot)
            break
        except UserError as error:
            print_diagnostics(error.diagnostics)
            robot = None
    if env is None and joint_order is None and found.joint_orders:
        orders = ["canonical", *found.joint_orders]
        answer = Prompt.ask("order of the joints", choices=orders, default=orders[0], console=console)
        joint_order = None if answer == "canonical" else answer
    if env is None and observations is None:
        question = "observation terms, separated by commas"
        observations = Prompt.ask(question, default=",".join(USUAL), console=console)
    if output is None:
        usual = f"specs/{found.name}/task.yaml"
        output = Path(Prompt.ask("write to", default=usual, console=console))
    return robot, observations, joint_order, output


def _draft(
    robot: str, observations: str | None, env: str | None, joint_order: str | None, output: Path | None
) -> Draft:
    from symaug.checks.drafting import draft_spec
    from symaug_cli.commands.validate import open_environment
    from symaug_cli.waiting import stages

    if env is None:
        names = [name.strip() for name in (observations or "").split(",") if name.strip()]
        return draft_spec(robot, names, joint_order=joint_order, output=output)
    with stages("opening") as on_stage:
        world = open_environment(env, on_stage)
    try:
        return draft_spec(robot, world, output=output)
    finally:
        world.close()


def _write(draft: Draft, output: Path | None) -> None:
    from symaug.tools.skeleton import MARK
    from symaug_cli.console import err
    from symaug_cli.writing import make_folder, write_output

    if output is None:
        print(draft.text, end="")
    else:
        make_folder(output.parent)
        write_output(output, draft.text)
        err().print(f"wrote {output}; next: symaug validate {output}", markup=False)
    if draft.doubtful:
        marked = ", ".join(draft.doubtful)
        err().print(f"look at the lines marked {MARK}: {marked}", style="yellow", markup=False)
