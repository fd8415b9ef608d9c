"""`symaug validate`: is what the spec says true of the robot, and of the environment?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from symaug.checks.live.world import LiveEnvironment
    from symaug.checks.report import Report
    from symaug.checks.subject import Subject


def validate_command(
    spec: Annotated[str, typer.Argument(help="Name of a spec or robot, or path of a document.")],
    env: Annotated[
        str | None,
        typer.Option(
            "--env",
            metavar="TASK|MODULE:FUNCTION",
            help="Examine this environment, too: a task of ours, or a function that makes a LiveEnvironment.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Run these checks only: names with *, or areas; repeatable."),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", help="Do not run these checks; repeatable.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 1 for warnings and checks that could not run, too."),
    ] = False,
    samples: Annotated[int, typer.Option(help="Random states for each measurement.")] = 16,
    seed: Annotated[int, typer.Option(help="Of the sampled states.")] = 0,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report as a page with the tasks' picture.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check a spec: algebra, tasks, resets, geometry and dynamics against the robot's model, the environment.

    Exit status: 0 no check failed, 1 a check failed (with --strict: or warned, or could not run), 2 the
    document itself is wrong.

    \b
    [bold]Examples[/bold]
      symaug validate anymal_d/velocity
      symaug validate specs/mine/task.yaml --only algebra --only "geometry/joint *"
      symaug validate specs/mine/task.yaml --strict --skip "dynamics/as published" --json      in CI
      symaug validate anymal_d/velocity --env anymal_d/velocity/joint_failure
      symaug validate specs/mine/task.yaml --env my_project.symmetry:make_world --html report.html
    """
    from symaug.checks.choice import Choice, check_names
    from symaug.checks.subject import load_subject
    from symaug.checks.validate import validate
    from symaug_cli.waiting import stages

    subject = load_subject(spec)
    Choice.of(only or (), skip or (), check_names(subject.program))  # before an environment is opened
    with stages("checking") as on_stage:
        world = open_environment(env, on_stage) if env is not None else None
        try:
            report = validate(
                subject,
                samples=samples,
                seed=seed,
                env=world,
                only=only or (),
                skip=skip or (),
                on_stage=on_stage,
            )
        finally:
            if world is not None:
                world.close()
    if html is not None:
        _write_page(html, report, subject)
    if as_json:
        print(report.dumps())
    else:
        _print(report, subject, strict)
    raise typer.Exit(0 if (report.ok_strictly if strict else report.ok) else 1)


def open_environment(entry: str, on_stage) -> LiveEnvironment:
    """A task of ours by its name, anything else as `module:function`, which may lie in the working folder."""
    on_stage("that there is an environment")
    if ":" not in entry:
        from symaug_trainer.envs.live import open_task

        return open_task(entry)
    import sys

    from symaug.checks.live import open_world

    if "" not in sys.path:
        sys.path.insert(0, "")
    return open_world(entry)


def _write_page(path: Path, report: Report, subject: Subject) -> None:
    from symaug.checks.html import report_page
    from symaug_cli.console import err
    from symaug_cli.writing import write_output

    write_output(path, report_page(report, subject.tasks, task_picture(subject)))
    err().print(f"wrote {path}", markup=False)


def task_picture(subject: Subject) -> str | None:
    """SVG of the spec's tasks on the robot, where its model says the joints are; None without tasks."""
    if subject.tasks is None:
        return None
    from symaug.checks.mechanics.places import joint_places
    from symaug.tools.task_drawing import draw_tasks

    return draw_tasks(subject.tasks, subject.robot, joint_places(subject.robot), title=subject.name)


def _print(report: Report, subject: Subject, strict: bool) -> None:
    from symaug_cli.console import out
    from symaug_cli.tables import task_table, validation_table

    console = out()
    console.print(validation_table(report))
    if subject.tasks is not None and any(check.name == "tasks/orbits" for check in report.checks):
        console.print()
        console.print(task_table(subject.tasks))
    counts = [
        f"{count} {words}"
        for status, words in (("fail", "failed"), ("warn", "warned"), ("skip", "skipped"))
        if (count := sum(check.status == status for check in report.checks))
    ]
    passed = report.ok_strictly if strict else report.ok
    verdict = "[bold green]valid" if passed else "[bold red]not valid"
    if report.ok and not passed:
        verdict += ", strictly"
    console.print(f"\n{verdict}[/]: {', '.join([f'{len(report.checks)} checks', *counts])}")
