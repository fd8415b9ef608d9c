from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import symaug
from symaug.diagnostics import SpecError
from symaug.files import write_atomic
from symaug.shipped import find_robot, find_spec, list_robots, list_specs

HEAVY = "{'torch', 'numpy', 'mujoco', 'rsl_rl', 'typer', 'rich'}"


def fresh(script: str) -> str:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_compiling_needs_neither_torch_nor_a_simulator():
    work = "import sys, symaug; symaug.compile('anymal_d/velocity').to_json()"
    assert fresh(f"{work}; print({HEAVY} & set(sys.modules))").strip() == "set()"


def test_everything_public_can_be_asked_for_in_any_order():
    fresh("import symaug.compiler.program, symaug; symaug.compile('anymal_d/position')")
    fresh("from symaug import compile, Program; assert isinstance(compile('anymal_d/position'), Program)")
    assert all(getattr(symaug, name) is not None for name in symaug.__all__)
    with pytest.raises(AttributeError, match="no attribute 'transform'"):
        symaug.transform  # type: ignore[attr-defined]  # noqa: B018


def test_specs_are_found_by_name_and_by_path(tmp_path, monkeypatch):
    assert "anymal_d/velocity" in list_specs() and "anymal_d" in list_robots()
    assert find_spec("anymal_d/velocity").name == "velocity.yaml"
    assert find_spec(find_spec("anymal_d/velocity")) == find_spec("anymal_d/velocity")
    (tmp_path / "specs" / "mine").mkdir(parents=True)
    (tmp_path / "specs" / "mine" / "walk.yaml").write_text("spec: x\n")
    monkeypatch.chdir(tmp_path)
    assert find_spec("mine/walk") == Path("specs/mine/walk.yaml")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("anymal_d/velocty", "SA010", "no spec named `anymal_d/velocty`"),
        ("specs/none.yaml", "SA010", "there is no file `specs/none.yaml`"),
        ("a\0b", "SA010", "no spec named"),
        ("x" * 5000, "SA010", "no spec named"),
        (".", "SA001", "`.` is a folder"),
    ],
)
def test_what_is_not_found_is_said_with_the_nearest(name, code, words):
    with pytest.raises(SpecError) as error:
        find_spec(name)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == code and words in diagnostic.message
    if name.endswith("velocty"):
        assert "`anymal_d/velocity`" in diagnostic.helps[0]
    with pytest.raises(SpecError):
        find_robot(name)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "a.txt"
    write_atomic(file, "ä\n")
    assert file.read_bytes() == "ä\n".encode()
    write_atomic(file, b"\x00")
    assert file.read_bytes() == b"\x00"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    plain = tmp_path / "plain"
    plain.touch()
    assert os.stat(file).st_mode == os.stat(plain).st_mode
    with pytest.raises(OSError):
        write_atomic(tmp_path / "missing" / "a.txt", "")
    with pytest.raises(TypeError):
        write_atomic(file, 3)  # type: ignore[arg-type]
    assert file.read_bytes() == b"\x00"
