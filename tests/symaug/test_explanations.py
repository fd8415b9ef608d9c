"""Every code is raised somewhere, is explained, and its examples do what they say: they are all run."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import symaug
from symaug.diagnostics import CODES, UserError
from symaug.explanations import FAMILIES, Example, errors_page, explain
from symaug.semantics.robot import load_robot_symmetry
from symaug_cli.app import app

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "symaug" / "explanations"
SOURCES = ("symaug", "cli/symaug_cli", "trainer/symaug_trainer")
EXPLAINED = sorted(path.stem for path in FOLDER.glob("*.md"))
OF_DOCUMENTS = [code for code in CODES if code < "SA5"]


def run(code: str, role: str, folder: Path) -> list[str]:
    """Run one side of a code's example in the working folder `folder`; the codes of what is wrong with it."""
    pieces = [piece for piece in explain(code).examples if piece.role in ("given", role)]
    for piece in pieces:
        if piece.file:
            file = folder / piece.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(piece.text, encoding="utf-8")
    to_run = [piece for piece in pieces if not piece.file]
    names: dict[str, object] = {}  # what one piece of Python defines, the next may use
    try:
        for piece in to_run:
            found = run_one(piece, names)
            if found:
                return found
        if not to_run:
            compile_documents(folder)
    except UserError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def run_one(piece: Example, names: dict[str, object]) -> list[str]:
    if piece.language == "python":
        exec(compile(piece.text, "example", "exec"), names)
        return []
    program, *arguments = shlex.split(piece.text)
    assert piece.language == "sh" and program == "symaug"
    result = CliRunner().invoke(app, ["--error-format", "json", *arguments])
    if result.exit_code == 0:
        return []
    assert result.exit_code in (1, 2) and result.stderr, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("{")]  # the rest is progress
    return [json.loads(line)["code"] for line in lines]


def compile_documents(folder: Path) -> None:
    if (folder / "spec.yaml").exists():
        symaug.compile("spec.yaml")
        return
    robot = load_robot_symmetry("robot.yaml")
    if robot.pose_diagnostics:
        raise UserError(robot.pose_diagnostics)


def with_examples(role: str) -> list[str]:
    return [code for code in EXPLAINED if any(piece.role == role for piece in explain(code).examples)]


@pytest.mark.parametrize("code", with_examples("bad"))
def test_the_bad_example_has_exactly_this_mistake(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert set(run(code, "bad", tmp_path)) == {code}


@pytest.mark.parametrize("code", with_examples("mended"))
def test_the_mended_example_has_none(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(code, "mended", tmp_path) == []


def test_every_code_has_an_explanation_and_every_explanation_a_code():
    assert list(CODES) == EXPLAINED


@pytest.mark.parametrize("code", EXPLAINED)
def test_an_explanation_is_well_formed(code):
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    explanation = explain(code)
    assert text.startswith(f"# {code}: {CODES[code]}\n")
    assert explanation.code == code and explanation.title == CODES[code]
    assert explanation.paragraphs and all(part[-1] in ".:" for part in explanation.paragraphs)
    assert text.count("```") == 2 * len(explanation.examples), "a fence is not one of ours"
    assert all(piece.language in ("yaml", "xml", "json", "python", "sh") for piece in explanation.examples)
    roles = {piece.role for piece in explanation.examples}
    assert "bad" in roles or not roles


def test_every_code_of_documents_and_programs_has_a_mended_example():
    assert set(OF_DOCUMENTS) <= set(with_examples("mended")) & set(with_examples("bad"))
    assert {code for code in CODES if code.startswith("SA5")} <= set(with_examples("mended"))


def test_every_code_is_raised_and_every_code_that_is_raised_is_listed():
    raised: set[str] = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "diagnostics.py":
                raised |= codes_in(path.read_text(encoding="utf-8"))
    assert raised == set(CODES)


def codes_in(source: str) -> set[str]:
    """The codes among a module's string constants, except those that something is only compared with."""
    tree = ast.parse(source)
    compared = {
        id(node) for parent in ast.walk(tree) if isinstance(parent, ast.Compare) for node in ast.walk(parent)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"SA\d{3}", node.value)
        and id(node) not in compared
    }


def test_a_code_that_is_only_compared_with_is_not_raised():
    assert codes_in('if code == "SA705": fail("SA701")') == {"SA701"}


def test_every_code_belongs_to_a_family():
    assert {code[:3] for code in CODES} == set(FAMILIES)


def test_a_wrong_code_is_answered_with_the_nearest():
    assert explain("sa211") is explain("SA211")
    with pytest.raises(UserError) as error:
        explain("SA21l")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA810" and diagnostic.message == "no diagnostic has the code `SA21l`"
    assert "`SA211`" in diagnostic.helps[0] and "`symaug explain`" in diagnostic.helps[1]


def test_the_page_of_all_errors_is_up_to_date():
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert page == errors_page(), "write it anew: python -m symaug.explanations > docs/errors.md"
