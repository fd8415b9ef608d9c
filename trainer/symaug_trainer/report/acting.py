"""Success and falls of the policy that acts by its mean, beside the same episodes with sampled actions."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from symaug_trainer.evaluation import Evaluation, Outcome
from symaug_trainer.report.style import INK, MUTED, PAPER, SPLIT_COLOURS, SPLIT_LABELS, figure, png

_WIDTH = 0.36
_PANELS = (("Success", "success"), ("Falls", "fall_rate"))


def mean_against_sampled(evaluation: Evaluation, sampled: Outcome) -> bytes:
    """PNG: success and falls of the three splits, a filled bar for the mean action, a hollow one for sampled
    ones; a dot is one failed joint."""
    with figure(10.4, 3.9) as made:
        for axes, (title, metric) in zip(made.subplots(1, len(_PANELS)), _PANELS, strict=True):
            _bars(axes, evaluation, metric, -_WIDTH / 2 - 0.02, hollow=False)
            _bars(axes, sampled, metric, _WIDTH / 2 + 0.02, hollow=True)
            splits = [one.split for one in evaluation.aggregates]
            axes.set_xticks(range(len(splits)), [SPLIT_LABELS[split] for split in splits])
            axes.tick_params(axis="x", labelsize=8.5, colors=INK)
            axes.grid(axis="x", visible=False)
            axes.set_ylim(0, 1.14)
            axes.set_yticks(np.linspace(0, 1, 6))
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
            axes.set_title(title)
        made.legend(
            handles=[
                Patch(facecolor=MUTED, edgecolor=MUTED, alpha=0.45, label="mean action"),
                Patch(facecolor=PAPER, edgecolor=MUTED, linewidth=1.6, label="sampled actions"),
            ],
            loc="outside lower center",
            ncols=2,
        )
        return png(made)


def _bars(axes: Axes, outcome: Evaluation | Outcome, metric: str, shift: float, *, hollow: bool) -> None:
    for number, one in enumerate(outcome.aggregates):
        place, colour, mean = number + shift, SPLIT_COLOURS[one.split], one.metrics[metric].mean
        values = sorted(getattr(row, metric) for row in outcome.of_split(one.split))
        if hollow:
            axes.bar(place, mean, width=_WIDTH, facecolor=PAPER, edgecolor=colour, linewidth=1.6, zorder=2)
        else:
            axes.bar(place, mean, width=_WIDTH, facecolor=colour, alpha=0.45, zorder=2)
        if len(values) > 1:
            places = place + np.linspace(-0.12, 0.12, len(values))
            face = PAPER if hollow else colour
            axes.scatter(
                places, values, s=16, color=face, edgecolor=colour, linewidth=1.0, zorder=4, clip_on=False
            )
        axes.annotate(
            f"{mean:.0%}",
            (place, max(values)),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=INK,
            weight="normal" if hollow else "bold",
            fontsize=10.5,
            zorder=5,
        )
