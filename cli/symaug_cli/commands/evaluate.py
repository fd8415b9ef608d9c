"""`symaug evaluate`: how a trained policy does with each joint dead."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def evaluate_command(
    run: Annotated[
        Path,
        typer.Argument(
            help="A run's folder, or one of its checkpoints (RUN/model_40.pt).", show_default=False
        ),
    ],
    episodes: Annotated[int, typer.Option(help="Episodes for each failed joint.")] = 32,
    seed: Annotated[
        int, typer.Option(help="Of starts, commands and noise; the same for every failed joint.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Evaluate a run with no failure and with each joint dead: in-distribution (ID) against
    out-of-distribution (OOD).

    The policy acts by its mean, and then on the same episodes with actions sampled from its distribution.
    Writes evaluation.json into the run's folder.

    \b
    [bold]Examples[/bold]
      symaug evaluate runs/anymal_d-velocity-joint_failure/memory-aug-laptop-seed0-20250101-120000
      symaug evaluate RUN/model_100.pt --episodes 64
      symaug evaluate RUN --json | jq 'select(.event == "aggregate")'
    """
    from symaug_cli.console import err, out, print_json_line
    from symaug_cli.progress import step_progress
    from symaug_cli.tables import evaluation_page
    from symaug_trainer.evaluation import evaluate
    from symaug_trainer.runs.folder import EVALUATION

    with step_progress("evaluating") as advance:
        result = evaluate(run, episodes=episodes, seed=seed, on_step=advance)
    folder = run.parent if run.suffix == ".pt" else run
    if as_json:
        for row in result.conditions:
            print_json_line({"event": "condition", **asdict(row)})
        for one in result.aggregates:
            print_json_line({"event": "aggregate", **asdict(one)})
        if result.sampled is not None:
            for row in result.sampled.conditions:
                print_json_line({"event": "sampled_condition", **asdict(row)})
            for one in result.sampled.aggregates:
                print_json_line({"event": "sampled_aggregate", **asdict(one)})
        print_json_line({"event": "done", "run": str(folder), "checkpoint": result.checkpoint})
    else:
        out().print(evaluation_page(result))
    err().print(f"wrote {folder / EVALUATION}; see it with `symaug report {folder}`")
