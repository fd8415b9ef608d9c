"""docs/infer.md, followed from the top in an empty folder: commands print and write what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from symaug_cli.app import app

pytest.importorskip("mujoco")

PAGE = (Path(__file__).parents[3] / "docs" / "infer.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
FILES = {info.strip(): body for kind, info, body in FENCES if info.strip()}
ROUNDING = re.compile(r"\b\d(\.\d+)?e-\d\d\b")


def lines(text: str) -> list[list[str]]:
    """Words of each line but for the width of columns and what is rounding, which machines differ in."""
    said = [ROUNDING.sub("0", line.strip()) for line in text.splitlines()]
    return [re.split(r"\s{2,}", line) for line in said if line]


def test_each_command_prints_and_writes_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = FILES["robots/walker/robot.yaml"]
    for name in ("walker.xml", "walk.yaml"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    commands = [body for kind, _, body in FENCES if kind == "console"]
    assert [body.split()[2] for body in commands] == ["infer", "validate", "compile"]
    for body in commands:
        command, _, printed = body.partition("\n")
        result = CliRunner().invoke(app, command.removeprefix("$ symaug ").split())
        assert result.exit_code == 0, result.output
        assert lines(result.stdout or result.stderr) == lines(printed)
    assert lines((tmp_path / "robots/walker/robot.yaml").read_text(encoding="utf-8")) == lines(written)
