"""The table and pictures of shipped robots in docs/robots.md: `python -m symaug.tools.catalogue_page docs`.

Pictures are drawn of the robots whose models are installed; those of others stay as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from symaug.files import write_atomic
from symaug.semantics.robot import load_robot_symmetry
from symaug.tools.catalogue import UNCHECKED, RobotEntry, catalogue
from symaug.tools.robot_drawing import draw_robot

BEGIN, END = "<!-- robots: written by symaug.tools.catalogue_page -->", "<!-- end of robots -->"
FOLDER = Path("images") / "robots"


def with_table(page: str, docs: Path) -> str:
    """The page with the table of all robots between its marks; pictures are shown where `docs` has them."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{_table(catalogue(), docs)}{END}{rest.partition(END)[2]}"


def _table(entries: list[RobotEntry], docs: Path) -> str:
    lines = [
        "| | robot | joints | group | numbers from | licence | model |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        file = FOLDER / f"{entry.name}.svg"
        picture = f'<img src="{file.as_posix()}" width="130" alt="">' if (docs / file).is_file() else ""
        group = f"{entry.group}: {', '.join(f'`{name}`' for name in entry.generators)}"
        model = f"`{entry.model}`" if entry.model else UNCHECKED
        cells = (picture, f"`{entry.name}`", str(entry.joints), group, entry.source, entry.license, model)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _draw(docs: Path) -> None:
    from symaug.checks.mechanics.places import skeleton

    (docs / FOLDER).mkdir(parents=True, exist_ok=True)
    for entry in catalogue():
        robot = load_robot_symmetry(entry.name)
        bones = skeleton(robot)
        if bones is not None:
            write_atomic(docs / FOLDER / f"{entry.name}.svg", draw_robot(robot, bones))


def main() -> None:
    """Write both into the folder that is the first argument."""
    docs = Path(sys.argv[1])
    _draw(docs)
    page = docs / "robots.md"
    write_atomic(page, with_table(page.read_text(encoding="utf-8"), docs))


if __name__ == "__main__":
    main()
