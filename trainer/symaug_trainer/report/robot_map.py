"""The robot from above with one disc a joint: a number per failed joint, where that joint is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from symaug_trainer.evaluation import Evaluation
from symaug_trainer.report.style import FAINT, HEAT, INK, MUTED, bare, figure, png, readable_on
from symaug_trainer.tasks import HEALTHY

_BODY_HALF_LENGTH, _BODY_HALF_WIDTH = 1.55, 0.62
_DISC = 0.37
_LEGS = {"LF": (-1, 1), "RF": (1, 1), "LH": (-1, -1), "RH": (1, -1)}
"""Where a leg is on the page: the robot heads up, so its left is the page's left."""
_LEG_JOINTS = {"HAA": (1.2, 0.98), "HFE": (2.16, 1.2), "KFE": (3.12, 1.42)}
"""Distance of a joint's disc from the middle, sideways and along the body: hip, thigh, knee."""


_LEGEND = "disc: this joint's motor is dead all the time   ·   ring: it failed in training, too"


@dataclass(frozen=True)
class _Panel:
    title: str
    metric: str
    norm: Normalize
    number: Callable[[float], str]


def success_and_return_by_joint(evaluation: Evaluation) -> bytes:
    """PNG: success and mean return with each joint dead, drawn on the robot; joints failed in training are
    ringed."""
    returns = [row.mean_return for row in evaluation.conditions]
    low, high = min(0.0, *returns), max(returns)
    panels = (
        _success("Success"),
        _Panel("Return", "mean_return", Normalize(low, max(high, low + 1e-6)), _short),
    )
    with figure(10.4, 4.15) as made:
        for axes, panel in zip(made.subplots(1, 2), panels, strict=True):
            _draw(made, axes, panel, evaluation)
        made.supxlabel(_LEGEND, color=MUTED, fontsize=10)
        return png(made)


def success_side_by_side(evaluations: Mapping[str, Evaluation]) -> bytes:
    """PNG: success with each joint dead of several policies beside each other, by what to call them; joints
    failed in training are ringed."""
    with figure(5.2 * len(evaluations), 4.15) as made:
        panels = made.subplots(1, len(evaluations), squeeze=False)[0]
        for axes, (title, evaluation) in zip(panels, evaluations.items(), strict=True):
            _draw(made, axes, _success(title), evaluation)
        made.supxlabel(_LEGEND, color=MUTED, fontsize=10)
        return png(made)


def _success(title: str) -> _Panel:
    return _Panel(title, "success", Normalize(0, 1), lambda value: f"{value:.0%}")


def _draw(made: Figure, axes: Axes, panel: _Panel, evaluation: Evaluation) -> None:
    values = {row.condition: getattr(row, panel.metric) for row in evaluation.conditions}
    trained = {row.condition for row in evaluation.of_split("id")}
    bare(axes)
    axes.set_xlim(-3.65, 3.65)
    axes.set_ylim(-2.0, 2.45)
    axes.set_title(panel.title, pad=4)
    _body(axes, panel, values)
    for leg, (side, end) in _LEGS.items():
        _leg(axes, panel, values, trained, leg, side, end)
    bar = made.colorbar(
        ScalarMappable(panel.norm, HEAT),
        ax=axes,
        orientation="horizontal",
        fraction=0.05,
        aspect=34,
        pad=0.02,
    )
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.ax.xaxis.set_major_formatter(lambda value, _: panel.number(value))
    bar.ax.tick_params(length=0)


def _body(axes: Axes, panel: _Panel, values: Mapping[str, float]) -> None:
    healthy = values.get(HEALTHY)
    colour = HEAT(panel.norm(healthy)) if healthy is not None else FAINT
    axes.add_patch(
        FancyBboxPatch(
            (-_BODY_HALF_WIDTH + 0.18, -_BODY_HALF_LENGTH + 0.18),
            2 * _BODY_HALF_WIDTH - 0.36,
            2 * _BODY_HALF_LENGTH - 0.36,
            boxstyle="round,pad=0.18",
            facecolor=colour,
            edgecolor="none",
            zorder=2,
        )
    )
    ink = readable_on(colour)
    axes.annotate(
        "",
        (0, 2.35),
        (0, 1.68),
        arrowprops={"arrowstyle": "-|>", "color": MUTED, "lw": 1.6, "mutation_scale": 14},
    )
    axes.text(0.2, 1.98, "forward", color=MUTED, fontsize=9.5, va="center")
    if healthy is not None:
        axes.text(
            0, 0.1, panel.number(healthy), ha="center", va="center", color=ink, fontsize=15, weight="bold"
        )
        axes.text(0, -0.32, "no failure", ha="center", va="center", color=ink, fontsize=9)


def _leg(
    axes: Axes,
    panel: _Panel,
    values: Mapping[str, float],
    trained: set[str],
    leg: str,
    side: int,
    end: int,
) -> None:
    points = {name: (side * x, end * y) for name, (x, y) in _LEG_JOINTS.items()}
    xs, ys = zip(*((side * 0.4, end * 0.8), *points.values()), strict=True)
    axes.plot(xs, ys, color="#c3cad2", lw=9, solid_capstyle="round", solid_joinstyle="round", zorder=1)
    for name, (x, y) in points.items():
        joint = f"{leg}_{name}"
        value = values.get(joint)
        colour = HEAT(panel.norm(value)) if value is not None else FAINT
        if joint in trained:
            axes.add_patch(Circle((x, y), _DISC + 0.105, facecolor="#ffffff", edgecolor=INK, lw=2, zorder=3))
        axes.add_patch(Circle((x, y), _DISC, facecolor=colour, edgecolor="#ffffff", lw=1.5, zorder=4))
        label = panel.number(value) if value is not None else "–"
        axes.text(
            x,
            y - 0.01,
            label,
            ha="center",
            va="center",
            color=readable_on(colour),
            fontsize=10.5,
            weight="bold",
            zorder=5,
        )
        axes.text(x, y - end * 0.66, joint, ha="center", va="center", color=MUTED, fontsize=8.5)


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}"
