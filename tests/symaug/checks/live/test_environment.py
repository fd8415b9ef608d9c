"""The check of running environments on a toy of two wheels that has exactly the faults planted in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import symaug
from symaug.checks.live.environment import check_environment
from symaug.checks.live.world import LiveEnvironment, Reading, WorldState
from symaug.semantics.robot import load_robot_symmetry

ROBOT = """
robot: toy
joints: left right
limbs: {L: left, R: right}
symmetry:
  generators:
    mirror: reflect y, swap (L R)
"""
SPEC = """
spec: toy/run
robot: toy
observations:
  policy:
    base_lin_vel: vector
    base_ang_vel: pseudovector
    joint_pos: joints
    joint_vel: joints
    goal: vector[xy]
actions: joints
memory: {actor: replay, critic: replay}
"""
TERMS = [("base_lin_vel", 3), ("base_ang_vel", 3), ("joint_pos", 2), ("joint_vel", 2), ("goal", 2)]


class Toy:
    """A point pushed by two wheels; the base never turns, so that world and base frame are one."""

    num_envs, num_actions, joint_names = 12, 2, ("left", "right")
    task_types, exact = {"goal": "vector[xy]"}, True

    def __init__(self, grip: float = 1.0, terms=TERMS):
        self.grip, self.observation_terms = grip, {"policy": list(terms)}

    def sample_resets(self, count: int, seed: int) -> WorldState:
        rng = np.random.default_rng(seed)
        return WorldState(
            base_pos=rng.normal(size=(count, 3)),
            base_quat=np.tile([1.0, 0.0, 0.0, 0.0], (count, 1)),
            base_lin_vel=rng.normal(size=(count, 3)),
            base_ang_vel=rng.normal(size=(count, 3)),
            joint_pos=rng.normal(size=(count, 2)),
            joint_vel=rng.normal(size=(count, 2)),
            task={"goal": rng.normal(size=(count, 2))},
        )

    def begin(self, state: WorldState) -> Reading:
        self.state, self.steps = state, 0
        return Reading(self.observe(), {}, {}, state)

    def step(self, actions: np.ndarray) -> Reading:
        old = self.state
        self.steps += 1
        vel = 0.8 * old.joint_vel + 0.5 * actions
        left, right = vel.T
        push = np.stack([left + right, self.grip * left - right, 0 * left], axis=1)
        turn = np.stack([0 * left, 0 * left, right - left], axis=1)
        self.state = replace(
            old,
            base_pos=old.base_pos + 0.1 * old.base_lin_vel,
            base_lin_vel=0.9 * old.base_lin_vel + 0.1 * push,
            base_ang_vel=0.9 * old.base_ang_vel + turn,
            joint_pos=old.joint_pos + 0.1 * vel,
            joint_vel=vel,
        )
        return Reading(self.observe(), self.pay(), self.end(), self.state)

    def observe(self) -> dict[str, np.ndarray]:
        s = self.state
        terms = (s.base_lin_vel, s.base_ang_vel, s.joint_pos, s.joint_vel, s.task["goal"])
        return {"policy": np.concatenate(terms, axis=1)}

    def pay(self) -> dict[str, np.ndarray]:
        s = self.state
        gap = s.task["goal"] - s.base_pos[:, :2]
        return {"effort": np.square(s.joint_vel).sum(1), "near": np.exp(-np.square(gap).sum(1))}

    def end(self) -> dict[str, np.ndarray]:
        return {"fast": (np.abs(self.state.joint_vel) > 2.5).any(1)}

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy.yaml").write_text(ROBOT, encoding="utf-8")
    return folder


@pytest.fixture
def check(folder):
    def check(world, old: str = "", new: str = "", seed: int = 0):
        path = folder / "spec.yaml"
        path.write_text(SPEC.replace("robot: toy\n", "robot: toy.yaml\n").replace(old, new), encoding="utf-8")
        robot = load_robot_symmetry(folder / "toy.yaml")
        results = check_environment(world, robot, symaug.compile(path), samples=30, seed=seed)
        return {result.name.removeprefix("environment/"): result for result in results}

    return check


def statuses(results) -> list[str]:
    return [result.status for result in results.values()]


def failed(results) -> list[str]:
    return [name for name, result in results.items() if result.status == "fail"]


def test_a_symmetric_environment_passes(check):
    assert isinstance(Toy(), LiveEnvironment)
    results = check(Toy())
    assert [*results] == ["layout", "dynamics", "observations/policy", "rewards", "terminations"]
    assert statuses(results) == ["pass"] * 5
    assert max(result.violation for result in results.values()) < 1e-6
    assert "72 episodes" in results["dynamics"].detail  # 30 rounded up to copies, from resets and later
    assert check(Toy()) == results  # the same seed, the same report


def test_one_copy_is_enough(check):
    world = Toy()
    world.num_envs = 1
    assert statuses(check(world))[:4] == ["pass"] * 4


def test_a_wheel_that_grips_better(check):
    results = check(Toy(grip=1.1))
    assert failed(results) == ["dynamics"] and statuses(results)[3:] == ["skip", "skip"]
    assert next(iter(results["dynamics"].breakdown)) == "base_lin_vel"
    assert "under mirror" in results["dynamics"].detail and results["dynamics"].suggestion is None


def test_the_same_is_excused_where_the_robot_is_known_to_be_uneven(check):
    world = Toy(grip=1.1)
    world.exact = False
    results = check(world)
    assert failed(results) == []
    assert "own unevenness" in results["dynamics"].detail and "only to" in results["rewards"].detail
    results = check(world, "base_ang_vel: pseudovector", "base_ang_vel: vector")
    assert failed(results) == ["observations/policy"]  # but not this
    assert "`base_ang_vel: pseudovector`" in (results["observations/policy"].suggestion or "")


def test_actions_that_are_declared_wrongly(check):
    results = check(Toy(), "actions: joints", "actions: 2 * scalar")
    assert failed(results) == ["dynamics"]
    assert (results["dynamics"].suggestion or "").startswith("`actions: joints` (violation")


def test_noise_is_told_from_asymmetry(check):
    class Noisy(Toy):
        def observe(self):
            clean = super().observe()["policy"]
            return {"policy": clean + 0.1 * np.random.default_rng().normal(size=clean.shape)}

    results = check(Noisy())
    assert failed(results) == ["observations/policy"]
    assert "does not repeat itself" in results["observations/policy"].detail
    assert results["observations/policy"].suggestion is None


def test_not_a_number_fails(check):
    class Broken(Toy):
        def observe(self):
            seen = super().observe()["policy"]
            seen[3, 7] = np.nan
            return {"policy": seen}

        def pay(self):
            return super().pay() | {"log": np.where(self.steps == 9, np.nan, 1.0) * np.ones(12)}

    results = check(Broken())
    assert failed(results) == ["observations/policy", "rewards"]
    for name, term in (("observations/policy", "joint_pos"), ("rewards", "log")):
        assert math.isnan(results[name].violation) and "not a number" in results[name].detail
        assert list(results[name].breakdown) == [term]


def test_what_comes_after_an_end_does_not_count(check):
    class Resetting(Toy):
        """Shows anything once an episode has ended, as environments that reset inside `step` do."""

        def begin(self, state):
            self.over = np.zeros(len(state), dtype=bool)
            return super().begin(state)

        def step(self, actions):
            reading = super().step(actions)
            self.over |= reading.terminations["fast"]
            seen = np.where(self.over[:, None], np.nan, reading.observations["policy"])
            state = replace(
                reading.state, joint_vel=np.where(self.over[:, None], 0.0, reading.state.joint_vel)
            )
            self.state = replace(state, base_pos=np.where(self.over[:, None], 7.0, state.base_pos))
            return replace(reading, observations={"policy": seen}, state=self.state)

    assert statuses(check(Resetting())) == ["pass"] * 5


def test_terms_that_say_nothing_are_named(check):
    class Quiet(Toy):
        def pay(self):
            return super().pay() | {"bonus": np.zeros(12)}

        def end(self):
            return {"never": np.zeros(12, dtype=bool)}

    results = check(Quiet())
    assert results["rewards"].status == "pass" and "not exercised: bonus" in results["rewards"].detail
    assert results["terminations"].status == "skip" and "never" in results["terminations"].detail

    class Silent(Toy):
        def pay(self):
            return {}

    assert check(Silent())["rewards"].status == "skip"


def test_a_reward_that_listens_to_one_wheel(check):
    class Lefty(Toy):
        def pay(self):
            return super().pay() | {"effort": np.square(self.state.joint_vel) @ [1.0, 0.2]}

        def end(self):
            return {"fast": self.state.joint_vel[:, 1] > 1.5}

    results = check(Lefty())
    assert failed(results) == ["rewards", "terminations"]
    assert list(results["rewards"].breakdown) == ["effort"]
    assert "`effort` listens to L more than to R" in results["rewards"].detail
    assert "`fast` listens to R more than to L" in results["terminations"].detail


def test_layouts_that_differ(check):
    wrong = check(Toy(terms=[*TERMS[1::-1], *TERMS[2:]]))["layout"]
    assert wrong.status == "fail" and "at 3:6 here, at 0:3 in the spec" in wrong.detail
    assert "base_ang_vel, base_lin_vel, joint_pos" in (wrong.suggestion or "")
    named = check(Toy(terms=[("lin_vel", 3), *TERMS[1:]]))["layout"]
    assert named.status == "warn" and "`base_lin_vel` of the spec is called `lin_vel`" in named.detail
    wide = check(Toy(terms=[*TERMS[:4], ("goal", 3)]))
    assert wide["layout"].status == "fail" and "is 3 wide here, 2 in the spec" in wide["layout"].detail
    assert wide["observations/policy"].status == "skip"
    group = Toy()
    group.observation_terms = {"polcy": TERMS}
    missing = check(group)["layout"]
    assert "no observation group `policy`; did you mean `polcy`?" in missing.detail
    joints = Toy()
    joints.joint_names = ("left", "rigth")
    results = check(joints)
    assert "did you mean `right`?" in results["layout"].detail and statuses(results)[1:] == ["skip"] * 4
    narrow = Toy()
    narrow.num_actions = 3
    assert "takes 3 actions, the spec has 2" in check(narrow)["layout"].detail


def test_types_are_found_again(check):
    for term, right, wrong in (
        ("base_ang_vel", "pseudovector", "vector"),
        ("goal", "vector[xy]", "2 * scalar"),
        ("joint_vel", "joints", "2 * scalar"),
        ("base_lin_vel", "vector", "pseudovector[x] + 2 * scalar"),
    ):
        result = check(Toy(), f"{term}: {right}", f"{term}: {wrong}")["observations/policy"]
        assert list(result.breakdown) == [term]
        assert (result.suggestion or "").startswith(f"`{term}: {right}` (violation"), result.suggestion
