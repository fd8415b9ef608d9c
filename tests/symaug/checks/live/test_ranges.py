"""What an environment draws against what its spec declares."""

from __future__ import annotations

import numpy as np
import pytest

from symaug.checks.live.ranges import check_reset_ranges
from symaug.checks.live.world import WorldState
from symaug.semantics.resets import Reset
from symaug.semantics.robot import load_robot_symmetry

DECLARED = (
    Reset("base_yaw", -1, 1, False),
    Reset("base_lin_vel.x", -0.5, 0.5, False),
    Reset("joint_pos", 0.5, 1.5, True),
)


class Sampler:
    """A world that only begins."""

    def __init__(self, robot, factor=1.0, speed=0.5, turned=False, yaw=1.0, still=0.0):
        self.robot, self.joint_names = robot, tuple(reversed(robot.joints))
        self.factor, self.speed, self.turned, self.yaw, self.still = factor, speed, turned, yaw, still

    def sample_resets(self, count, seed):
        rng = np.random.default_rng(seed)
        yaw, zero = rng.uniform(-self.yaw, self.yaw, count), np.zeros(count)
        velocity = np.stack([rng.uniform(-self.speed, self.speed, count), zero, zero], axis=1)
        if self.turned:
            velocity = velocity[:, :1] * np.stack([np.cos(yaw), np.sin(yaw), zero], axis=1)
        pose = np.array([self.robot.default_pose[name] for name in self.joint_names])
        return WorldState(
            base_pos=np.stack([rng.normal(size=count), zero, zero + 0.6], axis=1),
            base_quat=np.stack([np.cos(yaw / 2), zero, zero, np.sin(yaw / 2)], axis=1),
            base_lin_vel=velocity,
            base_ang_vel=np.zeros((count, 3)),
            joint_pos=pose * (1 + rng.uniform(-0.5, 0.5, (count, 12)) * self.factor),
            joint_vel=np.full((count, 12), self.still),
        )


@pytest.fixture(scope="module")
def robot():
    return load_robot_symmetry("anymal_d")


def drawn(robot, **change):
    return check_reset_ranges(Sampler(robot, **change), robot, DECLARED, seed=0)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{}, {"turned": True}])
def test_samples_from_the_declared_ranges_pass_in_either_frame(robot, change):
    result = drawn(robot, **change)
    assert result.status == "pass", result.detail


WRONG = [
    ({"factor": 1.2}, "joint_pos of ", "-0.4"),
    ({"factor": 0.5}, "joint_pos of ", "declared as"),
    ({"speed": 0.6}, "base_lin_vel.x", "-0.5..0.5"),
    ({"speed": 0.2}, "base_lin_vel.x", "-0.5..0.5 and drawn from -0.2..0.2"),
    ({"yaw": 3.1}, "base_yaw", "declared as -1..1 and drawn from -3.1..3.1"),
    ({"still": 0.2}, "joint_vel of ", "declared as 0..0 and drawn from 0.2..0.2"),
]


@pytest.mark.parametrize("change, label, told", WRONG, ids=[str(case[0]) for case in WRONG])
def test_samples_outside_of_a_range_or_that_do_not_fill_it_are_named(robot, change, label, told):
    result = drawn(robot, **change)
    assert result.status == "warn"
    assert next(iter(result.breakdown)).startswith(label) and told in result.detail


def test_without_declared_resets_it_is_skipped(robot):
    assert check_reset_ranges(Sampler(robot), robot, (), seed=0).status == "skip"  # type: ignore[arg-type]
