"""`symaug show`: what a spec says, term by term and element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from symaug import Program, Space


def show_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec (anymal_d/velocity) or path of a document.")],
) -> None:
    """Show a spec's layout and symmetry group.

    The first table is the layout: put it beside your environment's own list of observation terms.

    \b
    [bold]Examples[/bold]
      symaug show anymal_d/velocity
      symaug show specs/mine/task.yaml
    """
    import symaug
    from symaug_cli.console import out
    from symaug_cli.tables import task_table

    program = symaug.compile(spec)
    console = out()
    console.print(
        f"[bold]{program.spec}[/]  robot {program.robot}, {len(program.joint_order)} joints, "
        f"group of {len(program.group.elements)}"
    )
    for name, space in program.spaces.items():
        console.print(f"\n[bold]{name}[/]  {space.width} numbers")
        console.print(_layout(space))
    console.print("\n[bold]symmetry[/]")
    console.print(_elements(program))
    console.print("\n[bold]products[/]  row * column: the column's element acts first")
    console.print(_products(program))
    console.print("\n[bold]joints[/]  y\\[i] = sign\\[i] * x[index\\[i]] + offset\\[i]")
    console.print(_joints(program))
    if program.tasks is not None:
        reached = len(program.tasks.test) - len(program.tasks.unreached)
        console.print(
            f"\n[bold]tasks[/]  training on {len(program.tasks.train)} "
            f"reaches {reached} of the {len(program.tasks.test)} test tasks"
        )
        console.print(task_table(program.tasks))


def _layout(space: Space) -> Table:
    from rich.markup import escape

    from symaug_cli.console import table

    made = table("#", "term", "slice", "width", "type", right=("#", "slice", "width"))
    for number, term in enumerate(space.terms):
        made.add_row(
            str(number),
            term.name,
            f"{term.start}:{term.stop}",
            str(term.stop - term.start),
            escape(term.type),
        )
    return made


def _elements(program: Program) -> Table:
    from symaug.diagnostics import UserError
    from symaug.semantics.robot import load_robot_symmetry
    from symaug_cli.console import table
    from symaug_cli.drawing import draw_element

    try:
        robot = load_robot_symmetry(program.robot)
    except UserError:  # a program read from JSON stands without its robot document
        robot = None
    made = table("element", "", "what goes where")
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


def _joints(program: Program) -> Table:
    from symaug_cli.console import table

    moving = [element for element in program.group.elements[1:] if element in program.group.generators]
    made = table("#", "joint", *moving, right=("#",))
    space = program.space("actions")
    for number, joint in enumerate(program.joint_order):
        cells = []
        for element in moving:
            action = space.elements[element]
            sign = "−" if action.sign[number] < 0 else " "
            offset = f" {action.offset[number]:+g}" if action.offset[number] else ""
            cells.append(f"{sign}{program.joint_order[action.index[number]]}{offset}")
        made.add_row(str(number), joint, *cells)
    return made
