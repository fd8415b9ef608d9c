"""Running environments of the shipped specs, to be examined: as `symaug validate SPEC --env` would."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symaug.checks.live import LiveEnvironment

from . import aloha, ant, legged, trifinger


def _trained(task: str) -> Callable[[], LiveEnvironment]:
    def make() -> LiveEnvironment:
        from symaug_trainer.envs.live import open_task

        return open_task(task, num_envs=8, num_threads=1)

    return make


WORLDS: Mapping[str, Callable[[], LiveEnvironment]] = {
    "aloha/either_hand": aloha.either_hand,
    "aloha/transfer_cube": aloha.transfer_cube,
    "aloha/transfer_cube_ee": aloha.transfer_cube_ee,
    "ant/direction": ant.direction,
    "ant/run": ant.run,
    "anymal_d/position": _trained("anymal_d/position"),
    "anymal_d/velocity": _trained("anymal_d/velocity"),
    "anymal_d/velocity_rough": legged.anymal_d_rough,
    "g1/position": legged.g1_position,
    "g1/velocity": legged.g1_velocity,
    "g1/velocity_rough": legged.g1_rough,
    "trifinger/cube": trifinger.cube,
}
"""A function for each shipped spec, that makes its environment."""
