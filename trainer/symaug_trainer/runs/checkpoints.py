"""Reading and writing `model_*.pt`, in rsl_rl's format: `actor_state_dict`, …, `iter` and `infos`."""

from __future__ import annotations

import io
from pathlib import Path

import torch

from symaug.diagnostics import UserError
from symaug_trainer.runs.folder import CONFIG, RunFolder, checkpoint_iteration, writing

_NEEDED = ("actor_state_dict", "critic_state_dict", "optimizer_state_dict", "iter")


def to_bytes(checkpoint: dict) -> bytes:
    """The checkpoint as `torch.save` writes it."""
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    return buffer.getvalue()


def locate(path: Path) -> tuple[RunFolder, Path]:
    """The run, and the checkpoint in it to use, that a user's RUN argument means.

    Args:
        path: a run's folder (its last checkpoint is meant) or one `model_*.pt` in it.

    Raises:
        UserError: SA702 for something else, SA703 where the run has no checkpoint (yet).
    """
    if path.suffix == ".pt":
        folder = RunFolder.open(path.parent)
        if path.is_file() and path.stem.removeprefix("model_").isdigit():
            return folder, path
        raise UserError.of("SA703", f"`{path}` is not a checkpoint of this run", helps=(_listing(folder),))
    folder = RunFolder.open(path)
    checkpoints = folder.checkpoints()
    if not checkpoints:
        raise UserError.of(
            "SA703",
            f"`{path}` has no checkpoint",
            helps=(
                f"the run ended before its first one; train again with the settings in `{path / CONFIG}`",
            ),
        )
    return folder, checkpoints[-1]


def read(path: Path) -> dict:
    """The contents of a checkpoint, on the CPU.

    Raises:
        UserError: SA704 where it is not a whole checkpoint, naming the next older one that is.
    """
    try:
        return _load(path)
    except Exception as error:  # whatever PyTorch finds wrong, in words about its own options
        raise UserError.of(
            "SA704",
            f"the checkpoint `{path}` is damaged",
            notes=(f"its {path.stat().st_size:,} bytes are not a whole checkpoint of rsl_rl",),
            helps=(_older_one(path),),
        ) from error


def set_aside_later_ones(folder: RunFolder, checkpoint: Path) -> None:
    """Rename the checkpoints after `checkpoint` to `….superseded`, so that "the last one" means what follows
    from it.

    Raises:
        UserError: SA701.
    """
    for later in folder.checkpoints():
        if checkpoint_iteration(later) > checkpoint_iteration(checkpoint):
            with writing(later):
                later.rename(later.with_name(later.name + ".superseded"))


def _load(path: Path) -> dict:
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    missing = [key for key in _NEEDED if key not in checkpoint]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return checkpoint


def _older_one(path: Path) -> str:
    iteration = checkpoint_iteration(path)
    for older in reversed(RunFolder(path.parent).checkpoints()):
        if checkpoint_iteration(older) >= iteration:
            continue
        try:
            _load(older)
        except Exception:
            continue
        return f"the next older checkpoint is whole: use `{older}` in place of the run's folder"
    return "no older checkpoint of this run can be read either; train again"


def _listing(folder: RunFolder) -> str:
    names = [path.name for path in folder.checkpoints()]
    return f"this run has: {', '.join(names)}" if names else "this run has none yet"
