from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from symaug_cli.app import app

COMMANDS = ("compile", "validate", "show", "explain", "train", "evaluate", "report", "demo")
TASK = "anymal_d/velocity/joint_failure"


def call(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def says(result, *parts: str) -> None:
    """One clear message and nothing else: no traceback, exit status 2."""
    assert result.exit_code == 2, result.output
    assert result.stderr.count("error[") == 1
    assert "Traceback" not in result.output
    for part in parts:
        assert part in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert f"symaug {command}" in result.output


def test_compile_prints_the_contract():
    result = call("compile", "anymal_d/velocity", "--format", "json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert document["group"]["elements"] == ["e", "sagittal", "transversal", "sagittal*transversal"]
    space = document["spaces"]["observations/policy"]
    assert space["width"] == 48
    assert set(space["elements"]["sagittal"]) >= {"index", "sign", "offset"}


def test_compile_to_a_file_goes_by_its_ending(tmp_path):
    assert call("compile", "anymal_d/velocity", "-o", tmp_path / "symmetry.py").exit_code == 0
    compile((tmp_path / "symmetry.py").read_text(), "symmetry.py", "exec")
    assert call("compile", "anymal_d/velocity", "-o", tmp_path / "program.json").exit_code == 0
    assert json.loads((tmp_path / "program.json").read_text())["schema"] == 1
    says(call("compile", "anymal_d/velocity", "-o", tmp_path / "symmetry.txt"), "SA804", "--format python")
    says(call("compile", "anymal_d/velocity", "-o", tmp_path / "no" / "x.py"), "SA701", "cannot write")


def test_show_puts_the_layout_and_the_group_on_one_page():
    result = call("show", "anymal_d/velocity")
    assert result.exit_code == 0
    assert "pseudovector" in result.stdout
    assert "LF ⇄ RF" in result.stdout
    assert "−*_HAA" in result.stdout
    assert "y → −y" in result.stdout
    assert "12 of the 12 test tasks" in result.stdout


def test_a_wrong_spec_is_shown_where_it_is_wrong(tmp_path):
    from symaug.shipped import find_spec

    text = find_spec("anymal_d/velocity").read_text()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("pseudovector\n", "pseudovectr\n", 1))
    result = call("compile", wrong)
    says(result, "wrong.yaml:", "did you mean `pseudovector`")
    assert "^" in result.stderr


def test_validate_exits_with_what_it_found(tmp_path):
    result = call("validate", "anymal_d/velocity", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert document["ok"] is True
    assert {"name", "status", "violation", "tolerance", "detail"} <= set(document["checks"][0])

    from symaug.shipped import find_robot

    shutil.copytree(find_robot("anymal_d").parent, tmp_path / "robots" / "anymal_d")
    robot = tmp_path / "robots" / "anymal_d" / "robot.yaml"
    text = robot.read_text()
    assert "flip *_HAA" in text
    robot.write_text(
        text.replace("flip *_HAA", "flip *_HAA *_KFE *_HFE", 1).replace("flip *_HFE *_KFE", "flip", 1)
    )
    result = call("validate", robot)
    assert result.exit_code in (1, 2)
    says(call("validate", "anymal_d/velocty"), "SA010", "anymal_d/velocity")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("train", "anymal_d/velocity/joint_falure"), ("SA801", TASK)),
        (("train",), ("SA801", TASK, "--resume RUN")),
        (("train", TASK, "--policy", "memory-augmented"), ("SA802", "`memory-aug`")),
        (("train", TASK, "--preset", "labtop"), ("SA803", "`laptop`")),
        (("train", TASK, "--num-envs", "3"), ("SA804", "multiple of 8")),
        (("train", TASK, "--spec", "nowhere.yaml"), ("SA010", "nowhere.yaml")),
        (("train", TASK, "--resume", "somewhere"), ("SA707", "`TASK`")),
        (("train", "--resume", "nowhere"), ("SA702", "no such folder")),
        (("evaluate", "nowhere"), ("SA702", "`nowhere` is not a run")),
        (("evaluate", "nowhere/model_3.pt"), ("SA702",)),
        (("report", "nowhere"), ("SA702",)),
        (("compile", "missing.yaml"), ("SA010", "missing.yaml")),
    ],
    ids=lambda value: " ".join(map(str, value)) if "SA" not in value[0] else value[0],
)
def test_wrong_input_is_one_message_and_exit_status_2(tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    says(call(*arguments), *parts)
    assert list(tmp_path.iterdir()) == []


def test_a_spec_of_another_layout_prints_both_tables(tmp_path):
    result = call("train", TASK, "--spec", "anymal_d/position", "--run-dir", tmp_path / "run")
    says(result, "SA706", "velocity_command", "remaining_time", "environment")
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_named(tiny_run, tmp_path):
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (run / "model_2.pt").write_bytes(b"\0" * 100)
    says(call("train", "--resume", run, "--iterations", "5"), "SA704", "model_2.pt", "model_0.pt")
    says(call("evaluate", run), "SA704", "model_2.pt", "model_0.pt")


def test_a_place_that_cannot_be_written_is_told_before_anything_is_done(tmp_path):
    (tmp_path / "file").write_text("")
    says(call("demo", "--run-dir", tmp_path / "file" / "run"), "SA701", "cannot write")


def test_train_and_evaluate_speak_json_lines(tmp_path):
    run = tmp_path / "run"
    result = call(
        "train",
        TASK,
        "--policy",
        "baseline-id",
        "--iterations",
        2,
        "--num-envs",
        16,
        "--run-dir",
        run,
        "--json",
    )
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["start", "iteration", "iteration", "done"]
    assert events[-1]["checkpoint"] == str(run / "model_1.pt")

    result = call("evaluate", run, "--episodes", 1, "--json")
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    of_each = [("condition", 13), ("aggregate", 3), ("sampled_condition", 13), ("sampled_aggregate", 3)]
    assert [event["event"] for event in events] == [
        *(name for name, count in of_each for _ in range(count)),
        "done",
    ]
    assert events[16]["condition"] == "none"
    assert "fall_rate" in events[-2]["metrics"]


def test_the_tables_show_both_ways_of_acting_side_by_side(tiny_evaluated_run, tmp_path):
    run = Path(shutil.copytree(tiny_evaluated_run, tmp_path / "run"))
    result = call("evaluate", run, "--episodes", 1)
    assert result.exit_code == 0, result.output
    document = json.loads((run / "evaluation.json").read_text())
    table = result.stdout.split("actions: mean, or sampled")[1].splitlines()
    assert re.split(r"  +", table[0].strip()) == [
        "success, mean", "sampled", "falls, mean", "sampled", "return, mean", "sampled",
    ]  # fmt: skip
    healthy = [document["aggregates"][0], document["sampled"]["aggregates"][0]]
    falls = [f"{one['metrics']['fall_rate']['mean']:.0%}" for one in healthy]
    assert table[1].split()[3:5] == falls


def test_evaluate_and_report_print_tables_and_a_path(tiny_evaluated_run, tmp_path):
    result = call("report", tiny_evaluated_run, "-o", tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "report" / "report.html")
    assert (tmp_path / "report" / "by_joint.png").exists()
