"""The model of G1 against the published numbers of unitree_ros' g1.xml (commit 727e8f8), stated here."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest
import torch

from symaug.checks import validate
from symaug.shipped import robots_dir
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig
from symaug_trainer.envs.legged_env import LeggedEnv

from .test_g1 import TREE

# kg, and m in the body's frame; right bodies by y -> -y
MASS_AND_CENTRE = {
    "pelvis": (2.86, (0, 0, -0.07605)),
    "torso_link": (7.52036, (0.00187791, 0.00229457, 0.208747)),
    "hip_pitch_link": (1.299, (0.001962, 0.049392, -0.000941)),
    "hip_roll_link": (1.446, (0.024757, -0.001036, -0.086323)),
    "hip_yaw_link": (2.052, (-0.053554, -0.011477, -0.14067)),
    "knee_link": (2.252, (0.005505, 0.006534, -0.116629)),
    "ankle_pitch_link": (0.074, (-0.007269, 0, 0.011137)),
    "ankle_roll_link": (0.391, (0.024762, 2e-05, -0.012526)),
    "shoulder_pitch_link": (0.713, (-0.001431, 0.048811, 0.001304)),
    "shoulder_roll_link": (0.642, (-0.003415, 0.006955, -0.064598)),
    "shoulder_yaw_link": (0.713, (0.000375, -0.00444, -0.072374)),
    "elbow_pitch_link": (0.601, (0.064497, 0.002873, 0)),
    "elbow_roll_link": (0.50826, (0.133814, 0.00147121, 0.000265832)),
    "zero_link": (0.0509893, (-0.0260466, -0.00877511, 1.08605e-05)),
    "one_link": (0.047762, (-0.00181538, -0.0327057, -0.000185871)),
    "two_link": (0.0138584, (-0.00135257, -0.0237591, -0.000119669)),
    "three_link": (0.0488469, (0.0362561, -0.0015725, 0.000269899)),
    "four_link": (0.0138584, (0.0237591, 0.00135257, 0.000119669)),
    "five_link": (0.0488469, (0.0362561, -0.0015725, 0.000269899)),
    "six_link": (0.0138584, (0.0237591, 0.00135257, 0.000119669)),
}
# kg m², principal moments
INERTIA = {
    "pelvis": (0.0079143, 0.0069837, 0.0059404),
    "torso_link": (0.12848, 0.111753, 0.0350394),
    "hip_yaw_link": (0.0114475, 0.0107868, 0.00214501),
    "knee_link": (0.0127418, 0.0124382, 0.00192524),
    "elbow_roll_link": (0.00239763, 0.00226639, 0.000285577),
}
EFFORT = {"hip": 88, "knee": 139, "ankle": 40, "torso": 88, "shoulder": 20, "elbow": 20}  # Nm; fingers 0.7
SOLE = {
    (-0.06, 0.02),
    (-0.06, -0.02),
    (0.13, 0.02),
    (0.13, -0.02),
}
"""m, where it meets the floor, at z = -0.031."""


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(robots_dir() / "g1" / "g1.xml"))


def test_joint_lines_and_limits(model):
    assert model.nq == 7 + len(TREE)
    for joint in TREE:
        found = model.joint(joint.name)
        body = model.body(found.bodyid[0])
        carrier = model.body(body.parentid[0])
        expected = (
            model.body(model.joint(joint.parent).bodyid[0]).name
            if joint.parent
            else "pelvis"  # torso and legs
        )
        assert carrier.name == expected
        np.testing.assert_allclose(body.pos, joint.pos, atol=1e-12)
        np.testing.assert_allclose(body.quat, joint.quat, atol=1e-5)  # published quaternions are rounded
        np.testing.assert_allclose(found.axis, joint.axis, atol=1e-12)
        np.testing.assert_allclose(found.pos, 0.0)
        np.testing.assert_allclose(found.range, joint.limits)


def test_masses_centres_and_inertias(model):
    bodies = [model.body(i) for i in range(1, model.nbody)]
    for body in bodies:
        side, _, part = body.name.partition("_")
        mass, centre = MASS_AND_CENTRE[part if side in ("left", "right") else body.name]
        mirrored = (1, -1 if side == "right" else 1, 1)
        assert body.mass[0] == pytest.approx(mass)
        np.testing.assert_allclose(body.ipos, np.multiply(centre, mirrored), atol=1e-12)
        if (moments := INERTIA.get(part if side in ("left", "right") else body.name)) is not None:
            np.testing.assert_allclose(np.sort(body.inertia), np.sort(moments))
    assert sum(body.mass[0] for body in bodies) == pytest.approx(32.23892, abs=1e-4)


def test_efforts(model):
    for joint in TREE:
        words = joint.name.split("_")
        part = words[1] if words[0] in ("left", "right") else words[0]
        effort = EFFORT.get(part, 0.7)
        np.testing.assert_allclose(model.actuator(joint.name).forcerange, (-effort, effort))


@pytest.mark.parametrize("side", ["left", "right"])
def test_soles_end_where_the_published_points_do(model, side):
    soles = [model.geom(i) for i in range(model.ngeom) if model.geom(i).name.startswith(f"{side}_foot_")]
    assert {(float(each.pos[0]), float(each.pos[1])) for each in soles} == SOLE
    for each in soles:
        assert model.body(each.bodyid[0]).name == f"{side}_ankle_roll_link"
        assert each.pos[2] - each.size[0] == pytest.approx(-0.031)  # the published spheres: -0.03 less 1 mm


def test_it_is_its_own_mirror_image_but_for_the_torso():
    report = validate("g1/velocity", samples=4)
    assert report.ok, report.failures()
    assert report.check("geometry/colliders").violation < 1e-12
    assert report.check("dynamics/contact step").violation < 1e-9
    assert "torso_link: centre of mass 2.29 mm" in report.check("dynamics/as published").detail


def test_it_can_be_trained_with():
    config = EnvConfig(
        "velocity",
        {"track_lin_vel_xy_exp": 1.0, "undesired_contacts": -1.0},
        robot="g1",
        num_envs=3,
        feet=("left_ankle_roll_link", "right_ankle_roll_link"),
        undesired_contacts=("left_hip_yaw_link", "right_hip_yaw_link", "left_knee_link", "right_knee_link"),
        fatal_contacts=("torso_link", "pelvis"),
        failure=JointFailureConfig(("left_hip_pitch_joint",), 1.0),
    )
    env = LeggedEnv(config, seed=0, num_threads=1)
    assert sum(width for _, width in env.observation_terms) == 123
    falls = torch.zeros(3, dtype=torch.bool)
    for _ in range(150):
        observations, rewards, *_ = env.step(torch.zeros(3, 37))
        assert torch.isfinite(observations["policy"]).all() and torch.isfinite(rewards).all()
        falls |= env.terminated
    assert falls.any() and env.simulation_errors == 0  # nobody balances it
    env.close()
