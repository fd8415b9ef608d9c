from __future__ import annotations

import dataclasses

import pytest
import torch

import symaug
from symaug.backends import bench as module
from symaug.backends.bench import bench
from symaug.diagnostics import UserError


@pytest.fixture(autouse=True)
def in_a_moment(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", (2, 2))
    monkeypatch.setattr(module, "SHORTEST_SAMPLE_S", 0.0)


def test_everything_is_measured_beside_the_copy():
    threads = torch.get_num_threads()
    said = []
    cases = bench(symaug.compile("anymal_d/velocity"), batches=[1, 70], threads=1, on_case=said.append)
    assert said == ["observations/policy, 1 rows", "observations/policy, 70 rows"]
    assert [case.bytes for case in cases] == [4 * 48 * 4, 70 * 4 * 48 * 4]
    assert torch.get_num_threads() == threads and cases[0].threads == 1
    for case in cases:
        names = [timing.name for timing in case.timings]
        assert names[0] == "copy" and case.timings[0].ratio == 1.0
        assert {"symaug", "eager torch", "emitted file", "naive gather", "dense matmul"} <= set(names)
        assert all(0 < timing.best_s <= timing.median_s for timing in case.timings)
        assert [name for name, _ in case.left_out] == ["Isaac Lab"]


@pytest.mark.parametrize("dtype", module.DTYPES)
def test_spaces_with_elements_that_mix_numbers_and_every_dtype(dtype):
    (case,) = bench(symaug.compile("trifinger/cube"), batches=[3], dtype=dtype)
    assert case.space == "observations/policy" and "naive gather" in dict(case.left_out)
    (case,) = bench(symaug.compile("trifinger/cube"), batches=[3], dtype=dtype, spaces=["actions"])
    assert case.width == 9 and case.dtype == dtype


def test_wrong_numbers_are_not_timed(monkeypatch):
    def falsified(*arguments):
        entrants, left_out = original(*arguments)
        last = entrants[-1]
        return [*entrants[:-1], dataclasses.replace(last, run=lambda: last.run().neg())], left_out

    original = module.contenders
    monkeypatch.setattr(module, "contenders", falsified)
    with pytest.raises(AssertionError, match="dense matmul gives other numbers"):
        bench(symaug.compile("anymal_d/velocity"), batches=[2])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"device": "tpu7"}, "tpu7"),
        ({"device": "cuda:99"}, "cuda:99"),
        ({"dtype": "int4"}, "bfloat16"),
        ({"batches": [4, 0]}, "batch is 0"),
        ({"threads": 0}, "threads is 0"),
        ({"spaces": ["action"]}, "action"),
    ],
)
def test_options_that_cannot_be(options, said):
    with pytest.raises(UserError) as error:
        bench(symaug.compile("anymal_d/velocity"), **options)
    assert said in error.value.diagnostics[0].message


def test_isaac_labs_folder_without_its_function_is_said(tmp_path):
    (case,) = bench(symaug.compile("anymal_d/velocity"), batches=[2], isaaclab=tmp_path)
    assert "there is no isaaclab_tasks" in dict(case.left_out)["Isaac Lab"]
    (case,) = bench(symaug.compile("ant/run"), batches=[2], isaaclab=tmp_path)
    assert "written for ANYmal" in dict(case.left_out)["Isaac Lab"]
