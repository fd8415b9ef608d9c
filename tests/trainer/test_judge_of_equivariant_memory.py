"""The judge of memory, for nets that commute with the group: their memories in really mirrored worlds are the
images of their memory, by one call of the kernel compiled from the spec's `memory:`."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import symaug
from symaug.shipped import find_spec
from symaug_trainer.models import EquivariantRNNModel
from tests.trainer.mirrored_worlds import ROBOT, Mirrored, Recorded, short_episodes, twin_model
from tests.trainer.rollouts import make_runner, train_config

TOLERANCE = 1e-4
"""Float32 nets on float64 physics; a wrong image is off by 0.1 and more (see the last test)."""
UPDATES = 3


@pytest.fixture(scope="module")
def spec(tmp_path_factory) -> str:
    path: Path = tmp_path_factory.mktemp("memory") / "spec.yaml"
    shipped = find_spec("anymal_d/velocity").read_text(encoding="utf-8")
    replay = "memory: {actor: replay, critic: replay}"
    assert replay in shipped
    typed = "memory: {actor: 4 * regular, critic: 2 * regular + 2 * limbs}"
    path.write_text(shipped.replace(replay, typed), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def memories(spec) -> list[tuple[str, str, torch.Tensor, torch.Tensor]]:
    """(model, element, memory here [states, envs, width], memory in the mirrored world) after each of 18
    steps, between which the policy is updated twice."""
    config, model = short_episodes(), twin_model()
    original = Recorded(config, seed=3, model=model, num_threads=1)
    settings = train_config("rsl_rl.algorithms:PPO", normalize=True)
    for net in (settings["actor"], settings["critic"]):
        net |= {"class_name": "symaug_trainer:EquivariantRNNModel", "spec": spec, "rnn_hidden_dim": 16}
    algorithm = make_runner(original, settings).alg
    worlds = {
        element: Mirrored(config, seed=0, model=model, num_threads=1, original=original, element=element)
        for element in ROBOT.group.elements[1:]
    }
    for world in (original, *worlds.values()):
        world.episode_length_buf = 2 * torch.arange(config.num_envs)
    states = {(name, element): None for name in ("actor", "critic") for element in worlds}
    nets = {"actor": algorithm.actor, "critic": algorithm.critic}
    assert all(isinstance(net, EquivariantRNNModel) for net in nets.values())
    seen, observations = [], original.get_observations()
    for _ in range(UPDATES):
        with torch.inference_mode():
            for _ in range(settings["num_steps_per_env"]):
                actions = algorithm.act(observations)
                for (name, element), state in states.items():
                    net = nets[name]
                    mine = net.get_hidden_state()
                    net.reset(hidden_state=state)
                    net(worlds[element].get_observations())
                    states[name, element] = net.get_hidden_state()
                    net.reset(hidden_state=mine)
                    here, there = (torch.cat(list(part)) for part in (mine, states[name, element]))
                    seen.append((name, element, here.clone(), there.clone()))
                observations, rewards, dones, extras = original.step(actions)
                algorithm.process_env_step(observations, rewards, dones, extras)
                for world in worlds.values():
                    world.step(world.of_joints(actions))
                for state in states.values():
                    for part in state:
                        part[..., dones.bool(), :] = 0.0
            algorithm.compute_returns(observations)
        algorithm.update()
    return seen


def test_a_memory_in_the_mirrored_world_is_the_image_of_the_memory(memories, spec):
    program = symaug.compile(spec)
    for name, element, here, there in memories:
        image = symaug.Transform(program.space(f"memory/{name}"), program.group).apply(here, element)
        torch.testing.assert_close(there, image, atol=TOLERANCE, rtol=0.0)


def test_a_memory_that_is_left_as_it_was_is_not(memories):
    assert max(float((there - here).abs().max()) for _, _, here, there in memories) > 0.1
