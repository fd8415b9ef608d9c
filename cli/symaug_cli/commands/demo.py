"""`symaug demo`: the whole thread, from a spec to a report, on a laptop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_TASK, _SPEC = "anymal_d/position/joint_failure", "anymal_d/position"
_POLICY = "memory-equivariant"
_EPISODES = 64  # a condition; success of the three trained failures is then known to about 3 points


def demo_command(
    minutes: Annotated[
        float, typer.Option(help="Most that the training may take; it ends earlier on a fast machine.")
    ] = 10.0,
    seed: Annotated[int, typer.Option(help="Of the training.")] = 0,
    run_dir: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/demo-TIME without it.", show_default=False)
    ] = None,
) -> None:
    """Compile, validate, train, evaluate and report: ANYmal D learns to walk to a target while joints of its
    left front leg are dead.

    Then it is asked to do so with each of its twelve joints dead: nine of them it has never seen fail. Its
    network cannot break the symmetry; beside it stands one that ships and knows of none.

    \b
    [bold]Examples[/bold]
      symaug demo
      symaug demo --minutes 3 --run-dir runs/quick-look
    """
    from datetime import datetime

    from symaug_cli.console import err, heading, out
    from symaug_cli.tables import evaluation_page, side_by_side_table, validation_table
    from symaug_trainer.runs.folder import RunFolder

    run = run_dir or Path("runs") / f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    folder = RunFolder.create(
        run
    )  # first of all: nobody should wait for minutes to hear that it cannot be written

    heading("1/5  compile: what the robot's symmetry does to every tensor")
    import symaug
    from symaug.backends.python_file import emit

    program = symaug.compile(_SPEC)
    path = folder.write("symmetry.py", emit(program))
    sizes = ", ".join(f"{name} ({space.width})" for name, space in program.spaces.items())
    err().print(
        f"{_SPEC}: {len(program.group.elements)} elements ({', '.join(program.group.elements)}) on {sizes}"
    )
    err().print(f"wrote {path}, which needs only torch")

    heading("2/5  validate: is it true of the robot?")
    from symaug.checks.validate import validate

    report = validate(_SPEC)
    err().print(validation_table(report))
    if not report.ok:
        raise typer.Exit(1)

    heading("3/5  train: only joints of the left front leg fail")
    from symaug_cli.progress import TrainingView, step_progress
    from symaug_trainer.experiment import TrainRequest, train

    with TrainingView(minutes) as view:
        request = TrainRequest(_TASK, _POLICY, seed=seed, minutes=minutes, run_dir=run)
        result = train(request, view)
    if result.signal is not None:
        err().print(f"saved {result.checkpoint}; go on with it:  symaug train --resume {run}")
        raise typer.Exit(128 + result.signal)

    heading("4/5  evaluate: each joint dead in turn")
    from symaug_trainer.evaluation import evaluate
    from symaug_trainer.shipped_runs import UNAUGMENTED, copy_shipped_run

    with step_progress("evaluating") as advance:
        evaluation = evaluate(run, episodes=_EPISODES, on_step=advance)
    out().print(evaluation_page(evaluation))
    with step_progress("evaluating a policy without symmetry") as advance:
        plain = copy_shipped_run(UNAUGMENTED, run / "without-symmetry")
        beside = evaluate(plain, episodes=_EPISODES, on_step=advance)
    both = {one.policy: one for one in (evaluation, beside)}
    out().print("\nthe same episodes, beside an ordinary LSTM that learned from the same failures")
    out().print(side_by_side_table(both))

    heading("5/5  report")
    from symaug_trainer.report import write_report

    page = write_report(run, validation=report, beside=beside)
    out().print(f"the report: [bold cyan]{page}[/]")
    goal = (
        f"--minutes {minutes:g}"
        if result.stopped_by == "minutes"
        else f"--iterations {2 * result.iterations}"
    )
    out().print("\nthree things to try next")
    ideas = {
        "the paper's own way, with images": f"symaug train {_TASK} --policy memory-aug --minutes {minutes:g}",
        "let it learn for longer": f"symaug train --resume {run} {goal}",
        "what was compiled, term by term": f"symaug show {_SPEC}",
    }
    for idea, command in ideas.items():
        out().print(f"  {idea:<33}{command}")
