"""The shipped ANYmal D, and copies of it with one thing changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import robots_dir

mujoco = pytest.importorskip("mujoco")

# (text in the document, what to write instead)
Edit = tuple[str, str]


@pytest.fixture(scope="session")
def anymal() -> Robot:
    return load_robot_symmetry("anymal_d")


@pytest.fixture
def model(anymal: Robot) -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(anymal.model))


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """Write a copy of ANYmal D's document and model with texts replaced; returns the document's path."""

    def write(*edits: Edit, model: tuple[Edit, ...] = ()) -> Path:
        folder = tmp_path / "anymal_d"
        shutil.copytree(robots_dir() / "anymal_d", folder, dirs_exist_ok=True)
        for name, changes in (("robot.yaml", edits), ("anymal_d.xml", model)):
            path = folder / name
            text = path.read_text(encoding="utf-8")
            for old, new in changes:
                assert old in text, f"{old!r} is not in {name}"
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")
        return folder / "robot.yaml"

    return write
