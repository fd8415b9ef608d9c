"""Is what a spec tests within reach of what it trains on?"""

from __future__ import annotations

from symaug.checks.report import CheckResult
from symaug.semantics.task_orbits import TaskOrbits


def check_tasks(tasks: TaskOrbits) -> CheckResult:
    """Every test task is an image of training tasks; a warning names those that are not, or not wholly.

    A test task out of reach is no mistake, it may be there to show a limit; but no symmetry helps with it.
    """
    total, missed = len(tasks.test), tasks.unreached
    never = [task for task in missed if task not in tasks.partly]
    halves = [
        f"{task}, all but {' + '.join(tasks.partly[task].rest)}" for task in missed if task in tasks.partly
    ]
    detail = f"{total - len(missed)} of {total} test tasks are images of training tasks"
    if never:
        detail += f"; never reached: {' + '.join(never)}"
    if halves:
        detail += f"; partly: {'; '.join(halves)}"
    breakdown = dict.fromkeys(missed, 1.0)
    return CheckResult(
        "tasks/orbits", "warn" if missed else "pass", float(len(missed)), 0.0, detail, breakdown
    )
