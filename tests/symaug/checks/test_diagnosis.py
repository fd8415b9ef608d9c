"""The suggested edits: each kind, several at once, the two closest, and when there is none."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from benchmarks.mutation.mutants import with_generator
from symaug.checks import validate
from symaug.checks.diagnosis.motions import base_motions, order_of, order_of_motion
from symaug.checks.geometry import check_geometry
from symaug.checks.mechanics.loading import load_model
from symaug.checks.mechanics.model import ModelView
from symaug.diagnostics import SpecError
from symaug.semantics.motion import reflection
from symaug.semantics.robot import load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation

SAGITTAL = "reflect y, swap (LF RF)(LH RH), flip *_HAA"
TRANSVERSAL = "reflect x, swap (LF LH)(RF RH), flip *_HFE *_KFE"
ONLY_SAGITTAL = (
    (f"    transversal: {TRANSVERSAL}", ""),
    (
        "    - sagittal^2 = transversal^2 = e\n    - sagittal transversal = transversal sagittal",
        "    - sagittal^2 = e",
    ),
)


def view_of(robot):
    return ModelView.of(robot, load_model(robot.model, robot.joints).model)


def found(view, robot):
    return check_geometry(view, robot, np.random.default_rng(0), 4)


def suggestion(edited, wrong, model=()):
    """What the first failure of the geometry suggests for ANYmal D with this `sagittal` alone."""
    report = validate(edited((SAGITTAL, wrong), *ONLY_SAGITTAL, model=model), samples=4)
    failed = [check for check in report.failures() if check.name.startswith("geometry/")]
    assert failed and len({check.suggestion for check in failed}) == 1
    return failed[0].suggestion


@pytest.mark.parametrize(
    "wrong, edit",
    [
        ("reflect y, swap (LF RF)(LH RH)", "flip *_HAA (violation 2 → 0)"),
        (SAGITTAL + " LF_KFE RF_KFE", "do not flip LF_KFE RF_KFE (violation 2 → 0)"),
        ("reflect y, swap (LF RF)(LH RH), flip *_HFE", "flip *_HAA and do not flip *_HFE (violation 2 → 0)"),
        ("reflect y, swap (LF RF), flip *_HAA", "swap (LH RH) ("),
        ("reflect y, swap (LF LH)(RF RH), flip *_HAA", "swap (LF RF)(LH RH) instead of (LF LH)(RF RH) ("),
        (
            "reflect y, swap (LF RF)(LH_HAA RH_HAA)(LH_HFE RH_KFE)(LH_KFE RH_HFE), flip *_HAA",
            "swap (LH RH) instead of (LH_HAA RH_HAA)(LH_HFE RH_KFE)(LH_KFE RH_HFE) (",
        ),
        ("rotate z by 180 deg, swap (LF RF)(LH RH), flip *_HAA", "reflect y (violation 2 → 0)"),
        ("reflect z, swap (LF RF)(LH RH), flip *_HAA", "reflect y (violation 2 → 0)"),
    ],
)
def test_one_edit(edited, wrong, edit):
    assert suggestion(edited, wrong).startswith(f"in `sagittal`: {edit}")


def test_an_extra_swap(tmp_path, edited):
    robot = load_robot_symmetry("anymal_d")
    nothing = SignedPermutation.identity(12)
    still = with_generator(robot, "sagittal", nothing, robot.motions["sagittal"])
    # Only the joints' places are wrong: with no joint moved, no motion of the base fits.
    text = found(view_of(robot), still).diagnoses["sagittal"].text
    assert "swap (LF RF)(LH RH)" in text and "flip *_HAA" in text


def test_two_mistakes_are_told_together_and_each_alone(edited):
    text = suggestion(edited, "reflect x, swap (LF RF)(LH RH), flip *_KFE")
    assert text.startswith("in `sagittal`: no single edit mends it; together these do: reflect y, flip *_HAA")
    assert "do not flip *_KFE (violation 2 → 0)" in text
    assert "; alone, " in text and text.count("joints off (violation 2)") == 2


def test_the_two_closest_where_nothing_mends(edited):
    # One hip of the model turns about a tilted axis: no declaration can be right.
    tilted = ('name="LF_HAA" class="haa_left"', 'name="LF_HAA" class="haa_left" axis="0.8 0.6 0"')
    text = suggestion(edited, "reflect y, swap (LF RF), flip *_HAA LF_KFE RF_KFE", model=(tilted,))
    assert text.startswith("in `sagittal`: no single edit mends it; closest: ")
    assert "swap (LH RH), which leaves 4 of 12 joints off" in text
    assert "do not flip LF_KFE RF_KFE, which leaves 4 of 12 joints off" in text


def test_nothing_to_suggest_where_the_model_is_at_fault(edited):
    tilted = ('name="LF_HAA" class="haa_left"', 'name="LF_HAA" class="haa_left" axis="0.8 0.6 0"')
    text = suggestion(edited, SAGITTAL, model=(tilted,))
    assert text == "in `sagittal`: no single edit mends it, and none brings it closer"


ONE_WAY = (
    'class="kfe">\n      <joint axis="0 1 0" range="-9.42477796076938 9.42477796076938"',
    'class="kfe">\n      <joint axis="0 1 0" range="-2.7 -0.8"',
)


def test_knees_that_bend_one_way_have_no_front_to_back_image(edited):
    report = validate(edited(model=(ONE_WAY,)), samples=4)
    text = report.check("geometry/joint limits").suggestion
    assert text.startswith("in `transversal`: no edit mends it: the joint lines map and the ranges do not")
    assert "bend one way" in text and "leave the generator out" in text
    assert report.check("geometry/joint axes").suggestion is None


def test_an_edit_that_breaks_the_ranges_is_not_called_mending(edited):
    wrong = TRANSVERSAL.replace(" *_KFE", "")
    report = validate(edited((TRANSVERSAL, wrong), model=(ONE_WAY,)), samples=4)
    text = report.check("geometry/joint axes").suggestion
    assert (
        "no single edit mends it; closest: flip *_KFE, which maps all joint lines, but not the ranges" in text
    )


def test_a_cycle_the_wrong_way_round_has_two_edits_that_are_as_good():
    robot = load_robot_symmetry("trifinger")
    wrong = with_generator(robot, "turn", robot.joint_actions["turn"].inverse())
    diagnosis = found(view_of(robot), wrong).diagnoses["turn"]
    assert diagnosis.single and len(diagnosis.meant) == 2
    assert diagnosis.text.startswith(
        "rotate z by -120 deg or swap (finger_0 finger_240 finger_120) instead of"
    )


LEVERS = """
<mujoco><compiler angle='radian'/><worldbody><body name='base' pos='0 0 1'><freejoint/>
<geom size='.1' mass='5'/>
<body name='left' pos='0 .2 0'><joint name='left_hip' axis='0 0 1'/>
  <geom type='capsule' size='.02' fromto='0 0 0 .3 0 0' mass='1'/>
  <body name='left_hand' pos='.3 0 0'><joint name='left_nod' axis='0 1 0'/><geom size='.03' mass='.2'/></body>
</body>
<body name='right' pos='0 -.2 0'><joint name='right_hip' axis='0 0 1'/>
  <geom type='capsule' size='.02' fromto='0 0 0 0 -.3 0' mass='1'/>
  <body name='right_hand' pos='0 -.3 0'>
    <joint name='right_nod' axis='1 0 0'/><geom size='.03' mass='.2'/>
  </body>
</body></body></worldbody></mujoco>"""


def levers(tmp_path, generator):
    (tmp_path / "levers.xml").write_text(LEVERS)
    path = tmp_path / "robot.yaml"
    path.write_text(
        "robot: levers\nmodel: levers.xml\njoints: '{left,right}_{hip,nod}'\n"
        "default_pose: {'*_hip': 45 deg, '*_nod': 0}\n"
        f"limbs: {{L: left_*, R: right_*}}\nsymmetry:\n  generators:\n    mirror: {generator}\n"
    )
    return path


def test_a_missing_shift_is_found(tmp_path):
    path = levers(tmp_path, "reflect y, swap (L R), flip *_hip")
    report = validate(path, samples=4)
    text = report.check("geometry/joint axes").suggestion
    assert text.startswith("in `mirror`: shift *_hip by 90 deg (violation 1.41 → ")
    mended = levers(tmp_path, "reflect y, swap (L R), flip *_hip, shift *_hip by 90 deg")
    assert validate(mended, samples=4).ok


def test_a_range_of_two_turns_is_no_limit_that_a_shift_could_move(tmp_path):
    path = levers(tmp_path, "reflect y, swap (L R), flip *_hip, shift *_hip by 90 deg")
    model = tmp_path / "levers.xml"
    for ends, status in (("-6.28 6.28", "pass"), ("-3 3", "fail")):
        model.write_text(LEVERS.replace("_hip' axis", f"_hip' range='{ends}' axis"))
        assert validate(path, samples=4).check("geometry/joint limits").status == status


HAND = """
<body name='{side}_hand' pos='0 {y} 0'><joint name='{side}_wrist' axis='0 0 1' range='-1 1'/>
  <geom type='box' size='.1 .05 .1' mass='1'/>
  <body name='{side}_upper' pos='.2 0 .1'><joint name='{side}_upper' axis='0 0 1' range='-1 1'/>
    <geom type='capsule' size='.01' fromto='0 0 0 .1 0 0' mass='.1'/></body>
  <body name='{side}_lower' pos='.2 0 -.1'><joint name='{side}_lower' axis='0 0 1' range='-1 1'/>
    <geom type='capsule' size='.01' fromto='0 0 0 .1 0 0' mass='.1'/></body>
</body>"""


def hands(tmp_path, swaps):
    bodies = HAND.format(side="left", y=0.2) + HAND.format(side="right", y=-0.2)
    (tmp_path / "hands.xml").write_text(
        "<mujoco><compiler angle='radian'/><worldbody><body name='base' pos='0 0 1'><freejoint/>"
        f"<geom size='.1' mass='5'/>{bodies}</body></worldbody></mujoco>"
    )
    path = tmp_path / "robot.yaml"
    path.write_text(
        "robot: hands\nmodel: hands.xml\njoints: '{left,right}_{wrist,upper,lower}'\n"
        "limbs: {L: left_*, R: right_*}\nsymmetry:\n  generators:\n"
        f"    mirror: reflect y, swap {swaps}, flip '*'\n".replace("'*'", "*_*")
    )
    return path


def test_joints_whose_lines_coincide_are_told_apart_by_their_bodies(tmp_path):
    assert validate(hands(tmp_path, "(L R)"), samples=4).ok
    crossed = "(left_wrist right_wrist)(left_upper right_lower)(left_lower right_upper)"
    report = validate(hands(tmp_path, crossed), samples=4)
    assert report.check("geometry/joint axes").status == "pass"
    check = report.check("geometry/bodies")
    assert check.status == "fail" and "0.2 m" in check.detail
    assert set(check.breakdown) == {
        f"{side}_{finger}" for side in ("left", "right") for finger in ("upper", "lower")
    }
    assert check.suggestion.startswith("in `mirror`: swap (")
    assert "(left_upper right_lower)" in check.suggestion.partition("instead of")[2]


def test_an_uneven_place_alone_is_no_crossing(tmp_path):
    path = hands(tmp_path, "(L R)")
    model = tmp_path / "hands.xml"
    model.write_text(model.read_text().replace("fromto='0 0 0 .1 0 0'", "fromto='0 0 0 .1 0 .1'", 1))
    assert validate(path, samples=4).check("geometry/bodies").status == "pass"


@pytest.mark.parametrize(
    "wrong, code, edit",
    [
        (SAGITTAL.replace("*_HAA", "LF_HAA LH_HAA RH_HAA"), "SA211", "flip RF_HAA (violation 2 → 0)"),
        (SAGITTAL.replace("(LF RF)", ""), "SA211", "swap (LF RF) (violation"),
        (SAGITTAL.replace("reflect y", "reflect x"), "SA211", "reflect y (violation 2 → 0)"),
        (
            SAGITTAL.replace("(LF RF)", "(LF_HAA RF_HAA)(LF_HFE RF_KFE)(LF_KFE RF_HFE)"),
            "SA211",
            "swap (LF RF) instead of (LF_HAA RF_HAA)(LF_HFE RF_KFE)(LF_KFE RF_HFE) (violation",
        ),
    ],
)
def test_generators_that_contradict_one_another_are_measured_one_by_one(edited, wrong, code, edit):
    with pytest.raises(SpecError) as caught:
        validate(edited((SAGITTAL, wrong)))
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    told = [line for line in problem.helps if line.startswith("measured on anymal_d.xml, in `")]
    assert len(told) == 1 and told[0].startswith(f"measured on anymal_d.xml, in `sagittal`: {edit}")


def test_a_contradiction_without_a_model_is_told_as_it_was(edited):
    wrong = SAGITTAL.replace("(LF RF)", "")
    with pytest.raises(SpecError) as caught:
        validate(edited((SAGITTAL, wrong), ("model: anymal_d.xml", "")))
    assert not any("measured" in line for line in caught.value.diagnostics[0].helps)
    with pytest.raises(SpecError) as caught:
        validate(edited((SAGITTAL, wrong), ("model: anymal_d.xml", "model: nowhere.xml")))
    assert caught.value.diagnostics[0].code == "SA211"


def test_the_same_seed_gives_the_same_words(anymal):
    wrong = with_generator(anymal, "sagittal", SignedPermutation.identity(12))
    view = view_of(anymal)
    texts = {
        check_geometry(view, wrong, np.random.default_rng(7), 3).diagnoses["sagittal"].text for _ in range(3)
    }
    assert len(texts) == 1


def test_a_model_that_is_not_a_number_is_no_traceback(anymal, model):
    broken = dataclasses.replace(
        with_generator(anymal, "sagittal", anymal.joint_actions["sagittal"]), limb_actions={}
    )
    model.body_pos[3] = math.nan
    geometry = check_geometry(ModelView.of(anymal, model), broken, np.random.default_rng(0), 2)
    assert any(check.status == "fail" for check in geometry.results)


def test_base_motions_are_written_as_the_language_reads_them():
    motions = base_motions([3, 4])
    assert list(motions)[:4] == ["reflect x", "reflect y", "reflect z", "rotate z by 180 deg"]
    assert {"rotate z by 120 deg", "rotate z by -120 deg", "rotate x by -90 deg"} <= set(motions)
    assert np.array_equal(motions["reflect y"], np.asarray(reflection("y")))
    assert [order_of_motion(motions[f"rotate z by {angle} deg"]) for angle in (180, 120, -90)] == [2, 3, 4]
    assert base_motions([7])["rotate z by 360/7 deg"].shape == (3, 3)
    assert order_of(np.array([1, 2, 0, 4, 3])) == 6
