"""MuJoCo's own batch engine (C, one thread pool) as the physics of an environment."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import mujoco
import numpy as np
import torch
from mujoco.batch import Batch, SimulationError

from symaug.diagnostics import UserError, did_you_mean
from symaug_trainer.envs.physics import ContactNames, PhysicsState
from symaug_trainer.threads import usable_cpus

_MAX_SPEED = 1e3  # m/s or rad/s; nothing that stands on legs moves like this, a diverged simulation does


class MujocoBackend:
    """`num_envs` simulations of `model`; see `symaug_trainer.envs.physics.Physics` for the contract.

    The model needs a floating base, hinge joints with one position servo each, and sensors named
    `contact/BODY` (found, net force) and `velocity/FOOT`. Derived quantities (torques, contact forces, foot
    velocities) belong to the state before the last substep, as MuJoCo computes them; positions and
    velocities are current.

    Args:
        model: the MuJoCo model; the batch keeps a copy.
        num_envs: N.
        joint_names: order of the joints in all tensors.
        contacts: the bodies whose floor contacts are wanted.
        device: where the tensors live.
        num_threads: threads of the engine, one for each usable CPU by default.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        num_envs: int,
        joint_names: Sequence[str],
        contacts: ContactNames,
        *,
        device: torch.device | str = "cpu",
        num_threads: int | None = None,
    ) -> None:
        self.num_envs = num_envs
        self.joint_names = tuple(joint_names)
        self.substep_dt = float(model.opt.timestep)
        self.device = torch.device(device)
        self.num_threads = num_threads or usable_cpus()

        joints = [_id(model, mujoco.mjtObj.mjOBJ_JOINT, name, "joint") for name in joint_names]
        self._qpos_columns = torch.tensor([int(model.jnt_qposadr[j]) for j in joints], device=self.device)
        self._qvel_columns = torch.tensor([int(model.jnt_dofadr[j]) for j in joints], device=self.device)
        motors = [_motor_of(model, joint, name) for joint, name in zip(joints, joint_names, strict=True)]
        self._motors, self._motor_columns = np.array(motors), torch.tensor(motors, device=self.device)
        self._kp = torch.tensor(model.actuator_gainprm[motors, 0], dtype=torch.float32, device=self.device)
        self._kd = torch.tensor(-model.actuator_biasprm[motors, 2], dtype=torch.float32, device=self.device)
        limits = model.actuator_forcerange[motors, 1]
        self.effort_limit = torch.tensor(limits, dtype=torch.float32, device=self.device)

        self._batch = batch = Batch(model, num_envs, nthread=self.num_threads)
        self._qpos_rows, self._qvel_rows, self._ctrl = (batch.bind(name) for name in ("qpos", "qvel", "ctrl"))
        self._qpos, self._qvel = torch.from_numpy(self._qpos_rows), torch.from_numpy(self._qvel_rows)
        self._sensors = _view(batch.bind("sensordata"))
        self._force = _view(batch.bind("actuator_force"))
        self._gain, self._live_gain = batch.expand("actuator_gainprm"), np.array(model.actuator_gainprm)
        self._bias, self._live_bias = batch.expand("actuator_biasprm"), np.array(model.actuator_biasprm)

        names = [*contacts.feet, *contacts.undesired, *contacts.fatal]
        self._contact_columns = _columns(model, [f"contact/{name}" for name in names], self.device, skip=1)
        self._velocity_columns = _columns(model, [f"velocity/{name}" for name in contacts.feet], self.device)
        self._allocate(model, len(contacts.feet), len(contacts.undesired), len(contacts.fatal))

    def _allocate(self, model: mujoco.MjModel, feet: int, undesired: int, fatal: int) -> None:
        def buffer(*shape: int) -> torch.Tensor:
            return torch.zeros(self.num_envs, *shape, device=self.device)

        joints = len(self.joint_names)
        self._qpos32, self._qvel32 = buffer(model.nq), buffer(model.nv)
        self._sensors32, self._force32 = buffer(model.nsensordata), buffer(model.nu)
        self._contact_xyz = buffer(feet + undesired + fatal, 3)
        self._contact = buffer(feet + undesired + fatal)
        self.state = PhysicsState(
            base_pos_w=self._qpos32[:, 0:3],
            base_quat=self._qpos32[:, 3:7],
            base_lin_vel_w=self._qvel32[:, 0:3],
            base_ang_vel_b=self._qvel32[:, 3:6],
            joint_pos=buffer(joints),
            joint_vel=buffer(joints),
            joint_torque=buffer(joints),
            foot_force=self._contact[:, :feet],
            undesired_force=self._contact[:, feet : feet + undesired],
            fatal_force=self._contact[:, feet + undesired :],
            foot_vel_w=buffer(feet, 3),
        )

    def step(self, targets: torch.Tensor, substeps: int) -> torch.Tensor:
        """See `Physics.step`."""
        self._ctrl[:, self._motors] = targets.cpu().numpy()
        broken: np.ndarray | None = None
        try:
            with _without_warnings():
                self._batch.step(nstep=substeps)
        except SimulationError as error:  # these simulations did not move, the others did
            broken = error.ids
        self.refresh()
        alive = (
            self._qvel32.abs().amax(1) < _MAX_SPEED
        )  # False for NaN, which a bad position turns into at once
        if broken is not None:
            alive[torch.as_tensor(broken, device=self.device)] = False
        return alive

    def refresh(self) -> None:
        """See `Physics.refresh`."""
        self._qpos32.copy_(self._qpos)
        self._qvel32.copy_(self._qvel)
        self._sensors32.copy_(self._sensors)
        self._force32.copy_(self._force)
        state = self.state
        torch.index_select(self._qpos32, 1, self._qpos_columns, out=state.joint_pos)
        torch.index_select(self._qvel32, 1, self._qvel_columns, out=state.joint_vel)
        torch.index_select(self._force32, 1, self._motor_columns, out=state.joint_torque)
        torch.index_select(
            self._sensors32, 1, self._contact_columns, out=self._contact_xyz.view(self.num_envs, -1)
        )
        torch.linalg.vector_norm(self._contact_xyz, dim=2, out=self._contact)
        foot_vel = state.foot_vel_w.view(self.num_envs, -1)
        torch.index_select(self._sensors32, 1, self._velocity_columns, out=foot_vel)

    def servo_torque(self, targets: torch.Tensor) -> torch.Tensor:
        """See `Physics.servo_torque`."""
        return self._kp * (targets - self.state.joint_pos) - self._kd * self.state.joint_vel

    def write(self, env_ids: torch.Tensor, qpos: torch.Tensor, qvel: torch.Tensor) -> None:
        """See `Physics.write`. `qpos` and `qvel` in the model's own order; `state` is not refreshed."""
        ids, positions = env_ids.cpu().numpy(), qpos.cpu().numpy()
        self._batch.reset(ids, stage=mujoco.mjtStage.mjSTAGE_NONE)
        self._qpos_rows[ids] = positions
        self._qvel_rows[ids] = qvel.cpu().numpy()
        self._ctrl[ids[:, None], self._motors] = positions[:, self._qpos_columns.cpu().numpy()]
        with _without_warnings():
            self._batch.forward(ids)

    def read(self) -> tuple[torch.Tensor, torch.Tensor]:
        """See `Physics.read`."""
        return self._qpos.to(self.device, copy=True), self._qvel.to(self.device, copy=True)

    def set_dead_motor(self, env_ids: torch.Tensor, joint: torch.Tensor) -> None:
        """See `Physics.set_dead_motor`. Gain and bias become zero, the damping part included."""
        ids, dead_joint = env_ids.cpu().numpy(), joint.cpu().numpy()
        self._gain[ids] = self._live_gain
        self._bias[ids] = self._live_bias
        dead = dead_joint >= 0
        rows, motors = ids[dead], self._motors[dead_joint[dead]]
        self._gain[rows, motors] = 0.0
        self._bias[rows, motors] = 0.0

    def make_qpos(
        self, base_pos: torch.Tensor, base_quat: torch.Tensor, joint_pos: torch.Tensor
    ) -> torch.Tensor:
        """See `Physics.make_qpos`."""
        qpos = torch.zeros(len(base_pos), self._qpos.shape[1], dtype=torch.float64, device=self.device)
        qpos[:, 0:3], qpos[:, 3:7] = base_pos, base_quat
        qpos[:, self._qpos_columns] = joint_pos.double()
        return qpos

    def make_qvel(self, lin_w: torch.Tensor, ang_b: torch.Tensor, joint_vel: torch.Tensor) -> torch.Tensor:
        """See `Physics.make_qvel`."""
        qvel = torch.zeros(len(lin_w), self._qvel.shape[1], dtype=torch.float64, device=self.device)
        qvel[:, 0:3], qvel[:, 3:6] = lin_w, ang_b
        qvel[:, self._qvel_columns] = joint_vel.double()
        return qvel

    def close(self) -> None:
        """See `Physics.close`: the batch's threads end when its last reference goes."""
        self.__dict__.pop("_batch", None)


@contextmanager
def _without_warnings() -> Iterator[None]:
    # MuJoCo would print every diverging state and write it to a log file in the working folder; the caller of
    # `step` is told which simulations broke down, and counts them.
    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(lambda _: None)
    try:
        yield
    finally:
        mujoco.set_mju_user_warning(before)


def _view(array: np.ndarray) -> torch.Tensor:
    # Derived fields are read-only arrays, which torch warns about; nobody writes through these tensors.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(array)


def _id(model: mujoco.MjModel, kind: mujoco.mjtObj, name: str, word: str) -> int:
    index = mujoco.mj_name2id(model, kind, name)
    if index < 0:
        count = {mujoco.mjtObj.mjOBJ_JOINT: model.njnt, mujoco.mjtObj.mjOBJ_SENSOR: model.nsensor}[kind]
        known = [mujoco.mj_id2name(model, kind, i) or "" for i in range(count)]
        raise UserError.of(
            "SA611", f"the model has no {word} named `{name}`", helps=did_you_mean(name, known)
        )
    return index


def _motor_of(model: mujoco.MjModel, joint: int, name: str) -> int:
    on_joint = model.actuator_trntype == mujoco.mjtTrn.mjTRN_JOINT
    motors = np.flatnonzero(on_joint & (model.actuator_trnid[:, 0] == joint))
    if len(motors) != 1:
        note = f"it has {len(motors)} actuators"
        raise UserError.of("SA612", f"joint `{name}` needs exactly one position servo", notes=(note,))
    return int(motors[0])


def _columns(model: mujoco.MjModel, names: list[str], device: torch.device, skip: int = 0) -> torch.Tensor:
    # Columns of three-vectors in sensordata, after `skip` leading numbers of each sensor.
    starts = [
        int(model.sensor_adr[_id(model, mujoco.mjtObj.mjOBJ_SENSOR, name, "sensor")]) + skip for name in names
    ]
    return torch.tensor([start + axis for start in starts for axis in range(3)], device=device)
