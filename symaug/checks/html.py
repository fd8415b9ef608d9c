"""A report as HTML: a section for a page of one's own, or a page that needs nothing beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from symaug.checks.report import CheckResult, Report, number

if TYPE_CHECKING:
    from symaug.semantics.task_orbits import TaskOrbits

_WORDS = {"pass": "passed", "warn": "warned", "fail": "failed", "skip": "skipped"}
_BARS = 12
"""Rows of a breakdown that are shown."""

STYLE = """
.symaug { --ink: #1f2933; --muted: #6b7785; --line: #dfe4ea; color: var(--ink); }
.symaug table { border-collapse: collapse; width: 100%; font-size: 14px; background: #fff; }
.symaug th { text-align: left; font-weight: 600; color: var(--muted); white-space: nowrap; }
.symaug th, .symaug td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.symaug .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.symaug .name { white-space: nowrap; font-weight: 600; }
.symaug .status { display: inline-block; min-width: 3.2em; padding: 0 7px; border-radius: 9px; color: #fff;
  text-align: center; font-size: 12px; font-weight: 600; line-height: 18px; }
.symaug .pass { background: #00795a; } .symaug .warn { background: #9a6700; }
.symaug .fail { background: #b3261e; } .symaug .skip { background: #8a949e; }
.symaug .help { margin-top: 4px; padding: 3px 8px; background: #fdf3d8; border-radius: 4px; }
.symaug details { margin-top: 4px; } .symaug summary { color: var(--muted); cursor: pointer; }
.symaug .bars { display: grid; grid-template-columns: max-content minmax(80px, 260px) max-content;
  gap: 2px 10px; align-items: center; margin: 5px 0; font-size: 13px; }
.symaug .bar { height: 9px; border-radius: 2px; background: #56b4e9; }
.symaug .over { background: #d55e00; }
.symaug .picture svg { max-width: 100%; height: auto; }
.symaug .scroll { overflow-x: auto; background: #fff; border-radius: 10px; padding: 8px 16px;
  margin: 12px 0; }
"""
_PAGE = """
body { margin: 0; background: #f4f6f8;
  font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 36px 24px 60px; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 32px 0 6px; }
.muted { color: #6b7785; }
"""


def report_page(report: Report, tasks: TaskOrbits | None = None, picture: str | None = None) -> str:
    """A whole page: the checks, and which test tasks are reached.

    Args:
        report: what `validate` found.
        tasks: the spec's tasks, for a table of them.
        picture: SVG of the tasks on the robot, see `symaug.tools.task_drawing`.
    """
    body = report_section(report, tasks, picture)
    title = escape(f"{report.subject}: what validate found")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_PAGE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(report.subject)}</h1>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def report_section(report: Report, tasks: TaskOrbits | None = None, picture: str | None = None) -> str:
    """The same as a part of a page, with its own style; arguments as for `report_page`."""
    counts = {status: sum(check.status == status for check in report.checks) for status in _WORDS}
    told = ", ".join(f"{count} {_WORDS[status]}" for status, count in counts.items() if count)
    rows = "\n".join(map(_row, report.checks))
    head = '<tr><th>check</th><th></th><th class="n">violation</th><th class="n">tolerance</th><th></th></tr>'
    parts = [
        f'<div class="symaug">\n<style>{STYLE}</style>',
        f'<p class="muted">{len(report.checks)} checks: {told or "none"}. Seed {report.seed}.</p>',
        f'<div class="scroll"><table><thead>{head}</thead><tbody>\n{rows}\n</tbody></table></div>',
    ]
    if tasks is not None:
        parts.append("<h2>Which test tasks training reaches</h2>")
        if picture is not None:
            parts.append(f'<div class="scroll picture">{picture}</div>')
        parts.append(_task_table(tasks))
    return "\n".join([*parts, "</div>"])


def _row(check: CheckResult) -> str:
    detail = escape(check.detail)
    if check.suggestion:
        detail += f'<div class="help">help: {escape(check.suggestion)}</div>'
    if check.breakdown:
        bars = _bars(check.breakdown, check.tolerance)
        opened = " open" if check.status in ("fail", "warn") else ""
        detail += f"<details{opened}><summary>breakdown</summary>{bars}</details>"
    return (
        f'<tr><td class="name">{escape(check.name)}</td>'
        f'<td><span class="status {check.status}">{check.status}</span></td>'
        f'<td class="n">{number(check.violation)}</td><td class="n">{number(check.tolerance)}</td>'
        f"<td>{detail}</td></tr>"
    )


def _bars(breakdown: Mapping[str, float], tolerance: float | None) -> str:
    """A bar for each of the first rows, as long as its part of the largest; not-a-number fills the row."""
    finite = [abs(value) for value in breakdown.values() if math.isfinite(value)]
    largest = max(finite, default=0.0) or 1.0
    cells = []
    for name, value in list(breakdown.items())[:_BARS]:
        share = abs(value) / largest if math.isfinite(value) else 1.0
        over = " over" if tolerance is None or not value <= tolerance else ""
        cells.append(
            f'<span>{escape(name)}</span><span class="bar{over}" style="width: {100 * share:.3g}%"></span>'
            f'<span class="n">{number(value)}</span>'
        )
    left = len(breakdown) - _BARS
    rest = f'<span class="muted">and {left} more</span><span></span><span></span>' if left > 0 else ""
    return f'<div class="bars">{"".join(cells)}{rest}</div>'


def _task_table(tasks: TaskOrbits) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in tasks.rows()
    )
    head = "<tr><th>test tasks</th><th>reached from</th><th>by</th></tr>"
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
