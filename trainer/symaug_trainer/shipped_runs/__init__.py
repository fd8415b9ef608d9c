"""Trained policies that ship, to be shown beside what a user trains: a folder each, a run with its last
actor alone. The README in the folder names the command that trained it.

python -m symaug_trainer.shipped_runs RUN FOLDER    # makes such a folder from a run
"""

from __future__ import annotations

import shutil
from pathlib import Path

from symaug_trainer.runs.folder import CONFIG, PROGRAM, RunFolder, writing

UNAUGMENTED = "position_memory_id"
"""Walks to targets, with failures of the left front leg; an ordinary LSTM that knows of no symmetry."""


def copy_shipped_run(name: str, target: Path) -> Path:
    """A copy of a shipped run that can be evaluated, which writes into its folder.

    Args:
        name: a folder of this package.
        target: the new folder.

    Returns:
        `target`.

    Raises:
        UserError: SA701 no writing.
    """
    with writing(target):
        shutil.copytree(Path(__file__).parent / name, target, dirs_exist_ok=True)
    return target


def slim(run: Path, target: Path) -> Path:
    """Write what an evaluation needs of a run: its configuration, its program, the actor of its last
    checkpoint.

    Returns:
        The checkpoint.

    Raises:
        UserError: SA702 no run, SA703 no checkpoint, SA701 no writing.
    """
    from symaug_trainer.runs import checkpoints

    folder, checkpoint = checkpoints.locate(run)
    whole = checkpoints.read(checkpoint)
    small = {
        "actor_state_dict": whole["actor_state_dict"],
        "critic_state_dict": {},
        "optimizer_state_dict": {},
        "iter": whole["iter"],
        "infos": whole.get("infos"),
    }
    made = RunFolder.create(target)
    for name in (CONFIG, PROGRAM):
        made.write(name, (folder.path / name).read_text(encoding="utf-8"))
    return made.write(checkpoint.name, checkpoints.to_bytes(small))
