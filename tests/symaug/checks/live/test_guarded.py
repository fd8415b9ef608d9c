"""What a user's environment returns has the shapes it promised, or the error names what has not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from symaug.checks.live.guarded import Guarded
from symaug.checks.live.world import LiveEnvironment, Reading, mirrored
from symaug.diagnostics import UserError
from symaug.semantics.robot import load_robot_symmetry
from tests.symaug.checks.live.test_environment import ROBOT, Toy


class Spoiled(Toy):
    """The toy, one thing of whose readings is replaced from the second step on."""

    spoil = staticmethod(lambda reading: reading)

    def step(self, actions):
        reading = super().step(actions)
        return self.spoil(reading) if self.steps > 1 else reading


def run(world) -> None:
    guarded = cast(LiveEnvironment, Guarded(world, "mine:make"))
    guarded.begin(guarded.sample_resets(12, 0))
    for _ in range(2):
        guarded.step(np.zeros((12, 2)))


def seen(reading: Reading, values) -> Reading:
    return replace(reading, observations={"policy": values})


def paid(reading: Reading, **terms) -> Reading:
    return replace(reading, rewards=dict(reading.rewards) | terms)


def at(reading: Reading, **changes) -> Reading:
    return replace(reading, state=replace(reading.state, **changes))


def test_what_is_as_promised_goes_through():
    run(Spoiled())


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda r: seen(r, np.zeros((12, 13))), "group `policy` the shape (12, 13) instead of (12, 12)"),
        (lambda r: seen(r, r.observations["policy"].tolist()), "group `policy` as a `list`"),
        (lambda r: seen(r, np.full((12, 12), "x")), "group `policy` as an array of `<U1`, not of numbers"),
        (lambda r: seen(r, np.full((12, 12), None)), "group `policy` as an array of `object`"),
        (lambda r: replace(r, observations={}), "shows no observation group `policy`"),
        (
            lambda r: paid(r, near=np.zeros((12, 1))),
            "`near` of its rewards the shape (12, 1) instead of (12,)",
        ),
        (lambda r: paid(r, near=0.5), "`near` of its rewards as a `float`"),
        (lambda r: paid(r, bonus=np.zeros(12)), "tells `bonus` of its rewards in some steps only"),
        (lambda r: replace(r, terminations={}), "tells `fast` of its terminations in some steps only"),
        (lambda r: at(r, joint_pos=np.zeros((12, 3))), "`joint_pos` of the state the shape (12, 3)"),
        (lambda r: at(r, base_quat=np.zeros((12, 3))), "`base_quat` of the state the shape (12, 3)"),
        (lambda r: at(r, task={}), "gives the task quantities none; `task_types` has goal"),
        (lambda r: at(r, task={"goal": np.zeros(12)}), "`goal` of the task the shape (12,)"),
    ],
)
def test_what_is_not_as_promised_is_named(spoil, words):
    world = Spoiled()
    world.spoil = spoil
    with pytest.raises(UserError, match=re.escape(words)) as error:
        run(world)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA606" and diagnostic.message.startswith(
        "`step` of the environment `mine:make`"
    )


def test_a_group_of_the_wrong_width_lists_its_terms():
    world = Toy(terms=[("base_lin_vel", 3), ("goal", 2)])
    with pytest.raises(UserError, match="`begin` ") as error:
        run(world)
    assert "5 numbers: base_lin_vel 3, goal 2" in error.value.diagnostics[0].notes[0]


def test_too_few_resets():
    world = Toy()
    world.sample_resets = lambda count, seed: Toy().sample_resets(count - 1, seed)
    with pytest.raises(UserError, match=r"`sample_resets` .* the shape \(11, 3\) instead of \(12, 3\)"):
        run(world)


def test_a_task_quantity_of_another_width_than_its_type(tmp_path):
    (tmp_path / "toy.yaml").write_text(ROBOT, encoding="utf-8")
    state = Toy().sample_resets(3, 0)
    robot = load_robot_symmetry(tmp_path / "toy.yaml")
    with pytest.raises(UserError, match="`goal` of the task is 2 numbers, `vector` 3"):
        mirrored(state, robot, "mirror", Toy.joint_names, {"goal": "vector"})
