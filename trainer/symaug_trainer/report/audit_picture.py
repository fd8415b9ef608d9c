"""An audit in one picture: where the policy is not symmetric, when, and before anything has happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from symaug_trainer.audit.result import INDEPENDENT, Audit, CanonicalAudit, ConditionAudit, Residual
from symaug_trainer.report.style import HEAT, INK, MUTED, figure, png, readable_on

_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")


def audit_picture(audit: Audit) -> bytes:
    """PNG: residuals by joint and element, healthy, failed and untrained, on one scale; below them the course
    of an episode, and the answers to situations that are their own mirror image."""
    panels = [
        ("No failure", audit.relative("healthy"), audit.cells("healthy")),
        ("One joint dead", audit.relative("failed"), audit.cells("failed")),
        ("Before training", audit.relative(untrained=True), audit.cells(untrained=True)),
    ]
    shown = [panel for panel in panels if panel[2]]
    height = 1.2 + 0.25 * len(audit.joints)
    with figure(10.4, height + 3.5) as made:
        top, bottom = made.subfigures(2, 1, height_ratios=(height, 3.5))  # type: ignore[misc]
        grid = top.subplots(1, len(shown), sharey=True)
        for axes, (title, relative, cells) in zip(np.atleast_1d(grid), shown, strict=True):
            _heat(axes, audit, cells)
            axes.set_title(f"{title}: {relative:.0%}")
        _scale(top, list(np.atleast_1d(grid)))
        left, right = bottom.subplots(1, 2, width_ratios=(1.0, 0.8))
        _course(left, audit)
        _canonical(right, audit)
        return png(made)


_NORM = Normalize(0.0, 1.0)


def _heat(axes: Axes, audit: Audit, cells: Mapping[tuple[str, str], Residual]) -> None:
    values = np.array(
        [[cells[joint, element].relative for element in audit.elements] for joint in audit.joints]
    )
    axes.imshow(values, cmap=HEAT, norm=_NORM, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        ink = readable_on(HEAT(_NORM(value)))
        axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=ink, fontsize=9)
    axes.set_xticks(range(len(audit.elements)), [name.replace("*", "\n× ") for name in audit.elements])
    axes.set_yticks(range(len(audit.joints)), audit.joints)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _scale(made: Figure, grid: Sequence[Axes]) -> None:
    bar = made.colorbar(
        ScalarMappable(_NORM, HEAT), ax=grid, fraction=0.03, aspect=28, pad=0.01, extend="max"
    )
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    bar.ax.tick_params(length=0)
    bar.set_label("residual / action spread")


def _course(axes: Axes, audit: Audit) -> None:
    for element, colour in zip(audit.elements, _cycle(len(audit.elements)), strict=True):
        for split, style in (("healthy", "-"), ("failed", (0, (3, 1.5)))):
            found = [row for row in audit.conditions if row.split == split]
            if found:
                values = _mean_course(found, element)
                times = (np.arange(len(values)) + 0.5) * audit.interval_s
                axes.plot(times, values, color=colour, lw=1.7, ls=style)
    axes.set_title("In the course of an episode")
    axes.set_xlabel("s")
    axes.set_ylim(0.0, None)
    axes.set_xlim(0.0, None)
    axes.margins(y=0.1)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    lines = [
        Line2D([], [], color=colour, lw=1.7, label=element)
        for element, colour in zip(audit.elements, _cycle(len(audit.elements)), strict=True)
    ]
    lines.append(Line2D([], [], color=MUTED, lw=1.7, label="no failure"))
    lines.append(Line2D([], [], color=MUTED, lw=1.7, ls=(0, (3, 1.5)), label="one joint dead"))
    axes.legend(handles=lines, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2))


def _mean_course(found: Sequence[ConditionAudit], element: str) -> np.ndarray:
    """Root mean square over conditions; NaN where none lasted."""
    lines = [
        [math.nan if value is None else value for value in course.relative]
        for row in found
        for course in row.courses
        if course.element == element
    ]
    squares = np.square(np.array(lines))
    there = np.isfinite(squares)
    count = there.sum(axis=0)
    total = np.where(there, squares, 0.0).sum(axis=0)
    return np.sqrt(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))


def _canonical(axes: Axes, audit: Audit) -> None:
    """A row for each kind of situation, a dot for each element: filled at once, hollow after a while."""
    states = list(dict.fromkeys(one.state for one in audit.canonical))
    colours = dict(zip(audit.elements, _cycle(len(audit.elements)), strict=True))
    looks = sorted({one.looks for one in audit.canonical})
    for one in audit.canonical:
        row = states.index(one.state) + _offset(one, audit, looks)
        hollow = one.looks == looks[-1] and len(looks) > 1
        face = "#ffffff" if hollow else colours[one.element]
        axes.plot(one.relative, row, marker="o", ms=6, mew=1.5, mfc=face, mec=colours[one.element], ls="none")
        axes.plot(min(one.untrained, INDEPENDENT * 1.2), row, marker="|", ms=9, color=MUTED, ls="none")
    axes.set_yticks(range(len(states)), [_broken(state) for state in states])
    axes.tick_params(axis="y", colors=INK)
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_xlim(0.0, None)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_title("Situations that mirror themselves")
    handles = [
        Line2D([], [], marker="o", ls="none", color=INK, label="first look"),
        Line2D([], [], marker="o", ls="none", color=INK, mfc="#ffffff", label=f"look {looks[-1]}"),
        Line2D([], [], marker="|", ls="none", color=MUTED, ms=9, label="before training"),
    ]
    axes.legend(handles=handles, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.2), handletextpad=0.2)


def _offset(one: CanonicalAudit, audit: Audit, looks: Sequence[int]) -> float:
    """Where in its row a dot lies: by element, then by look."""
    places = len(audit.elements) * len(looks)
    place = audit.elements.index(one.element) * len(looks) + looks.index(one.looks)
    return (place - (places - 1) / 2) * 0.7 / places


def _broken(text: str) -> str:
    """A name of a few words on two lines."""
    head, _, tail = text.partition(", ")
    return f"{head},\n{tail}" if tail else head


def _cycle(count: int) -> list[str]:
    return [_COLOURS[number % len(_COLOURS)] for number in range(count)]
