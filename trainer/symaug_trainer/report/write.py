"""A run's report: pictures as PNG, and one HTML file that holds them all with the numbers behind them."""

from __future__ import annotations

from html import escape
from pathlib import Path

from symaug.checks.report import Report
from symaug.diagnostics import UserError
from symaug_trainer.audit import read_audit
from symaug_trainer.evaluation import METRICS, Evaluation, read_evaluation
from symaug_trainer.report import charts, page
from symaug_trainer.report.acting import mean_against_sampled
from symaug_trainer.report.audit_picture import audit_picture
from symaug_trainer.report.audit_section import audit_section
from symaug_trainer.report.robot_map import success_and_return_by_joint, success_side_by_side
from symaug_trainer.runs.folder import PROGRAM, RunConfig, RunFolder, writing
from symaug_trainer.tasks import find_policy, find_task

_ERROR_METRICS = {
    "velocity": ("Metrics/error_vel_xy", "Velocity error of an episode, m/s"),
    "position": ("Metrics/distance", "Distance to the target, mean of an episode, m"),
}
"""The environment's own measure of tracking while training, by the task's setting, and what to call it."""

_CAPTIONS = {
    "beside": "Success with each joint dead, beside a policy that knows of no symmetry",
    "by_joint": "Success and return with each joint dead",
    "id_ood": "What was trained on, and what only symmetry knows",
    "acting": "Acting by the mean, or with sampled actions",
    "learning": "Learning",
    "paths": "Paths, seen from above",
}


def write_report(
    run: Path,
    output: Path | None = None,
    *,
    validation: Report | None = None,
    beside: Evaluation | None = None,
) -> Path:
    """Write the report of an evaluated run.

    Args:
        run: the run's folder.
        output: where to write; None for `RUN/report`.
        validation: what `validate` said of the spec; it is run here if not given.
        beside: another policy on the same task and episodes, shown by joint beside this one.

    Returns:
        The HTML file; the pictures lie beside it.

    Raises:
        UserError: SA702 no run, SA708 not evaluated or an audit that cannot be read, SA701 no writing.
    """
    folder = RunFolder.open(run)
    config, evaluation = folder.read_config(), read_evaluation(run)
    task = find_task(config.task)
    metrics = folder.read_metrics()
    target = RunFolder(output or folder.path / "report")
    with writing(target.path):
        target.path.mkdir(parents=True, exist_ok=True)
    pictures = {
        "by_joint": success_and_return_by_joint(evaluation),
        "id_ood": charts.id_against_ood(evaluation),
        "learning": charts.learning_curve(metrics, *_ERROR_METRICS[task.setting]),
        "paths": charts.paths_from_above(evaluation),
    }
    if beside is not None:
        both = {f"{one.policy}, {one.steps / 1e6:.1f} M steps": one for one in (evaluation, beside)}
        pictures = {"beside": success_side_by_side(both), **pictures}
    if evaluation.sampled is not None:
        pictures["acting"] = mean_against_sampled(evaluation, evaluation.sampled)
    for name, png in pictures.items():
        target.write(f"{name}.png", png)
    body = [
        *_head(config, evaluation, metrics),
        *_pictures(pictures),
        *_audited(run, target),
        page.section("By failed joint"),
        _conditions(evaluation),
        page.section("What was trained"),
        _settings(config, metrics, evaluation),
        page.section("What validate said", f"The spec `{config.spec}`, checked against the robot's model."),
        _validation(validation, config),
        page.section("Definitions"),
        _definitions(evaluation),
    ]
    return target.write("report.html", page.page(f"{config.policy} on {config.task}", body))


def _head(config: RunConfig, evaluation: Evaluation, metrics: list[dict]) -> list[str]:
    task, policy = find_task(config.task), find_policy(config.policy)
    failing = policy.failing_joints(task)
    practice = (
        f"While it learnt, only {_listed(failing)} failed" if failing else "While it learnt, no joint failed"
    )
    others = "from each rollout and its mirrored copies" if policy.augmented else "from its own rollouts"
    minutes = f" in {metrics[-1]['seconds'] / 60:.1f} minutes" if metrics else ""
    sampled = {one.split: one for one in evaluation.sampled.aggregates} if evaluation.sampled else {}
    cells = []
    for one in evaluation.aggregates:
        what = {
            "healthy": "no failure",
            "id": "joints that failed in training",
            "ood": "joints that never did",
        }
        spread = (
            f", {one.metrics['success'].min:.0%}–{one.metrics['success'].max:.0%}"
            if one.conditions > 1
            else ""
        )
        falls = f"falls: {one.metrics['fall_rate'].mean:.0%}"
        if one.split in sampled:
            falls += f", and {sampled[one.split].metrics['fall_rate'].mean:.0%} with sampled actions"
        text = f"success, {what[one.split]}{spread}; {falls}"
        cells.append((one.split, f"{one.metrics['success'].mean:.0%}", text))
    return [
        f"<h1>{escape(config.policy)} on {escape(config.task)}</h1>",
        f'<p class="lede">A policy {"with" if policy.recurrent else "without"} memory learnt {others}, '
        f"{evaluation.steps / 1e6:.2f} million control steps{minutes}. {escape(practice)}; here each of "
        f"{len(evaluation.conditions) - 1} joints is dead in turn, for {evaluation.episodes} episodes of "
        f"{evaluation.episode_s:g} s.</p>",
        page.tiles(cells),
    ]


def _audited(run: Path, target: RunFolder) -> list[str]:
    """The section of the run's audit, if it has one, and its picture beside the page."""
    audit = read_audit(run)
    if audit is None:
        return []
    picture = audit_picture(audit)
    target.write("audit.png", picture)
    return audit_section(audit, picture)


def _pictures(pictures: dict[str, bytes]) -> list[str]:
    texts = {
        "beside": "The same episodes: a disc for each dead joint, the body for no failure.",
        "by_joint": "The robot from above: a disc for each dead joint, the body for no failure.",
        "id_ood": "A bar is the mean, a dot is one joint.",
        "acting": "The same episodes twice; a dot is one joint. Training only ever sees sampled actions. "
        "Where nothing else is said, pictures and numbers are of the mean.",
        "learning": "Over control steps of all environments together; wall time along the top.",
        "paths": "From the square, heading right; the same episodes everywhere, coloured by the dead joint.",
    }
    made = []
    for name, caption in _CAPTIONS.items():
        if name in pictures:
            made += [page.section(caption, texts[name]), page.picture(pictures[name], caption)]
    return made


def _conditions(evaluation: Evaluation) -> str:
    unit = "m/s" if "velocity" in evaluation.task else "m"
    head = [
        "dead joint",
        "",
        "success",
        "return",
        f"tracking error, {unit}",
        "falls",
        "feet in the air",
        "touchdowns/s",
    ]
    marks = {
        "healthy": "healthy",
        "id": '<span class="id-mark">ID</span>',
        "ood": '<span class="ood-mark">OOD</span>',
    }
    rows = [
        [
            escape(row.condition),
            marks[row.split],
            f"{row.success:.0%}",
            f"{row.mean_return:.2f} ± {row.return_std:.2f}",
            f"{row.tracking_error:.3f}",
            f"{row.fall_rate:.0%}",
            f"{row.feet_air_time:.0%}",
            f"{row.contact_frequency:.2f}",
        ]
        for row in evaluation.conditions
    ]
    if evaluation.sampled is not None:
        head += ["sampled: success", "falls"]
        for cells, row in zip(rows, evaluation.sampled.conditions, strict=True):
            cells += [f"{row.success:.0%}", f"{row.fall_rate:.0%}"]
    return page.html_table(head, rows, numeric=range(2, len(head)))


def _settings(config: RunConfig, metrics: list[dict], evaluation: Evaluation) -> str:
    policy = find_policy(config.policy)
    trainer, env = config.trainer, config.env
    mlp = " × ".join(str(width) for width in trainer["mlp_widths"])
    rows = [
        ("task", config.task),
        (
            "policy",
            f"{config.policy}: "
            + (f"LSTM {trainer['lstm_width']}, then " if policy.recurrent else "")
            + f"MLP {mlp}",
        ),
        ("failures in training", _listed(policy.failing_joints(find_task(config.task))) or "none"),
        ("augmentation", "every element of the group" if policy.augmented else "none"),
        ("preset, seed", f"{config.preset}, {config.seed}"),
        (
            "environments × steps",
            f"{env['num_envs']} × {trainer['steps_per_env']} each iteration, episodes {env['episode_s']:g} s",
        ),
        ("trained", f"{evaluation.steps:,} control steps, {len(metrics)} iterations"),
        ("checkpoint evaluated", evaluation.checkpoint),
        ("versions", ", ".join(f"{name} {version}" for name, version in config.versions.items())),
        ("started", config.created),
    ]
    return page.html_table(
        (), [[f'<span class="muted">{escape(name)}</span>', escape(text)] for name, text in rows]
    )


def _validation(report: Report | None, config: RunConfig) -> str:
    if report is None:
        from symaug.checks.validate import validate

        try:
            report = validate(config.spec)
        except UserError as error:
            return f"<p>{escape(error.diagnostics[0].message)}; the run has its {PROGRAM}.</p>"
    rows = [
        [escape(name), f'<span class="{status}">{status}</span>', violation, tolerance, escape(detail)]
        for name, status, violation, tolerance, detail in report.rows()
    ]
    return page.html_table(("check", "", "violation", "tolerance", ""), rows, numeric=(2, 3))


def _definitions(evaluation: Evaluation) -> str:
    rows = [("success of an episode", evaluation.success_definition)]
    rows += [(name.replace("_", " "), text) for name, text in METRICS.items()]
    rows += [
        (
            "ID, OOD",
            "joints that failed in training, joints that never did; every joint counts equally in a mean",
        ),
        ("±", "standard deviation, over joints in the charts, over episodes in the table"),
        ("policy", "the mean action, without exploration noise; observation noise as in training"),
    ]
    if evaluation.sampled is not None:
        rows += [("sampled actions", "the same episodes, actions drawn from the policy's own distribution")]
    return page.html_table(
        (), [[f'<span class="muted">{escape(name)}</span>', escape(text)] for name, text in rows]
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
