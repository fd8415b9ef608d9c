"""What only a fresh interpreter shows: imports, pipes, exit statuses."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["train", "--help"], ["compile", "anymal_d/velocity"], ["show", "anymal_d/velocity"]],
    ids=" ".join,
)
def test_quick_commands_do_not_import_torch(arguments):
    code = (
        "import sys; from symaug_cli.app import app\n"
        f"try: app({arguments!r})\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'mujoco', 'rsl_rl', 'matplotlib', 'tensordict'} & set(sys.modules)\n"
        "sys.stderr.write('HEAVY:' + ','.join(sorted(heavy)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stderr.endswith("HEAVY:"), done.stderr


def test_a_mistyped_task_answers_without_torch_and_with_exit_status_2(symaug_process):
    done = symaug_process("train", "anymal_d/velocity/joint_falure")
    assert done.returncode == 2
    assert done.stderr.startswith("error[SA801]: unknown task")
    assert done.stdout == ""


def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m symaug_cli.app compile anymal_d/velocity | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert done.stdout == '{\n  "schem'
    assert done.stderr == ""


def test_usage_errors_exit_with_2(symaug_process):
    assert symaug_process("compile").returncode == 2
    assert symaug_process("no-such-command").returncode == 2
