"""Every declaration of one ANYmal D generator that has a single mistake, against the joint lines alone."""

from __future__ import annotations

import dataclasses

import mujoco
import numpy as np
import pytest

from symaug.checks.geometry import check_geometry
from symaug.checks.model import ModelView
from symaug.semantics.group import Group
from symaug.semantics.signed_permutation import SignedPermutation

GENERATORS = ("sagittal", "transversal")


def mutants(robot, generator):
    """(what is wrong, the wrong action, the joints at fault)"""
    joints, right = robot.joints, robot.joint_actions[generator]

    def signs(wrong):
        flipped = [-s if joint in wrong else s for joint, s in zip(joints, right.sign, strict=True)]
        return SignedPermutation.of(right.index, flipped)

    for kind in ("HAA", "HFE", "KFE"):
        orbit = {joint for joint in joints if joint.endswith(kind)}
        yield f"sign of every {kind}", signs(orbit), orbit
    for joint in joints:
        yield f"sign of {joint}", signs({joint}), {joint}
    for pair in {frozenset((a[:2], joints[b][:2])) for a, b in zip(joints, right.index, strict=True)}:
        index = [i if joints[i][:2] in pair else source for i, source in enumerate(right.index)]
        guilty = {joint for joint in joints if joint[:2] in pair}
        yield f"no swap of {sorted(pair)}", SignedPermutation.of(index, right.sign), guilty
    for i, first in enumerate(joints):
        for k, second in enumerate(joints[:i]):
            if first[:2] == second[:2]:
                index = list(right.index)
                index[i], index[k] = index[k], index[i]
                yield (
                    f"{second} and {first} crossed",
                    SignedPermutation.of(index, right.sign),
                    {first, second},
                )


def alone(robot, generator, action):
    return dataclasses.replace(
        robot,
        group=Group(("e", generator), ((0, 1), (1, 0)), (generator,)),
        motions={name: robot.motions[name] for name in ("e", generator)},
        joint_actions={"e": SignedPermutation.identity(len(robot.joints)), generator: action},
    )


def lines(robot, model):
    view = ModelView.of(robot, model)
    results = check_geometry(view, robot, np.random.default_rng(0), 4).results
    return [check for check in results if check.name in ("geometry/joint axes", "geometry/joint anchors")]


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_single_mistake_fails_and_names_a_guilty_joint_first(anymal, generator):
    model = mujoco.MjModel.from_xml_path(str(anymal.model))
    right = alone(anymal, generator, anymal.joint_actions[generator])
    assert all(check.status == "pass" for check in lines(right, model))
    wrong = list(mutants(anymal, generator))
    assert len(wrong) == 3 + 12 + 2 + 12
    for what, action, guilty in wrong:
        failed = [check for check in lines(alone(anymal, generator, action), model) if check.status == "fail"]
        assert failed, what
        assert any(next(iter(check.breakdown)) in guilty for check in failed), what
        if what.startswith("sign"):
            assert failed[0].suggestion is not None and "flip" in failed[0].suggestion, what
