"""What well-known names of observation terms mean: physical quantities that can be measured on a state.

Names of Isaac Lab, mjlab, legged_gym and Gymnasium. Each name gives the quantities it may stand for (joint
positions, say, measured from zero or from the default pose), each with a way to measure it in a world and in
that world's mirror images, so that a type can be held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from symaug.checks.terms.mirror_worlds import Quantity, World, Worlds, rotations


def quantities_of(name: str, width: int, worlds: Worlds) -> Iterator[Quantity]:
    """What a term of this name may be, the likeliest first; nothing for unknown names and odd widths."""
    for make in _makers(name):
        yield from (each for each in make(worlds, width) if each.values("e").shape[1] == width)


def quantities_named(name: str, worlds: Worlds) -> Iterator[Quantity]:
    """The same where the width is not known; nothing for names that say it with their width only."""
    for make in _makers(name):
        yield from make(worlds, 0)


def is_known(name: str) -> bool:
    """Whether a name means something."""
    return next(_makers(name), None) is not None


def known_names() -> list[str]:
    """Every name that means something, sorted; prefixes such as `base_` and suffixes come on top."""
    return sorted({name for names, _ in _MEANINGS for name in names})


def _makers(name: str) -> Iterator[Callable[[Worlds, int], Iterator[Quantity]]]:
    key = _plain(name)
    for names, make in _MEANINGS:
        if key in names or name.lower() in names:
            yield make


def _plain(name: str) -> str:
    key = name.lower().rsplit(".", 1)[-1]
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    for suffix in _SUFFIXES:
        key = key.removesuffix(suffix)
    return key


_PREFIXES = ("obs_", "policy_", "critic_", "noisy_", "scaled_", "root_", "base_", "robot_", "imu_")
_SUFFIXES = ("_history", "_noisy", "_scaled", "_obs", "_buf", "_b", "_w")


def _polar(what: str, vectors: Callable[[World], np.ndarray]) -> Callable[[Worlds, int], Iterator[Quantity]]:
    def make(worlds: Worlds, width: int) -> Iterator[Quantity]:
        del width
        yield worlds.quantity(what, "vector", vectors)
        flat = worlds.quantity(what, "vector[xy]", lambda w: vectors(w)[:, :2])
        yield replace(flat, unusual=True)

    return make


def _angular_velocity(worlds: Worlds, width: int) -> Iterator[Quantity]:
    del width
    what = "the base's angular velocity, which is axial"
    yield worlds.quantity(what, "pseudovector", lambda w: w.state.base_ang_vel)


def _command(worlds: Worlds, width: int) -> Iterator[Quantity]:
    del width

    def wanted(w: World) -> np.ndarray:
        linear, angular = w.wish
        return np.concatenate([w.in_base(linear)[:, :2], w.in_base(angular)[:, 2:]], axis=1)

    what = "a velocity command: v_x and v_y of a vector, and a yaw rate, which is axial"
    yield worlds.quantity(what, "vector[xy] + pseudovector[z]", wanted)
    yield worlds.quantity(
        f"{what}, and a heading",
        "vector[xy] + 2 * pseudovector[z]",
        lambda w: np.concatenate([wanted(w), wanted(w)[:, 2:]], axis=1),
    )


def _target(worlds: Worlds, width: int) -> Iterator[Quantity]:
    del width
    what = "a place, seen from the base"
    yield worlds.quantity(what, "vector[xy]", lambda w: w.in_base(w.goal - w.state.base_pos)[:, :2])
    yield worlds.quantity(what, "vector", lambda w: w.in_base(w.goal - w.state.base_pos))
    yield worlds.quantity(
        f"{what}, and a heading",
        "vector + pseudovector[z]",
        lambda w: np.concatenate([w.in_base(w.goal - w.state.base_pos), w.in_base(w.wish[1])[:, 2:]], axis=1),
    )


def _orientation(worlds: Worlds, width: int) -> Iterator[Quantity]:
    del width
    what = "the base's orientation"
    yield worlds.quantity(what, "quaternion(wxyz)", lambda w: w.state.base_quat)
    yield worlds.quantity(what, "quaternion(xyzw)", lambda w: np.roll(w.state.base_quat, -1, axis=1))
    yield worlds.quantity(
        what, "rotation_matrix", lambda w: rotations(w.state.base_quat).reshape(len(w.state), 9)
    )


def _scalar(
    what: str, type_: str, value: Callable[[World], np.ndarray]
) -> Callable[[Worlds, int], Iterator[Quantity]]:
    def make(worlds: Worlds, width: int) -> Iterator[Quantity]:
        del width
        yield worlds.quantity(what, type_, lambda w: value(w)[:, None])

    return make


def _joints(what: str, field: str) -> Callable[[Worlds, int], Iterator[Quantity]]:
    def make(worlds: Worlds, width: int) -> Iterator[Quantity]:
        del width
        for name, order in worlds.orders.items():
            rank = worlds.rank(order)
            shown = f"joints(order={name})" if name else "joints"
            rest = np.array([worlds.robot.default_pose.get(joint, 0.0) for joint in order])
            if field in ("relative", "either"):
                yield worlds.quantity(
                    what, shown, lambda w, r=rank, d=rest: w.state.joint_pos[:, r] - d, name
                )
            if field in ("absolute", "either"):
                yield worlds.quantity(
                    what, f"positions({shown})", lambda w, r=rank: w.state.joint_pos[:, r], name
                )
            if field == "velocity":
                yield worlds.quantity(what, shown, lambda w, r=rank: w.state.joint_vel[:, r], name)

    return make


def _coordinates(worlds: Worlds, width: int) -> Iterator[Quantity]:
    """MuJoCo's qpos: whole, without x and y, or without a base."""
    del width
    rank, shown = worlds.rank(worlds.model_order), joints_in_model_order(worlds)
    parts = [
        ("scalar + quaternion(wxyz) + ", lambda w: (w.state.base_pos[:, 2:], w.state.base_quat)),
        ("vector + quaternion(wxyz) + ", lambda w: (w.state.base_pos, w.state.base_quat)),
        ("", lambda w: ()),
    ]
    for head, base in parts:
        yield worlds.quantity(
            "MuJoCo's qpos: base position and orientation, joint positions in the model's order",
            f"{head}positions({shown})",
            lambda w, base=base: np.concatenate([*base(w), w.state.joint_pos[:, rank]], axis=1),
        )


def _speeds(worlds: Worlds, width: int) -> Iterator[Quantity]:
    """MuJoCo's qvel, and what pairs with it."""
    del width
    rank, shown = worlds.rank(worlds.model_order), joints_in_model_order(worlds)
    what = "MuJoCo's qvel: the base's linear velocity, its angular one, joint velocities in the model's order"
    yield worlds.quantity(
        what,
        f"vector + pseudovector + {shown}",
        lambda w: np.concatenate(
            [w.state.base_lin_vel, w.state.base_ang_vel, w.state.joint_vel[:, rank]], axis=1
        ),
    )
    yield worlds.quantity(what, shown, lambda w: w.state.joint_vel[:, rank])


def joints_in_model_order(worlds: Worlds) -> str:
    """The type of joint numbers as the model lists them."""
    for name, order in worlds.orders.items():
        if list(order) == list(worlds.model_order):
            return f"joints(order={name})" if name else "joints"
    return "joints"


def _limbs(worlds: Worlds, width: int) -> Iterator[Quantity]:
    del width
    robot = worlds.robot
    members = [worlds.rank(joints) for joints in robot.limbs.values()]
    yield worlds.quantity(
        "one number a limb, in the order of the robot document",
        "limbs",
        lambda w: np.stack([np.abs(w.state.joint_vel[:, rank]).sum(axis=1) for rank in members], axis=1),
    )


def _scan(worlds: Worlds, width: int) -> Iterator[Quantity]:
    sizes = [(n, width // n) for n in range(2, width // 2 + 1) if width % n == 0]
    for nx, ny in sorted(sizes, key=lambda size: (abs(size[0] - size[1]), -size[0])):
        x, y = np.linspace(-1.6, 1.6, nx), np.linspace(-1, 1, ny)
        for order in ("xy", "yx"):
            across = np.meshgrid(x, y, indexing="xy" if order == "xy" else "ij")
            points = np.stack([axis.ravel() for axis in across], axis=1)
            yield worlds.quantity(
                "heights of the floor on a grid around the base",
                f"grid({nx} x {ny}, order={order})",
                lambda w, points=points: w.heights(points),
            )


_DOWN = np.array([0.0, 0.0, -1.0])
_MEANINGS: tuple[tuple[frozenset[str], Callable[[Worlds, int], Iterator[Quantity]]], ...] = tuple(
    (frozenset(names.split()), make)
    for names, make in (
        (
            "lin_vel linear_velocity lin_velocity base_lin_vel",
            _polar("the base's linear velocity", lambda w: w.in_base(w.state.base_lin_vel)),
        ),
        ("ang_vel angular_velocity ang_velocity gyro gyroscope", _angular_velocity),
        (
            "projected_gravity gravity gravity_vec gravity_vector gravity_orientation",
            _polar(
                "the direction of gravity, seen from the base",
                lambda w: w.in_base(np.tile(_DOWN, (len(w.time), 1))),
            ),
        ),
        (
            "lin_acc accelerometer acc linear_acceleration lin_acceleration",
            _polar("an acceleration of the base", lambda w: w.in_base(w.wish[0])),
        ),
        (
            "pos position root_pos base_pos base_position",
            _polar("the base's place", lambda w: w.state.base_pos),
        ),
        ("quat orientation quaternion", _orientation),
        (
            "pos_z height base_pos_z base_height z",
            _scalar("the base's height", "scalar", lambda w: w.state.base_pos[:, 2]),
        ),
        (
            "remaining_time time_left time_remaining episode_time remaining_episode_time",
            _scalar("a time", "scalar", lambda w: w.time),
        ),
        (
            "yaw heading yaw_rate heading_command target_heading heading_target heading_error yaw_error",
            _scalar(
                "a yaw, a yaw rate or a heading, which is axial",
                "pseudoscalar",
                lambda w: w.state.base_ang_vel[:, 2],
            ),
        ),
        (
            "velocity_command velocity_commands command commands vel_command vel_commands generated_commands "
            "base_velocity twist command_velocity velocity_cmd",
            _command,
        ),
        (
            "target_position target_positions goal_position target_pos goal_pos position_command "
            "position_commands pose_command pose_commands target_object_position",
            _target,
        ),
        (
            "object_position object_pos object_keypoints direction target_direction",
            _polar("a place or a direction", lambda w: w.goal),
        ),
        (
            "joint_pos joint_position joint_positions dof_pos joint_angles joint_angle dof_position",
            _joints("joint positions", "either"),
        ),
        ("joint_pos_rel dof_pos_rel", _joints("joint positions from the default pose", "relative")),
        (
            "robot_observation.position joint_pos_abs",
            _joints("joint positions from the model's zero", "absolute"),
        ),
        (
            "joint_vel joint_vel_rel joint_velocity joint_velocities dof_vel dof_velocity joint_acc dof_acc "
            "joint_accelerations robot_observation.velocity",
            _joints("joint velocities", "velocity"),
        ),
        (
            "joint_torque joint_torques joint_effort joint_efforts torques applied_torque applied_torques "
            "joint_applied_torques dof_torque dof_torques robot_observation.torque",
            _joints("joint torques", "velocity"),
        ),
        ("qpos", _coordinates),
        ("qvel qacc qfrc_actuator qfrc_applied", _speeds),
        (
            "feet_contact feet_contacts foot_contact foot_contacts contact_state contact_states air_time "
            "feet_air_time foot_air_time foot_height feet_height foot_heights fingertip_force",
            _limbs,
        ),
        ("height_scan height_scanner heights measured_heights height_map height_samples", _scan),
    )
)
