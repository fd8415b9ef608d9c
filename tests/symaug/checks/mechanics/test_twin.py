from __future__ import annotations

import mujoco
import numpy as np
import pytest

from symaug.checks.mechanics.bodies import body_images, composite_inertias
from symaug.checks.mechanics.inertia import mass_com_inertia, pseudo_inertia, set_pseudo_inertia
from symaug.checks.mechanics.mirror import state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import load_robot_symmetry

FIELDS = (
    "body_mass",
    "body_ipos",
    "body_inertia",
    "jnt_range",
    "dof_damping",
    "dof_armature",
    "dof_frictionloss",
    "actuator_gainprm",
    "actuator_biasprm",
    "actuator_forcerange",
    "actuator_ctrlrange",
    "qpos_spring",
)


def asymmetry(model, robot):
    """Largest difference between a rigid body's pseudo-inertia and the image of its partner's."""
    view, worst = ModelView.of(robot, model), 0.0
    inertia = composite_inertias(view)
    for element in robot.group.elements:
        for body, image in body_images(view, robot, element).items():
            moved = image.transform @ inertia[body] @ image.transform.T
            worst = max(worst, np.abs(moved - inertia[image.body]).max())
    return worst


def test_the_twin_is_symmetric_and_the_published_model_is_not(anymal, model):
    assert asymmetry(symmetrised_twin(model, anymal), anymal) < 1e-12
    assert asymmetry(model, anymal) > 1e-3


def test_a_body_that_is_its_own_image_gets_its_mass_into_the_planes(anymal, model):
    base = model.body("base").id
    assert abs(model.body_ipos[base]).max() > 1e-3
    twin = symmetrised_twin(model, anymal)
    assert np.abs(twin.body_ipos[base][:2]).max() < 1e-15  # both mirror planes
    products = mass_com_inertia(pseudo_inertia(twin, base))[2]
    assert np.abs(products - np.diag(np.diag(products))).max() < 1e-12


def test_total_mass_and_the_model_given_stay(anymal, model):
    before = {name: getattr(model, name).copy() for name in FIELDS}
    twin = symmetrised_twin(model, anymal)
    assert twin.body_mass.sum() == pytest.approx(model.body_mass.sum(), rel=1e-14)
    assert twin.body_subtreemass[0] == pytest.approx(model.body_subtreemass[0], rel=1e-14)
    assert all(np.array_equal(getattr(model, name), value) for name, value in before.items())


def test_a_symmetric_model_is_left_alone(anymal, model):
    twin = symmetrised_twin(model, anymal)
    again = symmetrised_twin(twin, anymal)
    for name in (*FIELDS, "body_iquat", "body_invweight0", "dof_invweight0"):
        assert np.allclose(getattr(again, name), getattr(twin, name), rtol=0, atol=1e-12), name


def test_joint_and_actuator_properties_are_averaged(anymal, model):
    lf, rf = (model.joint(name).id for name in ("LF_HAA", "RF_HAA"))
    dof = model.jnt_dofadr
    model.dof_damping[dof[lf]], model.dof_armature[dof[lf]], model.dof_frictionloss[dof[lf]] = 4.0, 0.45, 8.0
    model.jnt_range[lf] = (-0.9, 0.5)
    actuator = int(np.flatnonzero(model.actuator_trnid[:, 0] == lf)[0])
    model.actuator_gainprm[actuator, 0] += 40.0
    model.actuator_forcerange[actuator] = (-100.0, 60.0)
    twin = symmetrised_twin(model, anymal)
    for field, extra in (("dof_damping", 4.0), ("dof_armature", 0.4), ("dof_frictionloss", 8.0)):
        values = getattr(twin, field)
        assert values[dof[lf]] == values[dof[rf]] == pytest.approx(getattr(model, field)[dof[rf]] + extra / 4)
    assert np.allclose(twin.jnt_range[lf], -twin.jnt_range[rf][::-1])
    assert twin.jnt_range[lf][0] == pytest.approx((-0.9 - 3 * 0.7853985) / 4)
    for element in anymal.group.elements:
        ctrl = state_maps(anymal, twin, element).ctrl
        assert np.allclose(twin.actuator_gainprm[ctrl.index], twin.actuator_gainprm)
        flipped = np.where(
            ctrl.sign[:, None] < 0, -twin.actuator_forcerange[:, ::-1], twin.actuator_forcerange
        )
        assert np.allclose(flipped[ctrl.index], twin.actuator_forcerange)


def test_welded_parts_keep_their_mass_while_the_rest_makes_up_for_them(tmp_path):
    robot, model = bench(tmp_path, lamp_mass=0.2)
    twin = symmetrised_twin(model, robot)
    lamp, left, right = (model.body(name).id for name in ("lamp", "left", "right"))
    assert twin.body_mass[lamp] == 0.2
    assert twin.body_mass[left] + 0.2 == pytest.approx(twin.body_mass[right]) == pytest.approx(1.1)
    assert asymmetry(twin, robot) < 1e-14
    assert asymmetry(model, robot) > 1e-2


def test_a_welded_part_too_heavy_to_make_up_for_is_merged(tmp_path):
    robot, model = bench(tmp_path, lamp_mass=5.0)
    twin = symmetrised_twin(model, robot)
    assert twin.body_mass[model.body("lamp").id] == 0
    assert twin.body_mass.sum() == pytest.approx(model.body_mass.sum())
    assert asymmetry(twin, robot) < 1e-14


@pytest.mark.parametrize("seed", range(3))
def test_pseudo_inertia_round_trip(model, seed):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(4, 4))
    pseudo = factor @ factor.T
    set_pseudo_inertia(model, 1, pseudo)
    assert np.allclose(pseudo_inertia(model, 1), pseudo, rtol=1e-12)


def bench(folder, lamp_mass):
    """Two levers on a fixed post, the left one with a lamp welded on."""
    lever = "<joint name='{0}_hip' axis='1 0 0' range='-1 1'/><geom size='.2' mass='1' pos='0 {1} -.2'/>"
    lamp = f"<body name='lamp' pos='0 .1 -.3'><geom size='.02' mass='{lamp_mass}'/></body>"
    (folder / "bench.xml").write_text(
        "<mujoco><worldbody><body name='post' pos='0 0 1'>"
        f"<body name='left' pos='0 .3 0'>{lever.format('left', 0.1)}{lamp}</body>"
        f"<body name='right' pos='0 -.3 0'>{lever.format('right', -0.1)}</body>"
        "</body></worldbody></mujoco>"
    )
    path = folder / "robot.yaml"
    path.write_text(
        "robot: bench\nmodel: bench.xml\njoints: left_hip right_hip\n"
        "limbs: {L: left_hip, R: right_hip}\n"
        "symmetry:\n  generators:\n    mirror: reflect y, swap (L R), flip *_hip\n"
    )
    robot = load_robot_symmetry(path)
    return robot, mujoco.MjModel.from_xml_path(str(robot.model))
