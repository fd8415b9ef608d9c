"""The Allegro hands' declaration against both published hands, side by side; skipped without the package."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import mujoco
import pytest

from symaug.checks.validate import validate
from symaug.shipped import find_robot

PACKAGE = "example-robot-data"
APART = 0.2
"""Metres from the middle to each palm."""


def published(side: str) -> mujoco.MjSpec:
    """One hand, without meshes, its joints named as in our document."""
    end = ("allegro_hand_description", "urdf", f"allegro_{side}_hand.urdf")
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        pytest.skip(f"pip install --no-deps {PACKAGE}")
    (file,) = (each for each in files if each.parts[-3:] == end)
    text = Path(str(file.locate())).read_text(encoding="utf-8")
    text = re.sub(r"<(visual|collision)>.*?</\1>", "", text, flags=re.DOTALL)
    hand = mujoco.MjSpec.from_string(re.sub(r'"(joint|link)_(\d+)\.0', r'"\1_\2', text))
    hand.compiler.balanceinertia = True  # some published inertias are no body's
    return hand


def test_left_and_right_hand_are_mirror_images(tmp_path):
    pair = mujoco.MjSpec()
    for side, y in (("left", APART), ("right", -APART)):
        pair.attach(published(side), prefix=f"{side}_", frame=pair.worldbody.add_frame(pos=[0, y, 0]))
    pair.compile()
    (tmp_path / "hands.xml").write_text(pair.to_xml(), encoding="utf-8")
    document = find_robot("allegro_hands").read_text(encoding="utf-8")
    document = document.replace("\njoints:", "\nmodel: hands.xml\njoints:", 1)
    (tmp_path / "robot.yaml").write_text(document, encoding="utf-8")
    report = validate(tmp_path / "robot.yaml")
    assert [f"{check.name}: {check.detail}" for check in report.failures()] == []
    assert report.check("geometry/joint axes").status == "pass"
