from __future__ import annotations

import json
import subprocess
import sys

from typer.testing import CliRunner

from symaug_cli.app import app


def call(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_table_with_ratios():
    result = call("bench", "anymal_d/velocity", "-b", 2, "-b", 3, "--seconds", 0.01, "--threads", 1)
    assert result.exit_code == 0, result.output
    assert "2 x 48 float32, 4 elements" in result.stdout and "3 x 48" in result.stdout
    assert "x copy" in result.stdout and "symaug, out=" in result.stdout
    assert "without Isaac Lab" in result.stdout


def test_lines_of_json():
    result = call("bench", "--space", "actions", "-b", 4, "--seconds", 0.01, "--dtype", "float64", "--json")
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    timings = {line["name"]: line for line in lines if line["event"] == "timing"}
    assert timings["copy"]["ratio"] == 1.0 and timings["symaug"]["bytes"] == 4 * 4 * 12 * 8
    assert [line["name"] for line in lines if line["event"] == "left_out"] == ["Isaac Lab"]


def test_wrong_options_are_said():
    result = call("bench", "--device", "cuda:99")
    assert result.exit_code == 2 and "error[SA804]" in result.stderr
    assert call("bench", "-b", 0).exit_code == 2


def test_help_has_examples_and_needs_no_torch():
    result = call("bench", "--help")
    assert result.exit_code == 0 and "symaug bench" in result.output and "Examples" in result.output
    code = "import sys, symaug_cli.app; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
