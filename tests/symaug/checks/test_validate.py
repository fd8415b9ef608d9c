"""The right declaration passes; each one with a single mistake fails, with the guilty joint named first."""

from __future__ import annotations

import json
import math

import pytest

from symaug.checks import CheckResult, Report, validate
from symaug.checks import validate as validate_function
from symaug.checks.report import judge, worst_first
from symaug.diagnostics import SpecError, UserError

SAGITTAL = "reflect y, swap (LF RF)(LH RH), flip *_HAA"
TRANSVERSAL = "reflect x, swap (LF LH)(RF RH), flip *_HFE *_KFE"
NO_POSE = ('default_pose: {"*_HAA": 0.0, "*F_HFE": 0.4, "*H_HFE": -0.4, "*F_KFE": -0.8, "*H_KFE": 0.8}', "")
ONLY_SAGITTAL = (
    (f"    transversal: {TRANSVERSAL}", ""),
    (
        "    - sagittal^2 = transversal^2 = e\n    - sagittal transversal = transversal sagittal",
        "    - sagittal^2 = e",
    ),
)
AXES, ANCHORS, LIMITS = "geometry/joint axes", "geometry/joint anchors", "geometry/joint limits"


def legs(kind):
    return {f"{leg}_{kind}" for leg in ("LF", "LH", "RF", "RH")}


@pytest.mark.parametrize("document", ["anymal_d/velocity", "anymal_d/position", "anymal_d"])
def test_the_shipped_documents_pass(document):
    report = validate(document)
    assert report.ok and {check.status for check in report.checks} <= {"pass", "warn"}
    twin = [
        check
        for check in report.checks
        if check.name.startswith("dynamics/") and "published" not in check.name
    ]
    assert len(twin) == 4
    assert all(check.violation is not None and check.violation < 1e-10 for check in twin)
    assert report.check(AXES).violation < 1e-12
    assert "13.3 mm" in report.check("dynamics/as published").detail


# name, new sagittal, new transversal, check that must fail, joints at fault, suggested edit
SIGNS = [
    ("flip missing", SAGITTAL.replace(", flip *_HAA", ""), None, legs("HAA"), "in `sagittal`: flip *_HAA"),
    ("flip too many", SAGITTAL + " *_KFE", None, legs("KFE"), "in `sagittal`: do not flip *_KFE"),
    (
        "flip of one orbit missing",
        None,
        TRANSVERSAL.replace(" *_KFE", ""),
        legs("KFE"),
        "in `transversal`: flip *_KFE",
    ),
    (
        "other orbit missing",
        None,
        TRANSVERSAL.replace(" *_HFE", ""),
        legs("HFE"),
        "in `transversal`: flip *_HFE",
    ),
    ("wrong orbit", None, TRANSVERSAL + " *_HAA", legs("HAA"), "in `transversal`: do not flip *_HAA"),
]


@pytest.mark.parametrize(
    "sagittal, transversal, guilty, edit", [case[1:] for case in SIGNS], ids=[c[0] for c in SIGNS]
)
def test_a_wrong_sign_is_found_named_and_mended(edited, sagittal, transversal, guilty, edit):
    path = edited((SAGITTAL, sagittal or SAGITTAL), (TRANSVERSAL, transversal or TRANSVERSAL))
    report = validate(path)
    assert not report.ok
    check = report.check(AXES)
    assert check.status == "fail" and check.violation == pytest.approx(2)
    assert set(list(check.breakdown)[:4]) == guilty
    assert check.suggestion is not None and check.suggestion.startswith(edit)
    assert report.check("dynamics/step").status == "fail"
    assert report.check("dynamics/as published").status == "skip"


def test_the_suggested_edit_is_the_right_declaration(edited):
    wrong = SAGITTAL + " LF_KFE RF_KFE"
    report = validate(edited((SAGITTAL, wrong), *ONLY_SAGITTAL))
    check = report.check(AXES)
    assert set(list(check.breakdown)[:2]) == {"LF_KFE", "RF_KFE"}
    assert check.suggestion is not None and "do not flip LF_KFE RF_KFE (violation 2 → " in check.suggestion


def test_a_sign_on_one_side_only_is_refused_with_the_joint(edited):
    path = edited((SAGITTAL, SAGITTAL.replace("*_HAA", "LF_HAA LH_HAA RH_HAA")))
    with pytest.raises(SpecError) as caught:
        validate(path)
    assert "LF_HAA" in str(caught.value) or "RF_HAA" in str(caught.value)


def test_a_dropped_swap_is_named(edited):
    report = validate(edited((SAGITTAL, SAGITTAL.replace("(LF RF)", "")), *ONLY_SAGITTAL))
    check = report.check(ANCHORS)
    assert check.status == "fail" and check.violation > 0.1
    assert {name[:2] for name in list(check.breakdown)[:2]} <= {"LF", "RF"}
    assert report.check(LIMITS).status == "fail"


def test_crossed_neighbours_are_named(edited):
    crossed = SAGITTAL.replace("(LF RF)", "(LF_HAA RF_HAA)(LF_HFE RF_KFE)(LF_KFE RF_HFE)")
    report = validate(edited((SAGITTAL, crossed), *ONLY_SAGITTAL))
    assert not report.ok
    check = report.check(ANCHORS)
    assert check.status == "fail"
    assert {name[3:] for name in list(check.breakdown)[:4]} == {"HFE", "KFE"}
    assert {name[:2] for name in list(check.breakdown)[:4]} == {"LF", "RF"}
    assert report.check("geometry/bodies").status == "fail"


def test_crossed_unlike_neighbours_are_named(edited):
    crossed = SAGITTAL.replace("(LF RF)", "(LF_HAA RF_HFE)(LF_HFE RF_HAA)(LF_KFE RF_KFE)")
    report = validate(edited((SAGITTAL, crossed.replace("flip *_HAA", "flip LH_HAA RH_HAA")), *ONLY_SAGITTAL))
    assert not report.ok
    assert set(list(report.check(AXES).breakdown)[:4]) == {"LF_HAA", "LF_HFE", "RF_HAA", "RF_HFE"}


def test_a_mirror_that_turns_gravity_over_is_refused(edited):
    report = validate(edited((SAGITTAL, "reflect z, swap (LF RF)(LH RH), flip *_HAA")))
    check = report.check("geometry/gravity")
    assert check.status == "fail" and check.violation == pytest.approx(2)
    assert "sagittal" in check.breakdown and "sagittal" in check.detail
    assert report.check(AXES).status == "fail"


def test_the_wrong_base_motion_is_mended(edited):
    report = validate(edited((SAGITTAL, SAGITTAL.replace("reflect y", "reflect x")), *ONLY_SAGITTAL))
    assert report.check(AXES).suggestion.startswith("in `sagittal`: reflect y (violation 2")


def test_knees_that_bend_one_way_break_the_limits(edited):
    one_way = (
        'class="kfe">\n      <joint axis="0 1 0" range="-9.42477796076938 9.42477796076938"',
        'class="kfe">\n      <joint axis="0 1 0" range="-2.7 -0.8"',
    )
    report = validate(edited(model=(one_way,)))
    check = report.check(LIMITS)
    assert check.status == "fail" and check.violation == pytest.approx(3.5)
    assert set(check.breakdown) == legs("KFE")
    assert "transversal sends" in check.detail and "[-2.7, -0.8]" in check.detail
    assert report.check(AXES).status == "pass"


def test_an_uneven_default_pose_fails_and_physics_still_finds_the_sign(edited, tmp_path):
    robot = edited((TRANSVERSAL, TRANSVERSAL.replace(" *_KFE", "")))
    spec = tmp_path / "task.yaml"
    spec.write_text(
        f"spec: mine\nrobot: {robot}\nobservations: {{policy: {{joint_pos: joints}}}}\nactions: joints\n"
    )
    report = validate(spec)
    pose = report.check("algebra/default pose")
    assert pose.status == "fail" and pose.violation == pytest.approx(1.6)
    assert set(pose.breakdown) == legs("KFE")
    assert report.check(AXES).suggestion.startswith("in `transversal`: flip *_KFE")


def test_uneven_colliders_warn_and_spare_the_contact_step(edited):
    report = validate(
        edited(
            model=(
                (
                    'name="LF_FOOT" class="foot" pos="0.1 0.014109',
                    'name="LF_FOOT" class="foot" pos="0.1 0.034109',
                ),
            )
        )
    )
    assert report.ok
    colliders = report.check("geometry/colliders")
    assert colliders.status == "warn" and "LF_FOOT" in colliders.detail
    contact = report.check("dynamics/contact step")
    assert contact.status == "skip" and "LF_FOOT" in contact.detail
    assert report.check("dynamics/step").status == "pass"


def test_a_robot_with_a_heavy_side_warns_and_names_it(edited):
    heavy = '<body name="LF_SHANK" pos="0 0.1805 -0.285">\n            <inertial mass="0.79598"'
    report = validate(edited(model=((heavy, heavy.replace("0.79598", "1.79598")),)))
    assert report.ok
    check = report.check("dynamics/as published")
    assert check.status == "warn" and check.violation > 0.1
    assert check.breakdown["LF_SHANK: mass (kg)"] == pytest.approx(1)
    assert check.breakdown["RF_SHANK: mass (kg)"] == pytest.approx(1)
    assert "RH_SHANK: mass (kg)" not in check.breakdown


def test_a_missing_and_a_broken_model_are_user_errors(edited):
    missing = edited(("model: anymal_d.xml", "model: nowhere.xml"))
    with pytest.raises(UserError, match="SA602") as caught:
        validate(missing)
    assert "nowhere.xml" in str(caught.value)
    broken = edited(model=(("</mujoco>", ""),))
    with pytest.raises(UserError, match="SA602"):
        validate(broken)


def test_a_model_without_a_declared_joint_is_a_user_error(edited):
    with pytest.raises(UserError, match="SA601") as caught:
        validate(
            edited(
                model=(('name="RF_KFE"', 'name="RF_KNEE_JOINT"'), ('joint="RF_KFE"', 'joint="RF_KNEE_JOINT"'))
            )
        )
    assert "RF_KFE" in str(caught.value)


def test_a_robot_without_a_model_is_skipped_with_the_reason(edited):
    report = validate(edited(("model: anymal_d.xml", "")))
    assert report.ok
    assert report.check("geometry").status == report.check("dynamics").status == "skip"
    assert "names no model" in report.check("geometry").detail


def test_without_mujoco_physics_is_skipped_with_what_to_install(monkeypatch):
    import sys

    module = sys.modules["symaug.checks.validate"]
    monkeypatch.setattr(module, "find_module", lambda name: None if name == "mujoco" else object())
    report = validate("anymal_d")
    assert report.ok and "pip install 'symaug[physics]'" in report.check("geometry").detail


def test_reports_are_deterministic_by_seed_and_valid_json():
    first, second, other = (validate("anymal_d", seed=seed).dumps() for seed in (3, 3, 4))
    assert first == second != other
    document = json.loads(first)
    assert document["ok"] is True
    assert all(
        {"name", "status", "violation", "tolerance", "detail"} <= check.keys() for check in document["checks"]
    )


def test_no_samples_is_a_user_error():
    with pytest.raises(UserError, match="SA605"):
        validate_function("anymal_d", samples=0)


def test_not_a_number_fails_and_stays_valid_json():
    assert judge(math.nan, 1.0) == "fail" and judge(math.inf, 1.0) == "fail"
    assert judge(0.5, 1.0, warn=0.1) == "warn" and judge(0.05, 1.0, warn=0.1) == "pass"
    assert list(worst_first({"a": 1.0, "b": math.nan, "c": 2.0})) == ["b", "c", "a"]
    report = Report("x", (CheckResult("c", judge(math.nan, 1.0), math.nan, 1.0, "?", {"j": math.nan}),))
    assert not report.ok
    assert json.loads(report.dumps())["checks"][0]["violation"] is None


def test_a_simulation_that_turns_into_nan_fails_without_a_word_to_stdout(
    edited, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    absurd = ('kp="120" kv="3" forcerange="-80 80"', 'kp="1e308" kv="1e308"')
    check = validate(edited(model=(absurd,))).check("dynamics/step")
    assert check.status == "fail" and check.violation is not None and math.isnan(check.violation)
    assert "MuJoCo warned" in check.detail
    assert capfd.readouterr().out == ""
    assert not (tmp_path / "MUJOCO_LOG.TXT").exists()
