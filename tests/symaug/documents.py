"""A robot and a spec to break: small, and with something of every construct."""

from __future__ import annotations

from pathlib import Path

ROBOT = """\
robot: quad
joints: "{LF,LH,RF,RH}_{HAA,HFE,KFE}"
limbs: {LF: LF_*, LH: LH_*, RF: RF_*, RH: RH_*}
joint_orders:
  sim: "{LF,LH,RF,RH}_HAA {LF,LH,RF,RH}_HFE {LF,LH,RF,RH}_KFE"
default_pose:
  "*_HAA": 0.0
  "*F_HFE": 0.4
  "*H_HFE": -0.4
  "*F_KFE": -0.8
  "*H_KFE": 0.8
symmetry:
  generators:
    sagittal: reflect y, swap (LF RF)(LH RH), flip *_HAA
    transversal: reflect x, swap (LF LH)(RF RH), flip *_HFE *_KFE
  relations:
    - sagittal^2 = transversal^2 = e
    - sagittal transversal = transversal sagittal
"""

SPEC = """\
spec: quad/walk
robot: quad
joint_order: sim
observations:
  policy:
    gravity: vector
    command: vector[xy] + pseudovector[z]
    joint_pos: joints
    knees: joints[*_KFE]
    contacts: limbs
    gains: unsigned(joints)
    past: history(3, joints, order=time)
    scan: grid(5 x 3, order=xy)
    feet: limbs * vector
actions: joints
memory: {actor: replay, critic: replay}
resets:
  base_yaw: -180..180 deg
  base_lin_vel: {x: -0.5..0.5, y: -0.5..0.5}
  joint_pos: default * 0.5..1.5
tasks:
  train: fail(LF_*)
  test: fail(*)
"""


def write(folder: Path, robot: str = ROBOT, spec: str = SPEC) -> Path:
    """Write both documents below `folder`, as a user lays them out; returns the path of the spec."""
    robot_file = folder / "robots" / "quad" / "robot.yaml"
    spec_file = folder / "specs" / "quad" / "walk.yaml"
    for file, text in ((robot_file, robot), (spec_file, spec)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return spec_file
