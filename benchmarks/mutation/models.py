"""The models to measure by: the shipped one, or a stand-in made of the published joint tree."""

from __future__ import annotations

import sys
from pathlib import Path

import mujoco

from symaug.checks.mechanics.loading import load_model
from symaug.semantics.robot import Robot

sys.path.insert(0, str(Path(__file__).parents[2]))  # the published joint trees are in the tests


def model_of(robot: Robot, given: Path | None = None) -> tuple[mujoco.MjModel, str]:
    """The robot's model, and where it is from."""
    path = given or robot.model
    if path is not None:
        return load_model(path, robot.joints).model, path.name
    return mujoco.MjModel.from_xml_string(published_tree(robot)), "published joint tree"


def damped_tree(robot: Robot, *, armature: float, damping: float) -> mujoco.MjSpec:
    """The published joint tree, to be simulated: with armature (kg m²) and damping (Nm s/rad) at joints."""
    joints = f"<default><joint armature='{armature}' damping='{damping}'/></default>"
    return mujoco.MjSpec.from_string(published_tree(robot).replace("<worldbody>", f"{joints}<worldbody>"))


def add_servo(spec: mujoco.MjSpec, joint: str, stiffness: float) -> None:
    """A position servo of this stiffness (Nm/rad) for a joint, called like it."""
    servo = spec.add_actuator(name=joint, target=joint, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    servo.set_to_position(kp=stiffness)


def published_tree(robot: Robot) -> str:
    """The MJCF of the published joint tree of a robot that ships no model: joint lines, limits, spheres."""
    from tests.robots import test_aloha
    from tests.robots.chains import stand_in

    assert robot.name == "aloha", "the others have models"
    return stand_in(test_aloha.TREE, floating=False)
