from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from symaug.checks.report import CheckResult, Report
from symaug.diagnostics import UserError
from symaug_trainer.evaluation import Outcome, read_evaluation
from symaug_trainer.report import write_report
from symaug_trainer.report.charts import learning_curve
from symaug_trainer.report.robot_map import success_and_return_by_joint

PICTURES = ("by_joint", "id_ood", "acting", "learning", "paths")
VALIDATION = Report(
    "anymal_d/velocity", (CheckResult("geometry", "pass", 1e-9, 1e-6, "<joint lines> agree"),)
)


@pytest.fixture(scope="module")
def report(tiny_evaluated_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tiny_evaluated_run, tmp_path_factory.mktemp("report"), validation=VALIDATION)


def test_the_page_needs_nothing_beside_it(report):
    html = report.read_text()
    assert html.count("data:image/png;base64,") == len(PICTURES)
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert "<script" not in html


def test_the_pictures_lie_beside_it(report):
    for name in PICTURES:
        data = (report.parent / f"{name}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert len(data) > 10_000


def test_another_policy_is_shown_beside_it_first(tiny_evaluated_run, tmp_path):
    other = replace(read_evaluation(tiny_evaluated_run), policy="memory-id", steps=2_500_000)
    page = write_report(tiny_evaluated_run, tmp_path, validation=VALIDATION, beside=other)
    assert (tmp_path / "beside.png").read_bytes().startswith(b"\x89PNG")
    html = page.read_text()
    assert html.index("beside a policy that knows of no symmetry") < html.index(
        "Success and return with each"
    )
    assert html.count("data:image/png;base64,") == len(PICTURES) + 1


def test_the_page_says_what_was_found_and_by_which_definitions(report, tiny_evaluated_run):
    html = report.read_text()
    evaluation = read_evaluation(tiny_evaluated_run)
    for row in evaluation.conditions:
        assert row.condition in html
    assert evaluation.success_definition.replace("<", "&lt;") in html
    assert "&lt;joint lines&gt; agree" in html  # what validate said, escaped
    assert "only LF_HAA, LF_HFE and LF_KFE failed" in html


def test_falls_of_both_ways_of_acting_are_among_the_first_numbers(tiny_evaluated_run, tmp_path):
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path / "run"))
    evaluation = read_evaluation(run)
    assert evaluation.sampled is not None
    fallen = tuple(replace(row, fall_rate=0.25) for row in evaluation.conditions)
    upright = tuple(replace(row, fall_rate=0.0) for row in evaluation.sampled.conditions)
    changed = replace(evaluation, conditions=fallen, sampled=Outcome(upright))
    (run / "evaluation.json").write_text(changed.to_json())
    html = write_report(run, validation=VALIDATION).read_text()
    assert html.count("falls: 25%, and 0% with sampled actions") == 3


def test_an_evaluation_without_sampled_actions_is_reported_all_the_same(tiny_evaluated_run, tmp_path):
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path / "run"))
    (run / "evaluation.json").write_text(replace(read_evaluation(run), sampled=None).to_json())
    html = write_report(run, validation=VALIDATION).read_text()
    assert html.count("data:image/png;base64,") == len(PICTURES) - 1
    assert "sampled" not in html


def test_the_same_evaluation_gives_the_same_picture(tiny_evaluated_run):
    evaluation = read_evaluation(tiny_evaluated_run)
    assert success_and_return_by_joint(evaluation) == success_and_return_by_joint(evaluation)


def test_a_curve_without_finished_episodes_is_drawn_all_the_same():
    row = {"iteration": 0, "steps": 10, "seconds": 1.0, "mean_return": None, "metrics": {}}
    assert learning_curve([row], "Metrics/error_vel_xy", "error").startswith(b"\x89PNG")


def test_a_run_that_was_not_evaluated_is_told_how(tiny_run, tmp_path):
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    with pytest.raises(UserError, match=r"SA708.*not evaluated") as caught:
        write_report(run)
    assert f"symaug evaluate {run}" in caught.value.diagnostics[0].helps[0]
    assert not (run / "report").exists()
