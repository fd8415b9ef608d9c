"""`symaug audit`: how far a trained policy is from equivariance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from symaug_trainer.audit import Audit


def audit_command(
    run: Annotated[
        Path,
        typer.Argument(
            help="A run's folder, or one of its checkpoints (RUN/model_40.pt).", show_default=False
        ),
    ],
    episodes: Annotated[int, typer.Option(help="Episodes with no failure and with each dead joint.")] = 8,
    seed: Annotated[int, typer.Option(help="Of starts, commands and the untrained network.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Audit a run: does the policy answer a mirrored situation with the mirrored answer?

    It acts in a world whose robot is its own mirror image, and is asked again in the mirrored worlds, with a
    memory of the mirrored history; and it is shown situations that are their own mirror image. What is left
    between its answer and the mirror image of its original answer is given by joint and by element of the
    group, as a share of how much that joint's action varies, beside that of an untrained network.

    Writes audit.json and audit.png into the run's folder; `symaug report` then has a section on it.

    \b
    [bold]Examples[/bold]
      symaug audit runs/anymal_d-velocity-joint_failure/memory-aug-laptop-seed0-20250101-120000
      symaug audit RUN/model_100.pt --episodes 16
      symaug audit RUN --json | jq -r 'select(.event == "done").verdict'
    """
    from symaug_cli.console import err, out
    from symaug_cli.progress import step_progress
    from symaug_trainer.audit import audit
    from symaug_trainer.report.audit_picture import audit_picture
    from symaug_trainer.runs.folder import AUDIT, RunFolder

    with step_progress("auditing") as advance:
        result = audit(run, episodes=episodes, seed=seed, on_step=advance)
    folder = run.parent if run.suffix == ".pt" else run
    picture = RunFolder(folder).write("audit.png", audit_picture(result))
    if as_json:
        _print_events(result, folder)
    else:
        out().print(residual_table(result))
        out().print()
        out().print(canonical_table(result))
        out().print(f"\n{result.verdict}", soft_wrap=True)
        out().print("unrelated answers would be 141% apart", style="dim")
    err().print(f"wrote {folder / AUDIT} and {picture}; `symaug report {folder}` has a section on it")


def residual_table(audit: Audit) -> Table:
    """One line a joint: its residual under each element, healthy and failed, and before training."""
    from symaug_cli.console import table
    from symaug_trainer.audit.result import percent, together

    healthy, failed, untrained = audit.cells("healthy"), audit.cells("failed"), audit.cells(untrained=True)
    every = audit.cells()
    columns = (*audit.elements, "no failure", "one joint dead", "untrained", "spread, rad")
    made = table("residual / spread", *columns, right=columns)
    for joint, spread in zip(audit.joints, audit.spread, strict=True):
        made.add_row(
            joint,
            *(percent(every[joint, element].relative) for element in audit.elements),
            *(
                percent(together(cells[joint, element] for element in audit.elements))
                for cells in (healthy, failed, untrained)
            ),
            f"{spread:.2f}",
        )
    made.add_row(
        "all joints",
        *(percent(together(every[joint, element] for joint in audit.joints)) for element in audit.elements),
        percent(audit.relative("healthy")),
        percent(audit.relative("failed")),
        percent(audit.relative(untrained=True)),
        "",
        style="bold",
    )
    return made


def canonical_table(audit: Audit) -> Table:
    """One line a kind of situation and element: the residual at the first look and the last."""
    from symaug_cli.console import table
    from symaug_trainer.audit.result import percent

    looks = sorted({one.looks for one in audit.canonical})
    columns = (*(f"look {look}" for look in looks), "largest", "untrained")
    made = table("its own mirror image", "under", *columns, right=(*columns[:-2], "untrained"))
    for state, element in dict.fromkeys((one.state, one.element) for one in audit.canonical):
        found = [one for one in audit.canonical if (one.state, one.element) == (state, element)]
        worst = max(
            (residual for one in found for residual in one.residuals), key=lambda residual: residual.relative
        )
        made.add_row(
            state,
            element,
            *(percent(one.relative) for one in sorted(found, key=lambda one: one.looks)),
            f"{worst.joint} {percent(worst.relative)}",
            percent(found[0].untrained),
        )
    return made


def _print_events(audit: Audit, folder: Path) -> None:
    from symaug_cli.console import print_json_line

    for row in audit.conditions:
        for one, before in zip(row.residuals, row.untrained, strict=True):
            print_json_line(
                {
                    "event": "residual",
                    "condition": row.condition,
                    "element": one.element,
                    "joint": one.joint,
                    "relative": one.relative,
                    "radians": one.radians,
                    "untrained": before.relative,
                }
            )
    for one in audit.canonical:
        print_json_line(
            {
                "event": "canonical",
                "state": one.state,
                "element": one.element,
                "looks": one.looks,
                "relative": one.relative,
                "untrained": one.untrained,
            }
        )
    print_json_line(
        {
            "event": "done",
            "run": str(folder),
            "checkpoint": audit.checkpoint,
            "relative": audit.relative(),
            "healthy": audit.relative("healthy"),
            "failed": audit.relative("failed"),
            "untrained": audit.relative(untrained=True),
            "verdict": audit.verdict,
        }
    )
