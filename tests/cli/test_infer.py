"""`symaug infer`: what is written where, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from symaug.shipped import robots_dir
from symaug_cli.app import app

pytest.importorskip("mujoco")

NO_JOINTS = "<mujoco><worldbody><body><freejoint/><geom size='1'/></body></worldbody></mujoco>"
ANYMAL = robots_dir() / "anymal_d" / "anymal_d.xml"
LOPSIDED = """
<mujoco><worldbody><body name="base"><freejoint/><geom size="0.1"/>
  <body pos="0 0.1 0"><joint name="L" axis="1 0 0"/><geom size="0.05"/></body>
  <body pos="0.05 -0.2 0"><joint name="R" axis="1 0 1"/><geom size="0.05"/></body>
</body></worldbody></mujoco>
"""
EVEN = LOPSIDED.replace("0.05 -0.2", "0 -0.1").replace("1 0 1", "1 0 0")


def call(*arguments: object):
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_document_goes_to_stdout_and_its_comments_say_what_was_found():
    result = call("infer", ANYMAL)
    assert result.exit_code == 0, result.stderr
    assert "sagittal:    reflect y, swap (LF RF)(LH RH), flip *_HAA\n" in result.stdout
    assert "transversal: reflect x, swap (LF LH)(RF RH), flip *_HFE *_KFE\n" in result.stdout
    assert "# exact: axes 0 rad" in result.stdout and "keyframe `home`" in result.stdout
    assert 'joints: "{LF,RF,LH,RH}_{HAA,HFE,KFE}"\n' in result.stdout


def test_the_file_is_valid_formatted_stable_and_not_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.xml").write_text(ANYMAL.read_text())
    assert call("infer", "models/mine.xml", "-o", "robot.yaml").exit_code == 0
    written = (tmp_path / "robot.yaml").read_bytes()
    assert b"model: models/mine.xml\n" in written
    assert call("fmt", "--check", "robot.yaml").exit_code == 0
    assert call("validate", "robot.yaml", "--samples", "2").exit_code == 0
    again = call("infer", "models/mine.xml", "-o", "robot.yaml")
    assert again.exit_code == 2 and "error[SA806]" in again.stderr
    assert call("infer", "models/mine.xml", "-o", "robot.yaml", "--force").exit_code == 0
    assert (tmp_path / "robot.yaml").read_bytes() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models", "robot.yaml"]


def test_json_has_the_document_the_joints_and_the_maps():
    result = call("infer", ANYMAL, "--format", "json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["joint_names"][:4] == ["LF_HAA", "LF_HFE", "LF_KFE", "RF_HAA"]
    assert found["symmetry"]["generators"].keys() == {"sagittal", "transversal"}
    sagittal = found["maps"]["sagittal"]
    assert sagittal["index"] == [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]
    assert sagittal["sign"] == [-1, 1, 1] * 4 and sagittal["offset"] == [0.0] * 12
    assert sagittal["status"] == "exact"
    assert sagittal["residuals"].keys() == {"axes", "anchors", "limits", "gravity", "bodies", "inertia"}
    assert found["maps"]["horizontal"]["status"] == "refused"
    assert found["maps"]["horizontal"]["residuals"]["gravity"] == 2.0


def test_a_model_without_symmetry_is_a_result_not_an_error(tmp_path):
    path = tmp_path / "lopsided.xml"
    path.write_text(LOPSIDED)
    result = call("infer", path, "-o", tmp_path / "robot.yaml")
    assert result.exit_code == 1 and "error[SA613]: no symmetry found" in result.stderr
    assert not (tmp_path / "robot.yaml").exists()
    result = call("infer", path, "--format", "json")
    assert result.exit_code == 1 and json.loads(result.stdout)["joint_names"] == ["L", "R"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("there_is_none.xml", None, "SA602"),
        ("no_model.xml", "<mujoco><worldbody><body", "SA602"),
        ("no_joints.xml", NO_JOINTS, "SA601"),
        ("slash.xml", EVEN.replace('"R"', '"r/x"'), "SA011"),
    ],
)
def test_what_cannot_be_read_or_written_is_told_in_one_message(tmp_path, name, text, code):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    result = call("infer", path)
    assert result.exit_code == 2 and f"error[{code}]" in result.stderr
    assert "Traceback" not in result.stderr and not result.stdout


def test_a_urdf_without_its_meshes(tmp_path):
    legs = "".join(
        f"""<link name="{side}"><inertial><mass value="1"/><origin xyz="0 0 -0.2"/>
        <inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial>
        <visual><geometry><mesh filename="package://nowhere/{side}.stl"/></geometry></visual></link>
        <joint name="{side}_hip" type="revolute"><parent link="base"/><child link="{side}"/>
        <origin xyz="0 {y} 0"/><axis xyz="1 0 0"/>
        <limit lower="{low}" upper="{high}" effort="1" velocity="1"/></joint>"""
        for side, y, low, high in (("left", 0.1, -0.5, 1), ("right", -0.1, -1, 0.5))
    )
    path = tmp_path / "biped.urdf"
    path.write_text(f'<robot name="biped"><link name="base"/>{legs}</robot>')
    result = call("infer", path)
    assert result.exit_code == 0, result.stderr
    assert re.search(r"sagittal: reflect y, rename left <-> right, flip \*\n", result.stdout)


def test_importing_symaug_still_brings_no_simulator():
    script = "import sys, symaug; assert not {'mujoco', 'numpy', 'symaug.infer'} & {*sys.modules}"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
