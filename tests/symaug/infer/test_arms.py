"""Arms, whose zero pose is not its own mirror image: the shifts that make it one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mujoco")

from symaug.checks import validate
from symaug.infer import Inference, infer

# Six joints as on many industrial arms: three parallel axes, offset to the side, and a wrist. Metres.
LINKS = (
    ("pan", (0, 0, 0.09), (0, 0, 1)),
    ("lift", (0, 0.136, 0), (0, 1, 0)),
    ("elbow", (0.425, -0.12, 0), (0, 1, 0)),
    ("wrist_1", (0.392, 0, 0), (0, 1, 0)),
    ("wrist_2", (0, 0.093, 0), (0, 0, 1)),
    ("wrist_3", (0, 0, -0.095), (0, 1, 0)),
)


def arm(folder: Path, limits: str = "-360 360") -> Inference:
    text = ""
    for name, place, axis in reversed(LINKS):
        pos, about = (" ".join(map(str, each)) for each in (place, axis))
        text = (
            f'<body name="{name}_link" pos="{pos}"><joint name="{name}" axis="{about}" range="{limits}"/>'
            f'<geom type="sphere" size="0.05"/>{text}</body>'
        )
    path = folder / "arm.xml"
    path.write_text(f"<mujoco><worldbody>{text}</worldbody></mujoco>")
    return infer(path)


def test_the_shifts_are_found_and_the_document_is_valid(tmp_path):
    found = arm(tmp_path)
    (generator,) = found.chosen.generators.values()
    offsets = dict(zip(found.view.joints, np.degrees(generator.joints.offset), strict=True))
    assert generator.status == "exact"
    assert {*np.round([*offsets.values()], 6)} == {0, 180}
    assert offsets["pan"] == offsets["lift"] == offsets["wrist_1"] == 180
    assert generator.joints.sign.tolist() == [-1] * 6
    text = found.text(tmp_path)
    assert "shift" in text and "180 deg" in text and "90 deg" in text
    (tmp_path / "robot.yaml").write_text(text)
    report = validate(tmp_path / "robot.yaml", samples=4)
    assert report.ok and report.check("dynamics/step").status == "pass", report.failures()


def test_limits_of_half_a_turn_leave_no_room_for_them(tmp_path):
    found = arm(tmp_path, limits="-180 180")
    assert not found.chosen.generators
    assert all("limits differ" in refused.reason for refused in found.chosen.refused.values())


def test_a_joint_that_counts_from_elsewhere_is_shifted_a_whole_turn_where_its_range_says_so(tmp_path):
    path = tmp_path / "pair.xml"
    path.write_text(
        """<mujoco><worldbody><body name="trunk"><geom size="0.1"/>
        <body name="head"><joint name="pan" axis="0 0 1" range="60 300"/>
        <geom size="0.1" pos="0.1 0 0"/></body></body></worldbody></mujoco>"""
    )
    (generator,) = infer(path).chosen.generators.values()  # across, its range is too narrow
    assert generator.joints.sign.tolist() == [-1]
    assert np.degrees(generator.joints.offset) == pytest.approx([360])
