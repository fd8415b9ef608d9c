"""A run on disk: `config.json`, `program.json`, `model_*.pt`, `metrics.jsonl`, TensorBoard events, later
`evaluation.json` and `audit.json`.

Everything but the metrics and the events is written to a temporary file and renamed, so that a run that is
killed at any moment leaves whole files. A metrics line is appended by a single write.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from symaug.diagnostics import UserError
from symaug.files import write_atomic

CONFIG, PROGRAM, METRICS = "config.json", "program.json", "metrics.jsonl"
EVALUATION, AUDIT = "evaluation.json", "audit.json"


@dataclass(frozen=True)
class RunConfig:
    """All that is needed to resume or to evaluate a run, whatever the presets have become since.

    Attributes:
        task, policy, preset, seed: as asked for.
        iterations: iterations after which the run is complete.
        spec: name or path of the spec it was started with; the run itself goes by its own `program.json`.
        env: the fields of the environment's `EnvConfig`.
        trainer: the fields of `TrainerSettings`.
        versions: of symaug, python, torch, rsl_rl and mujoco, for the reader.
        created: local time, ISO 8601.
    """

    task: str
    policy: str
    preset: str
    seed: int
    iterations: int
    spec: str
    env: dict
    trainer: dict
    versions: dict[str, str] = field(default_factory=dict)
    created: str = ""
    schema: int = 1


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into one message about `path`.

    Raises:
        UserError: SA701.
    """
    try:
        yield
    except OSError as error:
        raise UserError.of(
            "SA701",
            f"cannot write `{path}`: {error.strerror or error}",
            helps=("name a folder you can write to with `--run-dir`, or make room on the disk",),
        ) from error


class RunFolder:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> RunFolder:
        """Make a new folder.

        Raises:
            UserError: SA701 where that cannot be done, SA702 where a run is there already.
        """
        if (path / CONFIG).exists():
            raise UserError.of(
                "SA702",
                f"`{path}` already holds a run",
                helps=(
                    f"go on with it: `symaug train --resume {path}`",
                    "or name another folder with `--run-dir`",
                ),
            )
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """The run in an existing folder.

        Raises:
            UserError: SA702 where there is none.
        """
        if not (path / CONFIG).is_file():
            what = "there is no such folder" if not path.exists() else f"it has no `{CONFIG}`"
            raise UserError.of(
                "SA702",
                f"`{path}` is not a run: {what}",
                helps=("a run is the folder that `symaug train` prints, for example under `runs/`",),
            )
        return cls(path)

    def write_config(self, config: RunConfig) -> None:
        """Write `config.json`."""
        self.write(CONFIG, json.dumps(asdict(config), indent=2) + "\n")

    def read_config(self) -> RunConfig:
        """Read `config.json`.

        Raises:
            UserError: SA702 where it cannot be understood.
        """
        path = self.path / CONFIG
        try:
            return RunConfig(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise UserError.of(
                "SA702",
                f"`{path}` cannot be read as a run's configuration: {error}",
                helps=("it is written once, when the run starts; restore it, or train again",),
            ) from error

    def write(self, name: str, data: str | bytes) -> Path:
        """Write the file `name` whole, or not at all.

        Raises:
            UserError: SA701.
        """
        path = self.path / name
        with writing(path):
            write_atomic(path, data)
        return path

    def checkpoints(self) -> list[Path]:
        """Paths of `model_*.pt`, oldest iteration first."""
        found = [path for path in self.path.glob("model_*.pt") if path.stem[6:].isdigit()]
        return sorted(found, key=checkpoint_iteration)

    def append_metrics(self, record: dict) -> None:
        """Add one line to `metrics.jsonl`, in a single write.

        Raises:
            UserError: SA701.
        """
        path = self.path / METRICS
        with writing(path):
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, (json.dumps(record) + "\n").encode())
            finally:
                os.close(descriptor)

    def read_metrics(self) -> list[dict]:
        """The whole lines of `metrics.jsonl`; a line cut short by a crash is left out."""
        path = self.path / METRICS
        if not path.exists():
            return []
        records = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                records.append(json.loads(line))
            except ValueError:
                continue
        return records

    def keep_metrics_until(self, iteration: int) -> None:
        """Drop the lines after `iteration`: they are about to be measured again."""
        kept = [record for record in self.read_metrics() if record["iteration"] <= iteration]
        self.write(METRICS, "".join(json.dumps(record) + "\n" for record in kept))


def checkpoint_iteration(path: Path) -> int:
    """The iteration in a checkpoint's name, `model_ITERATION.pt`."""
    return int(path.stem.removeprefix("model_"))
