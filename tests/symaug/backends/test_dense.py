"""Elements that mix numbers, a third of a turn: the same in the eager kernel, in emitted files and in
JSON.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
import torch

import symaug
from symaug.backends.python_file import emit
from symaug.diagnostics import UserError
from symaug.semantics.linear_map import LinearMap, as_linear_map
from symaug.semantics.signed_permutation import SignedPermutation

ROBOT = """\
robot: three
joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
default_pose: {"*_hip": 0.1, "*_knee": -0.2}
symmetry: {generators: {turn: "rotate z by 120 deg, swap (A B C)"}}
"""
SPEC = """\
spec: three/cube
robot: ./robot.yaml
observations:
  policy:
    velocity: vector
    cube: quaternion(wxyz)
    q: positions(joints)
    tips: limbs * vector
actions: joints
"""
SHIFTED = """\
robot: pan
joints: a_lift b_lift neck
limbs: {a: a_lift, b: b_lift, head: neck}
default_pose: {a_lift: 0.0, b_lift: 90 deg, neck: 45 deg}
symmetry:
  generators:
    mirror: reflect y, swap (a b), flip neck, shift b_lift by 90 deg,
      shift a_lift by -90 deg, shift neck by 90 deg
"""


@pytest.fixture
def program(tmp_path) -> symaug.Program:
    (tmp_path / "robot.yaml").write_text(ROBOT, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return symaug.compile(tmp_path / "spec.yaml")


@pytest.fixture
def shifted(tmp_path) -> symaug.Program:
    (tmp_path / "robot.yaml").write_text(SHIFTED, encoding="utf-8")
    groups = "{policy: {q: positions(joints), v: joints}}"
    spec = f"spec: s\nrobot: ./robot.yaml\nobservations: {groups}\nactions: joints\n"
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    return symaug.compile(tmp_path / "spec.yaml")


def emitted(program: symaug.Program, folder):
    path = folder / "symmetry.py"
    path.write_text(emit(program), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("symmetry_of_three", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, path


def test_only_what_mixes_is_a_matrix(program):
    space = program.space("observations/policy")
    assert isinstance(space.action("e"), SignedPermutation)
    assert isinstance(space.action("turn"), LinearMap)
    assert isinstance(program.space("actions").action("turn"), SignedPermutation)


def test_json_reads_back_to_an_equal_program(program, shifted):
    assert symaug.Program.from_json(program.to_json()) == program
    assert symaug.Program.from_json(shifted.to_json()) == shifted


def test_a_matrix_that_is_not_orthogonal_is_refused(program):
    with pytest.raises(UserError, match="not orthogonal"):
        symaug.Program.from_json(program.to_json().replace("-0.5,", "-0.4,"))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_the_kernel_and_the_file_do_what_the_matrix_says(program, tmp_path, dtype):
    module, _ = emitted(program, tmp_path)
    space = program.space("observations/policy")
    transform = symaug.Transform(space, program.group, dtype=dtype)
    seeded = torch.Generator().manual_seed(0)
    x = torch.randn(4, 5, space.width, dtype=torch.float64, generator=seeded).to(dtype)
    tolerance = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 0.05}[dtype]
    for element in program.group.elements:
        matrix = np.array(as_linear_map(space.action(element)).matrix())
        wanted = torch.tensor(x.double().numpy() @ matrix.T).to(dtype)
        torch.testing.assert_close(transform.apply(x, element), wanted, atol=tolerance, rtol=tolerance)
        by_file = module.transform(x, "observations/policy", element)
        torch.testing.assert_close(by_file, transform.apply(x, element))
    assert torch.equal(transform.orbit(x, dim=1)[:, :5], x)
    assert transform.orbit(x, dim=1).shape == (4, 15, space.width)


def test_gradients_flow_through_a_matrix(program):
    transform = symaug.Transform(program.space("observations/policy"), program.group)
    x = torch.randn(2, transform.width, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda y: transform.apply(y, "turn"), (x,))


def test_integers_are_refused_where_fractions_come_out(program, shifted, tmp_path):
    for each, element in ((program, "turn"), (shifted, "mirror")):
        transform = symaug.Transform(each.space("observations/policy"), each.group)
        module, _ = emitted(each, tmp_path)
        whole = torch.arange(transform.width)
        assert torch.equal(transform.apply(whole, "e"), whole)
        assert torch.equal(module.transform(whole, "observations/policy", "e"), whole)
        with pytest.raises(UserError, match="integers"):
            transform.apply(whole, element)
        with pytest.raises(TypeError, match="give it floats"):
            module.transform(whole, "observations/policy", element)


def test_a_program_with_large_matrices_is_read_back_from_its_file(tmp_path):
    program = symaug.compile("trifinger/cube")
    (tmp_path / "program.json").write_text(program.to_json(), encoding="utf-8")
    assert symaug.compile(tmp_path / "program.json") == program


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_program_with_numbers_that_are_none_is_refused(program, shifted, number):
    with pytest.raises(UserError, match="SA502"):
        symaug.Program.from_json(program.to_json().replace("-0.5,", f"{number},", 1))
    with pytest.raises(UserError, match="SA502"):
        symaug.Program.from_json(shifted.to_json().replace("1.5707963267948966", number, 1))


def test_shifts_are_added_once_and_only_to_positions(shifted, tmp_path):
    module, _ = emitted(shifted, tmp_path)
    q = torch.tensor([[0.1, 0.2, 0.3, 1.0, 2.0, 3.0]], dtype=torch.float64)
    turn = torch.pi / 2
    wanted = torch.tensor([[0.2 - turn, 0.1 + turn, turn - 0.3, 2.0, 1.0, -3.0]], dtype=torch.float64)
    transform = symaug.Transform(shifted.space("observations/policy"), shifted.group)
    torch.testing.assert_close(transform.apply(q, "mirror"), wanted)
    torch.testing.assert_close(module.transform(q, "observations/policy", "mirror"), wanted)
    torch.testing.assert_close(transform.apply(transform.apply(q, "mirror"), "mirror"), q)


def test_emitted_files_check_themselves(program, shifted, tmp_path):
    for each in (program, shifted):
        _, path = emitted(each, tmp_path)
        run = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        broken = path.read_text(encoding="utf-8").replace("0.8660254037844387", "0.8", 1)
        broken = broken.replace("1.5707963267948966", "1.5", 1)
        path.write_text(broken, encoding="utf-8")
        run = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
        assert run.returncode == 1 and "AssertionError" in run.stderr
