from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from symaug_cli.app import app
from tests.conftest import shorten_episodes


def call(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def run(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = Path(shutil.copytree(tiny_run, tmp_path_factory.mktemp("audited") / "run"))
    shorten_episodes(copied)
    return copied


def test_audit_has_help_with_examples():
    result = call("audit", "--help")
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert "symaug audit" in result.output


def test_audit_prints_tables_and_the_verdict(run):
    result = call("audit", run, "--episodes", 1)
    assert result.exit_code == 0, result.output
    for part in ("RH_KFE", "sagittal*transversal", "one joint dead", "untrained", "standing, with a command"):
        assert part in result.stdout
    assert "the policy answers mirrored situations within" in result.stdout
    assert str(run / "audit.json") in result.stderr
    assert (run / "audit.png").read_bytes().startswith(b"\x89PNG")


def test_audit_speaks_json_lines_and_takes_a_checkpoint(run):
    result = call("audit", run / "model_0.pt", "--episodes", 1, "--json")
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    names = [event["event"] for event in events]
    assert names.count("residual") == 4 * 3 * 12
    assert names.count("canonical") >= 12
    assert names[-1] == "done"
    assert events[-1]["checkpoint"] == "model_0.pt"
    assert events[-1]["run"] == str(run)
    assert events[-1]["untrained"] > 0.1


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("nowhere",), ("SA702", "`nowhere` is not a run")),
        (("nowhere/model_3.pt",), ("SA702",)),
    ],
)
def test_wrong_input_is_one_message(tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    result = call("audit", *arguments)
    assert result.exit_code == 2
    assert result.stderr.count("error[") == 1
    for part in parts:
        assert part in result.stderr
