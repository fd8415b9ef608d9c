"""What a load beside it costs training: `python benchmarks/contention.py`.

Short trainings in processes of their own, in turns: alone and beside busy loops, as the trainer chooses
(`symaug_trainer.waiting`), with waiting threads that spin as GNU's OpenMP lets them by itself, and with
updates on a single thread. A number is the median over the rounds of control steps a second, without the
first iteration of a process; a ratio is the median of the ratios within a round. Where spinning makes it too
slow, a process stops after the iteration in which its time runs out; if that is the first, it counts.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

OURS = "as the trainer chooses"
WAYS: dict[str, dict[str, str]] = {
    OURS: {},
    "waiting threads spin": {"GOMP_SPINCOUNT": "300000"},  # what it is where nothing is set
    "updates on one thread": {"OMP_NUM_THREADS": "1"},
}
_TASK = "anymal_d/position/joint_failure"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policy", default="memory-id")
    parser.add_argument("--envs", type=int, default=256)
    parser.add_argument("--load", type=int, default=os.cpu_count(), help="busy loops beside it")
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30.0, help="a process stops after so many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        train_here(args)
        return

    speeds: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for _ in range(args.rounds):
        for way in WAYS:
            alone = speed(way, args)
            with busy(args.load):
                speeds[way].append((alone, speed(way, args)))
    print(
        f"{args.policy}, {args.envs} environments, {os.cpu_count()} CPUs, {args.load} busy loops beside it; "
    )
    print(f"median of {args.rounds}, control steps a second\n")
    print("| | alone | of ours | with the load | of ours | load / alone |\n|---|---:|---:|---:|---:|---:|")
    for way, pairs in speeds.items():
        cells = []
        for column in (0, 1):
            ratios = [pair[column] / ours[column] for pair, ours in zip(pairs, speeds[OURS], strict=True)]
            cells += [f"{median(pair[column] for pair in pairs):,.0f}", f"{median(ratios):.2f}"]
        kept = median(loaded / alone for alone, loaded in pairs)
        print(f"| {way} | " + " | ".join(cells) + f" | {kept:.2f} |")


def speed(way: str, args: argparse.Namespace) -> float:
    """Control steps a second of one training in a process of its own."""
    unset = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    command = [sys.executable, __file__, "--child", "--policy", args.policy, "--envs", str(args.envs)]
    command += ["--iterations", str(args.iterations), "--seconds", str(args.seconds)]
    done = subprocess.run(command, env={**unset, **WAYS[way]}, stdout=subprocess.PIPE, text=True, check=True)
    found = [float(line) for line in done.stdout.split()]
    return median(found[1:] or found)


def train_here(args: argparse.Namespace) -> None:
    """Train, and print each iteration's steps a second."""
    from symaug_trainer.experiment import TrainRequest, train
    from symaug_trainer.runs.listener import Listener
    from symaug_trainer.runs.runner import Iteration

    class Speeds(Listener):
        def on_iteration(self, iteration: Iteration) -> None:
            print(iteration.steps_per_second, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        request = TrainRequest(
            _TASK,
            policy=args.policy,
            iterations=args.iterations,
            minutes=args.seconds / 60,
            num_envs=args.envs,
            run_dir=Path(folder) / "run",
        )
        train(request, Speeds())


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but use a CPU."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


if __name__ == "__main__":
    main()
