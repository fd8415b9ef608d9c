"""The report's other pictures: ID against OOD, the learning curve, and the paths walked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from symaug_trainer.evaluation import Evaluation, Trajectory
from symaug_trainer.report.style import (
    INK,
    JOINT_KIND_COLOURS,
    MUTED,
    SPLIT_COLOURS,
    SPLIT_LABELS,
    figure,
    png,
)
from symaug_trainer.tasks import HEALTHY

_SPLITS = ("healthy", "id", "ood")


def id_against_ood(evaluation: Evaluation) -> bytes:
    """PNG: success, return and tracking error of the three splits; a bar is the mean, a dot is one failed
    joint."""
    unit = "m/s" if "velocity" in evaluation.task else "m"
    panels = (
        ("Success", "success"),
        ("Return", "mean_return"),
        (f"Tracking error ({unit})", "tracking_error"),
    )
    with figure(10.4, 3.7) as made:
        for axes, (title, metric) in zip(made.subplots(1, 3), panels, strict=True):
            _split_bars(axes, evaluation, metric)
            axes.set_title(title)
            if metric == "success":
                axes.set_ylim(0, 1.08)
                axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        return png(made)


def _split_bars(axes: Axes, evaluation: Evaluation, metric: str) -> None:
    shown = [one for one in evaluation.aggregates if one.split in _SPLITS]
    for place, one in enumerate(shown):
        spread = one.metrics[metric]
        colour = SPLIT_COLOURS[one.split]
        axes.bar(
            place, spread.mean, width=0.62, color=colour, alpha=0.28 if one.conditions > 1 else 0.55, zorder=2
        )
        axes.plot([place - 0.31, place + 0.31], [spread.mean] * 2, color=colour, lw=2.5, zorder=4)
        values = sorted(getattr(row, metric) for row in evaluation.of_split(one.split))
        if len(values) > 1:
            places = place + np.linspace(-0.2, 0.2, len(values))
            axes.scatter(places, values, s=30, color=colour, edgecolor="#ffffff", linewidth=0.8, zorder=5)
        text = f"{spread.mean:.0%}" if metric == "success" else f"{spread.mean:.2f}"
        axes.annotate(
            text,
            (place, 0),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            weight="bold",
            fontsize=12,
            zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.75},
        )
    axes.set_xticks(range(len(shown)), [SPLIT_LABELS[one.split] for one in shown])
    axes.tick_params(axis="x", labelsize=8.5, colors=INK)
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.14)


def learning_curve(metrics: Sequence[dict], error_metric: str, error_label: str) -> bytes:
    """PNG: return and tracking error while training, over steps and, along the top, over wall time.

    Args:
        metrics: the lines of `metrics.jsonl`.
        error_metric: key of the tracking error among the environment's own metrics.
        error_label: the error's name with its unit.
    """
    rows = [row for row in metrics if row["mean_return"] is not None]
    logged = [row for row in metrics if error_metric in row["metrics"]]
    panels = (
        ("Return of an episode", rows, [row["mean_return"] for row in rows]),
        (error_label, logged, [row["metrics"][error_metric] for row in logged]),
    )
    with figure(10.4, 3.6) as made:
        for axes, (title, source, values) in zip(made.subplots(1, len(panels)), panels, strict=True):
            _curve(axes, source, values)
            axes.set_title(title, pad=26)
        return png(made)


def _curve(axes: Axes, rows: Sequence[dict], values: Sequence[float]) -> None:
    axes.set_xlabel("control steps, million")
    if not rows:
        axes.text(0.5, 0.5, "no episode ended yet", transform=axes.transAxes, ha="center", color=MUTED)
        return
    steps = np.array([row["steps"] for row in rows]) / 1e6
    minutes = np.array([row["seconds"] for row in rows]) / 60
    axes.plot(steps, values, color="#0072b2", lw=1, alpha=0.3)
    axes.plot(steps, _smooth(values), color="#0072b2", lw=2.2, marker="o" if len(rows) == 1 else None)
    axes.set_xlim(0, steps[-1])
    top = axes.twiny()
    top.set_xlim(0, steps[-1])
    step = _round_step(minutes[-1] / 5)
    ticks = np.arange(step, minutes[-1] + 1e-9, step)
    top.set_xticks(np.interp(ticks, minutes, steps), [f"{tick:g} min" for tick in ticks])
    top.grid(visible=False)
    top.spines["top"].set_visible(False)


def _smooth(values: Sequence[float], span: int = 9) -> np.ndarray:
    """Centred mean whose window shrinks at both ends."""
    series = np.asarray(values, dtype=float)
    half = min(span // 2, max(0, (len(series) - 1) // 2))
    return np.array([series[max(0, i - half) : i + half + 1].mean() for i in range(len(series))])


def _round_step(value: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … (or their tenths) not below `value`."""
    if value <= 0:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(value))
    return min(factor * scale for factor in (1, 2, 5, 10) if factor * scale >= value)


def paths_from_above(evaluation: Evaluation) -> bytes:
    """PNG: where the robot went in a few episodes, one panel a leg, coloured by the dead joint."""
    legs = sorted({path.condition.split("_")[0] for path in evaluation.trajectories} - {HEALTHY})
    xs, ys = _extent(evaluation.trajectories)
    with figure(10.4, 10.4 / (len(legs) + 1) * (ys[1] - ys[0]) / (xs[1] - xs[0]) + 0.95) as made:
        grid = made.subplots(1, len(legs) + 1, sharex=True, sharey=True)
        for axes, leg in zip(np.atleast_1d(grid), (HEALTHY, *legs), strict=True):
            shown = [path for path in evaluation.trajectories if path.condition.split("_")[0] == leg]
            _paths(axes, shown)
            ood = bool(
                {path.condition for path in shown} & {row.condition for row in evaluation.of_split("ood")}
            )
            suffix = "" if leg == HEALTHY else "  OOD" if ood else "  ID"
            axes.set_title(("no failure" if leg == HEALTHY else leg) + suffix, fontsize=11)
            axes.set_xlim(*xs)
            axes.set_ylim(*ys)
            axes.set_aspect("equal")
            axes.set_xlabel("m")
            axes.xaxis.set_major_locator(MultipleLocator(2))
            axes.yaxis.set_major_locator(MultipleLocator(2))
        made.legend(handles=_path_legend(evaluation), loc="outside lower center", ncols=6)
        return png(made)


def _paths(axes: Axes, shown: Sequence[Trajectory]) -> None:
    for reference in {path.reference for path in shown}:
        x, y = zip(*reference, strict=True)
        axes.plot(x, y, color="#aab3bc", lw=1.4, ls=(0, (1, 1.6)), zorder=2)
        axes.plot(x[-1], y[-1], marker="o", ms=7, mfc="none", mec="#8a949e", zorder=2)
    for path in shown:
        colour = _path_colour(path)
        x, y = zip(*path.xy, strict=True)
        axes.plot(x, y, color=colour, lw=1.5, alpha=0.9, zorder=3)
        axes.plot(x[-1], y[-1], marker="x" if path.fell else "o", ms=5, mew=1.8, color=colour, zorder=4)
    axes.plot(0, 0, marker="s", ms=5, color=INK, zorder=5)


def _path_colour(path: Trajectory) -> str:
    return JOINT_KIND_COLOURS.get(path.condition.rsplit("_", 1)[-1], "#4b5560")


def _path_legend(evaluation: Evaluation) -> list[Line2D]:
    kinds = [
        Line2D([], [], color=colour, lw=2, label=f"{kind} dead")
        for kind, colour in JOINT_KIND_COLOURS.items()
    ]
    wanted = "commanded" if "velocity" in evaluation.task else "target"
    return [
        *kinds,
        Line2D(
            [], [], color="#aab3bc", ls=(0, (1, 1.6)), marker="o", mfc="none", mec="#8a949e", label=wanted
        ),
        Line2D([], [], color=INK, marker="x", ls="none", mew=1.8, label="fell"),
        Line2D([], [], color=INK, marker="s", ms=5, ls="none", label="start"),
    ]


def _extent(paths: Sequence[Trajectory]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits that hold every path and reference, with a margin, at least 2 m each way."""
    points = np.array([point for path in paths for line in (path.xy, path.reference) for point in line])
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2 * 1.1, 1.0)
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return (x0, x1), (y0, y1)
