"""Declarations of every shipped robot that have a single mistake, against the joint lines alone.

All of them are counted by benchmarks/mutation_score.py; here are some of each kind.
"""

from __future__ import annotations

from collections import defaultdict

import mujoco
import numpy as np
import pytest

from benchmarks.mutation.mutants import KINDS, mutants, with_generator
from symaug.checks.geometry import check_geometry
from symaug.checks.mechanics.loading import load_model
from symaug.checks.mechanics.mirror import joint_map
from symaug.checks.mechanics.model import ModelView
from symaug.semantics.robot import load_robot_symmetry
from tests.robots import test_aloha
from tests.robots.chains import stand_in

GENERATORS = [
    ("aloha", "mirror"),
    ("ant", "turn"),
    ("ant", "mirror"),
    ("anymal_d", "sagittal"),
    ("anymal_d", "transversal"),
    ("g1", "sagittal"),
    ("trifinger", "turn"),
]
# A robot with more joints has more mistakes of a kind; six of each are tried, spread evenly.
OF_A_KIND = 6


def view_of(robot):
    if robot.name == "aloha":  # it ships no model
        tree = stand_in(test_aloha.TREE, floating=False)
        return ModelView.of(robot, mujoco.MjModel.from_xml_string(tree))
    return ModelView.of(robot, load_model(robot.model, robot.joints).model)


def found(view, robot):
    return check_geometry(view, robot, np.random.default_rng(0), 4)


def failures(geometry):
    return [check for check in geometry.results if check.status == "fail"]


def spread(robot, generator):
    kinds = defaultdict(list)
    for mutant in mutants(robot, generator):
        kinds[mutant.kind].append(mutant)
    return [m for every in kinds.values() for m in every[:: -(-len(every) // OF_A_KIND)]]


def names_a_guilty_joint(view, geometry, guilty):
    owners = [view.model.body(int(body)).name for body in view.model.jnt_bodyid[view.joint_ids]]
    bodies = dict(zip(owners, view.joints, strict=True))
    first = [name for check in failures(geometry) for name in list(check.breakdown)[:3]]
    return bool({bodies.get(name, name) for name in first} & guilty)


@pytest.mark.parametrize("name, generator", GENERATORS)
def test_single_mistakes_fail_name_a_guilty_joint_first_and_are_mended(name, generator):
    robot = load_robot_symmetry(name)
    view = view_of(robot)
    right = with_generator(robot, generator, robot.joint_actions[generator])
    assert not failures(found(view, right)) and not found(view, right).diagnoses
    wanted = joint_map(right, view, generator)
    tried = spread(robot, generator)
    assert len({mutant.kind for mutant in tried}) >= 5 and {m.kind for m in tried} <= set(KINDS)
    for mutant in tried:
        what = f"{mutant.kind}: {mutant.what}"
        geometry = found(view, mutant.robot)
        assert failures(geometry), what
        assert not mutant.guilty or names_a_guilty_joint(view, geometry, mutant.guilty), what
        diagnosis = geometry.diagnoses[generator]
        assert diagnosis.single, (what, diagnosis.text)
        assert any(
            np.allclose(each.motion, robot.motions[generator])
            and (each.joints.index == wanted.index).all()
            and (each.joints.sign == wanted.sign).all()
            for each in diagnosis.meant
        ), (what, diagnosis.text)
        assert all(check.suggestion == f"in `{generator}`: {diagnosis.text}" for check in failures(geometry))


def test_a_mutant_is_never_the_right_declaration_and_names_what_it_changed():
    robot = load_robot_symmetry("anymal_d")
    right = robot.joint_actions["sagittal"]
    counted = defaultdict(int)
    for mutant in mutants(robot, "sagittal"):
        counted[mutant.kind] += 1
        action = mutant.robot.joint_actions["sagittal"]
        changed = {
            joint
            for k, joint in enumerate(robot.joints)
            if (action.index[k], action.sign[k]) != (right.index[k], right.sign[k])
        }
        assert changed == mutant.guilty
        assert changed or mutant.robot.motions["sagittal"] != robot.motions["sagittal"]
    # 12 joints; 3 orbits of four and 6 pairs; (LF RF), (LH RH); 4 pairs of limbs; 3 pairs a leg; 5 motions
    assert dict(counted) == dict(
        zip((k for k in KINDS if k != KINDS[4]), (12, 9, 2, 4, 12, 12, 5), strict=True)
    )
