"""Files that the user asked for with `-o`."""

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
