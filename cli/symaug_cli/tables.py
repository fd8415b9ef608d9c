"""Results as rich tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from symaug_cli.console import table

if TYPE_CHECKING:
    from symaug.checks.report import Report
    from symaug.semantics.task_orbits import TaskOrbits
    from symaug_trainer.evaluation import Evaluation, Outcome

_STATUS = {
    "pass": "[green]pass[/]",
    "warn": "[yellow]warn[/]",
    "fail": "[bold red]FAIL[/]",
    "skip": "[dim]skip[/]",
}
_SPLIT = {"healthy": "healthy", "id": "[blue]ID[/]", "ood": "[dark_orange]OOD[/]"}
_COLUMNS = ("success", "return", "tracking error", "falls", "feet in the air", "touchdowns/s")


def validation_table(report: Report) -> Table:
    """One line a check."""
    made = table("check", "status", "violation", "tolerance", "detail", right=("violation", "tolerance"))
    made.columns[-1].no_wrap = False
    for name, status, violation, tolerance, detail in report.rows():
        made.add_row(name, _STATUS[status], violation, tolerance, escape(detail))
    return made


def task_table(tasks: TaskOrbits) -> Table:
    """One line an orbit of test tasks or a test range: what reaches it, by which elements."""
    made = table("test tasks", "reached from", "by")
    for column in made.columns:
        column.no_wrap, column.overflow = False, "fold"
    for row in tasks.rows():
        made.add_row(*map(escape, row))
    return made


def evaluation_page(evaluation: Evaluation) -> Group:
    """All there is to say of an evaluation: every joint, the splits, both ways of acting, and what success
    is."""
    parts = [condition_table(evaluation), "", aggregate_table(evaluation), ""]
    if evaluation.sampled is not None:
        parts += [acting_table(evaluation, evaluation.sampled), ""]
    return Group(*parts, f"success: {evaluation.success_definition}")


def acting_table(by_mean: Evaluation, sampled: Outcome) -> Table:
    """Healthy, ID and OOD on the same episodes: success, falls and return by the mean action and by sampled
    ones."""
    shown = (("success", "success"), ("falls", "fall_rate"), ("return", "mean_return"))
    columns = [column for name, _ in shown for column in (f"{name}, mean", "sampled")]
    made = table("actions: mean, or sampled", *columns, right=columns)
    for one, other in zip(by_mean.aggregates, sampled.aggregates, strict=True):
        cells = [
            f"{way.metrics[metric].mean:.2f}" if name == "return" else f"{way.metrics[metric].mean:.0%}"
            for name, metric in shown
            for way in (one, other)
        ]
        made.add_row(_SPLIT[one.split], *cells)
    return made


def condition_table(evaluation: Evaluation) -> Table:
    """One line a failed joint."""
    made = table("dead joint", "", *_COLUMNS, right=_COLUMNS)
    for row in evaluation.conditions:
        made.add_row(
            row.condition,
            _SPLIT[row.split],
            f"{row.success:.0%}",
            f"{row.mean_return:.2f}",
            f"{row.tracking_error:.3f}",
            f"{row.fall_rate:.0%}",
            f"{row.feet_air_time:.0%}",
            f"{row.contact_frequency:.2f}",
        )
    return made


def side_by_side_table(evaluations: dict[str, Evaluation]) -> Table:
    """Success with each joint dead of several policies on the same episodes, by what to call them; the mean
    over the joints of a split last."""
    made = table("success", "", *evaluations, right=tuple(evaluations))
    first, *others = evaluations.values()
    for rows in zip(first.conditions, *(one.conditions for one in others), strict=True):
        cells = [f"{row.success:.0%}" for row in rows]
        made.add_row(rows[0].condition, _SPLIT[rows[0].split], *cells)
    made.add_section()
    for rows in zip(first.aggregates, *(one.aggregates for one in others), strict=True):
        cells = [f"[bold]{row.metrics['success'].mean:.0%}[/]" for row in rows]
        made.add_row("mean", _SPLIT[rows[0].split], *cells)
    return made


def aggregate_table(evaluation: Evaluation) -> Table:
    """Healthy, ID and OOD: mean ± standard deviation over their conditions."""
    made = table("mean ± spread over joints", "joints", *_COLUMNS, right=("joints", *_COLUMNS))
    for one in evaluation.aggregates:
        spread = one.metrics

        def percent(name: str, spread=spread) -> str:
            return f"{spread[name].mean:.0%} ± {spread[name].std:.0%}"

        def number(name: str, digits: int, spread=spread) -> str:
            return f"{spread[name].mean:.{digits}f} ± {spread[name].std:.{digits}f}"

        made.add_row(
            _SPLIT[one.split],
            str(one.conditions),
            percent("success"),
            number("mean_return", 2),
            number("tracking_error", 3),
            percent("fall_rate"),
            percent("feet_air_time"),
            number("contact_frequency", 2),
        )
    return made
