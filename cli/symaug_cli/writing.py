"""Files that the user asked for with `-o`, and their folders."""

from __future__ import annotations

from pathlib import Path

from symaug.diagnostics import UserError
from symaug.files import write_atomic


def write_output(path: Path, text: str) -> None:
    """Write the whole file or nothing.

    Raises:
        UserError: SA701.
    """
    try:
        write_atomic(path, text)
    except OSError as error:
        raise UserError.of("SA701", f"cannot write `{path}`: {error.strerror or error}") from error


def refuse_to_overwrite(path: Path | None, force: bool) -> None:
    """Raise SA806 where there is a file already; `force` allows it.

    Raises:
        UserError: SA806.
    """
    if path is not None and path.exists() and not force:
        helps = ("give another name, or `--force` to write over it",)
        raise UserError.of("SA806", f"`{path}` is there already", helps=helps)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        UserError: SA701.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError.of("SA701", f"cannot make `{folder}`: {error.strerror or error}") from None
