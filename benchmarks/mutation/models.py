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
    from tests.robots import test_aloha, test_g1
    from tests.robots.chains import stand_in

    trees = {"aloha": (test_aloha.TREE, False), "g1": (test_g1.TREE, True)}
    tree, floating = trees[robot.name]
    return mujoco.MjModel.from_xml_string(stand_in(tree, floating=floating)), "published joint tree"
