"""What an environment is made of, as values, and the presets `laptop` and `paper` of both tasks.

`paper` carries the paper's numbers where its text has them and Isaac Lab's flat ANYmal task elsewhere; its
reward weights need thousands of environments. `laptop` is shaped to learn in minutes with some hundred
environments on a CPU. Weights are multiplied by the control time step, as in Isaac Lab: a weight of -50
costs 1 per event at 50 Hz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from symaug.diagnostics import UserError, did_you_mean

Task = Literal["velocity", "position"]

OBSERVATIONS: Mapping[Task, tuple[str, ...]] = {
    # Isaac Lab's flat ANYmal task
    "velocity": (
        "base_lin_vel",
        "base_ang_vel",
        "projected_gravity",
        "velocity_command",
        "joint_pos",
        "joint_vel",
        "last_action",
    ),
    # the paper's table
    "position": (
        "base_lin_vel",
        "base_ang_vel",
        "projected_gravity",
        "joint_pos",
        "joint_vel",
        "last_action",
        "remaining_time",
        "target_position",
    ),
}

NOISE: Mapping[str, float] = {
    "base_lin_vel": 0.1,
    "base_ang_vel": 0.2,
    "projected_gravity": 0.05,
    "joint_pos": 0.01,
    "joint_vel": 1.5,
}
"""Half-widths of the uniform observation noise (the paper's); terms not named have none."""


@dataclass(frozen=True)
class CommandConfig:
    """What the robot is asked to do, drawn once an episode.

    Velocity: `lin_vel_x`, `lin_vel_y` (m/s), `ang_vel_z` (rad/s) uniform in ± the given number. With
    `heading_stiffness` > 0 the yaw rate follows a heading target drawn from ±π instead:
    wz = clip(stiffness * wrap(target - heading), ±ang_vel_z). A share `standing` of the episodes has
    command zero.
    Position: a target at a distance uniform in `distance` (m), in any direction from where the robot starts.
    """

    lin_vel_x: float = 1.0
    lin_vel_y: float = 1.0
    ang_vel_z: float = 1.0
    heading_stiffness: float = 0.0
    standing: float = 0.0
    distance: tuple[float, float] = (1.5, 3.5)


@dataclass(frozen=True)
class ResetConfig:
    """Where episodes start: symmetric uniform ranges. `joint_scale` multiplies the default pose."""

    base_xy: float = 0.5
    yaw: float = 3.141592653589793
    base_velocity: float = 0.5
    joint_scale: tuple[float, float] = (0.5, 1.5)


@dataclass(frozen=True)
class JointFailureConfig:
    """With `probability`, one of `joints` has a dead motor for the whole episode. It is not observed."""

    joints: tuple[str, ...] = ()
    probability: float = 0.8


@dataclass(frozen=True)
class EnvConfig:
    """Everything that defines an environment apart from its seed.

    Times in s; `critic` names the terms of a second observation group of that name, without noise, for
    training alone (none: no such group); `rewards` maps names of reward terms to weights. A control step is
    `decimation` physics steps of `physics_dt` each.
    """

    task: Task
    rewards: Mapping[str, float]
    robot: str = "anymal_d"
    joint_order: str = "isaaclab"
    num_envs: int = 512
    episode_s: float = 10.0
    physics_dt: float = 0.005
    decimation: int = 4
    action_scale: float = 0.5
    finite_horizon: bool = False
    command: CommandConfig = field(default_factory=CommandConfig)
    noise: Mapping[str, float] = field(default_factory=lambda: dict(NOISE))
    reset: ResetConfig = field(default_factory=ResetConfig)
    failure: JointFailureConfig = field(default_factory=JointFailureConfig)
    critic: tuple[str, ...] = ()
    feet: tuple[str, ...] = ("LF_FOOT", "LH_FOOT", "RF_FOOT", "RH_FOOT")
    undesired_contacts: tuple[str, ...] = ("LF_THIGH", "LH_THIGH", "RF_THIGH", "RH_THIGH")
    fatal_contacts: tuple[str, ...] = ("base",)

    @property
    def observations(self) -> tuple[str, ...]:
        """Names of the observation terms, in the order of the vector."""
        return OBSERVATIONS[self.task]


_VELOCITY_PAPER = {
    "track_lin_vel_xy_exp": 1.0,
    "track_ang_vel_z_exp": 0.5,
    "lin_vel_z_l2": -2.0,
    "ang_vel_xy_l2": -0.05,
    "flat_orientation_l2": -5.0,
    "undesired_contacts": -1.0,
    "dof_torques_l2": -2.5e-5,
    "dof_acc_l2": -2.5e-7,
    "action_rate_l2": -0.01,
    "feet_air_time": 0.5,
}

_POSITION_PAPER = {
    "target_tracking": 10.0,
    "exploration": 1.0,
    "stalling": -1.0,
    "stand_still": -0.05,
    "lin_vel_z_l2": -2.0,
    "flat_orientation_l2": -1.0,
    "applied_torque_limits": -0.2,
    "dof_vel_l2": -0.001,
    "dof_vel_limits": -1.0,
    "contact_forces": -1e-5,
    "undesired_contacts": -0.5,
    "dof_torques_l2": -1e-5,
    "action_rate_l2": -0.01,
    "feet_air_time": 0.1,
    "base_acc": -0.001,
    "feet_acc": -0.002,
    "termination": -200.0,
}

# A tracking reward whose gradient does not vanish when standing still, small penalties, and the paper's 4 a
# fall: with 1, a policy learns to walk and lives with falling where a leg gives way (docs/results.md).
_LAPTOP_PENALTIES = {
    "lin_vel_z_l2": -0.6,
    "ang_vel_xy_l2": -0.015,
    "flat_orientation_l2": -1.5,
    "undesired_contacts": -0.3,
    "dof_torques_l2": -7.5e-6,
    "dof_acc_l2": -7.5e-8,
    "action_rate_l2": -0.003,
    "feet_air_time": 0.15,
    "termination": -200.0,
}
_VELOCITY_LAPTOP = {
    "track_lin_vel_xy_exp": 0.75,
    "track_lin_vel_xy_linear": 1.5,
    "track_ang_vel_z_exp": 0.75,
    **_LAPTOP_PENALTIES,
}
_POSITION_LAPTOP = {
    "approach_exp": 0.75,
    "approach_linear": 1.5,
    "target_proximity": 0.75,
    **_LAPTOP_PENALTIES,
}

_PRESETS: Mapping[tuple[str, str], EnvConfig] = {
    ("laptop", "velocity"): EnvConfig(
        "velocity", _VELOCITY_LAPTOP, num_envs=256, physics_dt=0.01, decimation=2
    ),
    ("laptop", "position"): EnvConfig(
        "position", _POSITION_LAPTOP, num_envs=256, physics_dt=0.01, decimation=2
    ),
    ("paper", "velocity"): EnvConfig(
        "velocity",
        _VELOCITY_PAPER,
        num_envs=4096,
        episode_s=20.0,
        command=CommandConfig(heading_stiffness=0.5, standing=0.02),
    ),
    ("paper", "position"): EnvConfig(
        "position",
        _POSITION_PAPER,
        num_envs=4096,
        episode_s=6.0,
        finite_horizon=True,
        command=CommandConfig(distance=(1.0, 5.0)),
    ),
}


def preset(name: str, task: str, *, failure: JointFailureConfig | None = None) -> EnvConfig:
    """The shipped configuration `name` ("laptop" or "paper") of `task` ("velocity" or "position").

    Args:
        name: the preset.
        task: the task.
        failure: which joints may fail; none without it.

    Raises:
        UserError: SA710 no such preset or task.
    """
    names, tasks = (sorted({key[i] for key in _PRESETS}) for i in (0, 1))
    for what, given, known in (("preset", name, names), ("task", task, tasks)):
        if given not in known:
            raise UserError.of("SA710", f"no {what} named `{given}`", helps=did_you_mean(given, known))
    config = _PRESETS[name, task]
    return replace(config, failure=failure) if failure else config
