"""docs/language.md, run: every document on the page compiles, or fails exactly as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import symaug
from symaug.diagnostics import SpecError, render_full
from symaug.semantics.robot import load_robot_symmetry
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text
from symaug_cli.app import app

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
YAML = [(rank, info.split(), body) for rank, (kind, info, body) in enumerate(BLOCKS) if kind == "yaml"]
TYPES = re.findall(r"^\| `([^`]+)` \| (\d+) \|", PAGE, re.MULTILINE)
QUAD = next(body for _, info, body in YAML if info == ["robot"])
VELOCITY = next(body for _, info, body in YAML if info == ["spec", "quad"])


def run(folder: Path, info: list[str], body: str) -> None:
    if info[0] == "robot":
        (folder / "robot.yaml").write_text(body, encoding="utf-8")
        load_robot_symmetry("robot.yaml")
        return
    for name, text in (("robots/quad/robot.yaml", QUAD), ("specs/quad/velocity.yaml", VELOCITY)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "spec.yaml").write_text(body, encoding="utf-8")
    symaug.compile("spec.yaml")


def test_the_page_has_examples():
    assert len(YAML) >= 7 and len(TYPES) >= 20


@pytest.mark.parametrize(("rank", "info", "body"), YAML, ids=lambda value: str(value)[:20])
def test_each_document_on_the_page(tmp_path, monkeypatch, rank, info, body):
    monkeypatch.chdir(tmp_path)
    if info[-1] != "error":
        run(tmp_path, info, body)
        return
    with pytest.raises(SpecError) as error:
        run(tmp_path, info, body)
    assert BLOCKS[rank + 1][0] == "text"
    assert "\n".join(map(render_full, error.value.diagnostics)) == BLOCKS[rank + 1][2].rstrip()


def test_the_table_of_tasks_is_what_show_prints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rank = next(rank for rank, (_, info, _) in enumerate(BLOCKS) if info.split() == ["tasks"])
    run(tmp_path, ["spec"], BLOCKS[rank - 1][2])
    shown = CliRunner().invoke(app, ["show", "spec.yaml"])
    printed = [re.split(r"  +", line) for line in BLOCKS[rank][2].splitlines()]
    lines = [re.split(r"  +", line) for line in shown.stdout.splitlines()]
    assert printed == lines[-len(printed) :]


@pytest.mark.parametrize(("value", "width"), TYPES, ids=lambda value: value)
def test_each_type_in_the_table(tmp_path, value, width):
    (tmp_path / "robot.yaml").write_text(QUAD, encoding="utf-8")
    robot = load_robot_symmetry(str(tmp_path / "robot.yaml"))
    resolved = TypeResolver(robot, robot.joint_orders["isaaclab"]).resolve(parse_type(Text.alone(value)))
    assert resolved.width == int(width)


def test_every_construct_of_the_grammar_is_on_the_page():
    grammar = (Path(symaug.__file__).parent / "syntax" / "grammar.lark").read_text(encoding="utf-8")
    for word in sorted(set(re.findall(r'"([a-z]+)"', grammar))):
        assert re.search(rf"\b{word}\b", PAGE), word


def test_the_grammar_on_the_page_is_the_parsers():
    grammar = (Path(symaug.__file__).parent / "syntax" / "grammar.lark").read_text(encoding="utf-8")
    assert [body for kind, _, body in BLOCKS if kind == "lark"] == [grammar]
