"""A legged robot on flat ground as an rsl_rl `VecEnv`: follow a velocity, or walk to a target."""

from __future__ import annotations

import copy
from typing import Any

import mujoco
import torch
from rsl_rl.env import VecEnv
from tensordict import TensorDict

from symaug.semantics.robot import load_robot_symmetry
from symaug_trainer.envs.config import EnvConfig
from symaug_trainer.envs.ledger import RewardLedger
from symaug_trainer.envs.lookup import joint_indices, joint_order, load_model
from symaug_trainer.envs.mdp import commands, events, observations, terminations
from symaug_trainer.envs.mdp.random import Random
from symaug_trainer.envs.mdp.view import View
from symaug_trainer.envs.mujoco_backend import MujocoBackend
from symaug_trainer.envs.physics import ContactNames, Physics
from symaug_trainer.envs.readings import Readings
from symaug_trainer.envs.starts import EpisodeStarts
from symaug_trainer.threads import torch_threads


class LeggedEnv(Readings, VecEnv):
    """N copies of one robot with one task. Environments whose episode ends are reset inside `step`.

    Observations and actions use the joint order `cfg.joint_order` of the robot document. All randomness
    comes from one generator seeded with `seed`; the same seed, configuration and actions give the same
    trajectories on one machine with any number of threads.

    Args:
        config: what to simulate.
        seed: of the only generator.
        device: where tensors live; the physics itself runs on the CPU.
        model: a model to use in place of the robot document's, with its joints, servos and sensors; copied.
        num_threads: threads of the physics engine, all CPUs by default.
        auto_reset: whether `step` begins a new episode where one ended. Without it the old one goes on, and
            the observations are those of its last state.

    Attributes:
        joint_names: the J joints in the order of observations and actions.
        observation_terms, critic_terms: (name, width) of the terms, in the order of the vectors `policy` and
            `critic`.
        random: the only generator.
        terminated, time_outs: [N] bool, how the episodes that ended in the last step ended.
        episode_length_buf: [N] int64, steps since the episode began.
        simulation_errors: how many simulations broke down so far (each was reset and counted).

    Raises:
        UserError: the model lacks a joint, servo or sensor; an unknown robot, joint order, reward term or
            failing joint.
    """

    cfg: EnvConfig
    max_episode_length: int

    def __init__(
        self,
        config: EnvConfig,
        *,
        seed: int,
        device: torch.device | str = "cpu",
        model: mujoco.MjModel | None = None,
        num_threads: int | None = None,
        auto_reset: bool = True,
    ) -> None:
        robot = load_robot_symmetry(config.robot)
        self.cfg, self.device, self.num_envs = config, torch.device(device), config.num_envs
        self.auto_reset = auto_reset
        self.joint_names = joint_order(robot, config.joint_order)
        self.num_actions = len(self.joint_names)
        self.model = copy.copy(model) if model is not None else load_model(robot.model, config.robot)
        self.model.opt.timestep = config.physics_dt
        contacts = ContactNames(config.feet, config.undesired_contacts, config.fatal_contacts)
        self.physics: Physics = MujocoBackend(
            self.model, self.num_envs, self.joint_names, contacts, device=self.device, num_threads=num_threads
        )
        self.step_dt = self.physics.substep_dt * config.decimation
        self.max_episode_length = round(config.episode_s / self.step_dt)
        self._start_height = float(self.model.key_qpos[0, 2]) if self.model.nkey else 0.6
        default = torch.tensor([robot.default_pose[name] for name in self.joint_names], device=self.device)
        self._view = View(self.physics.state, default, self.physics.effort_limit, self.step_dt)
        self.random = Random(seed, self.device)

        self._observation_terms = [observations.TERMS[name] for name in config.observations]
        widths = [term(self._view).shape[1] for term in self._observation_terms]
        self.observation_terms = list(zip(config.observations, widths, strict=True))
        self._critic_terms = [observations.TERMS[name] for name in config.critic]
        widths = [term(self._view).shape[1] for term in self._critic_terms]
        self.critic_terms = list(zip(config.critic, widths, strict=True))
        widths = [config.noise.get(name, 0.0) for name, width in self.observation_terms for _ in range(width)]
        self._noise_width = torch.tensor(widths, device=self.device)
        metric = "error_vel_xy" if config.task == "velocity" else "distance"
        self._ledger = RewardLedger(config.rewards, metric, self.num_envs, self.step_dt, self.device)
        self._termination_terms, self.termination_terms = dict(terminations.TERMS), {}
        self._failing = joint_indices(config.failure.joints, self.joint_names, self.device)

        n = self.num_envs
        self._heading_w = torch.zeros(n, device=self.device)
        self._steered = torch.zeros(n, dtype=torch.bool, device=self.device)
        self.failed_joint = torch.full((n,), -1, dtype=torch.int64, device=self.device)
        self.terminated = torch.zeros(n, dtype=torch.bool, device=self.device)
        self.time_outs = torch.zeros_like(self.terminated)
        self.simulation_errors = 0
        self._episode_length = torch.zeros(n, dtype=torch.int64, device=self.device)
        self._observation: torch.Tensor | None = None
        self.reset()

    # --- rsl_rl's contract ---

    @property
    def episode_length_buf(self) -> torch.Tensor:  # type: ignore[override]
        """[N] int64 steps since each episode began; rsl_rl assigns it to spread the first episodes out."""
        return self._episode_length

    @episode_length_buf.setter
    def episode_length_buf(self, steps: torch.Tensor) -> None:
        self._episode_length = steps.to(self.device, torch.int64, copy=True)
        self._update_clock()
        self._observation = None

    def get_observations(self) -> TensorDict:
        """{"policy": [N, D]} of the present state; the same noise until the state changes. With `cfg.critic`
        also {"critic": [N, C]}, without noise."""
        if self._observation is None:
            self._observation = self._observe()
        groups = {"policy": self._observation}
        if self._critic_terms:
            groups["critic"] = torch.cat([term(self._view) for term in self._critic_terms], dim=1)
        return TensorDict(groups, batch_size=[self.num_envs], device=self.device)

    @torch_threads(1)
    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Advance by one control step.

        Args:
            actions: [N, J] float32; joint targets are default pose + action_scale * action.

        Returns:
            observations {"policy": [N, D]} (of the new episode where one ended), rewards [N], dones [N] bool,
            and extras: "time_outs" [N] bool (to be bootstrapped; all False for a finite-horizon task) and
            "log" (means over the episodes that ended in this step; empty if none did).
        """
        v = self._view
        v.last_action.copy_(v.action)
        v.action.copy_(actions)
        torch.add(v.default_joint_pos, v.action, alpha=self.cfg.action_scale, out=v.applied_targets)
        alive = self.physics.step(v.applied_targets, self.cfg.decimation)
        self._episode_length += 1
        self._update_clock()
        v.derive()
        v.follow_feet()
        if "applied_torque_limits" in self.cfg.rewards:
            v.servo_torque = self.physics.servo_torque(v.applied_targets)

        broken = ~alive
        self.termination_terms = {name: term(v) for name, term in self._termination_terms.items()}
        self.termination_terms["simulation_error"] = broken
        v.terminated = self.terminated = torch.stack(list(self.termination_terms.values())).any(0)
        self.time_outs = (self._episode_length >= self.max_episode_length) & ~self.terminated
        dones = self.terminated | self.time_outs
        self.simulation_errors += int(broken.sum())
        reward = self._ledger.score(v, self._task_error(), alive)

        extras: dict[str, Any] = {"log": {}}
        extras["time_outs"] = torch.zeros_like(dones) if self.cfg.finite_horizon else self.time_outs
        ended = dones.nonzero().flatten()
        if len(ended):
            extras["log"] = self._episode_log(ended)
            if self.auto_reset:
                self._start_episodes(ended, self.sample_starts(ended))
        v.remember()
        self._update_command()
        self._observation = self._observe()
        return self.get_observations(), reward, dones, extras

    def reset(self) -> TensorDict:
        """Start a new episode everywhere and return the observations."""
        everyone = torch.arange(self.num_envs, device=self.device)
        self.write_starts(everyone, self.sample_starts(everyone))
        return self.get_observations()

    def close(self) -> None:
        """Free the simulations."""
        self.physics.close()

    # --- episodes ---

    def sample_starts(self, env_ids: torch.Tensor) -> EpisodeStarts:
        """Draw how the next episodes of these environments begin. Every distribution is symmetric.

        Override it to begin episodes elsewhere: `step` starts all episodes through this method.
        """
        n, random, cfg = len(env_ids), self.random, self.cfg
        position, orientation, linear, angular = events.sample_base(cfg.reset, self._start_height, n, random)
        joints = events.sample_joints(cfg.reset, self._view.default_joint_pos, n, random)
        command, heading = torch.zeros(n, 3, device=self.device), torch.zeros(n, device=self.device)
        steered = torch.zeros(n, dtype=torch.bool, device=self.device)
        target = torch.zeros(n, 2, device=self.device)
        if cfg.task == "velocity":
            command, heading, steered = commands.sample_velocity(cfg.command, n, random)
        else:
            target = commands.sample_target(cfg.command, position[:, :2], random)
        return EpisodeStarts(
            qpos=self.physics.make_qpos(position, orientation, joints),
            qvel=self.physics.make_qvel(linear, angular, torch.zeros_like(joints)),
            command=command,
            heading_w=heading,
            steered=steered,
            target_w=target,
            failed_joint=events.sample_failure(cfg.failure, self._failing, n, random),
        )

    def write_starts(self, env_ids: torch.Tensor, starts: EpisodeStarts) -> None:
        """Begin new episodes in these environments as told; `get_observations` then shows them."""
        self._start_episodes(env_ids, starts)
        self._view.remember()
        self._update_command()
        self._observation = None

    def sample_noise(self) -> torch.Tensor:
        """Observation noise [N, D] of one step, uniform in ± `cfg.noise`: the only place that draws it."""
        shape = (self.num_envs, len(self._noise_width))
        return self.random.uniform(shape, -1.0, 1.0).mul_(self._noise_width)

    def _start_episodes(self, env_ids: torch.Tensor, starts: EpisodeStarts) -> None:
        v = self._view
        self.physics.set_dead_motor(env_ids, starts.failed_joint)
        self.physics.write(env_ids, starts.qpos, starts.qvel)
        self.physics.refresh()
        v.forget(env_ids)
        v.command[env_ids] = starts.command
        v.target_w[env_ids] = starts.target_w
        self._heading_w[env_ids], self._steered[env_ids] = starts.heading_w, starts.steered
        self.failed_joint[env_ids] = starts.failed_joint
        dead = starts.failed_joint.unsqueeze(1) == torch.arange(self.num_actions, device=self.device)
        v.failed_joint[env_ids] = dead.float()
        self._episode_length[env_ids] = 0
        self._ledger.clear(env_ids)
        self._update_clock()
        v.derive()

    # --- inside a step ---

    def _update_clock(self) -> None:
        left = (self.max_episode_length - self._episode_length).float()
        self._view.remaining = left / self.max_episode_length
        self._view.remaining_s = left * self.step_dt

    def _update_command(self) -> None:
        v = self._view
        if self.cfg.task == "position":
            v.asked_to_move = v.distance > 0.25
            return
        if self.cfg.command.heading_stiffness > 0.0:
            rate = commands.steer(self.cfg.command, v.heading, self._heading_w)
            v.command[:, 2] = torch.where(self._steered, rate, v.command[:, 2])
        v.asked_to_move = torch.linalg.vector_norm(v.command[:, :2], dim=1) > 0.1

    def _task_error(self) -> torch.Tensor:
        v = self._view
        if self.cfg.task == "position":
            return v.distance
        return v.velocity_error

    def _observe(self) -> torch.Tensor:
        clean = torch.cat([term(self._view) for term in self._observation_terms], dim=1)
        return clean + self.sample_noise()

    def _episode_log(self, ended: torch.Tensor) -> dict[str, float]:
        log = self._ledger.log(ended, self.max_episode_length * self.step_dt)
        broken = self.termination_terms["simulation_error"]
        reasons = {name: flags & ~broken for name, flags in self.termination_terms.items()}
        reasons |= {"simulation_error": broken, "time_out": self.time_outs}
        shares = {name: float(flags[ended].float().mean()) for name, flags in reasons.items()}
        return log | {f"Episode_Termination/{name}": share for name, share in shares.items()}
