"""`symaug train`: a policy on a task, into a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train_command(
    task: Annotated[
        str | None,
        typer.Argument(
            help="anymal_d/velocity/joint_failure, anymal_d/position/joint_failure, or …/none: no failures.",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="memory-equivariant, memory-aug, memory-id, memory-rand (LSTM), or baseline-… (MLP). "
            "equivariant cannot break the symmetry, aug learns from transformed copies, id knows nothing "
            "of it, rand trains on every failure.",
            show_default="memory-equivariant",
        ),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="laptop: learns in minutes on two cores. paper: the paper's numbers.")
    ] = "laptop",
    seed: Annotated[int, typer.Option(help="Of networks, environment, and action noise.")] = 0,
    iterations: Annotated[
        int | None,
        typer.Option(help="Iterations in all; the preset's number without it.", show_default=False),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Stop, and save, after so many minutes.", show_default=False)
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="The run's folder; runs/TASK/POLICY-… without it.", show_default=False)
    ] = None,
    spec: Annotated[
        str | None,
        typer.Option(help="Another spec than the task's own: a name or a path.", show_default=False),
    ] = None,
    num_envs: Annotated[
        int | None, typer.Option(help="Number of environments; the preset's without it.", show_default=False)
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            help="Go on with this run or from one of its checkpoints; allows --iterations, --minutes.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Train a policy on a task.

    Ctrl-C finishes the iteration, saves, and says how to go on. A run that was killed goes on from its last
    checkpoint.

    \b
    [bold]Examples[/bold]
      symaug train anymal_d/velocity/joint_failure
      symaug train anymal_d/velocity/joint_failure --policy memory-id --seed 1 --iterations 200
      symaug train --resume runs/anymal_d-velocity-joint_failure/memory-aug-laptop-seed0-20250101-120000
      symaug train anymal_d/position/none --minutes 5 --json > metrics.jsonl
    """
    from symaug.diagnostics import UserError

    if task is None and resume is None:
        from symaug_trainer.tasks import TASKS

        raise UserError.of(
            "SA801",
            "say what to train: a task, or `--resume RUN`",
            notes=(f"tasks: {', '.join(f'`{name}`' for name in TASKS)}",),
        )
    if resume is not None:
        _refuse_with_resume(task, policy, preset, seed, run_dir, spec, num_envs)

    from symaug_cli.console import print_json_line
    from symaug_cli.progress import TrainingView
    from symaug_trainer.tasks import DEFAULT_POLICY, find_policy, find_task

    policy = policy or DEFAULT_POLICY
    if task is not None:  # a mistyped name is told before torch is loaded
        find_task(task)
        find_policy(policy)
    from symaug_trainer import experiment

    with TrainingView(minutes, print_json_line if as_json else None) as view:
        if resume is not None:
            result = experiment.resume(resume, iterations=iterations, minutes=minutes, listener=view)
        else:
            assert task is not None
            result = experiment.train(
                experiment.TrainRequest(
                    task, policy, preset, seed, iterations, minutes, run_dir, spec, num_envs
                ),
                view,
            )
    _say_how_it_ended(result, as_json)


def _refuse_with_resume(
    task: str | None,
    policy: str | None,
    preset: str,
    seed: int,
    run_dir: Path | None,
    spec: str | None,
    num_envs: int | None,
) -> None:
    from symaug.diagnostics import UserError

    given = {
        "TASK": task is not None,
        "--policy": policy is not None,
        "--preset": preset != "laptop",
        "--seed": seed != 0,
        "--run-dir": run_dir is not None,
        "--spec": spec is not None,
        "--num-envs": num_envs is not None,
    }
    wrong = [f"`{name}`" for name, is_given in given.items() if is_given]
    if wrong:
        raise UserError.of(
            "SA707",
            f"`--resume` goes on with the run's own settings, but {', '.join(wrong)} is given, too",
            helps=("leave it out, or start a new run without `--resume`",),
        )


def _say_how_it_ended(result, as_json: bool) -> None:
    from symaug_cli.console import err, print_json_line

    if as_json:
        print_json_line(
            {
                "event": "done",
                "run": str(result.run),
                "checkpoint": str(result.checkpoint),
                "iterations": result.iterations,
                "stopped_by": result.stopped_by,
            }
        )
    console = err()
    console.print(f"saved {result.checkpoint}")
    if result.stopped_by == "iterations":
        console.print(f"evaluate it:  symaug evaluate {result.run}")
        return
    console.print(f"go on with it:  symaug train --resume {result.run}")
    if result.signal is not None:
        raise typer.Exit(128 + result.signal)
