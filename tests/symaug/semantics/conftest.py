from __future__ import annotations

import pytest

from symaug.semantics.robot import Robot, load_robot_symmetry
from tests.symaug.semantics.known_robots import ROBOTS


@pytest.fixture(scope="session")
def robots(tmp_path_factory) -> dict[str, Robot]:
    loaded = {}
    for name, (document, _) in ROBOTS.items():
        file = tmp_path_factory.mktemp(name) / "robot.yaml"
        file.write_text(f"robot: {name}\n{document}", encoding="utf-8")
        loaded[name] = load_robot_symmetry(str(file))
        assert not loaded[name].pose_diagnostics
    return loaded
