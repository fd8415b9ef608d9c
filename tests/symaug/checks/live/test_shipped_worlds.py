"""Wrong specs that nothing on paper shows are caught, named and mended in a running environment.

All mistakes in all shipped specs are counted by `benchmarks/mutation_score.py --part environments`.
"""

from __future__ import annotations

import pytest

from benchmarks.mutation.spec_mutants import spec_mutants
from benchmarks.mutation.specs import by_environment, outcome_of
from symaug.compiler.compile import compile_spec
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import find_spec

pytest.importorskip("gymnasium.envs.mujoco.ant_v5")


@pytest.mark.parametrize(
    "spec, mistakes",
    [
        (
            "aloha/either_hand",
            ("actions: limbs * (vector + quaternion(xyzw)", "giver: scalar for", "mocap_pose: "),
        ),
        ("trifinger/cube", ("camera_observation.object_orientation: vector[yx] + vector[yx]",)),
        ("g1/velocity_rough", ("height_scan: grid(17 x 11, order=yx", "the canonical one")),
    ],
)
def test_what_only_an_environment_shows(spec, mistakes, tmp_path):
    robot = load_robot_symmetry(spec.partition("/")[0])
    right = compile_spec(find_spec(spec))
    with by_environment(spec) as check:
        assert all(result.status != "fail" for result in check(find_spec(spec)))
        for start in mistakes:
            mutant = next(
                m for m in spec_mutants(spec, right, robot.joint_orders) if m.what.startswith(start)
            )
            outcome = outcome_of(spec, mutant, right, check, tmp_path / "mutant.yaml")
            assert outcome.caught and outcome.named and outcome.suggested, outcome.told
