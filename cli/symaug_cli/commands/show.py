"""`symaug show`: what a spec says, term by term and element by element."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from symaug import Program, Space
    from symaug.semantics.robot import Robot


def show_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec (anymal_d/velocity) or path of a document.")],
    element: Annotated[
        list[str] | None,
        typer.Option("--element", "-e", help="Show number by number what this element does; repeatable."),
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Draw what goes where into this file.")] = None,
    tasks_svg: Annotated[
        Path | None,
        typer.Option("--tasks-svg", help="Draw on the robot which test tasks are reached, into this file."),
    ] = None,
) -> None:
    """Show a spec's layout and symmetry group.

    The first table is the layout: put it beside your environment's own list of observation terms.

    \b
    [bold]Examples[/bold]
      symaug show anymal_d/velocity
      symaug show anymal_d/velocity --element sagittal
      symaug show specs/mine/task.yaml --svg task.svg           all generators
      symaug show specs/mine/task.yaml --svg task.svg -e turn
      symaug show specs/mine/task.yaml --tasks-svg tasks.svg
    """
    import symaug
    from symaug_cli.console import err
    from symaug_cli.writing import write_output

    program = symaug.compile(spec)
    for name in element or ():
        program.space("actions").action(name)  # refuse an unknown one before anything is printed
    if svg is not None:
        from symaug.tools.drawing import draw

        write_output(svg, draw(program, element or ()))
        err().print(f"wrote {svg}", markup=False)
    if tasks_svg is not None:
        _draw_tasks(spec, tasks_svg)
    if svg is not None or tasks_svg is not None:
        return
    if element:
        _print_elements(program, element)
    else:
        _print_overview(program, _robot(spec, program))


def _draw_tasks(spec: str, path: Path) -> None:
    from symaug.checks.subject import load_subject
    from symaug.diagnostics import UserError
    from symaug_cli.commands.validate import task_picture
    from symaug_cli.console import err
    from symaug_cli.writing import write_output

    picture = task_picture(load_subject(spec))
    if picture is None:
        helps = ("name them under `tasks:`, as in `tasks: {train: fail(LF_*), test: fail(*)}`",)
        raise UserError.of("SA804", f"`{spec}` names no tasks that could be drawn", helps=helps)
    write_output(path, picture)
    err().print(f"wrote {path}", markup=False)


def _print_overview(program: Program, robot: Robot | None) -> None:
    from rich.markup import escape

    from symaug.tools.labels import dense_elements
    from symaug_cli.console import out
    from symaug_cli.tables import task_table

    console = out()
    console.print(
        f"[bold]{escape(program.spec)}[/]  robot {escape(program.robot)}, {len(program.joint_order)} joints, "
        f"group of {len(program.group.elements)}"
    )
    for name, space in program.spaces.items():
        console.print(f"\n[bold]{escape(name)}[/]  {space.width} numbers")
        console.print(_layout(space))
        dense = dense_elements(space)
        if dense:
            console.print(
                f"[magenta]a matrix, not a permutation, under[/] {', '.join(dense)}", soft_wrap=True
            )
    console.print("\n[bold]symmetry[/]")
    console.print(_elements(program, robot))
    console.print("\n[bold]products[/]  row * column: the column's element acts first")
    console.print(_products(program))
    console.print("\n[bold]joints[/]  what each becomes")
    console.print(_joints(program, robot))
    if program.tasks is not None:
        reached = len(program.tasks.test) - len(program.tasks.unreached)
        console.print(
            f"\n[bold]tasks[/]  training on {len(program.tasks.train)} "
            f"reaches {reached} of the {len(program.tasks.test)} test tasks"
        )
        console.print(task_table(program.tasks))


def _robot(spec: str, program: Program) -> Robot | None:
    """The robot of a spec; None for a program that was read from JSON, which stands without it."""
    from symaug.semantics.robot import load_robot_of_spec
    from symaug.shipped import find_spec
    from symaug.syntax.documents import load_spec

    path = find_spec(spec)
    return None if path.suffix == ".json" else load_robot_of_spec(load_spec(path))


def _layout(space: Space) -> Table:
    from rich.markup import escape

    from symaug.tools.labels import mixed_terms
    from symaug_cli.console import table

    mixed = mixed_terms(space)
    columns = ("#", "term", "slice", "width", "type", *(("acts as",) if mixed else ()))
    made = table(*columns, right=("#", "slice", "width"))
    for number, term in enumerate(space.terms):
        made.add_row(
            str(number),
            escape(term.name),
            f"{term.start}:{term.stop}",
            str(term.width),
            escape(term.type),
            *(("matrix" if term in mixed else "permutation",) if mixed else ()),
        )
    return made


def _elements(program: Program, robot: Robot | None) -> Table:
    from symaug_cli.console import table
    from symaug_cli.drawing import draw_element

    made = table("element", "", "what goes where")
    made.columns[-1].no_wrap = False
    for element in program.group.elements:
        kind = "generator" if element in program.group.generators else ""
        made.add_row(element, kind, draw_element(robot, element) if robot else "")
    return made


def _products(program: Program) -> Table:
    from symaug_cli.console import table

    made = table("", *program.group.elements)
    for element, row in zip(program.group.elements, program.group.table, strict=True):
        made.add_row(f"[bold]{element}[/]", *(program.group.elements[product] for product in row))
    return made


def _joints(program: Program, robot: Robot | None) -> Table:
    from rich.markup import escape

    from symaug_cli.console import table

    joints = program.joint_order
    generators = program.group.generators if robot else ()
    made = table("#", "joint", *generators, right=("#",))
    actions = [robot.joint_action(element, joints) for element in generators] if robot else []
    for number, joint in enumerate(joints):
        cells = []
        for action in actions:
            sign = "−" if action.sign[number] < 0 else " "
            offset = f" {action.offset[number]:+.4g}" if action.offset[number] else ""
            cells.append(f"{sign}{joints[action.index[number]]}{offset}")
        made.add_row(str(number), *map(escape, (joint, *cells)))
    return made


def _print_elements(program: Program, elements: list[str]) -> None:
    from symaug.tools.labels import dense_elements, number_labels, readings
    from symaug_cli.console import out

    console = out()
    for name, space in program.spaces.items():
        labels = number_labels(program, space)
        for element in elements:
            note = "  [magenta]a matrix, not a permutation[/]" if element in dense_elements(space) else ""
            console.print(f"\n[bold]{name}[/]  under [bold]{element}[/]{note}")
            console.print(_numbers(space, labels, readings(space, element)))


def _numbers(space: Space, labels: list[str], made_of: list) -> Table:
    from rich.text import Text

    from symaug_cli.console import table

    made = table("#", "number", "", "becomes", right=("#",))
    terms = [term.name for term in space.terms for _ in range(term.width)]
    names = [" ".join(filter(None, pair)) for pair in zip(terms, labels, strict=True)]
    for rank, reading in enumerate(made_of):
        style = "magenta" if reading.is_mixed else "red" if reading.sources[0][1] < 0 else "blue"
        if reading.sources == ((rank, 1.0),) and not reading.offset:
            style = "dim"
        made.add_row(str(rank), Text(names[rank]), Text("←", style), Text(reading.told(names), style))
    return made
