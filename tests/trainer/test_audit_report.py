from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from symaug.checks.report import CheckResult, Report
from symaug_trainer.audit import audit, read_audit
from symaug_trainer.report import write_report
from symaug_trainer.report.audit_picture import audit_picture

VALIDATION = Report("anymal_d/velocity", (CheckResult("geometry", "pass", 1e-9, 1e-6, "agrees"),))


@pytest.fixture(scope="module")
def audited_run(tiny_evaluated_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path_factory.mktemp("audited") / "run"))
    audit(run, episodes=1)
    return run


def test_an_audited_run_has_a_section_in_its_report(audited_run, tiny_evaluated_run, tmp_path):
    html = write_report(audited_run, tmp_path, validation=VALIDATION).read_text()
    without = write_report(tiny_evaluated_run, tmp_path / "other", validation=VALIDATION).read_text()
    found = read_audit(audited_run)
    assert found is not None
    assert html.count("data:image/png;base64,") == without.count("data:image/png;base64,") + 1
    assert found.verdict in html
    assert "mirrored situation" not in without
    assert (tmp_path / "audit.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_audit_gives_the_same_picture(audited_run):
    found = read_audit(audited_run)
    assert found is not None
    assert audit_picture(found) == audit_picture(found)
