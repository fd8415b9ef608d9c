"""How fast the images of a batch are made, 48 and 235 wide, as Markdown: what `symaug bench` prints.

python benchmarks/kernel_speed.py
python benchmarks/kernel_speed.py --device cuda          at 98 304 rows; at most 1.25 is aimed at
SYMAUG_ISAACLAB=FOLDER python benchmarks/kernel_speed.py     with Isaac Lab's own function
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import symaug
from symaug.backends.bench import DTYPES, Case, bench

SPECS = ("anymal_d/velocity", "anymal_d/velocity_rough")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32", choices=DTYPES)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--seconds", type=float, default=4.0)
    args = parser.parse_args()
    batches = args.batch or ([1, 4096, 24576] if args.device == "cpu" else [1, 4096, 24576, 98304])
    folder = os.environ.get("SYMAUG_ISAACLAB")
    for spec in SPECS:
        cases = bench(
            symaug.compile(spec),
            batches=batches,
            device=args.device,
            dtype=args.dtype,
            threads=args.threads,
            seconds=args.seconds,
            isaaclab=Path(folder) if folder else None,
        )
        print(markdown(cases), flush=True)


def markdown(cases: list[Case]) -> str:
    """One table of a spec: a row a contender, a column a batch, times and ratios to the copy."""
    first = cases[0]
    where = f"{first.device}, {first.threads} threads" if first.device == "cpu" else first.device
    lines = [
        f"**{first.spec}**, {first.width} wide, {first.elements} elements, {first.dtype}, {where}; "
        "best time of each (ratio to the copy)",
        "",
        "| | " + " | ".join(f"batch {case.batch}" for case in cases) + " |",
        "|---|" + "---:|" * len(cases),
    ]
    for timings in zip(*(case.timings for case in cases), strict=True):
        cells = " | ".join(f"{1e3 * one.best_s:.3g} ms ({one.ratio:.2f})" for one in timings)
        lines.append(f"| {timings[0].name} | {cells} |")
    lines += [f"\nWithout {name}: {reason}." for name, reason in first.left_out]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
