"""How many one-mistake declarations and specs fail `symaug validate`, with the guilty one named and the edit
suggested.

    python benchmarks/mutation_score.py                      # all shipped specs and their robots
    python benchmarks/mutation_score.py --robot anymal_d     # one of them
    python benchmarks/mutation_score.py --part environments  # specs, each in its running environment
    python benchmarks/mutation_score.py --model g1=g1.xml    # a model that is not shipped
    python benchmarks/mutation_score.py --json score.json --missed

Robots without a shipped model are measured by their published joint trees. A mistake that changes nothing (a
mirror that only swaps left and right cannot tell x from z) is counted as no mistake, by measurement.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from mutation.documents import document_outcomes
from mutation.models import model_of
from mutation.robots import robot_outcomes
from mutation.score import COLUMNS, Outcome, as_json, table
from mutation.specs import by_environment, by_names, spec_outcomes
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import list_robots, list_specs

PARTS = ("declarations", "documents", "specs", "environments")


def outcomes(part: str, only: str | None, models: dict[str, Path]) -> Iterator[Outcome]:
    """All outcomes of one part."""
    with_specs = dict.fromkeys(spec.partition("/")[0] for spec in list_specs())
    for name in [only] if only else with_specs:
        robot = load_robot_symmetry(name)
        specs = [spec for spec in list_specs() if spec.startswith(f"{name}/")]
        if part == "documents":
            # Whole documents go through `validate`, which needs a model beside them.
            if name == "anymal_d":
                for generator in robot.group.generators:
                    yield from document_outcomes(robot, generator)
        elif part == "environments":
            for spec in specs:
                with by_environment(spec) as check:
                    yield from spec_outcomes(spec, robot, check)
        else:
            model, _ = model_of(robot, models.get(name))
            if part == "declarations":
                for generator in robot.group.generators:
                    yield from robot_outcomes(robot, generator, model)
            else:
                for spec in specs:
                    yield from spec_outcomes(spec, robot, by_names(robot, model))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--robot", choices=list_robots(), help="only this one")
    parser.add_argument("--part", choices=PARTS, action="append", help="only these")
    parser.add_argument("--model", metavar="ROBOT=FILE", action="append", default=[])
    parser.add_argument("--json", metavar="FILE", type=Path, help="all outcomes as data")
    parser.add_argument("--missed", action="store_true", help="list what was not caught, named or mended")
    parser.add_argument("--markdown", action="store_true", help="tables as in docs/checks.md")
    options = parser.parse_args()
    models = {robot: Path(file) for robot, _, file in (each.partition("=") for each in options.model)}
    console, data = Console(), {}
    for part in options.part or PARTS:
        start, found = time.perf_counter(), []
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(part, total=None)
            for each in outcomes(part, options.robot, models):
                found.append(each)
                progress.update(task, advance=1, description=f"{part}: {each.subject}, {each.kind}")
        if found:
            _print(console, part, found, time.perf_counter() - start, options)
            rows = table(found)
            data[part] = {
                "table": [as_json(row) for row in rows],
                "outcomes": [vars(each) for each in found],
            }
    if options.json:
        options.json.write_text(json.dumps(data, indent=1))


def _print(
    console: Console, part: str, found: list[Outcome], seconds: float, options: argparse.Namespace
) -> None:
    rows = [row.cells() for row in table(found)]
    if options.markdown:
        print(f"\n{part}\n")
        print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
        print("\n".join("| " + " | ".join(row) + " |" for row in rows))
    else:
        subjects = ", ".join(dict.fromkeys(each.subject for each in found))
        drawn = Table(*COLUMNS, title=f"{part}: {subjects} ({seconds:.0f} s)")
        for row in rows:
            drawn.add_row(*row, end_section=row is rows[-2])
        console.print(drawn)
    for each in found:
        wanting = not (each.caught and each.named and (each.suggested or not each.single))
        if options.missed and wanting and not each.harmless:
            console.print(f"{each.subject}: {each.kind}: {each.what}: {each.told}", markup=False)


if __name__ == "__main__":
    main()
