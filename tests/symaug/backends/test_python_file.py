from __future__ import annotations

import subprocess
import sys

import pytest
import torch

import symaug
from symaug.backends.python_file import emit
from symaug.semantics.linear_map import LinearMap
from symaug.shipped import list_specs

ASK = """
import sys
sys.path.insert(0, {folder!r})
import torch, emitted
sys.modules["symaug"] = None  # whoever imports it now fails
x = torch.load({given!r})
torch.save(
    {{
        "orbits": {{space: emitted.orbit(x[space], space) for space in emitted.MAPS}},
        "sequence": emitted.orbit(x["actions"].unsqueeze(0), "actions", dim=1),
        "modules": sorted({{"symaug", "lark", "pydantic", "yaml"}} & sys.modules.keys()),
        "augmented": emitted.data_augmentation_func(
            None, {{"policy": x["observations/policy"]}}, x["actions"]
        ),
    }},
    {answer!r},
)
"""


@pytest.mark.parametrize("spec", list_specs())
def test_the_emitted_file_agrees_with_transform_in_a_fresh_interpreter(spec, tmp_path):
    program = symaug.compile(spec)
    (tmp_path / "emitted.py").write_text(emit(program), encoding="utf-8")
    given = {name: torch.randn(5, space.width) for name, space in program.spaces.items()}
    torch.save(given, tmp_path / "given.pt")
    script = ASK.format(
        folder=str(tmp_path), given=str(tmp_path / "given.pt"), answer=str(tmp_path / "answer.pt")
    )
    subprocess.run([sys.executable, "-I", "-c", script], check=True, cwd=tmp_path)
    answer = torch.load(tmp_path / "answer.pt")
    assert answer["modules"] == ["symaug"]  # our own barrier, and nothing behind it
    for name, space in program.spaces.items():
        expected = symaug.Transform(space, program.group).orbit(given[name])
        same(space, answer["orbits"][name], expected)
    assert torch.equal(answer["sequence"][0], answer["orbits"]["actions"])
    observations, actions = answer["augmented"]
    assert torch.equal(observations["policy"], answer["orbits"]["observations/policy"])
    assert torch.equal(actions, answer["orbits"]["actions"])


def load(text: str) -> dict:
    namespace = {"__name__": "emitted"}
    exec(compile(text, "emitted.py", "exec"), namespace)
    return namespace


@pytest.fixture(scope="module")
def velocity() -> symaug.Program:
    return symaug.compile("anymal_d/velocity")


def test_the_text_is_the_same_every_time_and_names_no_machine(velocity):
    text = emit(velocity)
    assert (
        text
        == emit(symaug.compile("anymal_d/velocity"))
        == emit(symaug.Program.from_json(velocity.to_json()))
    )
    assert "velocity.yaml" in text and velocity.sources["specs/anymal_d/velocity.yaml"] in text
    assert "/home" not in text and "/root" not in text and sys.prefix not in text


def test_it_runs_as_a_script_and_checks_itself(velocity, tmp_path):
    file = tmp_path / "symmetry.py"
    file.write_text(emit(velocity), encoding="utf-8")
    run = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("ok: anymal_d/velocity, 4 elements, 2 spaces")
    line = "1, -1,  1,  # base_lin_vel"  # the first row of signs of sagittal
    assert line in file.read_text(encoding="utf-8")
    file.write_text(emit(velocity).replace(line, line.replace("-1, ", " 1, ").replace(" 1,  #", "-1,  #"), 1))
    broken = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True)
    assert broken.returncode != 0 and "AssertionError" in broken.stderr


def test_it_is_clean_under_ruff(velocity, tmp_path):
    ruff = pytest.importorskip("ruff", reason="ruff is a development tool").find_ruff_bin()
    file = tmp_path / "symmetry.py"
    file.write_text(emit(velocity), encoding="utf-8")
    rules = ["--isolated", "--line-length", "110"]
    subprocess.run([ruff, "check", *rules, "--select", "E,F,W,I,UP,B,SIM,C4,D1,RUF", str(file)], check=True)
    subprocess.run([ruff, "format", "--check", *rules, str(file)], check=True)


def test_rsl_rl_receives_a_tensordict(velocity):
    tensordict = pytest.importorskip("tensordict")
    augment = load(emit(velocity))["data_augmentation_func"]
    obs = tensordict.TensorDict({"policy": torch.randn(6, 48)}, batch_size=[6])
    actions = torch.randn(6, 12)
    observed, acted = augment(env=None, obs=obs, actions=actions)
    assert observed.batch_size == torch.Size([24])
    policy = symaug.Transform(velocity.space("observations/policy"), velocity.group)
    assert torch.equal(observed["policy"], policy.orbit(obs["policy"]))
    assert torch.equal(obs["policy"], observed["policy"][:6]) and obs.batch_size == torch.Size([6])
    assert acted.shape == (24, 12)
    assert augment(None, None, None) == (None, None)


def test_an_undeclared_group_and_a_wrong_width_are_refused(velocity):
    emitted = load(emit(velocity))
    with pytest.raises(KeyError, match="privileged"):
        emitted["data_augmentation_func"](None, {"privileged": torch.zeros(2, 3)}, None)
    with pytest.raises(ValueError, match=r"velocity_command \[9:12\]"):
        emitted["transform"](torch.zeros(2, 47), "observations/policy", "e")


def same(space: symaug.Space, made: torch.Tensor, expected: torch.Tensor) -> None:
    """Equal, bit by bit unless an element mixes numbers: sums may be rounded in another order."""
    mixed = any(isinstance(action, LinearMap) for action in space.elements.values())
    tolerance = 1e-6 if mixed else 0.0
    torch.testing.assert_close(made, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("spec", list_specs())
def test_orbit_is_that_of_transform_in_every_layout(spec):
    program = symaug.compile(spec)
    orbit = load(emit(program))["orbit"]
    for name, space in program.spaces.items():
        expected = symaug.Transform(space, program.group).orbit
        rows = torch.randn(6, 2 * space.width)[:, ::2]  # strided
        same(space, orbit(rows, name), expected(rows))
        sequence = torch.randn(3, 4, space.width, dtype=torch.float64)
        for dim in (0, 1, -2, -3):
            same(space, orbit(sequence, name, dim=dim), expected(sequence, dim=dim))
        assert orbit(rows[:0], name).shape == (0, space.width)


def test_gradients_flow_through_the_emitted_orbit(velocity):
    orbit = load(emit(velocity))["orbit"]
    x = torch.randn(2, 12, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: orbit(x, "actions"), (x,))
    assert torch.equal(orbit(x, "actions"), orbit(x.detach(), "actions"))
