"""Draw the terminal of docs/infer.md's three commands: `python docs/screenshots.py`.

Files and commands are taken from the page itself, run in an empty folder, and drawn as SVG by rich.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

DOCS = Path(__file__).parent
PICTURES = DOCS / "images" / "infer"
WIDTH = 110
FOUND = "robots/walker/robot.yaml"  # what the first command writes; the page shows it


def main() -> None:
    """Run the page's commands in its order, each in the folder that the last one left."""
    page = (DOCS / "infer.md").read_text(encoding="utf-8")
    files = re.findall(r"^```\w+ (\S+)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files:
            if name != FOUND:
                Path(folder, name).write_text(text, encoding="utf-8")
        for command in re.findall(r"^\$ (symaug .*)$", page, re.MULTILINE):
            draw(command, Path(folder))


def draw(command: str, folder: Path) -> None:
    """The picture of one command, and of the document it wrote."""
    verb = command.split()[1]
    terminal = Console(record=True, width=WIDTH, file=io.StringIO())
    terminal.print(Text(f"$ {command}", style="bold"))
    terminal.print(Text.from_ansi(output_of(command, folder)))
    if verb == "infer":
        terminal.print(Text(f"\n$ cat {FOUND}", style="bold"))
        terminal.print(Syntax((folder / FOUND).read_text(encoding="utf-8"), "yaml", word_wrap=True))
    target = PICTURES / f"{verb}.svg"
    target.write_text(terminal.export_svg(title="symaug", unique_id=verb), encoding="utf-8")
    print(f"wrote {target.relative_to(DOCS.parent)}")


def output_of(command: str, folder: Path) -> str:
    """What the command prints on a terminal, colours included, without what moves while it works."""
    ran = subprocess.run(
        [sys.executable, "-c", "from symaug_cli.app import main; main()", *command.split()[1:]],
        cwd=folder,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout or ran.stderr.splitlines()[-1]


if __name__ == "__main__":
    main()
