"""Models inside installed packages: found by the end of their path, and what is said when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot, load_robot_symmetry
from tests.symaug.documents import ROBOT


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """An installed package `some-robots` with two models, one of them outside of its own folder."""
    home = tmp_path / "site-packages"
    files = ("some_robots/one/robot.xml", "some_robots/two/robot.xml", "../share/three.urdf")
    for file in files:
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text("<mujoco/>", encoding="utf-8")
    info = home / "some_robots-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: some-robots\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    monkeypatch.syspath_prepend(str(home))
    return home


def load(folder: Path, model: str) -> Robot:
    path = folder / "robot.yaml"
    path.write_text(ROBOT.replace("joints:", f"model: {model}\njoints:", 1), encoding="utf-8")
    return load_robot_symmetry(path)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("two/robot.xml", "some_robots/two/robot.xml"),
        ("some_robots/one/robot.xml", "some_robots/one/robot.xml"),
        ("three.urdf", "../share/three.urdf"),
    ],
)
def test_a_model_is_found_by_the_end_of_its_path(package, tmp_path, path, file):
    robot = load(tmp_path, f"{{package: some-robots, path: {path}}}")
    assert robot.missing_package is None
    assert robot.model is not None and robot.model.samefile(package / file)


def test_only_whole_parts_of_a_path_count(package, tmp_path):
    robot = load(tmp_path, "{package: some-robots, path: o/robot.xml}")
    assert robot.model is not None and not robot.model.exists()  # SA602 when somebody needs it


def test_a_package_that_is_not_installed_is_told(tmp_path):
    robot = load(tmp_path, "{package: no-such-robots, path: a.xml}")
    assert (robot.model, robot.missing_package) == (None, "no-such-robots")
    assert robot.why_no_model.endswith("not installed: pip install --no-deps no-such-robots")


def test_a_model_beside_the_document_and_none(tmp_path):
    assert load(tmp_path, "quad.xml").model == tmp_path / "quad.xml"
    (tmp_path / "robot.yaml").write_text(ROBOT, encoding="utf-8")
    robot = load_robot_symmetry(tmp_path / "robot.yaml")
    assert robot.model is None and robot.why_no_model.endswith("not checked against a model")


@pytest.mark.parametrize(
    ("model", "code", "words"),
    [
        ("{pakage: x, path: y}", "SA006", "`package`"),
        ("{package: x}", "SA007", "`path`"),
        ("{package: x, path: [y]}", "SA008", "`path`"),
        ("{package: x, path: }", "SA008", "`path`"),
    ],
)
def test_what_is_wrong_with_the_mapping(tmp_path, model, code, words):
    with pytest.raises(SpecError) as error:
        load(tmp_path, model)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == code
    assert words in " ".join([diagnostic.message, *diagnostic.helps])
