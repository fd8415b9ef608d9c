from __future__ import annotations

from symaug.checks.tasks import check_tasks
from symaug.checks.validate import validate
from symaug.semantics.task_orbits import Cover, TaskOrbits
from tests.symaug.documents import SPEC, write


def test_tasks_within_reach_pass():
    tasks = TaskOrbits(("a",), ("a", "b"), {"a": ("a", "e"), "b": ("a", "m")})
    result = check_tasks(tasks)
    assert (result.status, result.violation) == ("pass", 0.0)
    assert result.detail == "2 of 2 test tasks are images of training tasks"


def test_a_warning_names_every_task_out_of_reach_and_what_is_missing_of_others():
    cover = Cover((("c1", "a", "m"),), ("c2",))
    tasks = TaskOrbits(("a",), ("a", "b", "c"), {"a": ("a", "e"), "b": None, "c": None}, {"c": cover})
    result = check_tasks(tasks)
    assert (result.status, result.violation) == ("warn", 2.0)
    assert result.detail == (
        "1 of 3 test tasks are images of training tasks; never reached: b; partly: c, all but c2"
    )
    assert set(result.breakdown) == {"b", "c"}


def test_a_range_covered_by_several_images_is_within_reach():
    cover = Cover((("c1", "a", "e"), ("c2", "a", "m")), ())
    assert check_tasks(TaskOrbits(("a",), ("c",), {"c": None}, {"c": cover})).status == "pass"


def test_validate_reports_them(tmp_path):
    spec = SPEC.replace("train: fail(LF_*)", "train: fail(LF_HAA)")
    result = validate(write(tmp_path, spec=spec)).check("tasks/orbits")
    assert result.status == "warn" and "fail(LF_KFE)" in result.detail
