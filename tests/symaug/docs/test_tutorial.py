"""docs/tutorial.md, followed from the top in an empty folder, and its three mistakes as they are reported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import symaug
from symaug.diagnostics import SpecError, render_full
from symaug_cli.app import app

PAGE = (Path(__file__).parents[3] / "docs" / "tutorial.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
RIGHT = {info.strip(): body for kind, info, body in FENCES if kind == "yaml" and "error" not in info}
WRONG = [k for k, (kind, info, _) in enumerate(FENCES) if kind == "yaml" and "error" in info]
SPEC = "specs/go2/flat.yaml"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, body in RIGHT.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def test_each_command_prints_what_the_page_says(folder):
    commands = [body for kind, _, body in FENCES if kind == "console"]
    assert len(commands) == 2
    for body in commands:
        command, *printed = body.splitlines()
        result = CliRunner().invoke(app, command.removeprefix("$ symaug ").split())
        assert result.exit_code == 0, result.output
        shown = [re.split(r"\s{2,}", line.strip()) for line in result.stdout.splitlines()]
        wanted = [re.split(r"\s{2,}", line.strip()) for line in printed if line != "…"]
        assert shown[: len(wanted)] == wanted


def test_the_compiled_file_does_what_the_page_does_with_it(folder):
    assert CliRunner().invoke(app, ["compile", SPEC, "-o", "symmetry.py"]).exit_code == 0
    script = next(body for kind, _, body in FENCES if kind == "python")
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("rank", WRONG)
def test_the_three_mistakes_are_reported_as_printed(folder, rank):
    _, info, body = FENCES[rank]
    (folder / info.split()[0]).write_text(body, encoding="utf-8")
    if "joint_orders" not in (folder / "robots/go2/robot.yaml").read_text(encoding="utf-8"):
        spec = (folder / SPEC).read_text(encoding="utf-8")
        (folder / SPEC).write_text(spec.replace("joint_order: isaaclab\n", ""), encoding="utf-8")
    with pytest.raises(SpecError) as error:
        symaug.compile(SPEC)
    printed = "\n".join(render_full(diagnostic) for diagnostic in error.value.diagnostics)
    assert printed == FENCES[rank + 1][2].rstrip()


def test_there_are_three():
    assert len(WRONG) == 3
