from __future__ import annotations

import pytest

import symaug
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.tools.labels import Reading, dense_elements, mixed_terms, number_labels, readings
from tests.symaug.documents import SPEC, write


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("vector", "x y z"),
        ("vector[xy] + pseudovector[z]", "x y z"),
        ("quaternion(wxyz)", "w x y z"),
        ("limbs", "0 1 2 3"),
        ("joints[*_KFE]", "0 1 2 3"),
        ("2 * vector", "0 1 2 3 4 5"),
        ("vector + limbs", "0 1 2 3 4 5 6"),
    ],
)
def test_numbers_are_called_what_they_are(tmp_path, written, labels):
    program = symaug.compile(write(tmp_path, spec=SPEC.replace("gravity: vector", f"gravity: {written}")))
    space = program.space("observations/policy")
    stop = space.terms[0].stop
    assert number_labels(program, space)[:stop] == labels.split()


def test_joints_are_called_by_their_names_and_one_number_by_none():
    program = symaug.compile("anymal_d/position")
    space = program.space("observations/policy")
    labels = dict(zip([term.name for term in space.terms], [term.start for term in space.terms], strict=True))
    assert number_labels(program, space)[labels["joint_pos"]] == "LF_HAA"
    assert number_labels(program, space)[labels["remaining_time"]] == ""


def test_readings_are_what_the_action_does():
    program = symaug.compile("anymal_d/velocity")
    action = program.space("actions").elements["sagittal"]
    assert isinstance(action, SignedPermutation)
    made = readings(program.space("actions"), "sagittal")
    assert [reading.sources for reading in made] == [
        ((source, float(sign)),) for source, sign in zip(action.index, action.sign, strict=True)
    ]


def test_words_for_a_reading():
    names = ["a", "b"]
    assert Reading(((0, 1.0),), 0.0).told(names) == "a"
    assert Reading(((1, -1.0),), 0.5).told(names) == "−b + 0.5"
    assert Reading(((0, -0.5), (1, -0.8660254)), 0.0).told(names) == "−0.5 a − 0.866 b"


def test_matrices_are_found():
    cube, walk = symaug.compile("trifinger/cube"), symaug.compile("anymal_d/velocity")
    assert dense_elements(cube.space("observations/policy")) == ["turn", "turn*turn"]
    assert dense_elements(cube.space("actions")) == []
    assert mixed_terms(walk.space("observations/policy")) == []
    names = {term.name for term in mixed_terms(cube.space("observations/policy"))}
    assert "robot_observation.fingertip_position" in names and "action" not in names
