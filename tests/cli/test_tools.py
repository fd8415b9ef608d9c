"""`fmt`, `diff`, `schema` and `show --element --svg`: what they print, where, and their exit statuses."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from symaug.shipped import find_spec
from symaug_cli.app import app

UNTIDY = "robot: r\nspec: s\nobservations: {policy: {a:   vector}} # x\nactions: joints\n"
TIDY = "spec: s\nrobot: r\nobservations: {policy: {a: vector}}  # x\nactions: joints\n"


def call(*arguments: object, stdin: str | bytes | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@pytest.mark.parametrize("command", ["fmt", "diff", "schema", "show"])
def test_help_has_examples(command):
    result = call(command, "--help")
    assert result.exit_code == 0 and "Examples" in result.output and f"symaug {command}" in result.output


def test_fmt_formats_files_and_says_which(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(UNTIDY)
    two.write_text(TIDY)
    result = call("fmt", one, two)
    assert result.exit_code == 0 and result.stdout == ""
    assert result.stderr == f"formatted {one}\n"
    assert one.read_text() == two.read_text() == TIDY


def test_fmt_check_changes_nothing_and_exits_with_1(tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text(UNTIDY)
    result = call("fmt", "--check", file)
    assert result.exit_code == 1 and file.read_text() == UNTIDY
    assert "+observations: {policy: {a: vector}}  # x\n" in result.stdout and "(formatted)" in result.stdout
    file.write_text(TIDY)
    result = call("fmt", "--check", file)
    assert (result.exit_code, result.output) == (0, "")


def test_fmt_reads_stdin():
    result = call("fmt", "-", stdin=UNTIDY)
    assert (result.exit_code, result.stdout) == (0, TIDY)
    assert call("fmt", "-", "--check", stdin=UNTIDY).exit_code == 1
    result = call("fmt", "-", stdin=b"robot: \xff")
    assert result.exit_code == 2 and "error[SA002]" in result.stderr and "<stdin>:1:8" in result.stderr


def test_fmt_tells_all_errors_and_still_formats_what_is_right(tmp_path):
    wrong, right = tmp_path / "wrong.yaml", tmp_path / "right.yaml"
    wrong.write_text(UNTIDY.replace("vector", "vector +"))
    right.write_text(UNTIDY)
    result = call("fmt", wrong, tmp_path / "missing.yaml", right)
    assert result.exit_code == 2
    assert result.stderr.count("error[") == 2 and "SA001" in result.stderr and "SA102" in result.stderr
    assert right.read_text() == TIDY and "vector +" in wrong.read_text()


def test_diff_exits_with_what_it_found():
    result = call("diff", "anymal_d/velocity", "anymal_d/position")
    assert result.exit_code == 1
    assert "- the term `observations/policy/velocity_command` is gone" in result.stdout
    result = call("diff", "anymal_d/velocity", find_spec("anymal_d/velocity"))
    assert result.exit_code == 0 and "mean the same" in result.stdout
    result = call("diff", "anymal_d/velocity", "anymal_d/positon")
    assert result.exit_code == 2 and "SA010" in result.stderr


def test_diff_as_json():
    document = json.loads(call("diff", "anymal_d/velocity", "anymal_d/position", "--json").stdout)
    assert document["equal"] is False
    assert {"kind", "where", "message", "before", "after", "element"} == set(document["changes"][0])


@pytest.mark.parametrize("what", ["robot", "spec", "textmate"])
def test_schema_prints_json(what):
    result = call("schema", what)
    assert result.exit_code == 0
    assert ("scopeName" if what == "textmate" else "$schema") in json.loads(result.stdout)
    assert call("schema", "roboter").exit_code == 2


def test_show_number_by_number():
    result = call("show", "anymal_d/velocity", "--element", "sagittal")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "12 joint_pos LF_HAA ← −joint_pos RF_HAA" in lines
    result = call("show", "anymal_d/velocity", "-e", "sagital")
    assert result.exit_code == 2 and "did you mean `sagittal`" in result.stderr


def test_show_draws_a_picture(tmp_path):
    file = tmp_path / "x.svg"
    result = call("show", "anymal_d/velocity", "--svg", file, "-e", "transversal")
    assert result.exit_code == 0 and result.stdout == "" and result.stderr == f"wrote {file}\n"
    words = [text.text for text in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")]
    assert "transversal" in words and "sagittal" not in words
    result = call("show", "anymal_d/velocity", "--svg", tmp_path / "no" / "x.svg")
    assert result.exit_code == 2 and "SA701" in result.stderr
    result = call("show", "anymal_d/velocity", "--svg", tmp_path / "y.svg", "-e", "sagital")
    assert result.exit_code == 2 and not (tmp_path / "y.svg").exists()


def test_show_says_where_a_matrix_acts():
    result = call("show", "trifinger/cube")
    assert result.exit_code == 0
    assert "a matrix, not a permutation, under turn, turn*turn" in result.stdout
    assert "turn about z by 120°" in result.stdout


def test_show_reads_a_program_without_its_documents(tmp_path):
    file = tmp_path / "program.json"
    call("compile", "anymal_d/velocity", "-o", file)
    result = call("show", file)
    assert result.exit_code == 0 and "base_ang_vel" in result.stdout
