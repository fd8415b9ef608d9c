"""The shipped environments as `symaug.checks.live` examines them: put into states, stepped, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import mujoco
import numpy as np
import torch

from symaug.checks.live.world import Reading, WorldState
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.semantics.robot import load_robot_symmetry
from symaug_trainer.envs.config import EnvConfig, JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from symaug_trainer.envs.lookup import load_model
from symaug_trainer.envs.starts import EpisodeStarts
from symaug_trainer.tasks import Task, find_task

TASK_TYPES = {
    "command": "vector[xy] + pseudovector[z]",
    "heading_w": "pseudoscalar",
    "steered": "scalar",
    "target_w": "vector[xy]",
    "failed_joint": "unsigned(joints)",
    "elapsed": "scalar",
}
"""What an episode carries besides the robot's state, as `EpisodeStarts` describes it; a failed joint as
one-hot numbers, and `elapsed`, the control steps since the episode began."""


class LeggedWorld:
    """A `LeggedEnv` as a `symaug.checks.live.LiveEnvironment`; its documentation says what each member is.

    Episodes do not begin anew inside `step`: what is read belongs to the state the actions led to.

    Args:
        env: built with `auto_reset=False` and without observation noise; `open_task` and `open_config` do.
        exact: whether its model is the symmetrised twin.
    """

    def __init__(self, env: LeggedEnv, *, exact: bool) -> None:
        if env.auto_reset or any(env.cfg.noise.values()):
            raise ValueError("the environment is to be built with auto_reset=False and without noise")
        self.env, self.exact = env, exact
        self.num_envs, self.num_actions = env.num_envs, env.num_actions
        self.joint_names: Sequence[str] = env.joint_names
        self.observation_terms: Mapping[str, Sequence[tuple[str, int]]] = {"policy": env.observation_terms}
        self.task_types: Mapping[str, str] = dict(TASK_TYPES)
        joints = [env.model.joint(name).id for name in env.joint_names]
        self._qpos_columns, self._qvel_columns = env.model.jnt_qposadr[joints], env.model.jnt_dofadr[joints]

    def sample_resets(self, count: int, seed: int) -> WorldState:
        """See `LiveEnvironment`; any count."""
        generator = self.env.random.generator
        before = generator.get_state()
        generator.manual_seed(seed)
        try:
            starts = self.env.sample_starts(torch.zeros(count, dtype=torch.int64, device=self.env.device))
        finally:
            generator.set_state(before)
        return self._state(starts, np.zeros((count, 1)))

    def begin(self, state: WorldState) -> Reading:
        """See `LiveEnvironment`. Without `elapsed` among the state's quantities, at the episode's start."""
        env = self.env
        env.write_starts(torch.arange(env.num_envs, device=env.device), self._starts(state))
        if "elapsed" in state.task:
            env.episode_length_buf = torch.as_tensor(state.task["elapsed"][:, 0])
        return Reading(self._observations(), {}, {}, self._present())

    def step(self, actions: np.ndarray) -> Reading:
        """See `LiveEnvironment`. Rewards are without weight and time step."""
        env = self.env
        env.step(torch.as_tensor(actions, dtype=torch.float32, device=env.device))
        rewards = {name: values.double().cpu().numpy() for name, values in env.reward_terms().items()}
        ended = {name: flags.cpu().numpy() for name, flags in env.termination_terms.items()}
        return Reading(self._observations(), rewards, ended, self._present())

    def close(self) -> None:
        """See `LiveEnvironment`."""
        self.env.close()

    def _observations(self) -> dict[str, np.ndarray]:
        return {"policy": self.env.get_observations()["policy"].double().cpu().numpy()}

    def _present(self) -> WorldState:
        elapsed = self.env.episode_length_buf.double().cpu().numpy()[:, None]
        return self._state(self.env.read_starts(), elapsed)

    def _state(self, starts: EpisodeStarts, elapsed: np.ndarray) -> WorldState:
        def column(values: torch.Tensor) -> np.ndarray:
            return values.double().cpu().numpy().reshape(len(starts), -1)

        qpos, qvel = column(starts.qpos), column(starts.qvel)
        failed = starts.failed_joint.cpu().numpy()
        return WorldState(
            base_pos=qpos[:, 0:3],
            base_quat=qpos[:, 3:7],
            base_lin_vel=qvel[:, 0:3],
            base_ang_vel=qvel[:, 3:6],
            joint_pos=qpos[:, self._qpos_columns],
            joint_vel=qvel[:, self._qvel_columns],
            task={
                "command": column(starts.command),
                "heading_w": column(starts.heading_w),
                "steered": column(starts.steered),
                "target_w": column(starts.target_w),
                "failed_joint": (failed[:, None] == np.arange(len(self.joint_names))).astype(np.float64),
                "elapsed": elapsed,
            },
        )

    def _starts(self, state: WorldState) -> EpisodeStarts:
        def tensor(values: np.ndarray) -> torch.Tensor:
            return torch.tensor(np.asarray(values), device=self.env.device)

        physics, task = self.env.physics, state.task
        failed = np.where(task["failed_joint"].any(1), task["failed_joint"].argmax(1), -1)
        return EpisodeStarts(
            qpos=physics.make_qpos(tensor(state.base_pos), tensor(state.base_quat), tensor(state.joint_pos)),
            qvel=physics.make_qvel(
                tensor(state.base_lin_vel), tensor(state.base_ang_vel), tensor(state.joint_vel)
            ),
            command=tensor(task["command"]).float(),
            heading_w=tensor(task["heading_w"][:, 0]).float(),
            steered=tensor(task["steered"][:, 0] > 0.5),
            target_w=tensor(task["target_w"]).float(),
            failed_joint=tensor(failed),
        )


def open_task(
    task_id: str,
    *,
    num_envs: int = 64,
    preset: str = "laptop",
    twin: bool = True,
    num_threads: int | None = None,
) -> LeggedWorld:
    """The environment of a shipped task, ready to be examined.

    Where joints fail, any of the task's joints may: which of them training sees is up to the spec's `tasks`
    and breaks the symmetry on purpose, so it is not what the environment is examined for.

    Args:
        task_id: such as `anymal_d/velocity/joint_failure`; `anymal_d/velocity` is short for
            `anymal_d/velocity/none`.
        num_envs: how many copies.
        preset: `laptop` or `paper`.
        twin: whether to simulate the symmetrised twin, which is its own mirror image, in place of the
            published model.
        num_threads: threads of the physics engine, all CPUs by default.

    Raises:
        UserError: SA801 no such task, SA710 no such preset.
    """
    task = find_task(task_id if task_id.count("/") != 1 else f"{task_id}/none")
    config = _preset(preset, task.setting, failure=JointFailureConfig(_failing(task)))
    return open_config(replace(config, num_envs=num_envs), twin=twin, num_threads=num_threads)


def _failing(task: Task) -> tuple[str, ...]:
    return (*task.id_joints, *task.ood_joints) if task.id_joints else ()


def open_config(
    config: EnvConfig, *, twin: bool = True, num_threads: int | None = None, kind: type[LeggedEnv] = LeggedEnv
) -> LeggedWorld:
    """An environment of one's own configuration, or of a class derived from `LeggedEnv`, to be examined.

    Observation noise is left out; `twin` and `num_threads` as for `open_task`.
    """
    model: mujoco.MjModel | None = None
    if twin:
        robot = load_robot_symmetry(config.robot)
        model = symmetrised_twin(load_model(robot.model, config.robot), robot)
    env = kind(replace(config, noise={}), seed=0, model=model, num_threads=num_threads, auto_reset=False)
    return LeggedWorld(env, exact=twin)


_preset = preset  # `open_task` has an argument of that name
