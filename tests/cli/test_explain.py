"""`symaug explain`, and the three forms in which every command prints its errors."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from symaug.diagnostics import CODES
from symaug_cli.app import app

CLI_PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
SPEC = """\
spec: anymal_d/mine
robot: anymal_d
observations:
  policy:
    gravity: vectr
    knees: joints[L*_KFE]
    more: vectr
actions: joints
"""


def call(*arguments: object, env: dict[str, str] | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=env)


@pytest.fixture
def broken(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(SPEC)
    return "mine.yaml"


# --- explain -------------------------------------------------------------------------------------------


def test_a_code_is_explained_with_both_examples():
    result = call("explain", "SA211")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "SA211: the base returns but the joints do not"
    assert lines.index("wrong, robot.yaml:") < lines.index("mended, robot.yaml:")
    assert '    symmetry: {generators: {sagittal: "reflect y, swap (L R), flip L_hip"}}' in lines
    assert max(map(len, lines)) <= 110


def test_several_codes_are_explained_one_after_the_other():
    result = call("explain", "sa502", "SA101")
    assert result.stdout.index("SA502: ") < result.stdout.index("SA101: ")


def test_without_a_code_all_are_listed_by_family():
    result = call("explain")
    assert result.exit_code == 0
    assert re.findall(r"^(SA\d{3}) ", result.stdout, re.MULTILINE) == list(CODES)
    assert "SA2xx: the robot, its symmetry, and the group" in result.stdout


def test_a_wrong_code_is_answered_with_the_nearest_and_exit_status_2():
    result = call("explain", "SA21l")
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.splitlines()[0] == "error[SA810]: no diagnostic has the code `SA21l`"
    assert "`SA211`" in result.stderr


def test_explanations_for_tools_are_one_object_a_line():
    (line,) = call("explain", "SA211", "--json").stdout.splitlines()
    content = json.loads(line)
    assert content["code"] == "SA211" and content["title"] == CODES["SA211"]
    assert [example["role"] for example in content["examples"]] == ["bad", "mended"]
    assert set(content["examples"][0]) == {"role", "language", "file", "text"}
    everything = [json.loads(line)["code"] for line in call("explain", "--json").stdout.splitlines()]
    assert everything == list(CODES)


# --- how errors are printed ---------------------------------------------------------------------------


def test_in_full_errors_end_once_with_where_to_read_on(broken):
    result = call("compile", broken)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line[6:11] for line in lines if line.startswith("error[")] == ["SA301", "SA303", "SA301"]
    assert lines[-1] == "for more: symaug explain SA301 SA303"
    assert result.stderr.count("for more") == 1


def test_in_short_each_error_is_one_line_that_the_documented_pattern_reads(broken):
    result = call("--error-format", "short", "compile", broken)
    assert result.exit_code == 2 and result.stdout == ""
    pattern = re.search(r"^```text\n(\^.*\$)\n```$", CLI_PAGE, re.MULTILINE)
    assert pattern is not None
    found = [re.fullmatch(pattern[1], line) for line in result.stderr.splitlines()]
    assert [match and match.groups() for match in found] == [
        ("mine.yaml", "5", "14", "error", "SA301", "unknown type `vectr`"),
        ("mine.yaml", "6", "19", "error", "SA303", "these joints are not closed under `sagittal`"),
        ("mine.yaml", "7", "11", "error", "SA301", "unknown type `vectr`"),
    ]


def test_in_json_each_error_is_one_object_with_the_documented_keys(broken):
    result = call("--error-format", "json", "compile", broken)
    assert result.exit_code == 2 and result.stdout == ""
    first, second, _ = [json.loads(line) for line in result.stderr.splitlines()]
    assert first["span"] == {"file": "mine.yaml", "line": 5, "column": 14, "end_line": 5, "end_column": 19}
    assert first["helps"] == ["did you mean `vector`?"]
    assert second["notes"] == ["`LF_KFE` is included, its image `RF_KFE` is not"]
    table = CLI_PAGE[CLI_PAGE.index("| key |") :].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(first)


def test_the_format_can_be_set_for_a_whole_session(broken):
    result = call("compile", broken, env={"SYMAUG_ERROR_FORMAT": "short"})
    assert result.stderr.startswith("mine.yaml:5:14: error[SA301] ")
    assert call("--error-format", "yaml", "compile", broken).exit_code == 2


def test_what_is_not_installed_is_said_with_how_to_install_it(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] in ("symaug_trainer", "rsl_rl")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rsl_rl", None)
    result = call("train", "anymal_d/velocity/none")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error[SA805]: this command needs `rsl_rl`, which is not installed",
        " = help: install what it needs: `pip install 'symaug[train]'`",
        "for more: symaug explain SA805",
    ]


def test_a_module_of_ours_that_is_missing_is_our_mistake_and_shows(monkeypatch):
    monkeypatch.setitem(sys.modules, "symaug.compiler.compile", None)
    assert isinstance(call("compile", "anymal_d/velocity").exception, ModuleNotFoundError)
