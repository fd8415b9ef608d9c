from __future__ import annotations

import mujoco
import numpy as np
import pytest

from symaug.checks.mechanics.mirror import mirror_ctrl, mirror_state, state_maps
from symaug.checks.mechanics.states import in_air
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.diagnostics import UserError


def random_states(model, count, *, height=2.0, seed=0):
    rng = np.random.default_rng(seed)
    qpos = rng.uniform(-1, 1, (count, model.nq))
    qpos[:, 2] += height
    qpos[:, 3:7] /= np.linalg.norm(qpos[:, 3:7], axis=1, keepdims=True)
    return qpos, rng.normal(size=(count, model.nv)), rng.uniform(-1, 1, (count, model.nu))


def rotation(quaternion):
    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, quaternion)
    return matrix.reshape(3, 3)


def test_every_element_squares_to_the_identity_exactly(anymal, model):
    qpos, qvel, ctrl = random_states(model, 5)
    for element in anymal.group.elements:
        once = mirror_state(anymal, model, element, qpos, qvel)
        twice = mirror_state(anymal, model, element, *once)
        assert np.array_equal(twice[0], qpos) and np.array_equal(twice[1], qvel)
        again = mirror_ctrl(anymal, model, element, mirror_ctrl(anymal, model, element, ctrl))
        assert np.array_equal(again, ctrl)


def test_products_act_one_after_the_other(anymal, model):
    group = anymal.group
    qpos, qvel, ctrl = random_states(model, 5)
    for i, left in enumerate(group.elements):
        for j, right in enumerate(group.elements):
            product = group.elements[group.table[i][j]]
            first = mirror_state(anymal, model, right, qpos, qvel)
            both = mirror_state(anymal, model, left, *first)
            direct = mirror_state(anymal, model, product, qpos, qvel)
            assert np.array_equal(both[0], direct[0]) and np.array_equal(both[1], direct[1])
            inputs = mirror_ctrl(anymal, model, left, mirror_ctrl(anymal, model, right, ctrl))
            assert np.array_equal(inputs, mirror_ctrl(anymal, model, product, ctrl))


def test_the_base_moves_as_documented(anymal, model):
    qpos, qvel, _ = random_states(model, 1)
    for element in anymal.group.elements:
        motion = np.array(anymal.motions[element], dtype=float)
        image, velocity = mirror_state(anymal, model, element, qpos[0], qvel[0])
        assert np.allclose(image[:3], motion @ qpos[0, :3])
        assert np.allclose(rotation(image[3:7]), motion @ rotation(qpos[0, 3:7]) @ motion.T)
        assert np.allclose(velocity[:3], motion @ qvel[0, :3])
        assert np.allclose(velocity[3:6], np.linalg.det(motion) * motion @ qvel[0, 3:6])


def test_joints_follow_the_declaration_by_name(anymal, model):
    qpos, qvel, ctrl = random_states(model, 1)
    image, velocity = mirror_state(anymal, model, "sagittal", qpos[0], qvel[0])
    at = {model.joint(i).name: model.jnt_qposadr[i] for i in range(model.njnt)}
    assert image[at["RF_HAA"]] == -qpos[0, at["LF_HAA"]]
    assert image[at["LH_KFE"]] == qpos[0, at["RH_KFE"]]
    assert velocity[at["RF_HAA"] - 1] == -qvel[0, at["LF_HAA"] - 1]
    inputs = {model.actuator(i).name: i for i in range(model.nu)}
    mirrored = mirror_ctrl(anymal, model, "transversal", ctrl[0])
    names = {model.joint(int(model.actuator_trnid[i, 0])).name: name for name, i in inputs.items()}
    assert mirrored[inputs[names["LH_HFE"]]] == -ctrl[0, inputs[names["LF_HFE"]]]


def test_any_leading_shape(anymal, model):
    qpos, qvel, ctrl = random_states(model, 6)
    shaped = mirror_state(anymal, model, "sagittal", qpos.reshape(2, 3, -1), qvel.reshape(2, 3, -1))
    flat = mirror_state(anymal, model, "sagittal", qpos, qvel)
    assert np.array_equal(shaped[0].reshape(6, -1), flat[0])
    assert np.array_equal(shaped[1].reshape(6, -1), flat[1])
    assert mirror_ctrl(anymal, model, "sagittal", ctrl.reshape(3, 2, -1)).shape == (3, 2, model.nu)


def step_errors(model, robot, qpos, qvel, ctrl):
    data, worst = mujoco.MjData(model), 0.0
    for element in robot.group.elements[1:]:
        maps = state_maps(robot, model, element)
        for q, v, u in zip(qpos, qvel, ctrl, strict=True):
            after = []
            for state in ((q, v, u), (maps.qpos(q), maps.qvel(v), maps.ctrl(u))):
                mujoco.mj_resetData(model, data)
                data.qpos[:], data.qvel[:], data.ctrl[:] = state
                mujoco.mj_step(model, data)
                after.append((data.qpos.copy(), data.qvel.copy()))
            worst = max(worst, np.abs(maps.qpos(after[0][0]) - after[1][0]).max())
            worst = max(worst, np.abs(maps.qvel(after[0][1]) - after[1][1]).max())
    return worst


def test_simulator_steps_commute_on_the_twin_and_not_on_the_published_model(anymal, model):
    states = random_states(model, 8)
    assert step_errors(in_air(symmetrised_twin(model, anymal)), anymal, *states) < 1e-10
    assert step_errors(in_air(model), anymal, *states) > 1e-3


def test_an_unknown_element_gets_the_nearest_name(anymal, model):
    with pytest.raises(UserError, match="SA504") as caught:
        state_maps(anymal, model, "saggital")
    assert "sagittal" in str(caught.value.diagnostics[0].helps)


def test_a_model_of_another_robot_is_refused_with_the_missing_joint(anymal):
    other = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><body><joint name='LF_HAA'/><geom size='1'/></body></worldbody></mujoco>"
    )
    with pytest.raises(UserError, match="SA601") as caught:
        state_maps(anymal, other, "sagittal")
    assert "LF_HFE" in str(caught.value)


def test_a_joint_that_the_document_does_not_name_is_refused(anymal, model):
    spec = mujoco.MjSpec.from_file(str(anymal.model))
    spec.body("base").add_body(mass=1, inertia=[1, 1, 1]).add_joint(name="TAIL")
    with pytest.raises(UserError, match="TAIL"):
        state_maps(anymal, spec.compile(), "sagittal")


def test_an_actuator_without_partner_is_named(anymal):
    spec = mujoco.MjSpec.from_file(str(anymal.model))
    for key in list(spec.keys):
        spec.delete(key)
    spec.delete(spec.actuators[0])
    with pytest.raises(UserError, match="SA603"):
        state_maps(anymal, spec.compile(), "sagittal")
