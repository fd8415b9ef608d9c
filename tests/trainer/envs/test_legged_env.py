"""The environment's contract: what it observes, how episodes end, what it logs, which mistakes it names."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

import symaug
from symaug.diagnostics import UserError
from symaug.shipped import robots_dir
from symaug_trainer.envs.config import CommandConfig, JointFailureConfig, preset
from symaug_trainer.envs.legged_env import LeggedEnv
from tests.trainer.envs.worlds import make, small


@pytest.fixture(scope="module")
def env():
    return make(small("laptop", "velocity"))


def act(env, scale: float = 0.3, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(env.num_envs, env.num_actions, generator=generator)


@pytest.mark.parametrize("task", ["velocity", "position"])
def test_terms_are_those_of_the_spec(task):
    env = make(small("laptop", task, num_envs=2))
    program = symaug.compile(f"anymal_d/{task}")
    terms = [(term.name, term.stop - term.start) for term in program.space("observations/policy").terms]
    assert env.observation_terms == terms
    assert env.get_observations()["policy"].shape == (2, program.space("observations/policy").width)
    assert env.num_actions == program.space("actions").width
    assert env.joint_names == program.joint_order


def test_step_shapes(env):
    obs, reward, dones, extras = env.step(act(env))
    assert obs["policy"].shape == (16, 48) and obs["policy"].dtype == torch.float32
    assert reward.shape == dones.shape == extras["time_outs"].shape == (16,)
    assert env.foot_contact.shape == (16, 4) and env.commands.shape == (16, 3)


def test_the_same_seed_gives_the_same_trajectories_on_any_number_of_threads():
    config = small("paper", "velocity", episode_s=0.2)
    runs = []
    for seed, threads in ((1, 1), (1, 2), (2, 1)):
        env = LeggedEnv(config, seed=seed, num_threads=threads)
        obs = [env.step(act(env, 1.0, seed=step))[0]["policy"] for step in range(15)]
        runs.append(torch.stack(obs))
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_observations_do_not_change_until_the_state_does(env):
    assert torch.equal(env.get_observations()["policy"], env.get_observations()["policy"])


def test_noise_stays_within_its_bounds_and_off_the_command():
    config = small("laptop", "velocity", num_envs=200)
    env = make(config)
    noise = env.sample_noise()
    bounds = {
        "base_lin_vel": 0.1,
        "base_ang_vel": 0.2,
        "projected_gravity": 0.05,
        "joint_pos": 0.01,
        "joint_vel": 1.5,
    }
    start = 0
    for name, width in env.observation_terms:
        block = noise[:, start : start + width]
        bound = bounds.get(name, 0.0)
        assert block.abs().max() <= bound
        assert block.abs().max() >= 0.9 * bound  # and it fills them
        start += width
    quiet = make(replace(config, noise={}))
    quiet_obs = quiet.get_observations()["policy"]
    torch.testing.assert_close(quiet_obs[:, 6:9], torch.tensor([0.0, 0.0, -1.0]).expand(200, 3))


def test_an_action_moves_the_joint_of_its_name():
    env = make(replace(small("laptop", "velocity", num_envs=12), failure=JointFailureConfig()))
    actions = torch.eye(12)
    env.step(actions)
    other = make(replace(env.cfg), seed=0)
    other.step(torch.zeros(12, 12))
    pushed = (env.physics.state.joint_pos - other.physics.state.joint_pos).diagonal()
    assert (pushed > 0.005).all()


def test_torques_respect_the_effort_limit(env):
    env.step(act(env, 20.0))
    assert env.joint_torque.abs().max() <= 80.0 + 1e-4
    assert env.joint_torque.abs().max() > 79.0
    env.reset()


def test_a_failed_joint_has_no_torque_at_all():
    env = make(
        replace(
            small("laptop", "velocity", num_envs=64), failure=JointFailureConfig(("LF_KFE", "RH_HAA"), 0.7)
        )
    )
    dead = (
        torch.nn.functional.one_hot(env.failed_joint.clamp(min=0), 12).bool()
        & (env.failed_joint >= 0)[:, None]
    )
    assert 0 < dead.sum() < 64
    for step in range(10):
        env.step(act(env, 1.0, seed=step))
        assert (env.joint_torque[dead] == 0.0).all()
        assert (env.joint_torque[~dead].abs() > 0.0).float().mean() > 0.99
    names = {env.joint_names[j] for j in env.failed_joint.tolist() if j >= 0}
    assert names == {"LF_KFE", "RH_HAA"}
    everyone = torch.arange(64)
    env.write_starts(everyone, replace(env.sample_starts(everyone), failed_joint=torch.full((64,), -1)))
    env.step(act(env, 1.0))
    assert (env.joint_torque.abs() > 0.0).all()  # motors come back with the next episode


def test_failures_are_drawn_as_asked():
    env = make(small("laptop", "velocity", num_envs=1))
    failed = env.sample_starts(torch.zeros(20_000, dtype=torch.int64)).failed_joint
    assert (failed >= 0).float().mean() == pytest.approx(0.8, abs=0.015)
    for joint in ("LF_HAA", "LF_HFE", "LF_KFE"):
        share = (failed == env.joint_names.index(joint)).float().mean()
        assert share == pytest.approx(0.8 / 3, abs=0.015)


def upside_down(env, ids):
    starts = env.sample_starts(ids)
    starts.qpos[:, 2] = 0.3
    starts.qpos[:, 3:7] = torch.tensor([0.0, 1.0, 0.0, 0.0]).double()
    starts.qvel[:] = 0.0
    return starts


def test_touching_the_floor_with_the_base_ends_the_episode():
    env = make(small("laptop", "velocity"))
    victim = torch.tensor([3])
    env.write_starts(victim, upside_down(env, victim))
    for _ in range(40):
        _, _, dones, extras = env.step(torch.zeros(16, 12))
        if dones[3]:
            break
    assert env.terminated[3] and not extras["time_outs"][3]
    assert env.episode_length_buf[3] == 0
    assert env.base_pos[3, 2] > 0.5 and env.base_quat[3, 0].square() + env.base_quat[3, 3].square() > 0.99
    assert env.reward_terms()["termination"][3] == 1.0
    assert extras["log"]["Episode_Termination/base_contact"] == 1.0


def test_time_outs_come_at_the_episodes_end_and_are_not_falls():
    env = make(small("laptop", "velocity", episode_s=0.2))
    for step in range(1, 11):
        _, _, dones, extras = env.step(torch.zeros(16, 12))
        assert bool(dones.all()) == (step == 10)
    assert extras["time_outs"].all() and not env.terminated.any()
    assert extras["log"]["Episode_Termination/time_out"] == 1.0
    assert (env.episode_length_buf == 0).all()


def test_a_finite_horizon_has_nothing_to_bootstrap():
    env = make(small("paper", "position", episode_s=0.1))
    for _ in range(5):
        _, _, dones, extras = env.step(torch.zeros(16, 12))
    assert dones.all() and env.time_outs.all() and not extras["time_outs"].any()


def test_a_broken_simulation_is_reset_and_counted(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)  # where MuJoCo would leave its log
    env = make(small("laptop", "velocity"))
    ids = torch.tensor([2, 9])
    starts = env.sample_starts(ids)
    starts.qvel[0, 0] = float("nan")
    starts.qvel[1, 8] = 1e9
    env.write_starts(ids, starts)
    obs, reward, dones, extras = env.step(torch.zeros(16, 12))
    assert dones.nonzero().flatten().tolist() == [2, 9]
    assert obs["policy"].isfinite().all() and reward.isfinite().all()
    assert env.simulation_errors == 2
    assert capfd.readouterr().err == "" and not list(tmp_path.iterdir())
    assert extras["log"]["Episode_Termination/simulation_error"] == 1.0
    for step in range(5):
        obs, reward, dones, _ = env.step(act(env, seed=step))
        assert obs["policy"].isfinite().all() and not dones.any()
    assert env.simulation_errors == 2


def test_logged_rewards_add_up_to_the_return():
    env = make(small("laptop", "position", episode_s=0.4))
    total = torch.zeros(16)
    for step in range(20):
        _, reward, dones, extras = env.step(act(env, seed=step))
        total += reward
    assert dones.all()
    logged = sum(value for key, value in extras["log"].items() if key.startswith("Episode_Reward/"))
    assert logged == pytest.approx(float(total.mean()) / 0.4, rel=1e-4)


def test_remaining_time_follows_the_episode_clock():
    env = make(small("laptop", "position", noise={}))
    column = 45
    assert (env.get_observations()["policy"][:, column] == 1.0).all()
    env.episode_length_buf = torch.arange(16) * 25
    torch.testing.assert_close(env.get_observations()["policy"][:, column], 1.0 - torch.arange(16) * 0.05)


def test_the_target_is_seen_from_the_base():
    env = make(small("laptop", "position", noise={}, num_envs=64))
    to_target = env.target_w - env.base_pos[:, :2]
    yaw = 2.0 * torch.atan2(env.base_quat[:, 3], env.base_quat[:, 0])
    x = yaw.cos() * to_target[:, 0] + yaw.sin() * to_target[:, 1]
    y = yaw.cos() * to_target[:, 1] - yaw.sin() * to_target[:, 0]
    torch.testing.assert_close(
        env.get_observations()["policy"][:, 46:], torch.stack((x, y), 1), rtol=1e-4, atol=1e-4
    )
    distance = to_target.norm(dim=1)
    assert distance.min() >= 1.5 - 1e-4 and distance.max() <= 3.5 + 1e-4


def test_commands_steer_to_the_heading():
    config = small(
        "laptop", "velocity", num_envs=300, command=CommandConfig(heading_stiffness=0.5, standing=0.1)
    )
    env = make(config)
    yaw = 2.0 * torch.atan2(env.base_quat[:, 3], env.base_quat[:, 0])
    error = torch.remainder(env._heading_w - yaw + torch.pi, 2 * torch.pi) - torch.pi
    standing = ~env._steered
    assert 10 < standing.sum() < 60
    assert (env.commands[standing] == 0.0).all()
    expected = (0.5 * error).clamp(-1.0, 1.0)[~standing]
    torch.testing.assert_close(env.commands[~standing, 2], expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rewards": {"track_lin_vel_xy": 1.0}}, "no reward term named `track_lin_vel_xy`"),
        ({"rewards": {"lin_vel_z_l2": float("nan")}}, "not a finite number"),
        ({"failure": JointFailureConfig(("LF_KNEE",))}, "no joint named `LF_KNEE`"),
        ({"feet": ("LF_TOE",)}, "no sensor named `contact/LF_TOE`"),
        ({"robot": "anymal_e"}, "anymal_e"),
        ({"joint_order": "isaac"}, "no joint order named `isaac`"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(UserError) as caught:
        make(small("laptop", "velocity", **{"num_envs": 1, **change}))
    assert message in caught.value.diagnostics[0].message


def test_unknown_presets_are_named():
    with pytest.raises(UserError) as caught:
        preset("labtop", "velocity")
    assert "laptop" in caught.value.diagnostics[0].helps[0]
    with pytest.raises(UserError):
        preset("laptop", "rotation")


def test_an_unreadable_model_is_named(tmp_path):
    document = (robots_dir() / "anymal_d" / "robot.yaml").read_text()
    (tmp_path / "robot.yaml").write_text(document)
    (tmp_path / "anymal_d.xml").write_text("<mujoco><worldbody>")
    with pytest.raises(UserError) as caught:
        make(small("laptop", "velocity", num_envs=1, robot=str(tmp_path / "robot.yaml")))
    assert "cannot load the model" in caught.value.diagnostics[0].message
